//! A reference to a function as users write it: a name, a name with a qualifier, a partial ARN or a full ARN.

use crate::{
    ArnError, FunctionArn, LambdaName, LambdaNameError, LambdaQualifier, LambdaQualifierError, Region,
    arn::{ACCOUNT_RULE, is_account},
    text::excerpt,
};
use std::{borrow::Cow, fmt, str::FromStr};

/// A reference to a function as users write it, with everything that the text itself says about it.
///
/// Read from one of these forms, of at most 256 characters (Lambda API, `NamespacedFunctionName`):
///
/// | form | example |
/// | --- | --- |
/// | name | `adder` |
/// | name and qualifier | `adder:prod` |
/// | the same, with a prefix that distinguishes it from an account or an ARN | `function:adder:prod` |
/// | partial ARN | `123456789012:function:adder`, `123456789012:function:adder:7` |
/// | full ARN | `arn:aws:lambda:eu-west-1:123456789012:function:adder:prod` |
///
/// By the API's pattern some texts have two meanings: `function:adder` is the function `adder` or the alias `adder` of a
/// function called `function`; likewise `123456789012:adder`. A guess could run the wrong function, so these texts are
/// refused, and the error gives the unambiguous text for each meaning.
///
/// # Guarantees
/// - Reading what `Display` writes gives the same value.
///
/// ```
/// use lamplight_aws_model::FunctionSpec;
///
/// let spec: FunctionSpec = "123456789012:function:adder:prod".parse()?;
/// assert_eq!(spec.name().as_str(), "adder");
/// assert_eq!(spec.qualifier().map(|q| q.as_str()), Some("prod"));
/// assert_eq!(spec.as_invoke_name(), "123456789012:function:adder");
/// assert_eq!(spec.region(), None);
/// # Ok::<(), lamplight_aws_model::FunctionSpecError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FunctionSpec {
    scope: Scope,
    name: LambdaName,
    qualifier: Option<LambdaQualifier>,
}

/// How much of the function's account and region the text contains.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Scope {
    Caller,
    Account(String),
    /// The ARN carries no qualifier.
    Arn(Box<FunctionArn>),
}

/// Why a text is not a reference to a function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FunctionSpecError {
    /// The text has more characters than the API accepts.
    #[error("the function {text:?} has {length} characters; it can have at most 256")]
    TooLong {
        /// The start of the text.
        text: String,
        /// The length in characters.
        length: usize,
    },
    /// The text starts like an ARN, but is not one.
    #[error(transparent)]
    Arn(ArnError),
    /// The name is not valid.
    #[error(transparent)]
    Name(LambdaNameError),
    /// The qualifier is not valid.
    #[error(transparent)]
    Qualifier(LambdaQualifierError),
    /// The account is not valid.
    #[error("the account {account:?} in the function {text:?} is not valid: {ACCOUNT_RULE}")]
    Account {
        /// The start of the text.
        text: String,
        /// The start of the text in place of the account.
        account: String,
    },
    /// The text has two meanings.
    #[error("the function {text:?} can be read in two ways; write {unqualified} or {qualified}")]
    Ambiguous {
        /// The text.
        text: String,
        /// What to write if the last part is the function's name.
        unqualified: String,
        /// What to write if the last part is a qualifier.
        qualified: String,
    },
    /// The number of colons does not match any form.
    #[error(
        "the function {text:?} is not in a known form; write name, name:qualifier, \
         123456789012:function:name or a full ARN"
    )]
    Form {
        /// The start of the text.
        text: String,
    },
}

impl FunctionSpec {
    /// The most characters of any form (Lambda API, `NamespacedFunctionName`).
    pub const MAX_CHARACTERS: usize = 256;

    /// The bare name, whatever the form.
    pub fn name(&self) -> &LambdaName {
        &self.name
    }

    /// The version or alias in the text.
    pub fn qualifier(&self) -> Option<&LambdaQualifier> {
        self.qualifier.as_ref()
    }

