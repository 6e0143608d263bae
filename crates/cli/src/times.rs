//! Times on the command line.

use crate::failure::Failure;
use lamplight_domain::{ErrorCode, Timestamp};
use std::time::Duration;

/// Reads a time: a date (the beginning of the day in UTC), a time with an offset, or an age before `now`, such as `2h`.
pub fn read_time(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let trimmed = text.trim();
    let date = || format!("{trimmed}T00:00:00Z").parse().ok();
    let age = || Some(now.saturating_sub(read_age(trimmed)?).unwrap_or(Timestamp::MIN));
    trimmed.parse().ok().or_else(date).or_else(age).ok_or_else(|| {
        Failure::usage(ErrorCode::InvalidSetting, format!("{text:?} is not a time")).with_hint(
            "give a date such as 2026-01-02, a time such as 2026-01-02T03:04:05Z, or an age such as 30m, 2h or 7d",
        )
    })
}

/// A whole number and a unit.
fn read_age(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        "w" => 7 * 24 * 60 * 60,
        _ => return None,
    };
    // A sign would be accepted by the parser.
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|_| digits).map(|number: u32| Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_times_and_ages_are_read() {
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        for (text, time) in [
            ("2026-01-02", "2026-01-02T00:00:00Z"),
            (" 2026-01-02 ", "2026-01-02T00:00:00Z"),
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.5+02:00", "2026-01-02T01:04:05.5Z"),
            ("2026-01-02 03:04:05Z", "2026-01-02T03:04:05Z"),
            ("0s", "2026-03-01T12:00:00Z"),
            ("30m", "2026-03-01T11:30:00Z"),
            ("2h", "2026-03-01T10:00:00Z"),
            ("36h", "2026-02-28T00:00:00Z"),
            ("7d", "2026-02-22T12:00:00Z"),
            ("1w", "2026-02-22T12:00:00Z"),
        ] {
            assert_eq!(read_time(text, now).unwrap().to_string(), time, "{text}");
        }
        assert_eq!(read_time("4294967295w", now).unwrap(), Timestamp::MIN);
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        let now = Timestamp::UNIX_EPOCH;
        for text in [
            "",
            "s",
            "h2",
            "-1h",
            "+1h",
            "1.5h",
            "2 h",
            "2hours",
            "yesterday",
            "2026-13-01",
            "2026-02-30",
            "ä",
            "1ä",
        ] {
            let failure = read_time(text, now).unwrap_err();
            assert_eq!(
                (failure.exit_code, failure.code),
                (crate::ExitCode::Usage, ErrorCode::InvalidSetting),
                "{text}"
            );
        }
    }
}
