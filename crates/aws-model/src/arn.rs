//! The ARN of a function, with or without a qualifier.

use crate::{
    LambdaName, LambdaQualifier, Region,
    text::{excerpt, is_digits},
};
use std::{fmt, str::FromStr};

/// The ARN of a function, a version or an alias.
///
/// Invariants: the grammar of the Lambda API (`NameSpacedFunctionArn`),
/// `arn:<partition>:lambda:<region>:<account>:function:<name>[:<qualifier>]`, with a partition that starts with
/// `aws` and an account of 12 digits. It is not checked that the region exists or belongs to the partition.
///
/// ```
/// use lamplight_aws_model::FunctionArn;
///
/// let arn: FunctionArn = "arn:aws:lambda:eu-west-1:123456789012:function:adder:prod".parse()?;
/// assert_eq!(arn.name().as_str(), "adder");
/// assert_eq!(arn.qualifier().map(|q| q.as_str()), Some("prod"));
/// assert_eq!(arn.unqualified().to_string(), "arn:aws:lambda:eu-west-1:123456789012:function:adder");
/// # Ok::<(), lamplight_aws_model::ArnError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionArn {
    partition: String,
    region: Region,
    account: String,
    name: LambdaName,
    qualifier: Option<LambdaQualifier>,
}

/// A part of a function ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArnPart {
    /// The `arn` at the start.
    Prefix,
    /// The group of regions, such as `aws`.
    Partition,
    /// `lambda`.
    Service,
    /// The region.
    Region,
    /// The account id.
    Account,
    /// `function`.
    ResourceType,
    /// The bare name.
    Name,
    /// The version or alias.
    Qualifier,
    /// Text after the qualifier, which is not allowed.
    Rest,
}

impl ArnPart {
    /// The name of the part in error messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::Partition => "partition",
            Self::Service => "service",
            Self::Region => "region",
            Self::Account => "account",
            Self::ResourceType => "resource type",
            Self::Name => "function name",
            Self::Qualifier => "qualifier",
            Self::Rest => "rest",
        }
    }
}

impl fmt::Display for ArnPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is not a [`FunctionArn`]: the first part that is not valid, and the rule for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {part} {found:?} in the function ARN {text:?} is not valid: {rule}")]
pub struct ArnError {
    /// The start of the text.
    pub text: String,
    /// The part that is not valid.
    pub part: ArnPart,
    /// The start of that part; empty if the text ends before it.
    pub found: String,
    /// The rule that it breaks.
    pub rule: String,
}

impl FunctionArn {
    /// Builds an ARN with the region's partition.
    ///
    /// # Errors
    /// The account is not 12 digits.
    pub fn new(
        region: Region,
        account: &str,
        name: LambdaName,
        qualifier: Option<LambdaQualifier>,
    ) -> Result<Self, ArnError> {
        let partition = region.partition().id().to_owned();
        let arn = Self { partition, region, account: account.to_owned(), name, qualifier };
        if is_account(account) {
            Ok(arn)
        } else {
            let text = arn.to_string();
            Err(wrong(&text, ArnPart::Account, account, ACCOUNT_RULE))
        }
    }

    /// The partition's ID, usually `aws`.
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// The region; it may be unknown to us.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The account ID: 12 digits.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The bare name.
    pub fn name(&self) -> &LambdaName {
        &self.name
    }

    /// The version or alias.
    pub fn qualifier(&self) -> Option<&LambdaQualifier> {
        self.qualifier.as_ref()
    }

    /// The same function without version or alias.
    #[must_use]
    pub fn unqualified(&self) -> Self {
        Self { qualifier: None, ..self.clone() }
    }
}

impl fmt::Display for FunctionArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, region, account, name, qualifier } = self;
        write!(f, "arn:{partition}:lambda:{region}:{account}:function:{name}")?;
        match qualifier {
            Some(qualifier) => write!(f, ":{qualifier}"),
            None => Ok(()),
        }
    }
}

impl FromStr for FunctionArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        let mut parts = text.split(':');
        let mut next = |part: ArnPart, holds: &dyn Fn(&str) -> bool, rule: &str| {
            let found = parts.next().unwrap_or_default();
            if holds(found) { Ok(found) } else { Err(wrong(text, part, found, rule)) }
        };
        next(ArnPart::Prefix, &|found| found == "arn", "an ARN starts with arn:")?;
        let partition =
            next(ArnPart::Partition, &is_partition, "it is aws, or starts with aws, such as aws-cn")?;
        next(ArnPart::Service, &|found| found == "lambda", "it is lambda in the ARN of a function")?;
        let region = next(ArnPart::Region, &|_| true, "")?;
        let region = Region::parse_well_formed(region)
            .map_err(|error| wrong(text, ArnPart::Region, region, &error.to_string()))?;
        let account = next(ArnPart::Account, &is_account, ACCOUNT_RULE)?;
        next(ArnPart::ResourceType, &|found| found == "function", "it is function in the ARN of a function")?;
        let name = next(ArnPart::Name, &|_| true, "")?;
        let name = name
            .parse()
            .map_err(|error: crate::LambdaNameError| wrong(text, ArnPart::Name, name, &error.to_string()))?;
        let qualifier = match parts.next() {
            Some(found) => Some(found.parse().map_err(|error: crate::LambdaQualifierError| {
                wrong(text, ArnPart::Qualifier, found, &error.to_string())
            })?),
            None => None,
        };
        if let Some(rest) = parts.next() {
            return Err(wrong(text, ArnPart::Rest, rest, "nothing can follow the qualifier"));
        }
        Ok(Self { partition: partition.to_owned(), region, account: account.to_owned(), name, qualifier })
    }
}

