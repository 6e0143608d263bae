//! Splits Rust source into code without comments and literals, and string literals with their lines. It parses only as
//! much of the language as that needs.

/// The parts of a source file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RustText {
    /// The code, line by line, with spaces in place of comments and of the contents of literals.
    pub(crate) code: String,
    /// The string literals, in order.
    pub(crate) literals: Vec<Literal>,
}

/// A string literal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    /// The line where it begins, from 1.
    pub(crate) line: usize,
    /// The value, with `\n`, `\"`, `\\` and escaped line ends resolved; other escapes are unchanged.
    pub(crate) text: String,
}

impl RustText {
    /// Splits a source file.
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = Reader { rest: text, line: 1, found: Self::default() };
        while reader.step() {}
        reader.found
    }

    /// Removes the items under `#[cfg(test)]`.
    pub(crate) fn without_tests(mut self) -> Self {
        const MARK: &str = "#[cfg(test)]";
        while let Some(start) = self.code.find(MARK) {
            let end = item_end(&self.code, start + MARK.len());
            let lines = |text: &str| text.matches('\n').count() + 1;
            let (first, last) = (lines(&self.code[..start]), lines(&self.code[..end]));
            self.literals.retain(|literal| literal.line < first || literal.line > last);
            let blank = to_blanks(&self.code[start..end]);
            self.code.replace_range(start..end, &blank);
        }
        self
    }
}

/// Where the item that begins at `start` ends: after its block, or after its semicolon.
fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, character) in code[start..].char_indices() {
        match character {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(character, '}' | ';') {
            return start + at + character.len_utf8();
        }
    }
    code.len()
}

/// Replaces everything but line ends with spaces.
fn to_blanks(text: &str) -> String {
    text.chars().map(|character| if character == '\n' { '\n' } else { ' ' }).collect()
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    found: RustText,
}

impl<'a> Reader<'a> {
    /// Reads the next piece; false at the end of the text.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.blank(end);
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment(self.rest));
        } else if first == '"' {
            self.keep(1);
            self.read_quoted();
        } else if let Some(hashes) = raw_start(self.rest) {
            self.read_raw(hashes);
        } else if first == '\'' {
            // Either a character literal or a lifetime, which has no closing quote.
            self.keep(1);
            if let Some(end) = character_end(self.rest) {
                self.blank(end);
                self.keep(1);
            }
        } else {
            // Read a whole word at a time: the `r` in `bar"…"` does not begin a raw string.
            let end = self.rest.find(|character: char| !is_of_word(character)).unwrap_or(self.rest.len());
            self.keep(end.max(first.len_utf8()));
        }
        true
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (piece, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.line += piece.matches('\n').count();
        piece
    }

    fn keep(&mut self, length: usize) {
        let piece = self.take(length);
        self.found.code.push_str(piece);
    }

    fn blank(&mut self, length: usize) {
        let piece = self.take(length);
        self.found.code.push_str(&to_blanks(piece));
    }

    /// Reads the contents of a literal with escapes, and its closing quote.
    fn read_quoted(&mut self) {
        let mut escaped = false;
        let end = self.rest.find(|character| {
            let ends = character == '"' && !escaped;
            escaped = character == '\\' && !escaped;
            ends
        });
        let end = end.unwrap_or(self.rest.len());
        let text = unescape(&self.rest[..end]);
        self.found.literals.push(Literal { line: self.line, text });
        self.blank(end);
        self.keep(1.min(self.rest.len()));
    }

    /// Reads a raw literal with its prefix and both quotes.
    fn read_raw(&mut self, hashes: usize) {
        let start = self.rest.find('"').map_or(self.rest.len(), |quote| quote + 1);
        self.keep(start);
        let close = format!("\"{}", "#".repeat(hashes));
        let end = self.rest.find(&close).unwrap_or(self.rest.len());
        self.found.literals.push(Literal { line: self.line, text: self.rest[..end].to_owned() });
        self.blank(end);
        self.keep(close.len().min(self.rest.len()));
    }
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The number of `#` of the raw literal that begins here.
fn raw_start(text: &str) -> Option<usize> {
    let rest = ["r", "br", "cr"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix).filter(|rest| rest.starts_with(['"', '#'])))?;
    let quoted = rest.trim_start_matches('#');
    // `r#type` is an identifier, not a literal.
    quoted.starts_with('"').then(|| rest.len() - quoted.len())
}

