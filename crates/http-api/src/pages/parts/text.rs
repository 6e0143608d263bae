//! Durations, counts and money in words.

use std::time::Duration;

/// A duration: milliseconds below 10 s, then seconds, minutes and hours.
pub fn took(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match duration.as_millis() {
        ms @ 0..10_000 => format!("{ms} ms"),
        10_000..60_000 => format!("{:.1} s", duration.as_secs_f64()),
        60_000..3_600_000 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", number(seconds / 3600), seconds / 60 % 60),
    }
}

/// A number with its digits in groups: `48,211`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number of things: `1 job`, `2 jobs`.
pub fn count(many: u64, thing: &str) -> String {
    if many == 1 { format!("1 {thing}") } else { format!("{} {thing}s", number(many)) }
}

/// An amount of US dollars, with the digits that matter.
pub fn money(dollars: f64) -> String {
    format!("${dollars:.7}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_counts_are_in_words() {
        for (ms, shown) in [
            (0, "0 ms"),
            (9_999, "9999 ms"),
            (31_400, "31.4 s"),
            (72_020, "1 min 12 s"),
            (3_725_000, "1 h 2 min"),
        ] {
            assert_eq!(took(Duration::from_millis(ms)), shown);
        }
        assert_eq!(
            (count(1, "job"), count(0, "job"), count(48_211, "job")),
            ("1 job".into(), "0 jobs".into(), "48,211 jobs".into())
        );
        assert_eq!((number(999), number(1_000_000)), ("999".into(), "1,000,000".into()));
    }
}
