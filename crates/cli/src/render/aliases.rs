//! Aliases, as rows and details.

use crate::render::table::{details, one_line, or_dash};
use lamplight_domain::{Alias, Routing};

/// The headings of [`alias_row`].
pub const ALIAS_COLUMNS: [&str; 4] = ["NAME", "VERSION", "ROUTING", "DESCRIPTION"];

/// An alias as a row.
pub fn alias_row(alias: &Alias) -> [String; 4] {
    [
        alias.name.clone(),
        alias.version.clone(),
        or_dash(routing_text(&alias.routing)),
        one_line(alias.description.as_deref().unwrap_or_default()),
    ]
}

/// An alias for people.
pub fn alias_details(alias: &Alias) -> String {
    let told = alias.description.as_deref().filter(|text| !text.is_empty());
    let mut rows = vec![
        ("name", alias.name.clone()),
        ("reference", alias.reference.clone()),
        ("function version", alias.version.clone()),
    ];
    rows.extend(routing_text(&alias.routing).map(|routing| ("routing", routing)));
    rows.extend(told.map(|text| ("description", one_line(text))));
    rows.extend(alias.revision.clone().map(|revision| ("revision id", revision)));
    details(&rows)
}

/// The weights of other versions; `None` without routing.
fn routing_text(routing: &Routing) -> Option<String> {
    let share = |(version, weight): (&String, &f64)| format!("{} % to version {version}", percent(*weight));
    let shares: Vec<String> = routing.iter().map(share).collect();
    (!shares.is_empty()).then(|| shares.join(", "))
}

/// A weight of 0.0-1.0 in per cent, without the digits that binary fractions add.
fn percent(weight: f64) -> f64 {
    (weight * 1e10).round() / 1e8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routing_weights_are_shown_as_percentages() {
        for (weight, shown) in [(0.1, "10"), (0.333, "33.3"), (0.07, "7"), (1.0, "100"), (0.0, "0")] {
            let routing = Routing::from([("2".to_owned(), weight)]);
            assert_eq!(routing_text(&routing).unwrap(), format!("{shown} % to version 2"));
        }
        assert_eq!(routing_text(&Routing::new()), None);
    }
}
