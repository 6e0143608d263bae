//! Trust policies: who may assume a role, with the conditions that exclude everyone else.

use crate::{Partition, PolicyDocument, StatementEffect, arn::is_account};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// The audience that STS expects in a web identity token, unless the IAM identity provider is configured with another one
/// (IAM User Guide, "Create an OIDC identity provider in IAM").
pub const STS_AUDIENCE: &str = "sts.amazonaws.com";

type Conditions = BTreeMap<String, BTreeMap<String, String>>;

/// A role's trust policy. Serialises to IAM's JSON.
///
/// ```
/// use lamplight_aws_model::trust::{SwfScope, TrustPolicy};
///
/// let scope = SwfScope { source_arn: Some("arn:aws:swf:*:123456789012:/domain/orders".into()), source_account: None };
/// let json = serde_json::to_value(TrustPolicy::swf(&scope)?)?;
/// assert_eq!(json["Statement"][0]["Principal"]["Service"], "swf.amazonaws.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrustPolicy {
    version: &'static str,
    statement: [TrustStatement; 1],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TrustStatement {
    effect: StatementEffect,
    principal: BTreeMap<&'static str, String>,
    action: Actions,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    condition: Conditions,
}

/// The allowed actions: assuming the role, or assuming the role and passing session tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Actions {
    One(&'static str),
    Tagged([&'static str; 2]),
}

/// Why a trust policy is refused: it would trust nobody, or more than intended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// A value breaks the rule for its kind.
    #[error("{what} {text:?} {rule}")]
    Value {
        /// The kind of value, such as `tenant`.
        what: &'static str,
        /// The text.
        text: String,
        /// The broken rule.
        rule: &'static str,
    },
    /// No condition limits who may assume the role.
    #[error("{0}")]
    Unlimited(&'static str),
    /// The two conditions name different accounts, so no caller could ever match both.
    #[error(
        "the source ARN is in account {in_arn}, but the source account is {account}; they must be the same"
    )]
    Accounts {
        /// The account in the ARN.
        in_arn: String,
        /// The account that is given separately.
        account: String,
    },
}

/// Which executions of Amazon SWF may use a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SwfScope {
    /// The ARN of a domain; its region may be `*`.
    pub source_arn: Option<String>,
    /// The account of the executions.
    pub source_account: Option<String>,
}

