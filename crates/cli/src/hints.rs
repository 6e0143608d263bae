//! Hints in the words of the command line: its verbs and its options.

use lamplight_domain::{Action, Hint, SettingName};

/// The text of a hint for a person at a terminal.
pub fn word_hint(hint: &Hint) -> String {
    hint.word(action, |setting| option(setting).to_owned())
}

fn action(action: &Action) -> String {
    let verb = match action {
        Action::GiveArguments => {
            return "give text as -p name=value (or name==value, never read as JSON) and JSON as -p name:=json"
                .to_owned();
        }
        Action::DemandJob => return "`--job`".to_owned(),
        Action::GivePayload => {
            return "`--payload`".to_owned();
        }
        Action::Discover => "discover",
        Action::ListJobs => "jobs list",
        Action::ShowJob => "jobs show",
        Action::EditJob => "jobs edit",
        Action::ListRuns => "runs list",
        Action::ListFunctions => "functions list",
        Action::WaitForFunction(function) => return format!("`lamplight functions wait {function}`"),
        Action::UpdateFunctionCode => "functions update-code",
        Action::UpdateFunctionSettings => "functions update-configuration",
        Action::ListAliases(function) => return format!("`lamplight aliases list {function}`"),
        Action::UpdateAlias => "aliases update",
        Action::ShowPermissions => "permissions get",
        Action::ShowAccount => "account settings",
        Action::PrintTrustPolicy => "iam trust-policy",
        Action::PrintRoleTrustPolicy => "iam trust-policy assume-role",
        Action::RemoveConnection(name) => return format!("`lamplight connections remove {name}`"),
        Action::UseConnection(name) => return format!("`--connection {name}`"),
    };
    format!("`lamplight {verb}`")
}

fn option(setting: SettingName) -> &'static str {
    match setting {
        SettingName::Region => "--region",
        SettingName::Connection => "--connection",
        SettingName::EndpointUrl => "--endpoint-url",
        SettingName::ConfigFile => "--config",
        SettingName::AccessKey => "--access-key-id",
        SettingName::AllowHttp => "--allow-http",
        SettingName::UnmarkedAnswers => "`unmarked_answers = true`",
        SettingName::WaitLimit => "--wait-limit",
    }
}
