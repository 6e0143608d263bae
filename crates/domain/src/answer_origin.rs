//! Who seems to have sent an answer that cannot be identified as the provider's: a proxy, a portal, another program.

use crate::{Hint, MASK};
use std::fmt;

/// The longest header value that is shown, in characters.
const LONGEST_HEADER: usize = 60;
/// How many characters of the text are shown.
const SHOWN_TEXT: usize = 100;
/// Longer words may be tokens, which pages repeat from the request; names and keys are shorter. In bytes.
const LONGEST_WORD: usize = 40;
/// Shorter words of the event are not masked in the text, because every text contains them. In characters.
const SHORTEST_SECRET: usize = 4;

/// What an answer says about its sender. The text may repeat what was sent, such as the event, so `Debug` does not show
/// it, and [`describe`](Self::describe) masks what the caller recognises.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AnswerOrigin {
    /// The content type.
    pub content_type: Option<String>,
    /// The name of the server, from the header `Server`.
    pub server: Option<String>,
    /// The proxies that passed the answer on, from the header `Via`.
    pub via: Option<String>,
    /// The whole body, if it is text. Secrets of the request are masked in it.
    pub text: String,
    /// What to do about it, if the adapter knows more than that something else answered.
    pub hint: Option<Hint>,
}

impl AnswerOrigin {
    /// The origin as a list: `content type text/html, server nginx, text "Please sign in"`.
    ///
    /// `was_sent` says whether a word is a part of what was sent; such words are masked.
    ///
    /// ```
    /// use lamplight_domain::AnswerOrigin;
    ///
    /// let origin = AnswerOrigin {
    ///     content_type: Some("text/html; charset=utf-8".to_owned()),
    ///     server: Some("squid".to_owned()),
    ///     text: "<html><title>Sign in</title><p>Hello Ada</p></html>".to_owned(),
    ///     ..AnswerOrigin::default()
    /// };
    /// assert_eq!(
    ///     origin.describe(|_| false),
    ///     "content type text/html, server squid, text \"Sign in Hello Ada\""
    /// );
    /// ```
    pub fn describe(&self, was_sent: impl Fn(&str) -> bool) -> String {
        let kind = self.content_type.as_deref().and_then(|kind| kind.split(';').next());
        let headers =
            [("content type", kind), ("server", self.server.as_deref()), ("via", self.via.as_deref())];
        let mut parts: Vec<String> = headers
            .into_iter()
            .filter_map(|(name, value)| {
                let value = first_words(value?, LONGEST_HEADER, &was_sent);
                (!value.is_empty()).then(|| format!("{name} {value}"))
            })
            .collect();
        let words = first_words(&visible_text(&self.text), SHOWN_TEXT, &was_sent);
        if !words.is_empty() {
            parts.push(format!("text \"{words}\""));
        }
        if parts.is_empty() { "without a text and a name".to_owned() } else { parts.join(", ") }
    }
}

impl fmt::Debug for AnswerOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerOrigin")
            .field("content_type", &self.content_type)
            .field("server", &self.server)
            .field("via", &self.via)
            .field("text_bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// The text that a browser would show of a page; other texts are returned unchanged.
fn visible_text(text: &str) -> String {
    if !text.trim_start().starts_with('<') {
        return text.to_owned();
    }
    let (mut shown, mut rest) = (String::new(), text);
    while let Some((before, tag)) = rest.split_once('<') {
        shown.push_str(before);
        shown.push(' ');
        let hidden = ["script", "style", "!--"].into_iter().find(|name| begins_with(tag, name));
        let end = match hidden {
            Some("!--") => "-->",
            Some("script") => "</script",
            Some(_) => "</style",
            None => ">",
        };
        // A tag that does not end hides the rest.
        let Some(at) = find(tag, end) else { return shown };
        let after = tag.get(at + end.len()..).unwrap_or_default();
        rest = match hidden {
            Some("script" | "style") => after.split_once('>').map_or("", |(_, rest)| rest),
            _ => after,
        };
    }
    shown + rest
}

fn begins_with(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// The place of `wanted`, which is ASCII, without regard to case.
fn find(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes().windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// The first words on one line, at most `longest` characters of them. What may be secret is masked before it is cut.
fn first_words(text: &str, longest: usize, was_sent: &impl Fn(&str) -> bool) -> String {
    let mut shown = String::new();
    for word in
        text.split(|c: char| c.is_whitespace() || c.is_control() || c == '"').filter(|word| !word.is_empty())
    {
        let word = mask(word, was_sent);
        if shown.chars().count() + 1 + word.chars().count() > longest {
            shown.push_str(if shown.is_empty() { "…" } else { " …" });
            return shown;
        }
        if !shown.is_empty() {
            shown.push(' ');
        }
        shown.push_str(&word);
    }
    shown
}

/// The word, or the mask if it may be a token or contains a part of what was sent.
fn mask(word: &str, was_sent: &impl Fn(&str) -> bool) -> String {
    let sent = word
        .split(|c: char| !c.is_alphanumeric())
        .chain([word])
        .any(|part| part.chars().count() >= SHORTEST_SECRET && was_sent(part));
    if sent || word.len() > LONGEST_WORD { MASK.to_owned() } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        AnswerOrigin { text: text.to_owned(), ..AnswerOrigin::default() }
            .describe(|word| "hunter2 secret".contains(word))
    }

    #[test]
    fn a_page_is_told_by_what_a_browser_would_show() {
        for (text, expected) in [
            (
                "<!DOCTYPE html>\n<html><head><style>b { color: red }</style></head><p>Please\n\tsign in",
                "Please sign in",
            ),
            ("<SCRIPT src=x>var a = '<p>no</p>';</SCRIPT>Blocked by policy", "Blocked by policy"),
            ("<!-- <b>built by</b> --><title>403 Forbidden</title>", "403 Forbidden"),
            ("{\"message\":\"Forbidden\"}", "{ message : Forbidden }"),
            ("busy < 3 minutes", "busy < 3 minutes"),
            ("<p>so sorry <b", "so sorry"),
            ("\u{1b}[31mred\u{7}", "[31mred"),
        ] {
            assert_eq!(told(text), format!("text \"{expected}\""), "{text}");
        }
        for text in ["", "  \n", "<script>only()</script>", "<p"] {
            assert_eq!(told(text), "without a text and a name", "{text}");
        }
    }

    #[test]
    fn what_was_sent_and_what_may_be_a_token_is_masked_before_it_is_cut() {
        assert_eq!(told("you sent name=hunter2 here"), "text \"you sent ******** here\"");
        assert_eq!(told(&format!("token {}", "x".repeat(41))), "text \"token ********\"");
        let long = told(&"word ".repeat(100));
        assert!(long.ends_with(" word …\"") && long.chars().count() <= SHOWN_TEXT + 9, "{long}");
        for shift in 0..12 {
            let page = format!("{} {} hunter2", "a".repeat(30), "b".repeat(30 + shift));
            assert!(!told(&page).contains("hun"), "{page}");
        }
    }
}