impl TrustPolicy {
    /// Trusts one workload identity of a Microsoft Entra tenant, through the tenant's v2.0 issuer.
    ///
    /// `audience` is the tokens' `aud`: [`STS_AUDIENCE`] if the tokens are requested for STS, or else, in access tokens that
    /// Entra issues, the ID of the application that represents AWS (Microsoft identity platform, "Access token claims
    /// reference"). `claim` is `sub`, or `oid` if the identity provider passes it on.
    pub fn entra(
        partition: Partition,
        account: &str,
        tenant: &str,
        audience: &str,
        claim: EntraClaim,
        value: &str,
    ) -> Result<Self, TrustError> {
        let rule = "is not a tenant ID; it looks like 11111111-2222-3333-4444-555555555555";
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_hexdigit());
        let lengths: Vec<usize> = tenant.split('-').map(str::len).collect();
        check(tenant.split('-').all(digits) && lengths == [8, 4, 4, 4, 12], "tenant", tenant, rule)?;
        check_one("claim value", value)?;
        check_one("audience", audience)?;
        let issuer = format!("login.microsoftonline.com/{tenant}/v2.0");
        let condition =
            [(format!("{issuer}:aud"), audience.to_owned()), (format!("{issuer}:{claim}"), value.to_owned())];
        Self::federated(partition, account, &issuer, operator("StringEquals", condition))
    }

    /// Trusts the GitHub Actions of one repository; `reference`, such as `ref:refs/heads/main`, limits it further (GitHub
    /// documentation on OIDC with Amazon Web Services).
    pub fn github(
        partition: Partition,
        account: &str,
        repository: &str,
        reference: Option<&str>,
    ) -> Result<Self, TrustError> {
        let good = repository.split_once('/').is_some_and(|(owner, name)| {
            let plain = |text: &str| {
                !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
            };
            plain(owner) && plain(name)
        });
        check(good, "repository", repository, "must be OWNER/NAME, without '*'")?;
        if let Some(reference) = reference {
            let good = !reference.is_empty() && !has_variable(reference);
            check(good, "subject", reference, "must be a subject, without policy variables such as ${NAME}")?;
        }
        let issuer = "token.actions.githubusercontent.com";
        let subject = format!("repo:{repository}:{}", reference.unwrap_or("*"));
        let mut condition = operator("StringEquals", [(format!("{issuer}:aud"), STS_AUDIENCE.to_owned())]);
        condition.extend(operator("StringLike", [(format!("{issuer}:sub"), subject)]));
        Self::federated(partition, account, issuer, condition)
    }

    /// Trusts one subject of an OpenID Connect issuer, such as a Kubernetes service account
    /// (`system:serviceaccount:NAMESPACE:NAME`), through the issuer's identity provider in IAM (IAM User Guide, "Create
    /// a role for OpenID Connect federation"). `issuer` is its URL, as in the tokens' `iss`.
    pub fn oidc(
        partition: Partition,
        account: &str,
        issuer: &str,
        audience: &str,
        subject: &str,
    ) -> Result<Self, TrustError> {
        let rule =
            "is not an issuer; it looks like https://issuer.example.com/path, without query, fragment or '*'";
        let name = issuer.strip_prefix("https://").unwrap_or(issuer).trim_end_matches('/');
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/:%".contains(&b);
        let host = name.split('/').next().unwrap_or_default();
        check(host.contains('.') && name.bytes().all(plain) && !name.contains("//"), "issuer", issuer, rule)?;
        for (what, value) in [("audience", audience), ("subject", subject)] {
            check_one(what, value)?;
        }
        let condition =
            [(format!("{name}:aud"), audience.to_owned()), (format!("{name}:sub"), subject.to_owned())];
        Self::federated(partition, account, name, operator("StringEquals", condition))
    }

    /// The same policy, which also allows session tags. Without it STS refuses requests that pass session tags (IAM User
    /// Guide, "Pass session tags in AWS STS").
    #[must_use]
    pub fn with_session_tags(mut self) -> Self {
        let [statement] = &mut self.statement;
        if let Actions::One(action) = statement.action {
            statement.action = Actions::Tagged([action, "sts:TagSession"]);
        }
        self
    }

    /// Trusts a user, role or account of AWS. With an external ID, the caller must give the same one (IAM User Guide, "Access
    /// to AWS accounts owned by third parties").
    pub fn assume_role(principal: &str, external_id: Option<&str>) -> Result<Self, TrustError> {
        let parts: Vec<&str> = principal.splitn(6, ':').collect();
        let good = matches!(parts[..], ["arn", partition, service, "", account, resource]
            if partition.starts_with("aws") && is_account(account) && is_principal(service, resource));
        check(
            good && !principal.contains('*') && !has_variable(principal),
            "principal",
            principal,
            "must be the ARN of a user, role or account, or of a session of one",
        )?;
        let condition = match external_id {
            None => Conditions::new(),
            Some(id) => {
                let plain = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&b);
                let good = (2..=1224).contains(&id.len()) && id.bytes().all(plain);
                check(good, "external ID", id, "must be 2-1224 letters, digits or one of _+=,.@:/-")?;
                operator("StringEquals", [("sts:ExternalId".to_owned(), id.to_owned())])
            }
        };
        Ok(Self::one([("AWS", principal.to_owned())].into(), "sts:AssumeRole", condition))
    }

    /// Trusts Amazon SWF on behalf of a domain, an account, or both (SWF developer guide, "AWS Lambda tasks").
    pub fn swf(scope: &SwfScope) -> Result<Self, TrustError> {
        let mut condition = Conditions::new();
        let mut account_in_arn = None;
        if let Some(arn) = &scope.source_arn {
            let parts: Vec<&str> = arn.splitn(6, ':').collect();
            match parts[..] {
                ["arn", partition, "swf", region, account, domain]
                    if partition.starts_with("aws")
                        && !region.is_empty()
                        && is_account(account)
                        && domain.strip_prefix("/domain/").is_some_and(|name| !name.is_empty())
                        && !has_variable(arn) =>
                {
                    account_in_arn = Some(account);
                }
                _ => {
                    check(
                        false,
                        "source ARN",
                        arn,
                        "must look like arn:aws:swf:*:123456789012:/domain/NAME",
                    )?;
                }
            }
            condition.extend(operator("ArnLike", [("aws:SourceArn".to_owned(), arn.clone())]));
        }
        if let Some(account) = &scope.source_account {
            check(is_account(account), "source account", account, "must be 12 digits")?;
            if let Some(in_arn) = account_in_arn.filter(|in_arn| in_arn != account) {
                return Err(TrustError::Accounts { in_arn: in_arn.to_owned(), account: account.clone() });
            }
            condition.extend(operator("StringEquals", [("aws:SourceAccount".to_owned(), account.clone())]));
        }
        if condition.is_empty() {
            return Err(TrustError::Unlimited(
                "without a source ARN or a source account, any workflow of any account could use the role",
            ));
        }
        Ok(Self::one([("Service", "swf.amazonaws.com".to_owned())].into(), "sts:AssumeRole", condition))
    }

    fn federated(
        partition: Partition,
        account: &str,
        issuer: &str,
        condition: Conditions,
    ) -> Result<Self, TrustError> {
        check(is_account(account), "account", account, "must be 12 digits")?;
        let provider = format!("arn:{}:iam::{account}:oidc-provider/{issuer}", partition.id());
        Ok(Self::one([("Federated", provider)].into(), "sts:AssumeRoleWithWebIdentity", condition))
    }

    fn one(principal: BTreeMap<&'static str, String>, action: &'static str, condition: Conditions) -> Self {
        let statement = TrustStatement {
            effect: StatementEffect::Allow,
            principal,
            action: Actions::One(action),
            condition,
        };
        Self { version: PolicyDocument::VERSION, statement: [statement] }
    }
}

