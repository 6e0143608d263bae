//! What a search for text finds, so that every store finds the same.

use lamplight_domain::{Job, Run};
use std::{collections::BTreeSet, fmt::Write};

/// The words of a search: each part between white space is one word.
///
/// A text matches if each word is in one of its fields: the parts of the word, its letters and digits, follow each other
/// there, and the last part may continue. Case does not matter. A run key counts as one part, without its hyphens, and
/// is found by its first 8 characters or more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchWords(Vec<Vec<String>>);

impl SearchWords {
    /// The maximum number of words; further ones are ignored.
    pub const MOST: usize = 20;
    /// The minimum number of characters of a word that is looked for in run keys: all keys of a time begin alike.
    pub const SHORTEST_KEY: usize = 8;

    /// Parses what a person typed. Without a letter or digit in it there are no words, and everything matches.
    pub fn parse(text: &str) -> Self {
        let words = text.split_whitespace().map(parts).filter(|parts| !parts.is_empty());
        Self(words.take(Self::MOST).collect())
    }

    /// The words, each as its parts in lower case.
    pub fn words(&self) -> &[Vec<String>] {
        &self.0
    }

    /// The beginning of the run keys that a word stands for, without hyphens; `None` if it is too short.
    pub fn key_prefix(word: &[String]) -> Option<String> {
        Some(word.concat()).filter(|prefix| prefix.len() >= Self::SHORTEST_KEY)
    }

    /// Whether a run matches.
    pub fn match_run(&self, run: &RunText) -> bool {
        let RunText { key, job, function, connection, error } = run;
        let fields = [job, function, connection, error].map(|field| parts(field));
        let is_key = |word: &[String]| Self::key_prefix(word).is_some_and(|prefix| key.starts_with(&prefix));
        self.0.iter().all(|word| is_key(word) || has_word(&fields, word))
    }

    /// Whether a job matches.
    pub fn match_job(&self, job: &Job) -> bool {
        let description = job.description.as_deref().unwrap_or_default();
        let fields = [job.name.as_str(), job.function.name.as_str(), description].map(parts);
        self.0.iter().all(|word| has_word(&fields, word))
    }
}

fn parts(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect()
}

fn has_word(fields: &[Vec<String>], word: &[String]) -> bool {
    let Some((last, whole)) = word.split_last() else { return true };
    fields.iter().any(|field| {
        field.windows(word.len()).any(|found| {
            found.split_last().is_some_and(|(end, begin)| begin == whole && end.starts_with(last.as_str()))
        })
    })
}

/// The fields of a run that a search looks into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunText {
    /// The key, without its hyphens.
    pub key: String,
    /// The job; empty if there is none.
    pub job: String,
    /// The function.
    pub function: String,
    /// The connection.
    pub connection: String,
    /// The code, the type and the message of the error; empty if there is none.
    pub error: String,
}

impl RunText {
    /// The maximum number of characters of an error that are searched.
    const LONGEST_ERROR: usize = 1000;

    /// The parts of all fields but the key, each once, as [`SearchWords::words`] has them.
    pub fn parts(&self) -> BTreeSet<String> {
        let Self { key: _, job, function, connection, error } = self;
        [job, function, connection, error].into_iter().flat_map(|field| parts(field)).collect()
    }

    /// The fields of a run.
    pub fn of(run: &Run) -> Self {
        let mut error = String::new();
        if let Some(found) = run.outcome().and_then(|outcome| outcome.error.as_ref()) {
            let kind = found.error_type.as_deref().unwrap_or_default();
            // Writing into a string cannot fail.
            let _ = write!(error, "{} {kind} {}", found.code.as_str(), found.message);
            error = error.chars().take(Self::LONGEST_ERROR).collect();
        }
        Self {
            key: run.key().as_str().replace('-', ""),
            job: run.intent.job.as_ref().map(ToString::to_string).unwrap_or_default(),
            function: run.function_name().to_string(),
            connection: run.intent.connection.to_string(),
            error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_by_its_beginning_in_one_field() {
        let run = RunText {
            key: "0199c0de00007000".to_owned(),
            job: "nightly-Load.2".to_owned(),
            function: "adder".to_owned(),
            connection: "demo".to_owned(),
            error: "function_error ValueError it said \"no\"".to_owned(),
        };
        for found in [
            "",
            " !? ",
            "night",
            "NIGHTLY-l",
            "load.2",
            "add demo",
            "0199c0de-0000-7",
            "0199C0DE",
            "valueerr SAID",
            "function_er",
            "function_error.valueerror",
        ] {
            assert!(SearchWords::parse(found).match_run(&run), "{found:?}");
        }
        for absent in [
            "ightly",
            "nightly-2",
            "load-nightly",
            "adder-demo",
            "7000",
            "add x",
            "0199c0de-0001",
            "0199c0d",
            "0199",
            "dé",
        ] {
            assert!(!SearchWords::parse(absent).match_run(&run), "{absent:?}");
        }
    }

    #[test]
    fn the_number_of_words_is_limited() {
        assert_eq!(SearchWords::parse(&"a ".repeat(1000)).words().len(), SearchWords::MOST);
    }
}
