//! Times: relative with the exact time beside it, or exact; always in UTC.

use super::{Markup, text::took};
use askama::filters::Safe;
use lamplight_domain::Timestamp;
use std::time::Duration;

/// A time before or after now: `3 min ago`, with the exact time as its title. Scripts keep it up to date.
pub fn ago(at: Timestamp, now: Timestamp) -> Markup {
    Safe(format!(
        "<time data-rel datetime=\"{at:.0}\" title=\"{}\">{}</time>",
        exact_text(at),
        relative(at, now)
    ))
}

/// The exact time, with the relative one as its title.
pub fn exact(at: Timestamp, now: Timestamp) -> Markup {
    Safe(format!("<time datetime=\"{at:.0}\" title=\"{}\">{}</time>", relative(at, now), exact_text(at)))
}

/// The day, with the exact time as its title.
pub fn date(at: Timestamp) -> Markup {
    let exact = exact_text(at);
    let day = exact.split(' ').next().unwrap_or_default();
    Safe(format!("<time datetime=\"{at:.0}\" title=\"{exact}\">{day}</time>"))
}

/// The exact time as text, to the second.
pub fn exact_text(at: Timestamp) -> String {
    format!("{at:.0}").replace('T', " ").replace('Z', " UTC")
}

fn relative(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs();
    let size = seconds.unsigned_abs();
    let (number, unit) = match size {
        0..60 => (size, "s"),
        60..3600 => (size / 60, "min"),
        3600..86_400 => (size / 3600, "h"),
        _ => (size / 86_400, "d"),
    };
    if seconds < 0 { format!("in {number} {unit}") } else { format!("{number} {unit} ago") }
}

/// How long something took, from one time to another.
pub fn took_ms(from: Timestamp, to: Timestamp) -> String {
    took(Duration::try_from(to.duration_since(from)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_relative_with_its_exact_time_and_zone() {
        let now: Timestamp = "2026-01-14T03:07:12Z".parse().unwrap();
        for (at, shown) in [
            ("2026-01-14T03:07:12Z", "0 s ago"),
            ("2026-01-14T03:03:56.9Z", "3 min ago"),
            ("2026-01-13T22:07:12Z", "5 h ago"),
            ("2025-12-10T03:07:12Z", "35 d ago"),
            ("2026-01-18T03:07:12Z", "in 4 d"),
        ] {
            let Safe(markup) = ago(at.parse().unwrap(), now);
            assert!(markup.ends_with(&format!(">{shown}</time>")), "{markup}");
            assert!(markup.contains(" UTC\""), "{markup}");
        }
        assert_eq!(exact_text(now), "2026-01-14 03:07:12 UTC");
    }
}
