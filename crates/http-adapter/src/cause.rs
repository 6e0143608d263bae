//! Why something failed, as text without what may not be shown.

use lamplight_domain::MASK;
use std::{borrow::Cow, error::Error};

/// What lies beneath a failure, as text: the errors of HTTP clients hold whole answers in their `Debug`.
///
/// Words that can be a token are masked, and addresses are shown without user, query and fragment.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

impl Cause {
    /// The causes of a failure without a whole answer, outermost first; `None` where it has none.
    pub fn chain(error: &(dyn Error + 'static)) -> Option<Self> {
        let cause = error.source()?;
        let (text, source) = (cause.to_string(), Self::chain(cause));
        // What the HTTP client calls a failure of no kind that it knows: its cause alone says something.
        if text == "other" && source.is_some() {
            return source;
        }
        Some(Self { text: discreet(&text), source: source.map(Box::new) })
    }

    /// A service's own words, on one line and no longer than a person reads.
    pub fn of_words(words: &str) -> Self {
        const LONGEST: usize = 2_000;
        Self { text: discreet(words).chars().take(LONGEST).collect(), source: None }
    }

    /// All of it on one line.
    pub fn flat(&self) -> String {
        match &self.source {
            Some(source) => format!("{}: {}", self.text, source.flat()),
            None => self.text.clone(),
        }
    }
}

/// No name, number or key of AWS is longer; session and identity tokens are, by far.
const LONGEST_WORD: usize = 80;

/// Words on one line, without those that can be a token. Services repeat what they were sent: AWS tells the whole
/// canonical request where a signature is wrong, with the session token in it.
fn discreet(words: &str) -> String {
    words.split_whitespace().map(shown).collect::<Vec<_>>().join(" ")
}

fn shown(word: &str) -> Cow<'_, str> {
    let bare = word.trim_start_matches(['"', '\'', '(', '[']);
    if bare.starts_with("arn:") || word.len() <= LONGEST_WORD {
        return Cow::Borrowed(word);
    }
    Cow::Owned(address(bare).unwrap_or_else(|| MASK.to_owned()))
}

/// A web address without user, query and fragment, and without what of its path can be a token. `None` for what is none.
fn address(word: &str) -> Option<String> {
    let (scheme, rest) = word.split_once("://")?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (bare, hidden) = rest.split_at_checked(end)?;
    // A password may hold any sign, so the host stands behind the last @.
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
    fn a_failure_of_no_known_kind_is_told_by_its_cause() {
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
    fn an_address_is_no_secret_and_what_it_may_carry_is() {
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
