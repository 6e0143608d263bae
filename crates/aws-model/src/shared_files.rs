//! The configuration files that all AWS tools share, `~/.aws/config` and `~/.aws/credentials`: their syntax and their
//! profiles.
//!
//! They are read as the AWS CLI reads them: it accepts indented sections and keys, `key: value`, quoted profile names and
//! comments anywhere, where the parser of the SDK stops or ignores the line. What only the SDK accepts, such as a comment
//! after a value or a section that is repeated, is accepted too. [`SharedFiles::to_text`] writes what was read in the form
//! that the SDK understands.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedFileKind {
    /// `~/.aws/config`: profiles are called `[profile NAME]`, and there are other sections too.
    Config,
    /// `~/.aws/credentials`: every section is a profile.
    Credentials,
}

/// Why a file cannot be read. It never repeats the line, because it may contain a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{shown}:{line}: {reason}")]
pub struct SharedFileError {
    /// The file, as shown to users.
    pub shown: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// A setting in one of the files. Its value may be secret, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSetting {
    /// The value; below the first line, the indented lines that continue it.
    lines: Vec<String>,
    /// The file and line, as `path:line`.
    origin: String,
}

impl SharedSetting {
    /// The value on the line of the key.
    pub fn value(&self) -> &str {
        self.lines.first().map_or("", String::as_str)
    }

    /// Where it is, as `path:line`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The value of `key` in the indented block below this setting.
    pub fn nested(&self, key: &str) -> Option<&str> {
        let inner = self.lines.iter().skip(1).filter_map(|line| line.split_once('='));
        inner.filter(|(own, _)| own.trim() == key).map(|(_, value)| value.trim()).next_back()
    }
}

impl fmt::Debug for SharedSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSetting").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// A section: settings by their key in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedSection(BTreeMap<String, SharedSetting>);

impl SharedSection {
    /// A setting that has a value or a block.
    pub fn get(&self, key: &str) -> Option<&SharedSetting> {
        self.0.get(key).filter(|setting| setting.lines.iter().any(|line| !line.is_empty()))
    }

    /// The value of a setting.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.get(key).map(SharedSetting::value).filter(|value| !value.is_empty())
    }

    /// Whether the profile gets its credentials by signing in (IAM Identity Center).
    pub fn signs_in(&self) -> bool {
        ["sso_session", "sso_start_url"].iter().any(|key| self.get(key).is_some())
    }

    fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

/// The sections of both files. Where both set a key of a profile, the credentials file decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedFiles {
    profiles: BTreeMap<String, SharedSection>,
    sso_sessions: BTreeMap<String, SharedSection>,
    services: BTreeMap<String, SharedSection>,
}

/// What a section's heading says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Heading {
    /// `[default]` of the configuration file, which `[profile default]` replaces.
    Default,
    Profile(String),
    SsoSession(String),
    Services(String),
    /// `[DEFAULT]`: for the AWS CLI, its settings are in every section of the file.
    Everywhere,
    /// A section that is not for AWS tools in general.
    Other,
}

impl SharedFiles {
    /// Adds a file. `shown` is its name in messages. Add the configuration file first.
    ///
    /// # Errors
    /// The first line that no AWS tool can read.
    pub fn add(&mut self, kind: SharedFileKind, shown: &str, text: &str) -> Result<(), SharedFileError> {
        let mut sections = read(kind, shown, text)?;
        let everywhere = sections.remove(&Heading::Everywhere).unwrap_or_default();
        if sections.contains_key(&Heading::Profile("default".to_owned())) {
            sections.remove(&Heading::Default);
        }
        for (heading, own) in sections {
            let mut section = everywhere.clone();
            section.merge(own);
            let (group, name) = match heading {
                Heading::Default => (&mut self.profiles, "default".to_owned()),
                Heading::Profile(name) => (&mut self.profiles, name),
                Heading::SsoSession(name) => (&mut self.sso_sessions, name),
                Heading::Services(name) => (&mut self.services, name),
                Heading::Everywhere | Heading::Other => continue,
            };
            group.entry(name).or_default().merge(section);
        }
        Ok(())
    }

    /// The profile called `name`.
    pub fn profile(&self, name: &str) -> Option<&SharedSection> {
        self.profiles.get(name)
    }