    /// The ARN without qualifier, if the text is a full ARN.
    pub fn arn(&self) -> Option<&FunctionArn> {
        match &self.scope {
            Scope::Arn(arn) => Some(arn),
            Scope::Caller | Scope::Account(_) => None,
        }
    }

    /// The region, if the text names it. Invoke ignores it, so the region of the endpoint must be the same.
    pub fn region(&self) -> Option<&Region> {
        self.arn().map(FunctionArn::region)
    }

    /// The account ID, if the text names it.
    pub fn account(&self) -> Option<&str> {
        match &self.scope {
            Scope::Caller => None,
            Scope::Account(account) => Some(account),
            Scope::Arn(arn) => Some(arn.account()),
        }
    }

    /// What to send as `FunctionName`. The qualifier is sent in a member of its own.
    pub fn as_invoke_name(&self) -> Cow<'_, str> {
        match &self.scope {
            Scope::Caller => Cow::Borrowed(self.name.as_str()),
            Scope::Account(account) => Cow::Owned(format!("{account}:function:{}", self.name)),
            Scope::Arn(arn) => Cow::Owned(arn.to_string()),
        }
    }
}

impl From<LambdaName> for FunctionSpec {
    fn from(name: LambdaName) -> Self {
        Self { scope: Scope::Caller, name, qualifier: None }
    }
}

impl From<FunctionArn> for FunctionSpec {
    fn from(arn: FunctionArn) -> Self {
        Self {
            name: arn.name().clone(),
            qualifier: arn.qualifier().cloned(),
            scope: Scope::Arn(Box::new(arn.unqualified())),
        }
    }
}

impl fmt::Display for FunctionSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(qualifier) = &self.qualifier else {
            return f.write_str(&self.as_invoke_name());
        };
        if matches!(self.scope, Scope::Caller) && needs_prefix(self.name.as_str()) {
            f.write_str("function:")?;
        }
        write!(f, "{}:{qualifier}", self.as_invoke_name())
    }
}

impl FromStr for FunctionSpec {
    type Err = FunctionSpecError;

    fn from_str(text: &str) -> Result<Self, FunctionSpecError> {
        let length = text.chars().count();
        if length > Self::MAX_CHARACTERS {
            return Err(FunctionSpecError::TooLong { text: excerpt(text), length });
        }
        if text.starts_with("arn:") {
            return text.parse::<FunctionArn>().map(Self::from).map_err(FunctionSpecError::Arn);
        }
        let parts: Vec<&str> = text.split(':').collect();
        let (account, name, qualifier) = match parts[..] {
            [name] => (None, name, None),
            ["function", last] if is_name(last) => {
                return Err(FunctionSpecError::Ambiguous {
                    text: excerpt(text),
                    unqualified: excerpt(last),
                    qualified: format!("function:function:{}", excerpt(last)),
                });
            }
            [first, last] if is_account(first) && is_name(last) => {
                return Err(FunctionSpecError::Ambiguous {
                    text: excerpt(text),
                    unqualified: format!("{first}:function:{}", excerpt(last)),
                    qualified: format!("function:{first}:{}", excerpt(last)),
                });
            }
            [name, qualifier] | ["function", name, qualifier] => (None, name, Some(qualifier)),
            [account, "function", name] => (Some(account), name, None),
            [account, "function", name, qualifier] => (Some(account), name, Some(qualifier)),
            _ => return Err(FunctionSpecError::Form { text: excerpt(text) }),
        };
        let scope = match account {
            None => Scope::Caller,
            Some(account) if is_account(account) => Scope::Account(account.to_owned()),
            Some(account) => {
                return Err(FunctionSpecError::Account { text: excerpt(text), account: excerpt(account) });
            }
        };
        let name = name.parse().map_err(FunctionSpecError::Name)?;
        let qualifier = qualifier.map(str::parse).transpose().map_err(FunctionSpecError::Qualifier)?;
        Ok(Self { scope, name, qualifier })
    }
}

