//! Shows the weights of routings.

/// A weight in per cent, without the noise of floating point numbers.
pub(super) fn percent(weight: f64) -> f64 {
    (weight * 1e6).round() / 1e4
}
