//! Builds events of 1 KB, 100 KB and 6 MB, compared with parsing into `serde_json::Value` and writing that.
#![expect(clippy::unwrap_used, reason = "a bench ends by panicking")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lamplight_benches::{compare, inputs};
use lamplight_domain::build_payload;
use std::time::Duration;

fn payload(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("payload");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for (name, bytes) in [("1KB", 1 << 10), ("100KB", 100 << 10), ("6MB", 5_900_000)] {
        let (parameters, arguments) = inputs::typed_arguments(bytes);
        let built = build_payload(&parameters, &arguments).unwrap();
        let by_value: serde_json::Value =
            serde_json::from_slice(&inputs::build_by_value(&parameters, &arguments)).unwrap();
        assert_eq!(serde_json::from_slice::<serde_json::Value>(built.as_bytes()).unwrap(), by_value);
        group.throughput(Throughput::Bytes(built.len() as u64));
        group.bench_function(format!("{name}/lamplight"), |b| {
            b.iter(|| build_payload(&parameters, &arguments));
        });
        group.bench_function(format!("{name}/value"), |b| {
            b.iter(|| inputs::build_by_value(&parameters, &arguments));
        });
        compare(
            &format!("payload/{name}"),
            "serde_json::Value",
            2.0,
            || build_payload(&parameters, &arguments),
            || inputs::build_by_value(&parameters, &arguments),
        );
    }
}

criterion_group!(benches, payload);
criterion_main!(benches);
