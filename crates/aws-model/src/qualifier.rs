//! Qualifiers, which select the code of a function: a version, an alias, `$LATEST` or `$LATEST.PUBLISHED`.

use crate::text::{excerpt, is_digits, is_word_character};
use std::{fmt, str::FromStr};

/// A version or alias of a function.
///
/// Invariants: a version number (digits), `$LATEST`, `$LATEST.PUBLISHED`, or an alias of letters, digits, `-`
/// and `_` that does not consist only of digits; 1–128 characters. The pattern of Invoke allows `$` anywhere, but no alias
/// can be created with one (Lambda API, `Alias`), so `$latest` or `pro$d` must be a mistake and is refused here.
///
/// ```
/// use lamplight_aws_model::{LambdaQualifier, QualifierKind};
///
/// let qualifier: LambdaQualifier = "prod".parse()?;
/// assert_eq!(qualifier.kind(), QualifierKind::Alias);
/// assert_eq!("7".parse::<LambdaQualifier>()?.kind(), QualifierKind::Version);
/// assert!("$latest".parse::<LambdaQualifier>().is_err());
/// # Ok::<(), lamplight_aws_model::LambdaQualifierError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LambdaQualifier(String);

/// The kind of a [`LambdaQualifier`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QualifierKind {
    /// A published version, which never changes.
    Version,
    /// The unpublished code, which changes with every update.
    Latest,
    /// The version published last.
    LatestPublished,
    /// A name that points to one version, or to two with weights.
    Alias,
}

/// Why a text is not a [`LambdaQualifier`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LambdaQualifierError {
    /// The text is empty.
    #[error("the qualifier is empty; leave it out, or give a version number, an alias or $LATEST")]
    Empty,
    /// The text has more characters than an alias can have.
    #[error("the qualifier {text:?} has {length} characters; it can have at most 128")]
    TooLong {
        /// The start of the text.
        text: String,
        /// The length in characters.
        length: usize,
    },
    /// The text starts with a dollar sign, but is neither `$LATEST` nor `$LATEST.PUBLISHED`.
    #[error("the qualifier {text:?} is neither $LATEST nor $LATEST.PUBLISHED; write it in capitals")]
    Dollar {
        /// The start of the text.
        text: String,
    },
    /// The text has a character that an alias cannot have.
    #[error(
        "the qualifier {text:?} has {character:?} at position {position}; \
         an alias can have only letters a-z and A-Z, digits, '-' and '_'"
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

impl LambdaQualifier {
    /// The most characters of a qualifier (Lambda API, `NumericLatestPublishedOrAliasQualifier`).
    pub const MAX_CHARACTERS: usize = 128;
    const LATEST: &str = "$LATEST";
    const LATEST_PUBLISHED: &str = "$LATEST.PUBLISHED";

    /// The qualifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind of qualifier.
    pub fn kind(&self) -> QualifierKind {
        match self.as_str() {
            Self::LATEST => QualifierKind::Latest,
            Self::LATEST_PUBLISHED => QualifierKind::LatestPublished,
            digits if is_digits(digits) => QualifierKind::Version,
            _ => QualifierKind::Alias,
        }
    }
}

impl fmt::Display for LambdaQualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for LambdaQualifier {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for LambdaQualifier {
    type Err = LambdaQualifierError;

    fn from_str(text: &str) -> Result<Self, LambdaQualifierError> {
        if text.is_empty() {
            return Err(LambdaQualifierError::Empty);
        }
        if text.starts_with('$') {
            return match text {
                Self::LATEST | Self::LATEST_PUBLISHED => Ok(Self(text.to_owned())),
                _ => Err(LambdaQualifierError::Dollar { text: excerpt(text) }),
            };
        }
        if let Some((index, character)) = text.chars().enumerate().find(|(_, c)| !is_word_character(*c)) {
            return Err(LambdaQualifierError::Character {
                text: excerpt(text),
                character,
                position: index + 1,
            });
        }
        // All characters are ASCII by now, so bytes are characters.
        if text.len() > Self::MAX_CHARACTERS {
            return Err(LambdaQualifierError::TooLong { text: excerpt(text), length: text.len() });
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_aliases_and_latest_are_distinguished() {
        for (text, kind) in [
            ("1", QualifierKind::Version),
            ("0042", QualifierKind::Version),
            ("$LATEST", QualifierKind::Latest),
            ("$LATEST.PUBLISHED", QualifierKind::LatestPublished),
            ("prod", QualifierKind::Alias),
            ("1a", QualifierKind::Alias),
            ("-", QualifierKind::Alias),
            ("LATEST", QualifierKind::Alias),
        ] {
            assert_eq!(text.parse::<LambdaQualifier>().unwrap().kind(), kind, "{text}");
        }
        assert!("a".repeat(128).parse::<LambdaQualifier>().is_ok());
    }

    #[test]
    fn errors_name_the_text_the_place_and_the_rule() {
        let message = |text: &str| text.parse::<LambdaQualifier>().unwrap_err().to_string();
        assert_eq!(
            message("$latest"),
            "the qualifier \"$latest\" is neither $LATEST nor $LATEST.PUBLISHED; write it in capitals"
        );
        assert_eq!(
            message("pro.d"),
            "the qualifier \"pro.d\" has '.' at position 4; \
             an alias can have only letters a-z and A-Z, digits, '-' and '_'"
        );
        assert!(message("").starts_with("the qualifier is empty"));
        assert!(message(&"a".repeat(129)).ends_with("has 129 characters; it can have at most 128"));
        for text in ["$", "pro$d", "a:b", "1/durable-execution", " prod", "ünter"] {
            assert!(text.parse::<LambdaQualifier>().is_err(), "{text:?}");
        }
    }
}
