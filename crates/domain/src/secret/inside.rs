//! Finds the secrets within a longer text: a connection string, a query, a command line, a configuration file, a header.

use super::{decoding::from_base64, key_forms::service_keys, names::is_secret_name};

/// The longest rest of a line that is taken for one value, in bytes.
const LONGEST_LINE: usize = 256;

/// The longest name, in bytes.
const LONGEST_NAME: usize = 64;

/// The shortest word that may be a key, in bytes.
const SHORTEST_KEY: usize = 16;

/// The shortest value of a cookie that is looked for by itself, in bytes. Shorter ones are settings.
const SHORTEST_COOKIE: usize = 8;

/// Programs whose options for passwords do not say so, each option with whether its value may be the next word.
const PROGRAMS: [(&str, char, bool); 12] = [
    ("mysql", 'p', false),
    ("mariadb", 'p', false),
    ("sshpass", 'p', true),
    ("redis-cli", 'a', true),
    ("ldap", 'w', true),
    ("sqlcmd", 'P', true),
    ("docker", 'p', true),
    ("podman", 'p', true),
    ("helm", 'p', true),
    ("az", 'p', true),
    ("7z", 'p', false),
    ("unzip", 'P', true),
];

/// Programs of these only take passwords after the word `login`.
const WITH_LOGIN: [&str; 4] = ["docker", "podman", "helm", "az"];

/// The secrets within a text that say by a name beside them, by their place or by their form that they are secrets.
pub(crate) fn secrets_inside(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for_urls(text, &mut found);
    for_pairs(text, &mut found);
    for_words(text, &mut found);
    for_elements(text, &mut found);
    found
}

/// The same for a text of which it is known that it is secret, such as the value of a cookie header.
pub(crate) fn secrets_inside_secret(text: &str) -> Vec<String> {
    let mut found = secrets_inside(text);
    if found.is_empty() {
        add_cookies(text, &mut found);
        if let Some((_, credentials)) = text.trim().split_once(' ').filter(|(_, rest)| !rest.contains(' ')) {
            add_credentials(credentials, &mut found);
        }
    }
    found
}

/// The values of cookies.
fn add_cookies(text: &str, found: &mut Vec<String>) {
    let values = text.split(';').filter_map(|cookie| cookie.split_once('='));
    let values = values.map(|(_, value)| value.trim().trim_matches('"'));
    found.extend(values.filter(|value| value.len() >= SHORTEST_COOKIE).map(str::to_owned));
}

/// What follows the scheme in an `Authorization` header, if it is no word: the token, or the password in Base64.
fn add_credentials(text: &str, found: &mut Vec<String>) {
    if text.len() >= 6 && is_no_word(text) {
        found.push(text.to_owned());
    }
    let login = from_base64(text).filter(|login| !login.chars().any(char::is_control));
    if let Some((_, password)) = login.as_deref().and_then(|login| login.split_once(':')) {
        found.extend([text.to_owned(), password.to_owned()]);
    }
}

/// Whether the text has digits or signs.
fn is_no_word(text: &str) -> bool {
    !text.trim_end_matches(['.', ',', '!', '?', ':']).chars().all(char::is_alphabetic)
}

/// Passwords before the host of a URL, and tokens in their place.
fn for_urls(text: &str, found: &mut Vec<String>) {
    for (at, _) in text.match_indices("://") {
        let authority = text[at + 3..].split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else { continue };
        let is_token = || user.len() >= 20 && user.contains(|c: char| c.is_ascii_digit());
        match user.split_once(':') {
            Some((_, "")) | None if is_token() => found.push(user.trim_end_matches(':').to_owned()),
            Some((_, password)) if !password.is_empty() => found.push(password.to_owned()),
            _ => {}
        }
    }
}

