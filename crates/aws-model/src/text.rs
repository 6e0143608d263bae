//! Text helpers that several grammars share. Nothing here is specific to AWS.

use lamplight_domain::{Action, Hint};

/// How many characters of a refused text an error repeats at most: a user may have pasted a whole file.
const EXCERPT_CHARACTERS: usize = 160;

/// The start of a text, for an error message.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whether `text` is one or more ASCII digits.
pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `text` is one or more lower-case ASCII letters.
pub(crate) fn is_lower_letters(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether a character is allowed in an alias. A function name allows these characters and the dot.
pub(crate) fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

/// A part of a template.
enum Piece<'a> {
    Words(&'a str),
    /// The name in braces.
    Place(&'a str),
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, place)| Some((before, place.split_once('}')?)))
    {
        pieces.extend([Piece::Words(before), Piece::Place(name)]);
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

/// Fills the `{placeholders}` of a template. Braces in the values are not interpreted. A placeholder without a value is
/// left as it is, so that a test over all templates finds it.
pub(crate) fn fill_places<'a>(template: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut filled = String::with_capacity(template.len() + 64);
    for piece in pieces(template) {
        match piece {
            Piece::Words(words) => filled.push_str(words),
            Piece::Place(name) => match value(name) {
                Some(value) => filled.push_str(value),
                None => filled.extend(["{", name, "}"]),
            },
        }
    }
    filled
}

/// Fills the placeholders of a hint, some of which stand for actions that each front words in its own way.
pub(crate) fn fill_hint<'a>(
    template: &str,
    value: impl Fn(&str) -> Option<&'a str>,
    action: impl Fn(&str) -> Option<Action>,
) -> Hint {
    let mut words = String::new();
    let mut hint: Option<Hint> = None;
    for piece in pieces(template) {
        match piece {
            Piece::Words(text) => words.push_str(text),
            Piece::Place(name) => match (value(name), action(name)) {
                (Some(value), _) => words.push_str(value),
                (None, Some(action)) => {
                    let before = std::mem::take(&mut words);
                    hint = Some(match hint {
                        Some(hint) => hint.text(before).action(action),
                        None if before.is_empty() => Hint::of(action),
                        None => Hint::new(before).action(action),
                    });
                }
                (None, None) => words.extend(["{", name, "}"]),
            },
        }
    }
    match hint {
        None => Hint::new(words),
        Some(hint) if words.is_empty() => hint,
        Some(hint) => hint.text(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_cut_between_characters() {
        assert_eq!(excerpt("short"), "short");
        let long = "ä".repeat(1_000);
        assert_eq!(excerpt(&long), format!("{}…", "ä".repeat(160)));
        let exact = "ä".repeat(160);
        assert_eq!(excerpt(&exact), exact);
    }
}