/// The claim of an Entra token that names the workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntraClaim {
    /// The subject.
    Sub,
    /// The object ID.
    Oid,
}

impl fmt::Display for EntraClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sub => "sub",
            Self::Oid => "oid",
        })
    }
}

fn operator<const N: usize>(name: &str, conditions: [(String, String); N]) -> Conditions {
    [(name.to_owned(), conditions.into())].into()
}

/// Whether an ARN's service and resource can be a principal in a policy; groups, for example, cannot (IAM User Guide, "AWS
/// JSON policy elements: Principal").
fn is_principal(service: &str, resource: &str) -> bool {
    match (service, resource.split_once('/')) {
        ("iam", None) => resource == "root",
        ("iam", Some(("user" | "role", name))) => !name.is_empty() && !name.ends_with('/'),
        ("sts", Some(("federated-user", name))) => !name.is_empty() && !name.contains('/'),
        ("sts", Some(("assumed-role", name))) => name
            .split_once('/')
            .is_some_and(|(role, session)| !role.is_empty() && !session.is_empty() && !session.contains('/')),
        _ => false,
    }
}

/// Whether the text has a policy variable, which IAM would replace by a value (IAM User Guide, "IAM policy elements:
/// Variables and tags").
fn has_variable(text: &str) -> bool {
    text.contains("${")
}

/// Checks that a condition's value matches only itself, without wildcards or policy variables.
fn check_one(what: &'static str, text: &str) -> Result<(), TrustError> {
    let good = !text.is_empty() && !text.contains('*') && !has_variable(text);
    check(good, what, text, "must be a single value, without '*' or policy variables such as ${NAME}")
}