fn is_name(text: &str) -> bool {
    text.parse::<LambdaName>().is_ok()
}

/// Whether `name:qualifier` without a prefix would have another meaning.
fn needs_prefix(name: &str) -> bool {
    name == "function" || name == "arn" || is_account(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        text.parse::<FunctionSpec>().unwrap_err().to_string()
    }

    #[test]
    fn every_form_is_parsed() {
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
        for (text, name, qualifier, account, region, invoke_name) in [
            ("f", "f", None, None, None, "f"),
            ("function", "function", None, None, None, "function"),
            ("123456789012", "123456789012", None, None, None, "123456789012"),
            ("f:prod", "f", Some("prod"), None, None, "f"),
            ("f:$LATEST", "f", Some("$LATEST"), None, None, "f"),
            ("function:function:prod", "function", Some("prod"), None, None, "function"),
            ("function:arn:7", "arn", Some("7"), None, None, "arn"),
            ("function:123456789012:7", "123456789012", Some("7"), None, None, "123456789012"),
            ("123456789012:function:f", "f", None, Some("123456789012"), None, "123456789012:function:f"),
            (
                "123456789012:function:f:7",
                "f",
                Some("7"),
                Some("123456789012"),
                None,
                "123456789012:function:f",
            ),
            (arn, "f", None, Some("123456789012"), Some("us-east-1"), arn),
            (&format!("{arn}:7"), "f", Some("7"), Some("123456789012"), Some("us-east-1"), arn),
        ] {
            let spec: FunctionSpec = text.parse().unwrap();
            assert_eq!(spec.name().as_str(), name, "{text}");
            assert_eq!(spec.qualifier().map(LambdaQualifier::as_str), qualifier, "{text}");
            assert_eq!(spec.account(), account, "{text}");
            assert_eq!(spec.region().map(Region::as_str), region, "{text}");
            assert_eq!(spec.as_invoke_name(), invoke_name, "{text}");
            assert_eq!(spec.to_string(), text);
        }
    }

    #[test]
    fn a_prefix_that_is_not_needed_is_not_written() {
        assert_eq!("function:f:prod".parse::<FunctionSpec>().unwrap().to_string(), "f:prod");
    }

    #[test]
    fn a_qualifier_that_is_not_a_name_is_unambiguous() {
        let spec: FunctionSpec = "function:$LATEST".parse().unwrap();
        assert_eq!(
            (spec.name().as_str(), spec.qualifier().map(LambdaQualifier::as_str)),
            ("function", Some("$LATEST"))
        );
        assert_eq!(spec.to_string(), "function:function:$LATEST");
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused_with_both() {
        assert_eq!(
            message("function:prod"),
            "the function \"function:prod\" can be read in two ways; write prod or function:function:prod"
        );
        assert_eq!(
            message("123456789012:prod"),
            "the function \"123456789012:prod\" can be read in two ways; \
             write 123456789012:function:prod or function:123456789012:prod"
        );
    }

    #[test]
    fn errors_name_the_part_that_is_wrong() {
        assert_eq!(message(""), "the function name is empty; it must have 1-64 characters");
        assert!(message("my fn").starts_with("the function name \"my fn\" has ' ' at position 3"));
        for text in ["f:", "function:", "123456789012:"] {
            assert!(message(text).starts_with("the qualifier is empty"), "{text}");
        }
        assert!(message("f:$latest").starts_with("the qualifier \"$latest\""));
        assert_eq!(
            message("1234:function:f"),
            "the account \"1234\" in the function \"1234:function:f\" is not valid: an account ID has 12 digits"
        );
        assert!(message("arn:aws:lambda:us-east-1:1:function:f").starts_with("the account \"1\""));
        for text in ["a:b:c", "123456789012:f:prod", "us-east-1:123456789012:function:f", "1:function:f:1:1"]
        {
            assert!(message(text).contains("is not in a known form"), "{text}");
        }
        assert!(message(&"x".repeat(257)).ends_with("has 257 characters; it can have at most 256"));
    }
}
