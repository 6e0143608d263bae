//! Extracts three outputs from responses of 6 MB, compared with parsing the whole response into `serde_json::Value`.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lamplight_benches::{compare, inputs};
use lamplight_domain::extract_outputs;
use std::time::Duration;

fn outputs(criterion: &mut Criterion) {
    let parameters = inputs::three_outputs();
    let mut group = criterion.benchmark_group("outputs");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for (name, response, target) in [
        ("nested", inputs::nested_response(), 8.0),
        ("many", inputs::many_properties(), 7.0),
        ("strings", inputs::long_strings(false), 1.5),
        ("escaped", inputs::long_strings(true), 1.5),
    ] {
        let extraction = extract_outputs(&parameters, &response);
        assert_eq!((extraction.outputs.len(), extraction.warnings.len()), (3, 0), "{name}");
        assert_eq!(inputs::extract_by_value(&response).len(), 3, "{name}");
        group.throughput(Throughput::Bytes(response.len() as u64));
        group.bench_function(format!("{name}/lamplight"), |b| {
            b.iter(|| extract_outputs(&parameters, &response));
        });
        group.bench_function(format!("{name}/value"), |b| b.iter(|| inputs::extract_by_value(&response)));
        compare(
            &format!("outputs/{name} of {} bytes", response.len()),
            "serde_json::Value",
            target,
            || extract_outputs(&parameters, &response),
            || inputs::extract_by_value(&response),
        );
    }
}

criterion_group!(benches, outputs);
criterion_main!(benches);
