//! Causes of failures, as text without secrets.

use lamplight_domain::MASK;
use std::{borrow::Cow, error::Error};

/// The cause of a failure, as text only: the `Debug` output of HTTP clients' errors can contain whole responses.
///
/// Words that may be tokens are masked, and URLs are shown without user, query and fragment.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

impl Cause {
    /// The chain of causes of `error`, outermost first; `None` if it has no cause.
    pub fn chain(error: &(dyn Error + 'static)) -> Option<Self> {
        let cause = error.source()?;
        let (text, source) = (cause.to_string(), Self::chain(cause));
        // The HTTP client calls failures that it cannot classify "other"; only their cause is useful.
        if text == "other" && source.is_some() {
            return source;
        }
        Some(Self { text: mask_tokens(&text), source: source.map(Box::new) })
    }

    /// A message of a service, on one line and at most 2,000 characters long.
    pub fn of_words(words: &str) -> Self {
        const LONGEST: usize = 2_000;
        Self { text: mask_tokens(words).chars().take(LONGEST).collect(), source: None }
    }

    /// The whole chain of causes on one line.
    pub fn flat(&self) -> String {
        match &self.source {
            Some(source) => format!("{}: {}", self.text, source.flat()),
            None => self.text.clone(),
        }
    }
}

/// The longest word that is shown, in bytes: names, numbers and keys of AWS are shorter, session and identity tokens are
/// much longer.
const LONGEST_WORD: usize = 80;

/// The words on one line, with those masked that may be tokens. Services repeat what they were sent: if a signature is
/// wrong, AWS returns the whole canonical request, which contains the session token.
fn mask_tokens(words: &str) -> String {
    words.split_whitespace().map(mask_word).collect::<Vec<_>>().join(" ")
}

fn mask_word(word: &str) -> Cow<'_, str> {
    let bare = word.trim_start_matches(['"', '\'', '(', '[']);
    if bare.starts_with("arn:") || word.len() <= LONGEST_WORD {
        return Cow::Borrowed(word);
    }
    Cow::Owned(mask_url(bare).unwrap_or_else(|| MASK.to_owned()))
}

/// A URL without user, query and fragment, with path segments masked that may be tokens; `None` if `word` is not a URL.
fn mask_url(word: &str) -> Option<String> {
    let (scheme, rest) = word.split_once("://")?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (bare, hidden) = rest.split_at_checked(end)?;
    // A password may contain any character, so the host comes after the last @.
    if hidden.contains('@') {
        return None;
    }
    let bare = bare.rsplit('@').next().unwrap_or_default();
    let parts = bare.split('/').map(|part| if part.len() > LONGEST_WORD { MASK } else { part });
    Some(format!("{scheme}://{}", parts.collect::<Vec<_>>().join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_unknown_kind_is_described_by_its_cause() {
        let failure = |text: &str, source| Cause { text: text.to_owned(), source: Some(Box::new(source)) };
        let cause = Cause { text: "certificate has expired".to_owned(), source: None };
        let chain = failure("dispatch failure", failure("other", cause));
        assert_eq!(Cause::chain(&chain).unwrap().flat(), "certificate has expired");
    }

    #[test]
    fn tokens_in_a_services_words_are_not_repeated() {
        let token = "IQoJ/+0123456789abcdef".repeat(8);
        let words = format!("no match\nPOST\nx-amz-security-token:{token}\n\"{token}\" is wrong");
        assert_eq!(Cause::of_words(&words).flat(), "no match POST ******** ******** is wrong");
        let arn = format!("arn:aws:sts::123456789012:assumed-role/{}/{}", "r".repeat(64), "s".repeat(64));
        let words = format!("User: {arn} is not authorized to perform: lambda:InvokeFunction");
        assert_eq!(Cause::of_words(&words).flat(), words);
    }

    #[test]
    fn addresses_are_shown_without_embedded_secrets() {
        let issuer =
            "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token";
        let secret = "hunter2".repeat(20);
        for (word, expected) in [
            (issuer.to_owned(), issuer),
            (format!("{issuer}?key={secret}"), issuer),
            (format!("{issuer}#{secret}"), issuer),
            (issuer.replace("//", &format!("//user:{secret}@")), issuer),
            (issuer.replace("//", &format!("//user:/{secret}@")), issuer),
            (issuer.replace("//", &format!("//user:?{secret}@")), MASK),
            (format!("https://example.com/{secret}/x"), "https://example.com/********/x"),
            (format!("https://{secret}"), "https://********"),
            (format!("token:{secret}://x"), MASK),
        ] {
            let told = Cause::of_words(&format!("{word} gave no answer within 10 s")).flat();
            assert_eq!(told, format!("{expected} gave no answer within 10 s"));
        }
    }
}