    /// The section `[services NAME]`.
    pub fn services(&self, name: &str) -> Option<&SharedSection> {
        self.services.get(name)
    }

    /// The profile called `name`, and those that its role is assumed with (`source_profile`), each once. The last one may
    /// not exist.
    pub fn chain<'a>(&'a self, name: &'a str) -> Vec<(&'a str, Option<&'a SharedSection>)> {
        let mut chain: Vec<(&str, Option<&SharedSection>)> = Vec::new();
        let mut next = Some(name);
        while let Some(name) = next.filter(|name| chain.iter().all(|(seen, _)| seen != name)) {
            let profile = self.profile(name);
            chain.push((name, profile));
            next = profile.and_then(|profile| profile.value("source_profile"));
        }
        chain
    }

    /// The same sections as a configuration file that the SDK's parser reads. It accepts only some characters in names, so
    /// others are percent-encoded; [`sdk_name`] gives the name of a profile there. Without `endpoints`, the settings that
    /// replace endpoints are left out.
    pub fn to_text(&self, endpoints: bool) -> String {
        let mut text = String::new();
        let groups =
            [("profile", &self.profiles), ("sso-session", &self.sso_sessions), ("services", &self.services)];
        for (word, sections) in groups {
            for (name, section) in sections {
                // Writing into a `String` cannot fail.
                let _ = writeln!(text, "[{word} {}]", sdk_name(name));
                for (key, setting) in &section.0 {
                    let replaces_endpoints = matches!(key.as_str(), "endpoint_url" | "services");
                    if !key.chars().all(is_plain) || (replaces_endpoints && !endpoints) {
                        continue;
                    }
                    let names_a_profile = key == "source_profile";
                    let value = setting.value();
                    let value = if names_a_profile { sdk_name(value) } else { value.to_owned() };
                    let _ = writeln!(text, "{key} = {value}");
                    for line in setting.lines.iter().skip(1) {
                        let _ = writeln!(text, "  {line}");
                    }
                }
            }
        }
        text
    }
}

/// The name of a profile in [`SharedFiles::to_text`].
pub fn sdk_name(name: &str) -> String {
    let mut encoded = String::new();
    for character in name.chars() {
        if is_plain(character) {
            encoded.push(character);
        } else {
            encoded += &lamplight_domain::percent_encode(character.encode_utf8(&mut [0; 4]));
        }
    }
    encoded
}

/// Whether the SDK accepts the character in names.
fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-/.%@:+".contains(character)
}

/// Reads the sections of a file. The rules are those of Python's `configparser`, which the AWS CLI uses: a line that is
/// indented more than the key above it continues that key's value.
fn read(
    kind: SharedFileKind,
    shown: &str,
    text: &str,
) -> Result<BTreeMap<Heading, SharedSection>, SharedFileError> {
    let mut sections: BTreeMap<Heading, SharedSection> = BTreeMap::new();
    let mut current: Option<Heading> = None;
    let mut open: Option<String> = None;
    let mut indent = 0;
    // Python also ends lines at a carriage return alone.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    for (line, whole) in (1..).zip(text.lines()) {
        let wrong = |reason| SharedFileError { shown: shown.to_owned(), line, reason };
        let bare = whole.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        let own_indent = whole.len() - whole.trim_start().len();
        let section = current.as_ref().and_then(|heading| sections.get_mut(heading));
        if let (Some(section), Some(key)) = (section, &open)
            && own_indent > indent
            && let Some(setting) = section.0.get_mut(key)
        {
            match current.as_ref() {
                Some(Heading::Other) => {}
                Some(heading) if !setting.value().is_empty() || !may_have_block(heading, key) => {
                    return Err(wrong(
                        "the line is indented more than the key above it, so AWS tools do not read it as a setting of its own; \
                         indent both lines alike",
                    ));
                }
                _ if !bare.contains('=') => {
                    return Err(wrong("an indented line below a key without a value must be KEY = VALUE"));
                }
                _ => {}
            }
            setting.lines.push(bare.to_owned());
            continue;
        }
        indent = own_indent;
        if let Some(rest) = bare.strip_prefix('[') {
            let Some((name, _)) = rest.split_once(']') else {
                return Err(wrong("the section does not end with ]"));
            };
            if name.trim().is_empty() {
                return Err(wrong("the section has no name"));
            }
            let heading = heading(kind, name);
            sections.entry(heading.clone()).or_default();
            (current, open) = (Some(heading), None);
            continue;
        }
        let Some((key, value)) = bare.split_once(['=', ':']) else {
            return Err(wrong("the line is neither KEY = VALUE nor a [section]"));
        };
        let key = key.trim().to_lowercase();
        if key.is_empty() {
            return Err(wrong("there is no key before the ="));
        }
        let Some(section) = current.as_ref().and_then(|heading| sections.get_mut(heading)) else {
            return Err(wrong("a setting stands before the first [section]"));
        };
        let setting = SharedSetting {
            lines: vec![without_comment(value.trim()).to_owned()],
            origin: format!("{shown}:{line}"),
        };
        section.0.insert(key.clone(), setting);
        open = Some(key);
    }
    Ok(sections)
}

