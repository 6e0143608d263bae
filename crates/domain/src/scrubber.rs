//! Removes known secrets from texts before they are recorded or shown.

mod forms;
mod layer;

use crate::MASK;
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, BuildError};
use forms::Parts;
use layer::{ESCAPES, Layer, fold, is_space};
use std::{
    collections::{BTreeSet, HashSet, VecDeque},
    fmt,
    ops::Range,
    sync::Arc,
};

/// From this length on, in bytes, a form is found whatever the case of its letters and the white space between them.
/// A shorter one would be found by chance.
const LOOSE: usize = 6;

/// Secrets larger than this altogether, in bytes, are not searched for; see [`Scrubber`].
const LARGEST: usize = 64 * 1024;

/// How often a text is decoded: JSON in JSON, in a URL, in a page.
const MOST_LAYERS: usize = 8;

/// The longest rest of an escape whose start was cut off, in bytes.
const LONGEST_REST: usize = 10;

/// How many orders of decodings are tried.
const MOST_ORDERS: usize = 40;

/// Up to this many bytes, the order of decodings is tried.
const SMALL_TEXT: usize = 16 * 1024;

/// Removes known secrets from texts before they are recorded or shown. Clones share their tables.
///
/// # Guarantees
/// - A secret is found as it is and in every nesting of backslash escapes (JSON, Python, JavaScript, shells),
///   percent-encoding and HTML entities, within quotes of shells, SQL and CSV, and in quoted-printable; in base64 (also encoded twice), in hexadecimal digits and as decimal bytes;
///   in lower and upper case, of all languages, and with white space added, folded or removed.
/// - A secret that is JSON is also found by each of its texts and numbers, and one with several lines by each line.
/// - Secrets and parts shorter than [`Scrubber::SHORTEST`] are not looked for: they occur by chance.
/// - More than 64 KiB of secrets are not searched for: each text counts as one that contains them and is masked.
#[derive(Clone, Default)]
pub struct Scrubber(Option<Arc<Search>>);

enum Search {
    Needles(Needles),
    /// Every text is masked.
    Everything,
}

struct Needles {
    /// Forms without white space, compared without regard to case.
    loose: AhoCorasick,
    loose_forms: Vec<String>,
    /// Forms that are compared exactly.
    exact: AhoCorasick,
    /// Whether a form has letters that are not ASCII, so that those of texts must be folded.
    folds: bool,
}

impl Scrubber {
    /// The minimum length of a secret that is looked for, in bytes.
    pub const SHORTEST: usize = 4;

    /// A scrubber for these secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut parts = Parts::default();
        for secret in secrets {
            parts.add(secret, Self::SHORTEST);
            if parts.bytes() > LARGEST {
                return Self(Some(Arc::new(Search::Everything)));
            }
        }
        if parts.bytes() == 0 {
            return Self::default();
        }
        // The limit above keeps the forms far below the size that cannot be built.
        let search = Needles::new(parts.forms()).map_or(Search::Everything, Search::Needles);
        Self(Some(Arc::new(search)))
    }

    /// Whether there are no secrets to remove.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether `text` contains one of the secrets in any of its forms.
    pub fn finds(&self, text: &str) -> bool {
        match self.search(text) {
            None => false,
            Some(Search::Everything) => !text.trim().is_empty(),
            Some(Search::Needles(needles)) => needles.find(text),
        }
    }

    /// `text` with the secrets masked.
    pub fn scrub(&self, text: String) -> String {
        let found = self.spans(&text);
        if found.is_empty() { text } else { mask(&text, &found) }
    }

    /// The same for a text whose start was cut off, such as the end of a log: the end of a secret at its start is
    /// masked, too.
    pub fn scrub_tail(&self, text: String) -> String {
        let mut found = self.spans(&text);
        if let Some(Search::Needles(needles)) = self.search(&text) {
            found.extend(needles.cut_off(&text));
        }
        if found.is_empty() { text } else { mask(&text, &merge(found)) }
    }

    /// The same for lines of one text, such as the frames of a stack trace: a secret may be split over several.
    pub fn scrub_lines(&self, lines: Vec<String>) -> Vec<String> {
        let found = self.spans(&lines.join("\n"));
        if found.is_empty() {
            return lines;
        }
        let mut start = 0;
        let scrub = |line: String| {
            let (from, to) = (start, start + line.len());
            start = to + 1;
            let own = found.iter().map(|span| span.start.max(from)..span.end.min(to));
            let own: Vec<_> = own
                .filter(|span| span.start < span.end)
                .map(|span| span.start - from..span.end - from)
                .collect();
            if own.is_empty() { line } else { mask(&line, &own) }
        };
        lines.into_iter().map(scrub).collect()
    }

    /// How to search `text`; a text that is too large to be searched is masked.
    fn search(&self, text: &str) -> Option<&Search> {
        let search = self.0.as_deref()?;
        Some(if u32::try_from(text.len()).is_ok() { search } else { &Search::Everything })
    }

    /// The parts of `text` that contain secrets, in their order.
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        match self.search(text) {
            None => Vec::new(),
            Some(Search::Everything) if text.trim().is_empty() => Vec::new(),
            Some(Search::Everything) => std::iter::once(0..text.len()).collect(),
            Some(Search::Needles(needles)) => merge(needles.find_all(text)),
        }
    }
}

