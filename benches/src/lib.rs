//! Shared parts of the benches: inputs, local endpoints, and a comparison that works on a noisy machine.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures the real clock, talks to its reader and ends by panicking"
)]

pub mod endpoint;
pub mod inputs;
pub mod pages;

use std::{hint::black_box, time::Instant};

/// Measures `ours` and `baseline` alternately, so that other load on the machine affects both equally. Prints how many times
/// faster `ours` is, as the ratio of the medians, and the target.
pub fn compare<A, B>(
    what: &str,
    baseline_name: &str,
    target: f64,
    mut ours: impl FnMut() -> A,
    mut baseline: impl FnMut() -> B,
) {
    let (mut own, mut other) = (Vec::new(), Vec::new());
    let once = |work: &mut dyn FnMut()| {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64()
    };
    // Short operations are repeated until one measurement is long enough for the clock.
    let single = once(&mut || drop(black_box(baseline())));
    let mut repeats = 1_u32;
    while f64::from(repeats) * single < 0.005 && repeats < 100_000 {
        repeats *= 2;
    }
    for _ in 0..31 {
        own.push(once(&mut || (0..repeats).for_each(|_| drop(black_box(ours())))));
        other.push(once(&mut || (0..repeats).for_each(|_| drop(black_box(baseline())))));
    }
    let ratio = median(&mut other) / median(&mut own);
    let verdict = if ratio >= target { "met" } else { "MISSED" };
    println!("ratio {what}: {ratio:.2}x as fast as {baseline_name} (target {target}x, {verdict})");
}

/// The median; sorts `values`.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