/// Whether a block of settings may stand below the key. In a profile those are the names of services, such as `s3`; a block
/// below any other key is a mistake, and its settings would be ignored.
fn may_have_block(heading: &Heading, key: &str) -> bool {
    match heading {
        Heading::Services(_) | Heading::Other => true,
        Heading::Default | Heading::Profile(_) | Heading::SsoSession(_) | Heading::Everywhere => {
            !key.contains('_') && !["region", "output", "services"].contains(&key)
        }
    }
}

/// A value without the comment after it, which the SDK recognizes by the space before it.
fn without_comment(value: &str) -> &str {
    let mut before = ' ';
    for (at, sign) in value.char_indices() {
        if matches!(sign, '#' | ';') && before.is_whitespace() {
            return value[..at].trim_end();
        }
        before = sign;
    }
    value
}

fn heading(kind: SharedFileKind, name: &str) -> Heading {
    if name == "DEFAULT" {
        return Heading::Everywhere;
    }
    if kind == SharedFileKind::Credentials {
        return Heading::Profile(name.trim().to_owned());
    }
    let words = words(name);
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["default"] => Heading::Default,
        ["profile", name] => Heading::Profile(name.to_owned()),
        ["sso-session", name] => Heading::SsoSession(name.to_owned()),
        ["services", name] => Heading::Services(name.to_owned()),
        _ => Heading::Other,
    }
}

/// The words of a heading; spaces within quotes belong to their word, as in a shell.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for sign in text.chars() {
        match quote {
            Some(end) if sign == end => quote = None,
            None if matches!(sign, '"' | '\'') => {
                quote = Some(sign);
                word.get_or_insert_default();
            }
            None if sign.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    words
}

/// The profile that the environment selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedProfile {
    /// Its name.
    pub name: String,
    /// The variable that names it; `None` for the profile `default`, which need not exist.
    pub named_by: Option<&'static str>,
}

/// `AWS_PROFILE` and `AWS_DEFAULT_PROFILE` name different profiles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "AWS_PROFILE names profile {profile:?} and AWS_DEFAULT_PROFILE names profile {default:?}: the AWS CLI would use the \
     second, the AWS SDKs the first"
)]
pub struct TwoProfiles {
    profile: String,
    default: String,
}

