//! IAM policy documents as data, and the minimum permissions that Lamplight's verbs need.

use crate::{ArnError, FunctionArn};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

/// An identity-based policy (IAM User Guide, "IAM JSON policy elements reference"). Serialises to IAM's JSON.
///
/// ```
/// use lamplight_aws_model::{FunctionScope, PolicyDocument};
///
/// let arn: FunctionScope = "arn:aws:lambda:eu-west-1:123456789012:function:adder".parse()?;
/// let json = serde_json::to_value(PolicyDocument::run(&[arn]))?;
/// assert_eq!(json["Version"], "2012-10-17");
/// assert_eq!(json["Statement"][0]["Action"][0], "lambda:InvokeFunction");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    version: &'static str,
    /// The statements. Without a statement nothing is allowed.
    pub statement: Vec<Statement>,
}

/// One statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// The statement's ID for readers: letters and digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: StatementEffect,
    /// The actions, such as `lambda:InvokeFunction`.
    pub action: Vec<String>,
    /// The resources: ARNs or `*`.
    pub resource: Vec<String>,
    /// The conditions: values by condition key by operator.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// The effect of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum StatementEffect {
    /// Allows the actions.
    Allow,
    /// Denies the actions, even if another statement allows them.
    Deny,
}

/// The functions that a policy is for.
///
/// ```
/// use lamplight_aws_model::{FunctionScope, PolicyDocument};
///
/// let any: FunctionScope = "*".parse()?;
/// // The same as the AWS managed policy AWSLambdaRole.
/// assert_eq!(PolicyDocument::run(&[any]).statement[0].resource, ["*"]);
/// # Ok::<(), lamplight_aws_model::ArnError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FunctionScope {
    /// Any function of any account, written `*`.
    Any,
    /// One function, version or alias.
    One(FunctionArn),
}

impl FromStr for FunctionScope {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        if text == "*" { Ok(Self::Any) } else { text.parse().map(Self::One) }
    }
}

impl PolicyDocument {
    /// The current version of the policy language.
    pub const VERSION: &str = "2012-10-17";

    /// A policy with these statements.
    pub fn new(statement: Vec<Statement>) -> Self {
        Self { version: Self::VERSION, statement }
    }

    /// The minimum permissions to run these functions.
    ///
    /// An ARN without a qualifier allows the function and all of its versions and aliases; an ARN with a qualifier allows
    /// only that version or alias. If `functions` is empty, nothing is allowed.
    pub fn run(functions: &[FunctionScope]) -> Self {
        Self::new(on_functions("LamplightRun", &["lambda:InvokeFunction"], functions))
    }

    /// The minimum permissions for discovery: list all functions, and read these.
    ///
    /// `ListFunctions` cannot be limited to single functions (Service Authorization Reference, "Actions, resources,
    /// and condition keys for AWS Lambda").
    ///
    /// ```
    /// use lamplight_aws_model::PolicyDocument;
    ///
    /// assert_eq!(PolicyDocument::discover(&[]).statement[0].action, ["lambda:ListFunctions"]);
    /// ```
    pub fn discover(functions: &[FunctionScope]) -> Self {
        let list = Statement::allow("LamplightList", &["lambda:ListFunctions"], vec!["*".to_owned()]);
        let read = ["lambda:GetFunction", "lambda:GetFunctionConfiguration"];
        let mut statement = vec![list];
        statement.extend(on_functions("LamplightRead", &read, functions));
        Self::new(statement)
    }

    /// The three permissions to find functions and run them as jobs: list all functions, read these and run these.
    ///
    /// ```
    /// use lamplight_aws_model::{FunctionScope, PolicyDocument};
    ///
    /// let policy = PolicyDocument::jobs(&[FunctionScope::Any]);
    /// let actions: Vec<_> = policy.statement.iter().flat_map(|one| &one.action).collect();
    /// assert_eq!(actions, ["lambda:ListFunctions", "lambda:GetFunction", "lambda:InvokeFunction"]);
    /// ```
    pub fn jobs(functions: &[FunctionScope]) -> Self {
        let list = Statement::allow("LamplightList", &["lambda:ListFunctions"], vec!["*".to_owned()]);
        let mut statement = vec![list];
        let use_them = ["lambda:GetFunction", "lambda:InvokeFunction"];
        statement.extend(on_functions("LamplightJobs", &use_them, functions));
        Self::new(statement)
    }
}