/// Values beside secret names: `password=x`, `password: x`. In a URL, `key` and `code` are secret names, too.
fn for_pairs(text: &str, found: &mut Vec<String>) {
    let is_url = text.contains("://");
    // Whether the pair before says that the next value is secret: `key="Password" value="x"`.
    let mut is_named = false;
    for (at, sign) in text.match_indices(['=', ':']) {
        let after = &text[at + 1..];
        if sign == ":" && !after.starts_with([' ', '\t', '"', '\'']) {
            continue;
        }
        let before = text[..at].trim_end_matches([' ', '\t']);
        let is_spaced = before.len() < at;
        let before = before.trim_end_matches(['"', '\'', '\\', ']']);
        let start = before.rfind(|c: char| !(c.is_alphanumeric() || "_-.".contains(c)));
        let start = start.map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let name = &before[start..];
        if name.is_empty() || name.len() > LONGEST_NAME {
            continue;
        }
        let place = text[..start].trim_end_matches([' ', '\t', '-']);
        let begins_line = place.is_empty() || place.ends_with('\n') || place.ends_with("export");
        let begins = begins_line || place.ends_with(['{', '[', '(', ',', ';', '&', '"', '\'']);
        if (sign == ":" || is_spaced) && !begins {
            continue;
        }
        let is_value = is_named && name.to_ascii_lowercase().ends_with("value");
        let is_key = is_url && ["key", "code"].iter().any(|secret| name.eq_ignore_ascii_case(secret));
        let value = after.trim_start_matches(['=', '>', ' ', '\t']);
        is_named = ["name", "key", "field"].iter().any(|word| name.eq_ignore_ascii_case(word))
            && quoted(value).is_some_and(is_secret_name);
        if is_named && let Some(part) = part_of_form(value) {
            found.push(part.to_owned());
        } else if is_value || is_key || is_secret_name(name) {
            let is_cookie = name.to_ascii_lowercase().ends_with("cookie");
            if is_cookie {
                add_cookies(line_of(value), found);
            }
            add_value(value, sign == ":", begins, found);
        }
    }
}

/// The value of the part of a form whose quoted name `text` begins with.
fn part_of_form(text: &str) -> Option<&str> {
    let rest = text.get(quoted(text)?.len() + 2..)?;
    let value = rest.strip_prefix("\r\n\r\n").or_else(|| rest.strip_prefix("\n\n"))?;
    Some(line_of(value)).filter(|value| !value.is_empty())
}

/// The quoted text that `text` begins with, without its quotes.
fn quoted(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches('\\');
    let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\'' | '`'))?;
    let mut is_escaped = false;
    let end = rest[1..].find(|c| {
        let ends = c == quote && !is_escaped;
        is_escaped = c == '\\' && !is_escaped && rest.len() == text.len();
        ends
    })?;
    Some(rest[1..=end].trim_end_matches('\\'))
}

/// The rest of the line, without the signs around a value.
fn line_of(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim().trim_matches(['"', '\''])
}

/// The value that `text` begins with, in every extent that it may have: its end depends on what the text is.
fn add_value(text: &str, is_colon: bool, begins: bool, found: &mut Vec<String>) {
    if let Some(value) = quoted(text) {
        found.extend((!value.is_empty()).then(|| value.to_owned()));
        return;
    }
    let mut line = line_of(text);
    if ["|", "|-", ">", ">-"].contains(&line) {
        line = text.lines().nth(1).unwrap_or_default().trim();
    }
    if line.is_empty() {
        return;
    }
    let word = line.split_whitespace().next().unwrap_or_default();
    let ends: [&[char]; 3] =
        [&['&', ';', ',', '"', '\'', ')', '}', ']', '<', '#'], &['&', '"', '\''], &[';', '"', '\'']];
    let first = found.len();
    // After a colon, the first word may be one of a sentence.
    if !is_colon || is_no_word(word) || word == line {
        found.push(word.to_owned());
        found.extend(ends.map(|ends| word.split(ends).next().unwrap_or_default().to_owned()));
    }
    if begins && line.len() <= LONGEST_LINE {
        found.push(line.to_owned());
        let ends: [&[char]; 2] = [&[';'], &[',', '}', ']', ')', '"', '\'']];
        found.extend(ends.map(|ends| line.split(ends).next().unwrap_or_default().trim().to_owned()));
    }
    let with_spaces: Vec<String> = found[first..]
        .iter()
        .filter(|value| value.contains('+'))
        .map(|value| value.replace('+', " "))
        .collect();
    found.extend(with_spaces);
    found[first..].sort_unstable();
    let mut seen = String::new();
    let mut index = 0;
    found.retain(|value| {
        index += 1;
        let is_new = index <= first || (!value.is_empty() && *value != seen);
        if is_new {
            seen.clone_from(value);
        }
        is_new
    });
}

/// Values after a word: `--password x`, `-u user:x`, `mysql -px`, `login me password x`, `IDENTIFIED BY 'x'`,
/// `Bearer x`; and keys of services.
fn for_words(text: &str, found: &mut Vec<String>) {
    let has_options = text.starts_with('-') || text.contains(" -");
    let mut before = [""; 5];
    let mut program = Program::default();
    for word in text.split_ascii_whitespace() {
        let bare = word.trim_matches(['"', '\'', '`', '(', ')', '[', ']', ',', ';']);
        let after = &text[word.as_ptr().addr() - text.as_ptr().addr()..];
        if before[4].starts_with('-') {
            after_option(before[4], bare, after, found);
        } else if before[4].starts_with(['b', 'B', 'p', 'P']) {
            after_word(&before, bare, after, found);
        }
        if has_options {
            program.take(word, bare, after, before[4], found);
        }
        if word.len() >= SHORTEST_KEY {
            let parts = word.split(|c: char| c.is_ascii() && b"\"'`=,;()<>[]{}&?@|".contains(&(c as u8)));
            let parts = parts.map(|part| part.trim_matches('\\'));
            // Some keys and hashes have such signs.
            let parts = parts.chain(bare.split([',', ';', '"', '\'']));
            found.extend(parts.flat_map(service_keys).map(str::to_owned));
        }
        before.rotate_left(1);
        before[4] = bare;
    }
}