impl SelectedProfile {
    /// The profile that the variables select. `variable` looks one up; an empty one counts as not set.
    ///
    /// # Errors
    /// The two variables for it differ, and AWS tools do not agree on which one decides.
    pub fn of_environment(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, TwoProfiles> {
        let named = |name: &'static str| {
            let value = variable(name).filter(|value| !value.is_empty())?;
            Some(Self { name: value, named_by: Some(name) })
        };
        match (named("AWS_PROFILE"), named("AWS_DEFAULT_PROFILE")) {
            (Some(profile), Some(default)) if profile.name != default.name => {
                Err(TwoProfiles { profile: profile.name, default: default.name })
            }
            (Some(selected), _) | (None, Some(selected)) => Ok(selected),
            (None, None) => Ok(Self { name: "default".to_owned(), named_by: None }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SharedFileKind::{Config, Credentials};

    fn config(text: &str) -> SharedFiles {
        let mut files = SharedFiles::default();
        files.add(Config, "config", text).unwrap();
        files
    }

    fn value(files: &SharedFiles, profile: &str, key: &str) -> Option<String> {
        files.profile(profile)?.value(key).map(str::to_owned)
    }

    #[test]
    fn what_the_aws_cli_reads_is_read() {
        for text in [
            "[profile a]\nregion = eu-west-1\n",
            "\u{feff}[profile a]\r\nregion=eu-west-1\r\n",
            "  [profile a]\n  region = eu-west-1\n",
            "[profile a]\n    output = json\n    region = eu-west-1\n",
            "[profile a]\n\tregion\t=\teu-west-1\n",
            "[profile a]\nregion: eu-west-1\n",
            "[profile a] # mine\nREGION = eu-west-1\n",
            "[profile \"a\"]\nregion = eu-west-1\n",
            "[profile 'a']\nregion = eu-west-1\n",
            "[profile   a]\nregion = eu-west-1\n",
            "# one\n  # two\n; three\n[profile a]\n  # four\nregion = eu-west-1\n   ; five\n",
            "[profile a]\ns3 =\n  # nested\n  max_queue_size = 1\n\nregion = eu-west-1\n",
            "[profile a]\nregion = eu-west-1 # at home\n",
            "[profile a]\nregion = us-east-1\n[profile a]\nregion = eu-west-1\n",
            "[DEFAULT]\nregion = eu-west-1\n[profile a]\n",
            "[preview]\nx = y\n[profile a]\nregion = eu-west-1\n",
        ] {
            assert_eq!(value(&config(text), "a", "region").as_deref(), Some("eu-west-1"), "{text:?}");
        }
        let spaced = config("[profile \"b c\"]\nregion = eu-west-1\n");
        assert_eq!(value(&spaced, "b c", "region").as_deref(), Some("eu-west-1"));
        for text in ["[a]\nregion = eu-west-1\n", "[profile b c]\nregion = eu-west-1\n", "[profile]\nx = y\n"]
        {
            assert!(config(text).profiles.is_empty(), "{text:?}");
        }
    }

    #[test]
    fn a_line_that_no_tool_reads_is_named_and_not_repeated() {
        for (text, line, reason) in [
            ("hunter2 = x\n[profile a]\n", 1, "before the first [section]"),
            ("[profile a]\n\nregion hunter2\n", 3, "neither KEY = VALUE nor a [section]"),
            ("[profile a]\n= hunter2\n", 2, "no key before"),
            ("[profile hunter2\n", 1, "does not end with ]"),
            ("[profile a]\ns3 =\n  hunter2\n", 3, "below a key without a value"),
            ("[profile a]\n[ ]\n", 2, "has no name"),
        ] {
            let error = SharedFiles::default().add(Config, "/x/config", text).unwrap_err();
            assert_eq!((error.line, error.reason.contains(reason)), (line, true), "{text:?}: {error}");
            let told = error.to_string();
            assert!(told.starts_with(&format!("/x/config:{line}: ")) && !told.contains("hunter2"), "{told}");
        }
    }

    #[test]
    fn an_indented_line_below_a_setting_is_never_ignored() {
        for (text, line) in [
            ("[default]\nregion = us-east-1\n  endpoint_url = hunter2\n", 3),
            ("[default]\nregion = us-east-1\n\n  # why\n ; why\n\tendpoint_url = hunter2\n", 6),
            ("[default]\n  region = us-east-1\n    endpoint_url = hunter2\n", 3),
            ("[default]\rregion = us-east-1\r  endpoint_url = hunter2\r", 3),
            ("[default]\r\nregion = us-east-1\r\n  endpoint_url: hunter2\r\n", 3),
            ("[default]\nregion = us-east-1\n  [profile hunter2]\n", 3),
            ("[default]\nregion = us-east-1\n  hunter2\n", 3),
            ("[default]\noutput =\n  endpoint_url = hunter2\n", 3),
            ("[default]\naws_access_key_id =\n  aws_secret_access_key = hunter2\n", 3),
            ("[default]\ns3 = x\n  endpoint_url = hunter2\n", 3),
            ("[DEFAULT]\nregion = x\n  endpoint_url = hunter2\n", 3),
            ("[services a]\nlambda = x\n  endpoint_url = hunter2\n", 3),
            ("[sso-session a]\nsso_region = x\n  sso_start_url = hunter2\n", 3),
        ] {
            for kind in [Config, Credentials] {
                let error = SharedFiles::default().add(kind, "f", text).unwrap_err();
                assert!(error.line == line && error.reason.contains("indented more"), "{text:?}: {error}");
            }
        }
        for text in [
            "[default]\ns3 =\n  max_concurrent_requests = 20\n\n  # more\n  addressing_style = path\nregion = eu-west-1\n",
            "[default]\r  s3 =\r    a = b\r  region = eu-west-1\r",
            "[preview]\nx = y\n  z\n[default]\nregion = eu-west-1\n",
        ] {
            assert_eq!(value(&config(text), "default", "region").as_deref(), Some("eu-west-1"), "{text:?}");
        }
    }

    #[test]
    fn both_files_are_one_and_the_credentials_decide() {
        let mut files = config("[default]\nregion = a\noutput = text\n[profile p]\nregion = b\n");
        files.add(Credentials, "credentials", "[default]\nregion = c\n[p q]\nregion = d\n").unwrap();
        let found = |profile, key| value(&files, profile, key).unwrap();
        assert_eq!(
            [found("default", "region"), found("default", "output"), found("p", "region")],
            ["c", "text", "b"]
        );
        assert_eq!(found("p q", "region"), "d");
        let setting = files.profile("default").unwrap().get("region").unwrap();
        assert_eq!(setting.origin(), "credentials:2");
        assert!(!format!("{files:?}").contains("text"), "values may be secret");
        let both = config("[default]\nregion = a\noutput = x\n[profile default]\nregion = b\n");
        assert_eq!(
            (value(&both, "default", "region").unwrap(), value(&both, "default", "output")),
            ("b".into(), None)
        );
    }

    #[test]
    fn services_have_blocks() {
        let files = config(
            "[profile a]\nservices = local\n[services local]\nlambda =\n  endpoint_url = http://a:1\nsts=\n\tendpoint_url=http://b\n",
        );
        let services = files.services(files.profile("a").unwrap().value("services").unwrap()).unwrap();
        let url = |service| services.get(service).and_then(|block| block.nested("endpoint_url"));
        assert_eq!((url("lambda"), url("sts"), url("sqs")), (Some("http://a:1"), Some("http://b"), None));
    }

    #[test]
    fn a_chain_ends_where_it_would_turn_or_where_a_profile_is_missing() {
        let files = config(
            "[profile a]\nsource_profile = b\n[profile b]\nsource_profile = a\n[profile c]\nsource_profile = gone\n",
        );
        let names =
            |from| files.chain(from).iter().map(|(name, own)| (*name, own.is_some())).collect::<Vec<_>>();
        assert_eq!(names("a"), [("a", true), ("b", true)]);
        assert_eq!(names("c"), [("c", true), ("gone", false)]);
    }

    #[test]
    fn the_text_for_the_sdk_says_the_same() {
        let files = config(
            "[profile \"b c\"]\n  role_arn: x\n  source_profile = d#e\n  endpoint_url = http://x\n[profile d#e]\n  bad key = 1\n  s3 =\n    a = b\n",
        );
        let text = files.to_text(true);
        let expected = "[profile b%20c]\nendpoint_url = http://x\nrole_arn = x\nsource_profile = d%23e\n[profile d%23e]\ns3 = \n  a = b\n";
        assert_eq!(text, expected);
        assert!(!files.to_text(false).contains("endpoint_url"));
        let again = config(&text);
        assert_eq!(again.to_text(true), text);
    }

    #[test]
    fn a_profile_is_selected_by_either_variable() {
        let selected = |pairs: &[(&str, &str)]| {
            let find =
                |name: &str| pairs.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
            SelectedProfile::of_environment(&find).map(|selected| (selected.name, selected.named_by))
        };
        let default = ("default".to_owned(), None);
        assert_eq!(selected(&[]), Ok(default.clone()));
        assert_eq!(selected(&[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "")]), Ok(default));
        for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
            let (found, by) = selected(&[(name, "dev")]).unwrap();
            assert_eq!((found.as_str(), by), ("dev", Some(name)));
        }
        assert!(selected(&[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "dev")]).is_ok());
        assert!(selected(&[("AWS_PROFILE", "dev"), ("AWS_DEFAULT_PROFILE", "dev")]).is_ok());
        let error = selected(&[("AWS_PROFILE", "a"), ("AWS_DEFAULT_PROFILE", "b")]).unwrap_err();
        assert!(error.to_string().contains("\"a\"") && error.to_string().contains("\"b\""), "{error}");
    }
}