/// Whether a text has the form of the ARN of any resource (IAM user guide, "Identify AWS resources with Amazon Resource
/// Names").
pub(crate) fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
        && text.matches(':').count() >= 5
        && text.len() <= 512
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/_.*$-".contains(&byte))
}

pub(crate) const ACCOUNT_RULE: &str = "an account ID has 12 digits";

/// Whether a text is an account ID.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && is_digits(text)
}

/// The API's pattern also allows an empty partition, but no AWS service writes such an ARN.
fn is_partition(text: &str) -> bool {
    text.strip_prefix("aws")
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-'))
}

fn wrong(text: &str, part: ArnPart, found: &str, rule: &str) -> ArnError {
    ArnError { text: excerpt(text), part, found: excerpt(found), rule: rule.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wrong_part_is_named() {
        for (text, part, found) in [
            ("", ArnPart::Prefix, ""),
            ("urn:aws:lambda:us-east-1:123456789012:function:f", ArnPart::Prefix, "urn"),
            ("arn", ArnPart::Partition, ""),
            ("arn::lambda:us-east-1:123456789012:function:f", ArnPart::Partition, ""),
            ("arn:gcp:lambda:us-east-1:123456789012:function:f", ArnPart::Partition, "gcp"),
            ("arn:aws:s3:::bucket", ArnPart::Service, "s3"),
            ("arn:aws:lambda:us-east1:123456789012:function:f", ArnPart::Region, "us-east1"),
            ("arn:aws:lambda::123456789012:function:f", ArnPart::Region, ""),
            ("arn:aws:lambda:us-east-1:12345678901:function:f", ArnPart::Account, "12345678901"),
            ("arn:aws:lambda:us-east-1:123456789012", ArnPart::ResourceType, ""),
            ("arn:aws:lambda:us-east-1:123456789012:layer:l:1", ArnPart::ResourceType, "layer"),
            ("arn:aws:lambda:us-east-1:123456789012:function:", ArnPart::Name, ""),
            ("arn:aws:lambda:us-east-1:123456789012:function:f n", ArnPart::Name, "f n"),
            ("arn:aws:lambda:us-east-1:123456789012:function:f:", ArnPart::Qualifier, ""),
            ("arn:aws:lambda:us-east-1:123456789012:function:f:*", ArnPart::Qualifier, "*"),
            ("arn:aws:lambda:us-east-1:123456789012:function:f:1:2", ArnPart::Rest, "2"),
        ] {
            let error = text.parse::<FunctionArn>().unwrap_err();
            assert_eq!((error.part, error.found.as_str()), (part, found), "{text}");
        }
    }

    #[test]
    fn the_message_says_which_part_and_why() {
        let error = "arn:aws:lambda:us-east-1:42:function:f".parse::<FunctionArn>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the account \"42\" in the function ARN \"arn:aws:lambda:us-east-1:42:function:f\" is not valid: \
             an account ID has 12 digits"
        );
    }

    #[test]
    fn an_arn_put_together_has_the_partition_of_its_region() {
        let region = Region::parse_known("cn-north-1").unwrap();
        let name: LambdaName = "f".parse().unwrap();
        let arn = FunctionArn::new(region.clone(), "123456789012", name.clone(), "1".parse().ok()).unwrap();
        assert_eq!(arn.to_string(), "arn:aws-cn:lambda:cn-north-1:123456789012:function:f:1");
        assert_eq!(FunctionArn::new(region, "1", name, None).unwrap_err().part, ArnPart::Account);
    }

    #[test]
    fn a_partition_of_the_future_is_kept() {
        let text = "arn:aws-new-X:lambda:xx-new-east-1:123456789012:function:f";
        assert!(text.parse::<FunctionArn>().is_err(), "its region breaks the grammar");
        let text = "arn:aws-new-X:lambda:xx-east-1:123456789012:function:f";
        let arn: FunctionArn = text.parse().unwrap();
        assert_eq!((arn.to_string().as_str(), arn.partition()), (text, "aws-new-X"));
    }
}