/// The word that `text` begins with; what quotes enclose may have spaces.
fn word_of(text: &str) -> &str {
    let word = || text.split_ascii_whitespace().next().unwrap_or_default();
    quoted(text).unwrap_or_else(|| word().trim_end_matches(['"', '\'', ';', ',', ')']))
}

/// The value of an option, which `text` begins with: `--password x`, `-u user:x`.
fn after_option(option: &str, bare: &str, text: &str, found: &mut Vec<String>) {
    if !bare.starts_with('-')
        && !option.contains('=')
        && option.len() <= LONGEST_NAME
        && is_secret_name(option.trim_start_matches('-'))
    {
        found.push(word_of(text).to_owned());
    }
    if ["-u", "--user", "-U", "--proxy-user"].contains(&option)
        && let Some((user, password)) = word_of(text).split_once([':', '%'])
        && !user.contains('/')
        && !password.bytes().all(|byte| byte.is_ascii_digit())
    {
        found.push(password.to_owned());
    }
}

/// What follows words that announce a password, which `text` begins with.
fn after_word(before: &[&str; 5], bare: &str, text: &str, found: &mut Vec<String>) {
    let [.., third, second, last] = before;
    let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    let last = last.trim_end_matches(':');
    let is_login = ["login", "machine", "account"].iter().any(|word| is(third, word));
    if (is(last, "password") && (is_login || text.starts_with('\'') || is(second, "by")))
        || (is(last, "by") && before.iter().any(|word| is(word, "identified")))
    {
        found.push(word_of(text).to_owned());
    }
    if is(last, "bearer") && bare.len() >= SHORTEST_KEY && bare.contains(|c: char| c.is_ascii_digit()) {
        found.push(bare.to_owned());
    }
    if is(last, "basic") && is_no_word(bare) {
        add_credentials(bare, found);
    }
}

/// The program of a command line that takes a password with a short option.
#[derive(Default)]
struct Program {
    known: Option<(&'static str, char, bool)>,
    is_login: bool,
}

impl Program {
    /// Takes note of a word, after which `before` comes, and which `text` begins with.
    fn take(&mut self, word: &str, bare: &str, text: &str, before: &str, found: &mut Vec<String>) {
        if let Some((name, option, is_next)) = self.known
            && (self.is_login || !WITH_LOGIN.contains(&name))
        {
            let is_option =
                |word: &str| word.strip_prefix('-').and_then(|name| name.strip_prefix(option)) == Some("");
            match word.strip_prefix('-').and_then(|name| name.strip_prefix(option)) {
                Some(attached) if !attached.is_empty() => {
                    let attached = attached.trim_start_matches('=');
                    let value = quoted(&text[word.len() - attached.len()..]).unwrap_or(attached);
                    found.push(value.to_owned());
                }
                _ if is_next && is_option(before) => found.push(word_of(text).to_owned()),
                _ => {}
            }
        }
        let file = bare.rsplit('/').next().unwrap_or(bare);
        let is_program = |(name, ..): &&(&str, char, bool)| {
            file.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || (*name != "az" && !rest.contains('.')))
        };
        if let Some(known) = PROGRAMS.iter().find(is_program) {
            *self = Self { known: Some(*known), is_login: false };
        } else if [";", "|", "||", "&&"].contains(&word) {
            self.known = None;
        }
        self.is_login |= bare == "login";
    }
}

/// Contents of XML elements with secret names.
fn for_elements(text: &str, found: &mut Vec<String>) {
    if !text.contains("</") {
        return;
    }
    for (at, _) in text.match_indices('<') {
        let Some((tag, rest)) = text[at + 1..].split_once('>') else { return };
        let name = tag.split_whitespace().next().unwrap_or_default();
        if name.len() > LONGEST_NAME
            || name.starts_with(['/', '!', '?'])
            || tag.ends_with('/')
            || !is_secret_name(name)
        {
            continue;
        }
        let content = rest.split_once("</").map_or("", |(content, _)| content).trim();
        let content =
            content.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")).unwrap_or(content);
        if !content.is_empty() && !content.contains('<') {
            found.push(content.to_owned());
        }
    }
}
