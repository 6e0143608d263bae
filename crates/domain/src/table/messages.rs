//! Turns the messages of parsers into plain words, without values, which may be secrets.

/// What parsers say if a value is nested too deeply.
const TOO_DEEP: [&str; 2] = ["recursion limit", "cannot recurse further; max recursion depth met"];

/// Turns a message of serde or of the TOML parser into plain words, without values. The second text is a hint, for
/// instance the most similar valid name.
pub fn explain_parse_error(words: &str) -> (String, Option<String>) {
    for (beginning, kind, plural) in
        [("unknown field `", "key", "keys"), ("unknown variant `", "value", "values")]
    {
        let Some((name, rest)) = words.strip_prefix(beginning).and_then(|rest| rest.split_once('`')) else {
            continue;
        };
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        let all = format!("valid {plural}: {}", known.join(", "));
        // Only a typo of a valid name is repeated: anything else may be a secret in the wrong place.
        return match nearest(name, known.iter().copied()) {
            Some(nearest) => {
                (format!("unknown {kind} {name:?}"), Some(format!("did you mean {nearest:?}? {all}")))
            }
            None => (format!("unknown {kind}"), Some(all)),
        };
    }
    // `invalid type: string "hunter2", expected …` repeats a value, which may be a secret.
    if let Some((kind, rest)) = words.split_once(": ")
        && (kind == "invalid type" || kind == "invalid value")
        && let Some((found, expected)) = rest.rsplit_once(", expected ")
    {
        let found = found.split(['"', '`']).next().unwrap_or_default().trim();
        if found == "unit variant" {
            let hint = "write it as a table with the name as the key and the settings as its content";
            return ("the settings of this choice are missing".to_owned(), Some(hint.to_owned()));
        }
        return (
            format!("this is {}, but it must be {}", describe_found(found), describe_expected(expected)),
            None,
        );
    }
    if let Some(key) = words.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return (format!("key {key} is missing"), None);
    }
    if let Some((_, rest)) = words.split_once("wanted exactly 1 element") {
        let count = if rest.contains("more than") { "several" } else { "none" };
        return (format!("expected exactly one choice, found {count}"), None);
    }
    match words {
        words if TOO_DEEP.contains(&words) => ("nested too deeply".to_owned(), None),
        "string values must be quoted, expected literal string" => {
            ("text must be in quotes".to_owned(), None)
        }
        "wanted string or table" => ("expected a name or a table".to_owned(), None),
        "expected empty table" => {
            ("this choice has no settings".to_owned(), Some("leave the table empty".to_owned()))
        }
        other => (remove_quoted(&other.trim_end().replace('\n', "; ")), None),
    }
}

fn describe_found(kind: &str) -> String {
    match kind {
        "" => "something else".to_owned(),
        "map" => "a table".to_owned(),
        "sequence" => "an array".to_owned(),
        "integer" => "an integer".to_owned(),
        other => format!("a {other}"),
    }
}

fn describe_expected(kind: &str) -> String {
    match kind {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number of 0 or more".to_owned(),
        "a sequence" => "an array".to_owned(),
        "a map" => "a table".to_owned(),
        "path string" => "a path".to_owned(),
        other if other.starts_with("struct ") => "a table".to_owned(),
        other => other.to_owned(),
    }
}

/// `message` without quoted texts. Any of them may be a secret in the wrong place, and the reader can find them by the
/// position of the mistake.
pub fn remove_quoted(message: &str) -> String {
    let mut kept = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('"') {
        let Some(end) = quote_end(after) else { break };
        kept.push_str(before);
        if kept.is_empty() {
            kept.push_str("this");
        } else {
            kept.truncate(kept.trim_end().len());
        }
        rest = after.get(end + 1..).unwrap_or_default();
    }
    kept + rest
}

/// Where the quoted text at the start of `text` ends: at the first `"` that is not escaped.
fn quote_end(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends.then_some(at)
    })
}

/// The known name that was probably meant: the most similar one, with typos in at most a third of its length.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(typos, candidate)| *typos <= (candidate.chars().count() / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// The end of a message about a value that is none of the known ones: `; did you mean X?`, or nothing.
///
/// ```
/// use lamplight_domain::did_you_mean;
/// assert_eq!(did_you_mean("Evnt", ["Event", "DryRun"]), "; did you mean Event?");
/// assert_eq!(did_you_mean("other", ["Event", "DryRun"]), "");
/// ```
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map(|meant| format!("; did you mean {meant}?")).unwrap_or_default()
}

/// The number of single-character insertions, deletions, replacements and swaps of neighbours between two names.
/// Differences in case, and between `_` and `-`, do not count.
pub fn distance(name: &str, candidate: &str) -> usize {
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    strsim::osa_distance(&plain(name), &plain(candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_has_few_typos() {
        let known = ["region", "role_name", "assume-role", "a"];
        for (typo, meant) in [
            ("regoin", Some("region")),
            ("Region", Some("region")),
            ("role-name", Some("role_name")),
            ("asume-role", Some("assume-role")),
            ("colour", None),
            ("", Some("a")),
        ] {
            assert_eq!(nearest(typo, known), meant, "{typo}");
        }
    }

    #[test]
    fn values_are_not_repeated() {
        let (message, _) = explain_parse_error(
            "invalid type: string \"hunter2, expected x\", expected struct AccessKeyAuth",
        );
        assert_eq!(message, "this is a string, but it must be a table");
        let (message, hint) =
            explain_parse_error("unknown variant `eyJh.eyJi.c2ln`, expected one of `default`, `profile`");
        assert_eq!(message, "unknown value");
        assert_eq!(hint.unwrap(), "valid values: default, profile");
    }
    #[test]
    fn what_is_quoted_is_not_repeated() {
        for (message, expected) in [
            ("\"hunter2\" is unknown", "this is unknown"),
            ("\"wJalrXUtnFEMI/K7MDENG\" is not a role: x", "this is not a role: x"),
            ("connection name \"a\\\"b/c\" must be", "connection name must be"),
            ("there is no tag \"wJalrXUtnFEMI7K7M\" here", "there is no tag here"),
            ("half a \"quote", "half a \"quote"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(remove_quoted(message), expected);
        }
    }

    #[test]
    fn messages_of_parsers_are_put_in_plain_words() {
        let several = "expected exactly one choice, found several";
        for (words, expected) in [
            (
                "invalid type: unit variant, expected newtype variant",
                "the settings of this choice are missing",
            ),
            (
                "invalid value: integer `-1`, expected u32",
                "this is an integer, but it must be a whole number of 0 or more",
            ),
            ("invalid type: sequence, expected path string", "this is an array, but it must be a path"),
            ("string values must be quoted, expected literal string", "text must be in quotes"),
            ("missing field `role_name`", "key role_name is missing"),
            ("wanted exactly 1 element, more than 1 element", several),
            ("wanted string or table", "expected a name or a table"),
            ("expected empty table", "this choice has no settings"),
        ] {
            assert_eq!(explain_parse_error(words).0, expected);
        }
    }
}
