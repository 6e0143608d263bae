//! Counts of durations in fixed bins, so that counts of any number of runs can be added and percentiles read from them.

use std::collections::BTreeMap;
use std::time::Duration;

/// How many bins a doubling of the duration has: a percentile is at most 19 % too high.
const BINS_PER_DOUBLING: f64 = 4.0;

/// The last bin: everything from about 18 hours.
const LAST_BIN: u8 = 104;

/// A distribution of durations. Bin 0 holds durations below one millisecond, bin n > 0 those from 2^((n-1)/4)
/// milliseconds, inclusive, to 2^(n/4) milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    bins: BTreeMap<u8, u64>,
}

impl Histogram {
    /// The bin of a duration.
    pub fn bin(duration: Duration) -> u8 {
        let ms = duration.as_secs_f64() * 1000.0;
        if ms < 1.0 {
            return 0;
        }
        let bin = (ms.log2() * BINS_PER_DOUBLING).floor() + 1.0;
        // In range: between 1 and the last bin.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1-104")]
        let bin = bin.clamp(1.0, f64::from(LAST_BIN)) as u8;
        bin
    }

    /// The upper end of a bin in milliseconds.
    pub fn upper_ms(bin: u8) -> f64 {
        (f64::from(bin) / BINS_PER_DOUBLING).exp2()
    }

    /// Adds `count` durations of one bin.
    pub fn add(&mut self, bin: u8, count: u64) {
        *self.bins.entry(bin.min(LAST_BIN)).or_default() += count;
    }

    /// Adds all durations of another histogram.
    pub fn merge(&mut self, other: &Self) {
        for (bin, count) in &other.bins {
            self.add(*bin, *count);
        }
    }

    /// The number of durations.
    pub fn count(&self) -> u64 {
        self.bins.values().sum()
    }

    /// The duration in milliseconds that a share of all durations, from 0 to 1, does not exceed: the upper end of its
    /// bin. `None` if there is none.
    pub fn quantile_ms(&self, share: f64) -> Option<f64> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let wanted = share.clamp(0.0, 1.0) * count as f64;
        let mut seen = 0;
        for (bin, count) in &self.bins {
            seen += count;
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
            if seen as f64 >= wanted {
                return Some(Self::upper_ms(*bin));
            }
        }
        self.bins.keys().last().map(|bin| Self::upper_ms(*bin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_duration_is_within_its_bin(ms in 1.0..60_000_000.0_f64) {
            let bin = Histogram::bin(Duration::from_secs_f64(ms / 1000.0));
            prop_assert!(ms <= Histogram::upper_ms(bin) * 1.000_001, "{ms} {bin}");
            prop_assert!(ms >= Histogram::upper_ms(bin - 1) * 0.999_999, "{ms} {bin}");
        }

        #[test]
        fn a_percentile_is_at_most_a_fifth_too_high(mut all in prop::collection::vec(1.0..100_000.0_f64, 1..200), share in 0.01..1.0_f64) {
            let mut histogram = Histogram::default();
            for ms in &all {
                histogram.add(Histogram::bin(Duration::from_secs_f64(ms / 1000.0)), 1);
            }
            all.sort_by(f64::total_cmp);
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small index")]
            let exact = all[((share * all.len() as f64).ceil() as usize).max(1) - 1];
            let found = histogram.quantile_ms(share).unwrap();
            prop_assert!(found >= exact * 0.999_999 && found <= exact * 1.19, "{exact} {found}");
        }
    }

    #[test]
    fn very_short_and_very_long_durations_have_bins() {
        assert_eq!(Histogram::bin(Duration::ZERO), 0);
        assert_eq!(Histogram::bin(Duration::from_hours(1000)), LAST_BIN);
        assert_eq!(Histogram::default().quantile_ms(0.5), None);
    }
}
