//! The same run as a command line and as a request. What the command is called is in the template.

use lamplight_domain::{Arguments, RawJson};

/// The arguments as words of a command line, each quoted for a POSIX shell.
pub fn as_words(arguments: &Arguments) -> Vec<String> {
    let word = |(name, argument): (&lamplight_domain::ParamName, &lamplight_domain::Argument)| {
        // A value that begins with `@` would be the name of a file, and one with `=` has a meaning, too; a second one
        // says that it is meant.
        let mark = match argument.as_given().chars().next() {
            Some('@') => "@",
            Some('=') => "=",
            _ => "",
        };
        quoted(&format!("{name}={mark}{}", argument.as_given()))
    };
    arguments.iter().map(word).collect()
}

/// The body of the request that makes the same run, quoted for a POSIX shell. Its texts are read by the types of the
/// parameters, as on the command line and in the form.
pub fn as_body(arguments: &Arguments) -> String {
    let members: Vec<String> = arguments
        .iter()
        .map(|(name, argument)| {
            format!(
                "{}:{}",
                RawJson::string(name.as_str()).as_str(),
                RawJson::string(argument.as_given()).as_str()
            )
        })
        .collect();
    quoted(&format!("{{\"texts\":{{{}}}}}", members.join(",")))
}

/// A word for a POSIX shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        let mut arguments = Arguments::default();
        for (name, value) in
            [("day", "2026-01-13"), ("note", "it's $(rm -rf) \"x\""), ("at", "@home"), ("is", "=")]
        {
            arguments.insert_text(name, value).unwrap();
        }
        let words = as_words(&arguments);
        assert_eq!(words, ["day=2026-01-13", "'note=it'\\''s $(rm -rf) \"x\"'", "at=@@home", "is==="]);
        let body = as_body(&arguments);
        assert!(
            body.starts_with("'{\"texts\":{\"day\":\"2026-01-13\",\"note\":\"it'\\''s $(rm -rf) \\\"x\\\"\""),
            "{body}"
        );
    }
}