impl Needles {
    fn new(forms: BTreeSet<String>) -> Result<Self, BuildError> {
        let (mut loose_forms, mut exact_forms) = (BTreeSet::new(), BTreeSet::new());
        for form in forms {
            let bare: String = form.chars().filter(|c| !u8::try_from(*c).is_ok_and(is_space)).collect();
            if bare.len() >= LOOSE {
                if !bare.is_ascii() {
                    loose_forms.insert(bare.chars().flat_map(fold).collect());
                }
                loose_forms.insert(bare.to_ascii_lowercase());
            } else if form.len() >= Scrubber::SHORTEST {
                exact_forms.insert(form);
            }
        }
        let loose_forms: Vec<String> = loose_forms.into_iter().collect();
        // A faster automaton would take longer to build than most texts take to search.
        let mut builder = AhoCorasickBuilder::new();
        let folds = loose_forms.iter().any(|form| !form.is_ascii());
        let exact = builder.kind(Some(AhoCorasickKind::ContiguousNFA)).build(exact_forms)?;
        let loose = builder.ascii_case_insensitive(true).build(&loose_forms)?;
        Ok(Self { loose, loose_forms, exact, folds })
    }

    fn find(&self, text: &str) -> bool {
        layers(text).any(|layer| {
            self.exact.is_match(&layer.bytes)
                || self.bare(&layer).iter().any(|bare| self.loose.is_match(&bare.bytes))
        })
    }

    fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for layer in layers(text) {
            let bare = self.bare(&layer);
            let bare = bare.iter().map(|bare| (&self.loose, bare));
            for (needles, layer) in bare.chain([(&self.exact, &layer)]) {
                let matches = needles.find_overlapping_iter(&layer.bytes);
                found.extend(matches.map(|found| layer.origin(found.range())));
            }
        }
        found
    }

    /// The layer as the loose forms are compared with it: without white space, and with its letters folded, if any form
    /// has letters that are not ASCII.
    fn bare(&self, layer: &Layer) -> Vec<Layer> {
        let bare = layer.without_spaces();
        let folded = self.folds.then(|| bare.folded()).flatten();
        std::iter::once(bare).chain(folded).collect()
    }

    /// The start of `text` that is the end of a form, in each layer, possibly after the rest of an escape.
    fn cut_off(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for layer in layers(text).flat_map(|layer| self.bare(&layer)) {
            let ends = (0..=LONGEST_REST).filter_map(|rest| {
                let bytes = layer.bytes.get(rest..)?;
                let lengths = self.loose_forms.iter().filter_map(|form| end_at_start(form.as_bytes(), bytes));
                lengths.max().map(|length| rest + length)
            });
            found.extend(ends.max().map(|end| layer.origin(0..end)));
        }
        found
    }
}

/// The length of the longest end of `form` that `bytes` start with; an end is shorter than the form.
fn end_at_start(form: &[u8], bytes: &[u8]) -> Option<usize> {
    let ends = (1..form.len().saturating_sub(LOOSE - 1)).map(|start| &form[start..]);
    let starts_with =
        |end: &&[u8]| bytes.get(..end.len()).is_some_and(|start| start.eq_ignore_ascii_case(end));
    ends.filter(starts_with).map(<[u8]>::len).max()
}

/// The text, and what it is after each decoding: of all escapes at once, the same without white space, which may split an
/// escape, and, in a small text, of one kind of escape after the other. The latter finds secrets that look like an escape,
/// such as `100%ab`, within several encodings.
fn layers(text: &str) -> impl Iterator<Item = Layer> {
    let decode = |first: Layer| {
        let mut next = Some(first);
        let layers = std::iter::from_fn(move || {
            let layer = next.take()?;
            next = layer.decoded(&ESCAPES);
            Some(layer)
        });
        layers.take(MOST_LAYERS)
    };
    let all = decode(Layer::of(text)).chain(decode(Layer::of(text).without_spaces()).skip(1));
    let is_small = text.len() <= SMALL_TEXT;
    let mut open = VecDeque::from_iter(is_small.then(|| Layer::of(text)));
    let mut seen = HashSet::new();
    let ordered = std::iter::from_fn(move || {
        loop {
            let layer = open.pop_front()?;
            let below = ESCAPES.iter().filter_map(|start| layer.decoded(&[*start]));
            open.extend(below.take_while(|_| seen.len() < MOST_ORDERS));
            if seen.insert(layer.bytes.clone()) {
                return Some(layer);
            }
        }
    });
    all.chain(ordered.take(MOST_ORDERS).skip(1)).flat_map(|layer| {
        let unprinted = layer.unprinted();
        std::iter::once(layer).chain(unprinted)
    })
}

