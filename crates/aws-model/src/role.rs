//! The parameters of a role session: role ARN, session name, duration, and the policies that restrict it. The rules are
//! from the STS API model (`AssumeRole`, `AssumeRoleWithWebIdentity`).

use crate::text::{excerpt, is_digits};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};

/// Why a text or number is not a valid parameter of a role session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a valid {what}: {rule}")]
pub struct RoleError {
    text: String,
    what: &'static str,
    rule: &'static str,
}

fn refused(text: &str, what: &'static str, rule: &'static str) -> RoleError {
    RoleError { text: excerpt(text), what, rule }
}

/// Defines a newtype over a validated text.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:expr, $holds:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = RoleError;

            fn try_from(text: String) -> Result<Self, RoleError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(checked: $name) -> Self {
                checked.0
            }
        }

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = RoleError;

            fn from_str(text: &str) -> Result<Self, RoleError> {
                let holds: fn(&str) -> bool = $holds;
                if holds(text) { Ok(Self(text.to_owned())) } else { Err(refused(text, $what, $rule)) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text!(
    /// The ARN of a role.
    ///
    /// ```
    /// use lamplight_aws_model::RoleArn;
    /// let role: RoleArn = "arn:aws:iam::123456789012:role/ci/deploy".parse()?;
    /// assert_eq!(role.as_str(), "arn:aws:iam::123456789012:role/ci/deploy");
    /// assert!("arn:aws:iam::123456789012:user/ada".parse::<RoleArn>().is_err());
    /// # Ok::<(), lamplight_aws_model::RoleError>(())
    /// ```
    RoleArn,
    "role ARN",
    "it looks like arn:aws:iam::123456789012:role/NAME",
    is_role_arn
);

/// The rule for session names and source identities.
const SESSION_NAME: &str = "2-64 characters of letters, digits and _+=,.@-";

checked_text!(
    /// The name of a session, which appears in `CloudTrail` and in the ARN of the caller's identity. Source identities
    /// follow the same rule and have the same type.
    RoleSessionName,
    "session name",
    SESSION_NAME,
    |text| (2..=64).contains(&text.len()) && text.chars().all(|c| is_session_character(c, ""))
);

impl RoleSessionName {
    /// Reads a source identity; an error names it so.
    pub fn source_identity(text: &str) -> Result<Self, RoleError> {
        text.parse().map_err(|_| refused(text, "source_identity", SESSION_NAME))
    }
}

checked_text!(
    /// An external ID: a value that the owner of a role gives to a trusted third party, so that other customers of that third
    /// party cannot make it assume the role.
    ExternalId,
    "external ID",
    "2-1224 characters of letters, digits and _+=,.@:/-",
    |text| (2..=1224).contains(&text.len()) && text.chars().all(|c| is_session_character(c, ":/"))
);

checked_text!(
    /// The ARN of a managed policy that restricts a session.
    PolicyArn,
    "policy ARN",
    "it looks like arn:aws:iam::aws:policy/NAME or arn:aws:iam::123456789012:policy/NAME",
    is_policy_arn
);

checked_text!(
    /// A policy that restricts a session: a JSON object of at most 2,048 characters.
    SessionPolicy,
    "session policy",
    "it is a JSON object of at most 2048 characters",
    |text| text.chars().count() <= 2048 && text.trim_start().starts_with('{') && is_json(text)
);

fn is_session_character(c: char, more: &str) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c) || more.contains(c)
}

fn is_role_arn(text: &str) -> bool {
    iam_resource(text).is_some_and(|(account, resource)| {
        account.len() == 12
            && is_digits(account)
            && resource.strip_prefix("role/").is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
    })
}

fn is_policy_arn(text: &str) -> bool {
    iam_resource(text).is_some_and(|(account, resource)| {
        (account == "aws" || (account.len() == 12 && is_digits(account)))
            && resource.strip_prefix("policy/").is_some_and(|name| !name.is_empty())
    })
}

