//! What a reader of settings says about a mistake, in plain words and without any value that may be a secret.

/// The words of parsers for what nests too deeply.
const TOO_DEEP: [&str; 2] = ["recursion limit", "cannot recurse further; max recursion depth met"];

/// The words of serde, and of a reader of TOML, made plain: without values, with the nearest name, and with a hint where
/// there is one.
pub fn plain_words(words: &str) -> (String, Option<String>) {
    for (beginning, kind, plural) in
        [("unknown field `", "key", "keys"), ("unknown variant `", "value", "values")]
    {
        let Some((name, rest)) = words.strip_prefix(beginning).and_then(|rest| rest.split_once('`')) else {
            continue;
        };
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        let all = format!("the {plural} here are: {}", known.join(", "));
        // Only a slip of a known name is repeated: anything else may be a secret in the wrong place.
        return match nearest(name, known.iter().copied()) {
            Some(nearest) => {
                (format!("unknown {kind} {name:?}"), Some(format!("did you mean {nearest:?}? {all}")))
            }
            None => (format!("unknown {kind}"), Some(all)),
        };
    }
    // `invalid type: string "hunter2", expected …` repeats what may be a secret.
    if let Some((kind, rest)) = words.split_once(": ")
        && (kind == "invalid type" || kind == "invalid value")
        && let Some((found, expected)) = rest.rsplit_once(", expected ")
    {
        let found = found.split(['"', '`']).next().unwrap_or_default().trim();
        if found == "unit variant" {
            let hint = "write it as a table: its name as the key, and its settings inside";
            return ("this has settings of its own, which are missing".to_owned(), Some(hint.to_owned()));
        }
        return (format!("this is {} and must be {}", article(found), wanted(expected)), None);
    }
    if let Some(key) = words.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return (format!("the key {key} is missing"), None);
    }
    if let Some((_, rest)) = words.split_once("wanted exactly 1 element") {
        let count = if rest.contains("more than") { "there are several" } else { "there is none" };
        return (format!("exactly one of the ways can be given here, and {count}"), None);
    }
    match words {
        words if TOO_DEEP.contains(&words) => ("this nests too deeply".to_owned(), None),
        "string values must be quoted, expected literal string" => {
            ("a text must stand in quotes".to_owned(), None)
        }
        "wanted string or table" => ("this must be a name or a table".to_owned(), None),
        "expected empty table" => {
            ("this has no settings".to_owned(), Some("leave the table empty".to_owned()))
        }
        other => (without_quotes(&other.trim_end().replace('\n', "; ")), None),
    }
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

fn wanted(kind: &str) -> String {
    match kind {
        "u32" | "u64" => "a whole number of 0 or more".to_owned(),
        "a sequence" => "an array".to_owned(),
        "a map" => "a table".to_owned(),
        "path string" => "a path".to_owned(),
        other if other.starts_with("struct ") => "a table".to_owned(),
        other => other.to_owned(),
    }
}

/// `message` without the texts that it quotes: any of them may be a secret in the wrong place, and the place says which
/// they are.
pub fn without_quotes(message: &str) -> String {
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

/// Where the quote ends whose text begins here: at the first `"` that no backslash stands before.
fn quote_end(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends.then_some(at)
    })
}

/// The known name that was probably meant: of at most a third of its length in slips.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(slips, candidate)| *slips <= (candidate.chars().count() / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many slips lie between two names; capitals and underscores are none.
pub fn distance(name: &str, candidate: &str) -> usize {
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    slips(&plain(name), &plain(candidate))
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
        let known = ["region", "role_name", "assume-role", "a"];
        for (slip, meant) in [
            ("regoin", Some("region")),
            ("Region", Some("region")),
            ("role-name", Some("role_name")),
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
            plain_words("invalid type: string \"hunter2, expected x\", expected struct AccessKeyAuth");
        assert_eq!(message, "this is a string and must be a table");
        let (message, hint) =
            plain_words("unknown variant `eyJh.eyJi.c2ln`, expected one of `default`, `profile`");
        assert_eq!(message, "unknown value");
        assert_eq!(hint.unwrap(), "the values here are: default, profile");
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
            assert_eq!(without_quotes(message), expected);
        }
    }

    #[test]
    fn the_words_of_the_parser_are_put_plainly() {
        let several = "exactly one of the ways can be given here, and there are several";
        for (words, expected) in [
            (
                "invalid type: unit variant, expected newtype variant",
                "this has settings of its own, which are missing",
            ),
            (
                "invalid value: integer `-1`, expected u32",
                "this is an integer and must be a whole number of 0 or more",
            ),
            ("invalid type: sequence, expected path string", "this is an array and must be a path"),
            ("string values must be quoted, expected literal string", "a text must stand in quotes"),
            ("missing field `role_name`", "the key role_name is missing"),
            ("wanted exactly 1 element, more than 1 element", several),
            ("wanted string or table", "this must be a name or a table"),
            ("expected empty table", "this has no settings"),
        ] {
            assert_eq!(plain_words(words).0, expected);
        }
    }
}
