//! Numbers on the command line, and what is said where a text is none.

use std::{fmt::Display, str::FromStr};

/// A parser of whole numbers; `what` says which are meant, as in `a whole number of seconds from 1 to 900`.
///
/// What the API's rules say of a number is said there, under the name that the API has for it: this one only reads.
pub fn whole<N: FromStr>(
    what: &'static str,
) -> impl Fn(&str) -> Result<N, String> + Clone + Send + Sync + 'static {
    move |text| text.parse().map_err(|_| expected("a whole number", what))
}

/// The same of numbers that may have a fraction.
pub fn number(what: &'static str) -> impl Fn(&str) -> Result<f64, String> + Clone + Send + Sync + 'static {
    move |text| text.parse().map_err(|_| expected("a number", what))
}

fn expected(kind: &str, what: impl Display) -> String {
    format!("give {kind} {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_number_is_refused_with_the_valid_range() {
        let seconds = whole::<u32>("of seconds from 1 to 900");
        assert_eq!(seconds("900"), Ok(900));
        for text in ["", "x", "-1", "1.5", "99999999999"] {
            assert_eq!(seconds(text).unwrap_err(), "give a whole number of seconds from 1 to 900", "{text}");
        }
        assert_eq!(number("from 2 to 8")("2.5"), Ok(2.5));
        assert_eq!(number("from 2 to 8")("many").unwrap_err(), "give a number from 2 to 8");
    }
}