/// The account and the resource of an IAM ARN.
fn iam_resource(text: &str) -> Option<(&str, &str)> {
    let printable = text.len() <= 2048 && text.chars().all(|c| c.is_ascii_graphic());
    let mut parts = text.splitn(6, ':');
    let (arn, partition) = (parts.next()?, parts.next()?);
    let (service, region, account) = (parts.next()?, parts.next()?, parts.next()?);
    let fits =
        printable && arn == "arn" && partition.starts_with("aws") && service == "iam" && region.is_empty();
    fits.then_some((account, parts.next()?))
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// How long a session lasts: 900-43,200 s, and at most what the role allows. A role that is assumed with the
/// credentials of another role gets at most 3,600 s (IAM user guide, "Role chaining").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct SessionDuration(u32);

impl TryFrom<u32> for SessionDuration {
    type Error = RoleError;

    fn try_from(seconds: u32) -> Result<Self, RoleError> {
        Self::from_seconds(seconds)
    }
}

impl From<SessionDuration> for u32 {
    fn from(duration: SessionDuration) -> Self {
        duration.0
    }
}

impl SessionDuration {
    /// One hour: the default duration, and the maximum for a chained role.
    pub const HOUR: Self = Self(3600);

    /// A duration of 900 to 43,200 seconds.
    pub fn from_seconds(seconds: u32) -> Result<Self, RoleError> {
        if (900..=43_200).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(refused(&seconds.to_string(), "session duration", "it is 900-43200 seconds"))
        }
    }

    /// The duration in seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl From<SessionDuration> for Duration {
    fn from(duration: SessionDuration) -> Self {
        Self::from_secs(duration.0.into())
    }
}

/// A session tag: a key of 1-128 and a value of 0-256 characters: letters, digits, spaces and `_.:/=+@-`. A key must not
/// begin with `aws:` in upper or lower case (STS API, `Tag`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionTag {
    key: String,
    value: String,
}

impl SessionTag {
    /// Checks key and value.
    pub fn new(key: &str, value: &str) -> Result<Self, RoleError> {
        let fits =
            |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == ' ' || "_.:/=+@-".contains(c));
        if !(1..=128).contains(&key.chars().count()) || !fits(key) {
            return Err(refused(key, "tag key", "1-128 letters, digits, spaces and _.:/=+@-"));
        }
        if key.to_lowercase().starts_with("aws:") {
            return Err(refused(key, "tag key", "keys that begin with aws: are reserved for AWS"));
        }
        if value.chars().count() > 256 || !fits(value) {
            return Err(refused(value, "tag value", "at most 256 letters, digits, spaces and _.:/=+@-"));
        }
        Ok(Self { key: key.to_owned(), value: value.to_owned() })
    }

    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value.
    pub fn value(&self) -> &str {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_arns_of_roles_are_role_arns() {
        for good in [
            "arn:aws:iam::123456789012:role/deploy",
            "arn:aws-us-gov:iam::123456789012:role/path/to/deploy",
            "arn:aws-cn:iam::123456789012:role/service-role/x",
        ] {
            assert!(good.parse::<RoleArn>().is_ok(), "{good}");
        }
        for bad in [
            "deploy",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/path/",
            "arn:aws:iam::12345678901:role/x",
            "arn:aws:iam:us-east-1:123456789012:role/x",
            "arn:aws:sts::123456789012:assumed-role/x/y",
            "arn:gcp:iam::123456789012:role/x",
            "arn:aws:iam::123456789012:role/x y",
            "arn:aws:iam::123456789012",
            "",
        ] {
            let error = bad.parse::<RoleArn>().unwrap_err().to_string();
            assert!(error.contains("arn:aws:iam::123456789012:role/NAME"), "{error}");
        }
    }

    #[test]
    fn names_ids_and_policies_have_their_ranges() {
        assert!("ab".parse::<RoleSessionName>().is_ok());
        for bad in ["a", "a b", "ä-ö", &"x".repeat(65)] {
            assert!(bad.parse::<RoleSessionName>().is_err(), "{bad}");
        }
        assert!("customer:42/x".parse::<ExternalId>().is_ok());
        assert!("customer 42".parse::<ExternalId>().is_err());
        assert!("arn:aws:iam::aws:policy/ReadOnlyAccess".parse::<PolicyArn>().is_ok());
        assert!("arn:aws:iam::123456789012:role/x".parse::<PolicyArn>().is_err());
        assert!("{\"Version\":\"2012-10-17\",\"Statement\":[]}".parse::<SessionPolicy>().is_ok());
        let long = format!("{{\"x\":\"{}\"}}", "x".repeat(2048));
        for bad in ["", "[]", "{", "{}{}", long.as_str()] {
            assert!(bad.parse::<SessionPolicy>().is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_and_tags_have_their_ranges() {
        for (seconds, fits) in [(899, false), (900, true), (43_200, true), (43_201, false)] {
            assert_eq!(SessionDuration::from_seconds(seconds).is_ok(), fits, "{seconds}");
        }
        assert!(SessionTag::new("team", "").is_ok());
        assert!(SessionTag::new("Kostenstelle für Müller", "a@b.example").is_ok());
        for wrong in ["", "aws:team", "AWS:team"] {
            assert!(SessionTag::new(wrong, "x").is_err(), "{wrong}");
        }
        assert!(SessionTag::new("team", "a\nb").is_err());
    }
}