/// The length of a block comment, which may contain other block comments.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of the contents of a character literal, given the text after its opening quote.
fn character_end(rest: &str) -> Option<usize> {
    if let Some(escape) = rest.strip_prefix('\\') {
        let first = escape.chars().next()?.len_utf8();
        return Some(1 + first + escape[first..].find('\'')?);
    }
    let length = rest.chars().next()?.len_utf8();
    rest[length..].starts_with('\'').then_some(length)
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let length = escape.chars().next().map_or(0, char::len_utf8);
        rest = &escape[length..];
        match &escape[..length] {
            "n" => plain.push('\n'),
            "\n" => rest = rest.trim_start(),
            plainly @ ("\"" | "\\" | "'") => plain.push_str(plainly),
            other => plain.extend(["\\", other]),
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(text: &str) -> Vec<(usize, String)> {
        RustText::read(text).literals.into_iter().map(|literal| (literal.line, literal.text)).collect()
    }

    #[test]
    fn literals_are_found_with_their_line_and_comments_hold_none() {
        let text =
            "// \"no\"\nlet a = \"one\";\n/* \"no\" /* \"no\" */ \"no\" */ let b = (\"two\", b\"three\");\n";
        assert_eq!(literals(text), [(2, "one".to_owned()), (3, "two".to_owned()), (3, "three".to_owned())]);
    }

    #[test]
    fn escapes_and_the_escaped_end_of_a_line_are_resolved() {
        let text = "f(\"a \\\"b\\\" \\\\\", \"one \\\n         two\\tthree\\n\");";
        assert_eq!(literals(text), [(1, "a \"b\" \\".to_owned()), (1, "one two\\tthree\n".to_owned())]);
    }

    #[test]
    fn raw_literals_end_at_their_own_close() {
        let text = "let r#type = r#\"say \"--x\" \\\"#;\nlet b = (r\"y\\\", br##\"z\"# \"##, \"after\");";
        assert_eq!(
            literals(text),
            [
                (1, "say \"--x\" \\".to_owned()),
                (2, "y\\".to_owned()),
                (2, "z\"# ".to_owned()),
                (2, "after".to_owned())
            ]
        );
    }

    #[test]
    fn characters_are_distinguished_from_lifetimes() {
        let text = r#"fn f<'a>(x: &'a str) -> ('"', '\'', '\u{22}') { "in" }"#;
        assert_eq!(literals(text), [(1, "in".to_owned())]);
        assert_eq!(RustText::read("('\"', 'ä', '\\\\')").code, "(' ', ' ', '  ')");
    }

    #[test]
    fn code_keeps_its_lines_and_nothing_of_comments_and_literals() {
        let text = "let a = \"x // y\"; // z\n/* one\ntwo */ b(r\"//\");\n";
        assert_eq!(RustText::read(text).code, "let a = \"      \";     \n      \n       b(r\"  \");\n");
    }

    #[test]
    fn what_is_under_cfg_test_is_left_out() {
        let text = "f(\"kept\");\n#[cfg(test)]\nmod tests {\n    fn f() { g(\"}\"); }\n}\n#[cfg(test)]\nmod more;\ng(\"too\");";
        let read = RustText::read(text).without_tests();
        assert_eq!(
            read.literals.iter().map(|literal| literal.text.as_str()).collect::<Vec<_>>(),
            ["kept", "too"]
        );
        assert_eq!(read.code.lines().count(), text.lines().count());
        assert!(!read.code.contains("tests") && read.code.contains("g("), "{}", read.code);
    }

    #[test]
    fn a_file_that_ends_within_something_is_read_to_its_end() {
        for text in ["\"open", "r#\"open\"", "/* open", "'", "'\\", "// end", "#[cfg(test)]", "\"\\"] {
            let code = RustText::read(text).without_tests().code;
            assert_eq!(code.len(), text.len(), "{text}");
        }
    }
}
