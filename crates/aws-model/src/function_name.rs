//! The bare name of a function, without account, region or qualifier.

use crate::text::{excerpt, is_word_character};
use std::{fmt, str::FromStr};

/// The bare name of a function.
///
/// Invariants: 1–64 characters of `a-z`, `A-Z`, `0-9`, `-`, `_` and `.`. The grammar of Invoke allows the dot (Lambda API,
/// `NamespacedFunctionName`), although no function can be created with one.
///
/// ```
/// use lamplight_aws_model::LambdaName;
///
/// let name: LambdaName = "order-adder".parse()?;
/// assert_eq!(name.as_str(), "order-adder");
/// assert!("order adder".parse::<LambdaName>().is_err());
/// # Ok::<(), lamplight_aws_model::LambdaNameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LambdaName(String);

/// Why a text is not a [`LambdaName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LambdaNameError {
    /// The text is empty.
    #[error("the function name is empty; it must have 1-64 characters")]
    Empty,
    /// The text has more characters than a name can have.
    #[error("the function name {text:?} has {length} characters; it can have at most 64")]
    TooLong {
        /// The start of the text.
        text: String,
        /// The length in characters.
        length: usize,
    },
    /// The text has a character that a function name cannot have.
    #[error(
        "the function name {text:?} has {character:?} at position {position}; \
         only letters a-z and A-Z, digits, '-', '_' and '.' are allowed"
    )]
    Character {
        /// The start of the text.
        text: String,
        /// The first character that is not allowed.
        character: char,
        /// Its position, counted in characters from 1.
        position: usize,
    },
}

impl LambdaName {
    /// The most characters of a name (Lambda API, `FunctionName`: "limited to 64 characters in length").
    pub const MAX_CHARACTERS: usize = 64;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LambdaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for LambdaName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for LambdaName {
    type Err = LambdaNameError;

    fn from_str(text: &str) -> Result<Self, LambdaNameError> {
        if text.is_empty() {
            return Err(LambdaNameError::Empty);
        }
        let wrong = text.chars().enumerate().find(|(_, c)| !is_word_character(*c) && *c != '.');
        if let Some((index, character)) = wrong {
            return Err(LambdaNameError::Character { text: excerpt(text), character, position: index + 1 });
        }
        // All characters are ASCII by now, so bytes are characters.
        if text.len() > Self::MAX_CHARACTERS {
            return Err(LambdaNameError::TooLong { text: excerpt(text), length: text.len() });
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_allowed_kind_are_read() {
        for text in ["a", "my-function", "My_Function-2", "a.b", "123456789012", "-", &"x".repeat(64)] {
            assert_eq!(text.parse::<LambdaName>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn errors_name_the_text_the_place_and_the_rule() {
        let message = |text: &str| text.parse::<LambdaName>().unwrap_err().to_string();
        assert_eq!(message(""), "the function name is empty; it must have 1-64 characters");
        assert_eq!(
            message(&"x".repeat(65)),
            format!("the function name \"{}\" has 65 characters; it can have at most 64", "x".repeat(65))
        );
        assert_eq!(
            message("my fn"),
            "the function name \"my fn\" has ' ' at position 3; \
             only letters a-z and A-Z, digits, '-', '_' and '.' are allowed"
        );
        for text in ["a/b", "a:b", "größe", "a\n", "a#Success", "$LATEST", "*"] {
            assert!(text.parse::<LambdaName>().is_err(), "{text:?}");
        }
    }
}
