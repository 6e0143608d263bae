//! What the benches share: their inputs, a null endpoint, and a comparison that is fair on a noisy machine.
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

/// Times `ours` and `baseline` in turns, so that a noisy neighbour disturbs both alike, and prints the ratio of
/// the medians beside the target: how many times faster ours is.
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
    // A pair takes as long as it takes; small work is repeated until a pair is long enough to be timed.
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

/// The middle of some measurements.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