impl Statement {
    /// A statement that allows, without conditions.
    pub fn allow(sid: &str, actions: &[&str], resource: Vec<String>) -> Self {
        Self {
            sid: Some(sid.to_owned()),
            effect: StatementEffect::Allow,
            action: actions.iter().map(|action| (*action).to_owned()).collect(),
            resource,
            condition: BTreeMap::new(),
        }
    }
}

pub(crate) fn on_functions(sid: &str, actions: &[&str], functions: &[FunctionScope]) -> Vec<Statement> {
    if functions.is_empty() {
        // IAM refuses a statement without a resource.
        return Vec::new();
    }
    vec![Statement::allow(sid, actions, resources(functions))]
}

/// The resources of a statement, each once.
fn resources(functions: &[FunctionScope]) -> Vec<String> {
    let mut all = Vec::new();
    for function in functions {
        let FunctionScope::One(function) = function else { return vec!["*".to_owned()] };
        let arn = function.to_string();
        let versions = function.qualifier().is_none().then(|| format!("{arn}:*"));
        all.extend([arn].into_iter().chain(versions));
    }
    let mut named = BTreeSet::new();
    all.retain(|arn| named.insert(arn.clone()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDER: &str = "arn:aws:lambda:eu-west-1:123456789012:function:adder";

    fn arns(texts: &[&str]) -> Vec<FunctionScope> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn run_is_written_as_iam_reads_it() {
        let qualified = format!("{ADDER}:prod");
        let policy = PolicyDocument::run(&arns(&[ADDER, &qualified]));
        assert_eq!(
            serde_json::to_string(&policy).unwrap(),
            format!(
                "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Sid\":\"LamplightRun\",\"Effect\":\"Allow\",\
                 \"Action\":[\"lambda:InvokeFunction\"],\"Resource\":[\"{ADDER}\",\"{ADDER}:*\",\"{ADDER}:prod\"]}}]}}"
            )
        );
        assert_eq!(
            serde_json::to_string(&PolicyDocument::run(&[])).unwrap(),
            r#"{"Version":"2012-10-17","Statement":[]}"#
        );
    }

    #[test]
    fn what_is_named_twice_is_granted_once() {
        let qualified = format!("{ADDER}:prod");
        let twice = PolicyDocument::run(&arns(&[&qualified, ADDER, ADDER, &qualified]));
        assert_eq!(twice, PolicyDocument::run(&arns(&[&qualified, ADDER])));
    }

    #[test]
    fn discover_lists_everything_and_reads_what_is_named() {
        let policy = PolicyDocument::discover(&arns(&[ADDER]));
        assert_eq!(
            serde_json::to_value(&policy).unwrap()["Statement"],
            serde_json::json!([
                {
                    "Sid": "LamplightList",
                    "Effect": "Allow",
                    "Action": ["lambda:ListFunctions"],
                    "Resource": ["*"],
                },
                {
                    "Sid": "LamplightRead",
                    "Effect": "Allow",
                    "Action": ["lambda:GetFunction", "lambda:GetFunctionConfiguration"],
                    "Resource": [ADDER, format!("{ADDER}:*")],
                },
            ])
        );
    }

    #[test]
    fn any_function_makes_single_ones_needless() {
        let policy = PolicyDocument::run(&arns(&[ADDER, "*"]));
        assert_eq!(policy.statement[0].resource, ["*"]);
        for text in ["", "**", "adder*", "function:*"] {
            assert!(text.parse::<FunctionScope>().is_err(), "{text}");
        }
    }

    #[test]
    fn conditions_are_written_by_operator_and_key() {
        let mut statement = Statement::allow("S", &["lambda:*"], vec!["*".to_owned()]);
        statement.effect = StatementEffect::Deny;
        statement.sid = None;
        let region = BTreeMap::from([("aws:RequestedRegion".to_owned(), vec!["us-east-1".to_owned()])]);
        statement.condition.insert("StringNotEquals".to_owned(), region);
        assert_eq!(
            serde_json::to_string(&statement).unwrap(),
            "{\"Effect\":\"Deny\",\"Action\":[\"lambda:*\"],\"Resource\":[\"*\"],\
             \"Condition\":{\"StringNotEquals\":{\"aws:RequestedRegion\":[\"us-east-1\"]}}}"
        );
    }
}
