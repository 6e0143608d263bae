//! `docs/connections.md` as its readers use it: sections with a configuration, files beside it, and commands with what
//! they print.

use lamplight_testkit::aws::{ACCOUNT, Trust};
use serde_json::Value;
use std::path::Path;

/// One worked example.
#[derive(Debug, Clone, Default)]
pub struct Section {
    pub heading: String,
    /// The whole `lamplight.toml`.
    pub toml: String,
    /// The file of profiles.
    pub ini: Option<String>,
    /// The trust policy where no command prints it.
    pub trust: Option<Trust>,
    pub commands: Vec<Command>,
}

/// A command, and what it must print where the document shows that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Command {
    pub arguments: Vec<String>,
    pub stdout: String,
}

pub fn text() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/connections.md")).unwrap()
}

/// Every section of the third level: each is one example.
pub fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut lines = text.lines();
    let mut open = false;
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("### ") {
            sections.push(Section { heading: heading.to_owned(), ..Section::default() });
            open = true;
        } else if line.starts_with("## ") {
            open = false;
        } else if let Some(kind) = line.strip_prefix("```") {
            let block: String =
                lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
            assert!(open, "an example outside of any section:\n{block}");
            sections.last_mut().unwrap().take(kind, block);
        }
    }
    sections
}

impl Section {
    fn take(&mut self, kind: &str, block: String) {
        let place = format!("a second {kind} block in {:?}", self.heading);
        match kind {
            "toml" => {
                assert!(self.toml.is_empty(), "{place}");
                self.toml = block;
            }
            "ini" => assert!(self.ini.replace(block).is_none(), "{place}"),
            "json" => {
                let policy = serde_json::from_str(&block).unwrap();
                assert!(self.trust.replace(trust_of(&policy)).is_none(), "{place}");
            }
            "console" => {
                assert!(self.commands.is_empty(), "{place}");
                self.commands = commands(&block);
            }
            other => panic!("no test knows what to do with a {other:?} block in {:?}", self.heading),
        }
    }

    /// The role that the section's trust policy is for: the first that it names.
    pub fn role(&self) -> Option<&str> {
        let texts = [Some(self.toml.as_str()), self.ini.as_deref()];
        let mut lines = texts.into_iter().flatten().flat_map(str::lines);
        let line = lines.find(|line| line.starts_with("role_arn"))?;
        line.rsplit('/').next().map(|name| name.trim_end_matches('"'))
    }
}

/// Whom a trust policy lets in, of the forms that are printed and documented.
pub fn trust_of(policy: &Value) -> Trust {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let [statement] = &policy["Statement"].as_array().unwrap()[..] else { panic!("{policy}") };
    let conditions = statement["Condition"].as_object().cloned().unwrap_or_default();
    assert_eq!(statement["Effect"], "Allow", "{policy}");
    assert!(conditions.keys().all(|operator| operator == "StringEquals"), "{policy}");
    let equal = &statement["Condition"]["StringEquals"];
    let (action, tags) = match statement["Action"].as_array().map(Vec::as_slice) {
        None => (&statement["Action"], false),
        Some([action, tagging]) if tagging == "sts:TagSession" => (action, true),
        Some(others) => panic!("there are no actions {others:?} here"),
    };
    match action.as_str() {
        Some("sts:AssumeRole") => {
            let arn = text(&statement["Principal"]["AWS"]).unwrap();
            Trust::Caller { arn, external_id: text(&equal["sts:ExternalId"]), tags }
        }
        Some("sts:AssumeRoleWithWebIdentity") => {
            let provider = text(&statement["Principal"]["Federated"]).unwrap();
            let issuer = provider.strip_prefix(&format!("arn:aws:iam::{ACCOUNT}:oidc-provider/")).unwrap();
            Trust::Token {
                issuer: format!("https://{issuer}"),
                audience: text(&equal[format!("{issuer}:aud")]).unwrap(),
                subject: text(&equal[format!("{issuer}:sub")]).unwrap(),
            }
        }
        other => panic!("there is no action {other:?} here"),
    }
}

fn commands(block: &str) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    for line in block.lines() {
        if let Some(command) = line.strip_prefix("$ lamplight ") {
            let arguments = command.split(' ').map(str::to_owned).collect();
            commands.push(Command { arguments, stdout: String::new() });
        } else {
            let last = commands.last_mut().unwrap_or_else(|| panic!("no command prints {line:?}"));
            last.stdout.push_str(line);
            last.stdout.push('\n');
        }
    }
    commands
}

#[test]
fn the_document_is_read_by_sections() {
    let text = "## A\n### One\nx\n```toml\na = 1\n```\n```console\n$ lamplight run x\n{}\n$ lamplight runs list\n```\n### Two\n";
    let sections = sections(text);
    assert_eq!((sections.len(), sections[0].toml.as_str(), sections[1].toml.as_str()), (2, "a = 1\n", ""));
    let run = Command { arguments: vec!["run".into(), "x".into()], stdout: "{}\n".into() };
    assert_eq!((&sections[0].commands[0], sections[0].commands.len()), (&run, 2));
}
