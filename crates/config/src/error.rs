//! Mistakes in the file, told with their place and without any value that may be a secret.

use crate::Place;
use lamplight_domain::looks_secret;
use std::fmt;

/// A mistake in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, as people know it.
    pub shown: String,
    /// Where in it.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)?;
        if let Some(place) = self.place {
            write!(f, ":{place}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ConfigError {}

/// A mistake that the parser found.
pub(crate) fn of_parser(error: &toml_edit::de::Error, text: &str, shown: &str) -> ConfigError {
    let place = error.span().map(|span| Place::at(text, span.start));
    let (message, hint) = told(error.message());
    ConfigError { shown: shown.to_owned(), place, message, hint }
}

/// The parser's words made ours: without values, and with the nearest name.
fn told(words: &str) -> (String, Option<String>) {
    for (beginning, kind, plural) in
        [("unknown field `", "key", "keys"), ("unknown variant `", "value", "values")]
    {
        let Some((name, rest)) = words.strip_prefix(beginning).and_then(|rest| rest.split_once('`')) else {
            continue;
        };
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        let message =
            if is_showable(name) { format!("unknown {kind} {name:?}") } else { format!("unknown {kind}") };
        let all = format!("the {plural} here are: {}", known.join(", "));
        let hint = match nearest(name, known.iter().copied()) {
            Some(nearest) => format!("did you mean {nearest:?}? {all}"),
            None => all,
        };
        return (message, Some(hint));
    }
    // `invalid type: string "hunter2", expected …` repeats what may be a secret.
    if let Some((kind, rest)) = words.split_once(": ")
        && (kind == "invalid type" || kind == "invalid value")
        && let Some((found, expected)) = rest.rsplit_once(", expected ")
    {
        let found = found.split(['"', '`']).next().unwrap_or_default().trim();
        return (format!("this is {} and must be {expected}", article(found)), None);
    }
    (words.trim_end().replace('\n', "; "), None)
}

fn article(kind: &str) -> String {
    match kind {
        "" => "something else".to_owned(),
        "map" => "a table".to_owned(),
        "sequence" => "an array".to_owned(),
        "integer" => "an integer".to_owned(),
        other => format!("a {other}"),
    }
}

/// Whether a name can be repeated: somebody may have pasted a secret in its place.
fn is_showable(name: &str) -> bool {
    name.chars().count() <= 40 && !name.contains(char::is_control) && !looks_secret("", name)
}

/// The known name that was probably meant: of at most a third of its length in slips.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase().replace('_', "-");
    known
        .into_iter()
        .map(|candidate| (slips(&name, &candidate.to_lowercase().replace('_', "-")), candidate))
        .filter(|(slips, candidate)| *slips <= (candidate.chars().count() / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many single-character insertions, removals, replacements and swaps of neighbours make one of the other.
fn slips(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![vec![0; to.len() + 1]; from.len() + 1];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let same = usize::from(from[i - 1] != to[j - 1]);
                let mut least = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + same);
                if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_of_few_slips() {
        let known = ["region", "role_arn", "assume-role", "a"];
        for (slip, meant) in [
            ("regoin", Some("region")),
            ("Region", Some("region")),
            ("role-arn", Some("role_arn")),
            ("asume-role", Some("assume-role")),
            ("colour", None),
            ("", Some("a")),
        ] {
            assert_eq!(nearest(slip, known), meant, "{slip}");
        }
    }

    #[test]
    fn values_are_not_repeated() {
        let (message, _) =
            told("invalid type: string \"hunter2, expected x\", expected struct AccessKeyAuth");
        assert_eq!(message, "this is a string and must be struct AccessKeyAuth");
        let (message, hint) = told("unknown variant `eyJh.eyJi.c2ln`, expected one of `default`, `profile`");
        assert_eq!(message, "unknown value");
        assert_eq!(hint.unwrap(), "the values here are: default, profile");
    }
}
