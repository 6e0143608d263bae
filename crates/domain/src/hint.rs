//! Hints: what to do about an error, as values that each front turns into its own commands and options.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// Something that a user can do with any front of this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// List the functions of a connection.
    Discover,
    /// Give arguments for parameters.
    GiveArguments,
    /// List jobs.
    ListJobs,
    /// Show one job with its parameters.
    ShowJob,
    /// Change a job's parameters.
    EditJob,
    /// Say that a name is that of a job.
    DemandJob,
    /// Give the whole event as JSON.
    GivePayload,
    /// List recorded runs.
    ListRuns,
    /// List the functions that can be managed.
    ListFunctions,
    /// Wait until the function with this name is ready.
    WaitForFunction(String),
    /// Change a function's code.
    UpdateFunctionCode,
    /// Change a function's settings.
    UpdateFunctionSettings,
    /// List the aliases of the function with this name.
    ListAliases(String),
    /// Change an alias.
    UpdateAlias,
    /// Show the permissions of a function.
    ShowPermissions,
    /// Show the limits and the usage of the account.
    ShowAccount,
    /// Print a trust policy for an identity provider.
    PrintTrustPolicy,
    /// Print a trust policy for another role.
    PrintRoleTrustPolicy,
    /// Remove the connection with this name.
    RemoveConnection(String),
    /// Use the connection with this name.
    UseConnection(String),
}

/// Texts for logs and for programs that are not a front.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discover => f.write_str("discovering functions"),
            Self::GiveArguments => f.write_str("giving arguments"),
            Self::ListJobs => f.write_str("listing jobs"),
            Self::ShowJob => f.write_str("showing the job"),
            Self::EditJob => f.write_str("changing the job"),
            Self::DemandJob => f.write_str("saying that it is a job"),
            Self::GivePayload => f.write_str("giving the whole event"),
            Self::ListRuns => f.write_str("listing runs"),
            Self::ListFunctions => f.write_str("listing functions"),
            Self::WaitForFunction(function) => write!(f, "waiting for function {function}"),
            Self::UpdateFunctionCode => f.write_str("updating the function's code"),
            Self::UpdateFunctionSettings => f.write_str("updating the function's settings"),
            Self::ListAliases(function) => write!(f, "listing the aliases of function {function}"),
            Self::UpdateAlias => f.write_str("updating the alias"),
            Self::ShowPermissions => f.write_str("showing the permissions"),
            Self::ShowAccount => f.write_str("showing the account"),
            Self::PrintTrustPolicy => f.write_str("printing a trust policy for an identity provider"),
            Self::PrintRoleTrustPolicy => f.write_str("printing a trust policy for a role"),
            Self::RemoveConnection(name) => write!(f, "removing connection {name}"),
            Self::UseConnection(name) => write!(f, "using connection {name}"),
        }
    }
}

/// A setting that each front accepts in its own way, such as an option or a form field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingName {
    /// The region.
    Region,
    /// The connection.
    Connection,
    /// The provider's address, in place of the default one.
    EndpointUrl,
    /// The configuration file.
    ConfigFile,
    /// Access keys for one call.
    AccessKey,
    /// Plain HTTP to other machines.
    AllowHttp,
    /// Whether answers without an identifying header count.
    UnmarkedAnswers,
    /// The longest wait for a run.
    WaitLimit,
}

impl fmt::Display for SettingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Region => "the region",
            Self::Connection => "the connection",
            Self::EndpointUrl => "the endpoint URL",
            Self::ConfigFile => "the configuration file",
            Self::AccessKey => "the access key",
            Self::AllowHttp => "the permission for plain HTTP",
            Self::UnmarkedAnswers => "accepting unmarked answers",
            Self::WaitLimit => "the wait limit",
        })
    }
}

/// A part of a [`Hint`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HintPart {
    /// Text that is valid for every front.
    Text(Cow<'static, str>),
    /// An action, worded by the front.
    Action(Action),
    /// A setting, worded by the front.
    Setting(SettingName),
}

/// What to do about an error: one phrase of texts, actions and settings. Each front words the actions and settings.
///
/// ```
/// use lamplight_domain::{Action, Hint};
///
/// let hint = Hint::new("delete old versions; ").action(Action::ShowAccount).text(" shows how much is used");
/// let worded = hint.word(|action| format!("<{action:?}>"), |setting| format!("<{setting:?}>"));
/// assert_eq!(worded, "delete old versions; <ShowAccount> shows how much is used");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Hint(Box<[HintPart]>);

/// A hint of text only is stored as a string, as in records from before hints had parts.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Text(String),
    Parts(Vec<HintPart>),
}

impl From<Stored> for Hint {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Text(text) => Self::new(text),
            Stored::Parts(parts) => Self(parts.into()),
        }
    }
}

impl From<Hint> for Stored {
    fn from(hint: Hint) -> Self {
        match &*hint.0 {
            [HintPart::Text(text)] => Self::Text(text.clone().into_owned()),
            _ => Self::Parts(hint.0.into_vec()),
        }
    }
}

impl Hint {
    /// A hint that begins with this text.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new([HintPart::Text(text.into())]))
    }

    /// A hint that begins with this action.
    pub fn of(action: Action) -> Self {
        Self(Box::new([HintPart::Action(action)]))
    }

    /// The same hint followed by this text.
    #[must_use]
    pub fn text(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.and(HintPart::Text(text.into()))
    }

    /// The same hint followed by this action.
    #[must_use]
    pub fn action(self, action: Action) -> Self {
        self.and(HintPart::Action(action))
    }

    /// The same hint followed by this setting.
    #[must_use]
    pub fn setting(self, setting: SettingName) -> Self {
        self.and(HintPart::Setting(setting))
    }

    /// The same hint followed by another one.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        let mut parts = self.text("; ").0.into_vec();
        parts.extend(next.0);
        Self(parts.into())
    }

    fn and(self, part: HintPart) -> Self {
        let mut parts = self.0.into_vec();
        parts.push(part);
        Self(parts.into())
    }

    pub(crate) fn map_parts(self, change: impl FnMut(HintPart) -> HintPart) -> Self {
        Self(self.0.into_vec().into_iter().map(change).collect())
    }

    /// The parts in order.
    pub fn parts(&self) -> &[HintPart] {
        &self.0
    }

    /// The hint as text, with actions and settings worded by the given functions.
    pub fn word(
        &self,
        action: impl Fn(&Action) -> String,
        setting: impl Fn(SettingName) -> String,
    ) -> String {
        let worded = self.0.iter().map(|part| match part {
            HintPart::Text(text) => text.clone(),
            HintPart::Action(own) => Cow::Owned(action(own)),
            HintPart::Setting(own) => Cow::Owned(setting(*own)),
        });
        worded.collect()
    }
}

/// The hint for places without a front, such as logs.
impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word(ToString::to_string, |setting| setting.to_string()))
    }
}

impl From<&str> for Hint {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl From<String> for Hint {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_of_text_only_is_stored_as_a_string() {
        let hint = Hint::new("look at the log");
        assert_eq!(serde_json::to_string(&hint).unwrap(), "\"look at the log\"");
        let mixed =
            Hint::new("see ").action(Action::ListAliases("adder".into())).setting(SettingName::Region);
        for hint in [hint, mixed] {
            let text = serde_json::to_string(&hint).unwrap();
            assert_eq!(serde_json::from_str::<Hint>(&text).unwrap(), hint, "{text}");
        }
    }
}