fn check(good: bool, what: &'static str, text: &str, rule: &'static str) -> Result<(), TrustError> {
    if good { Ok(()) } else { Err(TrustError::Value { what, text: text.to_owned(), rule }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ACCOUNT: &str = "123456789012";
    const TENANT: &str = "11111111-2222-3333-4444-555555555555";

    fn statement(policy: &TrustPolicy) -> Value {
        let json = serde_json::to_value(policy).unwrap();
        assert_eq!(json["Version"], "2012-10-17");
        json["Statement"][0].clone()
    }

    #[test]
    fn an_entra_identity_is_named_by_audience_and_claim() {
        for (claim, word) in [(EntraClaim::Sub, "sub"), (EntraClaim::Oid, "oid")] {
            let audience = "99999999-8888-7777-6666-555555555555";
            let policy =
                TrustPolicy::entra(Partition::Aws, ACCOUNT, TENANT, audience, claim, "the-identity").unwrap();
            let issuer = format!("login.microsoftonline.com/{TENANT}/v2.0");
            assert_eq!(
                statement(&policy),
                json!({
                    "Effect": "Allow",
                    "Principal": { "Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}") },
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": { "StringEquals": {
                        format!("{issuer}:aud"): audience,
                        format!("{issuer}:{word}"): "the-identity",
                    } },
                })
            );
        }
        for (account, tenant, audience, value) in [
            ("1", TENANT, STS_AUDIENCE, "x"),
            (ACCOUNT, "contoso", STS_AUDIENCE, "x"),
            (ACCOUNT, TENANT, "*", "x"),
            (ACCOUNT, TENANT, "", "x"),
            (ACCOUNT, TENANT, STS_AUDIENCE, "*"),
            (ACCOUNT, TENANT, STS_AUDIENCE, "${aws:username}"),
            (ACCOUNT, TENANT, "${aws:username}", "x"),
        ] {
            let claim = EntraClaim::Sub;
            assert!(TrustPolicy::entra(Partition::Aws, account, tenant, audience, claim, value).is_err());
        }
    }

    #[test]
    fn github_is_limited_to_a_repository() {
        let policy =
            TrustPolicy::github(Partition::AwsCn, ACCOUNT, "acme/jobs", Some("ref:refs/heads/main")).unwrap();
        let statement = statement(&policy);
        assert_eq!(
            statement["Condition"]["StringLike"]["token.actions.githubusercontent.com:sub"],
            "repo:acme/jobs:ref:refs/heads/main"
        );
        assert!(statement["Principal"]["Federated"].as_str().unwrap().starts_with("arn:aws-cn:iam::"));
        for repository in ["acme", "acme/*", "*/jobs", "", "a/b/c"] {
            assert!(TrustPolicy::github(Partition::Aws, ACCOUNT, repository, None).is_err(), "{repository}");
        }
        let subject = |text| TrustPolicy::github(Partition::Aws, ACCOUNT, "acme/jobs", Some(text));
        assert!(subject("ref:refs/heads/release-*").is_ok() && subject("environment:a$b").is_ok());
        for variable in ["ref:refs/heads/${aws:username}", "${*}", ""] {
            let error = subject(variable).unwrap_err().to_string();
            assert!(error.starts_with("subject"), "{error}");
        }
    }

    #[test]
    fn another_account_names_the_external_id() {
        let user = "arn:aws:iam::123456789012:user/bootstrap";
        let policy = TrustPolicy::assume_role(user, Some("lamplight-42")).unwrap();
        assert_eq!(
            statement(&policy)["Condition"],
            json!({ "StringEquals": { "sts:ExternalId": "lamplight-42" } })
        );
        assert!(statement(&TrustPolicy::assume_role(user, None).unwrap()).get("Condition").is_none());
        for (principal, id) in
            [("*", None), ("arn:aws:s3:::bucket", None), (user, Some("a")), (user, Some("a b"))]
        {
            assert!(TrustPolicy::assume_role(principal, id).is_err(), "{principal} {id:?}");
        }
    }

    #[test]
    fn only_what_iam_takes_for_a_principal_is_trusted() {
        for good in [
            "iam::123456789012:root",
            "iam::123456789012:user/path/ada",
            "iam::123456789012:role/ci/deploy",
            "sts::123456789012:assumed-role/deploy/nightly",
            "sts::123456789012:federated-user/ada",
        ] {
            assert!(TrustPolicy::assume_role(&format!("arn:aws:{good}"), None).is_ok(), "{good}");
        }
        for bad in [
            "iam::123456789012:group/x",
            "iam::123456789012:policy/x",
            "iam::123456789012:user/",
            "iam::123456789012:user/path/",
            "iam::123456789012:role",
            "iam::123456789012:root/x",
            "iam::123456789012:assumed-role/deploy/nightly",
            "iam::123456789012:federated-user/ada",
            "iam::123456789012:user/${aws:username}",
            "sts::123456789012:root",
            "sts::123456789012:role/deploy",
            "sts::123456789012:assumed-role/deploy",
            "sts::123456789012:assumed-role/deploy/",
            "sts::123456789012:assumed-role//nightly",
            "sts::123456789012:assumed-role/a/b/c",
            "sts::123456789012:federated-user/",
        ] {
            assert!(TrustPolicy::assume_role(&format!("arn:aws:{bad}"), None).is_err(), "{bad}");
        }
    }

    #[test]
    fn oidc_trust_is_limited_to_one_subject() {
        let issuer = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF";
        let subject = "system:serviceaccount:jobs:lamplight";
        let policy = TrustPolicy::oidc(Partition::Aws, ACCOUNT, issuer, STS_AUDIENCE, subject).unwrap();
        let name = issuer.strip_prefix("https://").unwrap();
        assert_eq!(
            statement(&policy),
            json!({
                "Effect": "Allow",
                "Principal": { "Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{name}") },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": { "StringEquals": {
                    format!("{name}:aud"): STS_AUDIENCE,
                    format!("{name}:sub"): subject,
                } },
            })
        );
        for (issuer, audience, subject) in [
            ("https://*", STS_AUDIENCE, "x"),
            ("http://issuer.example.com?x=1", STS_AUDIENCE, "x"),
            ("", STS_AUDIENCE, "x"),
            (issuer, "", "x"),
            (issuer, STS_AUDIENCE, "*"),
            (issuer, STS_AUDIENCE, "${aws:username}"),
            (issuer, "${aws:username}", "x"),
        ] {
            assert!(
                TrustPolicy::oidc(Partition::Aws, ACCOUNT, issuer, audience, subject).is_err(),
                "{issuer}"
            );
        }
    }

    #[test]
    fn session_tags_are_allowed_where_they_are_asked_for() {
        let user = "arn:aws:iam::123456789012:user/bootstrap";
        let policy = TrustPolicy::assume_role(user, None).unwrap();
        assert_eq!(statement(&policy)["Action"], "sts:AssumeRole");
        assert_eq!(
            statement(&policy.with_session_tags())["Action"],
            json!(["sts:AssumeRole", "sts:TagSession"])
        );
    }

    #[test]
    fn swf_trust_is_limited_and_its_two_accounts_must_agree() {
        let arn = Some("arn:aws:swf:*:123456789012:/domain/someDomain".to_owned());
        let scope = |source_arn: &Option<String>, account: Option<&str>| SwfScope {
            source_arn: source_arn.clone(),
            source_account: account.map(str::to_owned),
        };
        let both = TrustPolicy::swf(&scope(&arn, Some(ACCOUNT))).unwrap();
        assert_eq!(
            statement(&both)["Condition"],
            json!({
                "ArnLike": { "aws:SourceArn": "arn:aws:swf:*:123456789012:/domain/someDomain" },
                "StringEquals": { "aws:SourceAccount": ACCOUNT },
            })
        );
        assert!(
            TrustPolicy::swf(&scope(&arn, None)).is_ok()
                && TrustPolicy::swf(&scope(&None, Some(ACCOUNT))).is_ok()
        );
        let error = TrustPolicy::swf(&scope(&arn, Some("210987654321"))).unwrap_err();
        assert!(matches!(error, TrustError::Accounts { .. }), "{error}");
        assert!(matches!(TrustPolicy::swf(&SwfScope::default()), Err(TrustError::Unlimited(_))));
        for wrong in ["arn:aws:lambda:x", "arn:aws:swf:*:123456789012:/domain/${aws:username}"] {
            assert!(TrustPolicy::swf(&scope(&Some(wrong.into()), None)).is_err(), "{wrong}");
        }
    }
}