/// The same parts in their order, those that touch joined.
fn merge(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(spans.len().min(16));
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// `text` with these parts masked.
fn mask(text: &str, spans: &[Range<usize>]) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut kept = 0;
    for span in spans {
        let start = text.floor_char_boundary(span.start).max(kept);
        shown.push_str(&text[kept..start]);
        shown.push_str(MASK);
        kept = text.ceil_char_boundary(span.end);
    }
    shown + &text[kept..]
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_deref() {
            None => f.write_str("Scrubber(nothing)"),
            Some(Search::Everything) => f.write_str("Scrubber(everything)"),
            Some(Search::Needles(needles)) => {
                write!(f, "Scrubber({} forms)", needles.loose_forms.len() + needles.exact.patterns_len())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_is_masked() {
        let scrubber = Scrubber::new(["s3cr3t-Tok/en"]);
        for (text, shown) in [
            (r#"{"a":"s3cr3t-Tok/en"}"#, r#"{"a":"********"}"#),
            (r#"{"a":"x s3cr3t-Tok\/en y","b":"c\n"}"#, r#"{"a":"x ******** y","b":"c\n"}"#),
            (r#"{"a":"\u00733cr3t-Tok/en","\"b":[1]}"#, r#"{"a":"********","\"b":[1]}"#),
            (r#"{"a":"{\"b\":\"\\u00733cr3t-Tok\\/en\"}"}"#, r#"{"a":"{\"b\":\"********\"}"}"#),
            ("?q=s3cr3t-Tok%2Fen&x=1", "?q=********&x=1"),
            ("<p>s3cr3t&#45;Tok&#x2f;en</p>", "<p>********</p>"),
            ("S3CR3T-TOK/EN", MASK),
            ("login(s3cr3t-\n   Tok/en)", "login(********)"),
            ("login(s3cr3t\\u00\n  2dTok/en)", "login(********)"),
        ] {
            assert!(scrubber.finds(text), "{text}");
            assert_eq!(scrubber.scrub(text.to_owned()), shown);
        }
        for text in [r#"{"a":"\u00e4\ud800\u","b":"s3cr3t"}"#, r"\", r"\u12", r"\uzzzz", "100%", "a & b", ""]
        {
            assert!(!scrubber.finds(text), "{text}");
            assert_eq!(scrubber.scrub(text.to_owned()), text);
        }
    }

    #[test]
    fn short_secrets_are_found_exactly_and_the_shortest_not_at_all() {
        let scrubber = Scrubber::new(["pass", "abc", " ", "true"]);
        assert_eq!(scrubber.scrub("pass Pass p ass abc true".to_owned()), "******** Pass p ass abc true");
        assert!(Scrubber::new(["abc", "", "null"]).is_empty());
    }

    #[test]
    fn overlapping_secrets_are_masked_as_one() {
        let scrubber = Scrubber::new(["hunter2-one", "one-hunter3"]);
        assert_eq!(scrubber.scrub("x hunter2-one-hunter3 y".to_owned()), "x ******** y");
    }

    #[test]
    fn a_secret_split_over_lines_is_masked_in_each() {
        let scrubber = Scrubber::new(["first half, second half"]);
        let lines = ["at login", "key first ha", "  lf, second", "half at end", "done"].map(str::to_owned);
        let shown = scrubber.scrub_lines(lines.into());
        assert_eq!(shown, ["at login", "key ********", "********", "******** at end", "done"]);
    }

    #[test]
    fn the_end_of_a_secret_at_the_start_of_a_tail_is_masked() {
        let scrubber = Scrubber::new(["correct-horse-battery"]);
        for (text, shown) in [
            ("horse-battery staple", "******** staple"),
            (r"ors\u0065-battery", MASK),
            ("attery staple", "******** staple"),
            ("tery staple", "tery staple"),
            ("2dhorse%2Dbattery staple", "******** staple"),
            ("#45;horse&#45;battery staple", "******** staple"),
            ("a horse and its battery", "a horse and its battery"),
        ] {
            assert_eq!(scrubber.scrub_tail(text.to_owned()), shown);
        }
    }

    #[test]
    fn of_too_much_everything_is_masked() {
        let large = "k".repeat(LARGEST + 1);
        let scrubber = Scrubber::new([large.as_str()]);
        assert!(!scrubber.finds(" \n") && scrubber.finds("anything"));
        assert_eq!(scrubber.scrub("anything".to_owned()), MASK);
        assert_eq!(scrubber.scrub_lines(vec!["a".into(), String::new()]), [MASK, ""]);
        assert_eq!(format!("{scrubber:?}"), "Scrubber(everything)");
        assert_eq!(format!("{:?}", Scrubber::default()), "Scrubber(nothing)");
    }
}
