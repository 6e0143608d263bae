//! Writes and reads run IDs, compared with the same record as JSON.
#![expect(clippy::unwrap_used, reason = "a bench ends by panicking")]

use criterion::{Criterion, criterion_group, criterion_main};
use lamplight_benches::compare;
use lamplight_domain::{RunId, Status};
use serde_json::{Value, json};
use std::{hint::black_box, time::Duration};

const REQUEST: &str = "8f507cfc-0000-4697-b07a-ac58fc914c95";

fn encode() -> String {
    RunId::new("nightly-import".parse().unwrap(), REQUEST, Status::Success).unwrap().to_string()
}

fn run_id(criterion: &mut Criterion) {
    let text = encode();
    let as_json =
        json!({ "function": "nightly-import", "request": REQUEST, "status": "Success" }).to_string();
    let mut group = criterion.benchmark_group("run_id");
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    group.bench_function("encode", |b| b.iter(encode));
    group.bench_function("decode", |b| b.iter(|| black_box(&text).parse::<RunId>()));
    group.bench_function("decode/json", |b| b.iter(|| serde_json::from_str::<Value>(black_box(&as_json))));
    compare(
        "run_id/decode",
        "the same as JSON through serde_json::Value",
        1.0,
        || black_box(&text).parse::<RunId>(),
        || serde_json::from_str::<Value>(black_box(&as_json)),
    );
}

criterion_group!(benches, run_id);
criterion_main!(benches);
