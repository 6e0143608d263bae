//! Layers, their versions, and who may use them.

use super::{
    grammar,
    permission::{ORGANIZATION_RULE, check_statement_id},
    violation::{RuleViolation, Violations, length, matching, one_of},
};
use crate::{Partition, arn::is_account, text::excerpt};
use lamplight_domain::PermissionStatement;

/// A name of 1-140 letters, digits, `-` and `_`, or the ARN of a layer without version.
pub fn check_layer_name(text: &str) -> Result<(), RuleViolation> {
    length("LayerName", text, &(1..=2_048))?;
    matching(
        "LayerName",
        text,
        grammar::is_layer(text),
        "it is a name of 1-140 letters, digits, '-' and '_', or an ARN without version",
    )
}

/// Where a layer is named by an ARN, it is one of the region that is called: a call does not follow the ARN, and another
/// region's layer would be "not found" there.
///
/// ```
/// use lamplight_aws_model::manage_rules::check_layer_place;
///
/// let arn = "arn:aws:lambda:us-east-1:123456789012:layer:common";
/// assert!(check_layer_place(arn, "us-east-1").is_ok());
/// assert!(check_layer_place(arn, "eu-west-1").is_err());
/// assert!(check_layer_place("common", "eu-west-1").is_ok());
/// ```
pub fn check_layer_place(layer: &str, region: &str) -> Result<(), RuleViolation> {
    let Some(arn) = grammar::Arn::split(layer) else { return Ok(()) };
    let partition = Partition::of_region(region);
    let problem = if arn.region != region {
        format!(
            "{:?} is in region {} and the connection in {region}; choose region {} or a connection to it",
            excerpt(layer),
            excerpt(arn.region),
            excerpt(arn.region)
        )
    } else if arn.partition != partition.id() {
        format!(
            "{:?} is in partition {}, and region {region} in {partition}",
            excerpt(layer),
            excerpt(arn.partition)
        )
    } else {
        return Ok(());
    };
    Err(RuleViolation::new("LayerName", problem))
}

/// A version's number: layers count from 1.
pub fn check_layer_version(number: u64) -> Result<(), RuleViolation> {
    super::violation::within("VersionNumber", number, &(1..=i64::MAX.unsigned_abs()), "")
}

/// A statement for a version of a layer: the one action that there is, for an account or for all, of one organisation
/// or of any. What limits a function's permission does not limit a layer's.
///
/// # Errors
/// Every rule that is broken.
pub fn check_layer_permission(
    layer: &str,
    version: u64,
    statement: &PermissionStatement,
) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.note(check_layer_name(layer));
    found.note(check_layer_version(version));
    found.note(check_statement_id(&statement.id));
    found.note(one_of("Action", &statement.action, &["lambda:GetLayerVersion"]));
    let principal = &statement.principal;
    found.note(matching(
        "Principal",
        principal,
        is_principal(principal),
        "it is an account's id or root ARN, or *",
    ));
    found.check(statement.organization.as_deref(), |id| {
        matching("OrganizationId", id, grammar::is_organization(id), ORGANIZATION_RULE)?;
        let everyone = statement.principal == "*";
        matching(
            "OrganizationId",
            id,
            everyone,
            "an organisation's accounts are all meant: the principal has to be *",
        )
    });
    for (member, given) in [
        ("SourceArn", statement.source.is_some()),
        ("SourceAccount", statement.source_account.is_some()),
        ("EventSourceToken", statement.event_source_token.is_some()),
        ("FunctionUrlAuthType", statement.url_auth.is_some()),
        ("InvokedViaFunctionUrl", statement.via_url.is_some()),
    ] {
        if given {
            found.broken(member, "cannot limit who uses a layer");
        }
    }
    found.finish()
}

/// `\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root`
fn is_principal(text: &str) -> bool {
    let root = |arn: grammar::Arn<'_>| {
        let partition = arn.partition.strip_prefix("aws");
        partition.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-'))
            && (arn.service, arn.region, arn.resource) == ("iam", "", "root")
            && is_account(arn.account)
    };
    text == "*" || is_account(text) || grammar::Arn::split(text).is_some_and(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn statement() -> PermissionStatement {
        PermissionStatement {
            id: "all".to_owned(),
            action: "lambda:GetLayerVersion".to_owned(),
            principal: "*".to_owned(),
            ..PermissionStatement::default()
        }
    }

    fn members(layer: &str, version: u64, statement: &PermissionStatement) -> Vec<&'static str> {
        let checked = check_layer_permission(layer, version, statement);
        checked.err().into_iter().flatten().map(|one| one.member).collect()
    }

    #[test]
    fn statements_are_told_all_that_is_wrong() {
        assert!(members("common", 1, &statement()).is_empty());
        let organization = Some("o-a1b2c3d4e5".to_owned());
        assert!(
            members("common", 1, &PermissionStatement { organization: organization.clone(), ..statement() })
                .is_empty()
        );
        let narrow =
            PermissionStatement { organization, principal: "123456789012".to_owned(), ..statement() };
        assert_eq!(members("common", 1, &narrow), ["OrganizationId"]);
        let text = || Some("x".to_owned());
        let bad = PermissionStatement {
            id: "a b".to_owned(),
            action: "lambda:InvokeFunction".to_owned(),
            principal: "s3.amazonaws.com".to_owned(),
            source: text(),
            source_account: text(),
            organization: text(),
            event_source_token: text(),
            url_auth: text(),
            via_url: Some(false),
        };
        assert_eq!(
            members("a.b", 0, &bad),
            [
                "LayerName",
                "VersionNumber",
                "StatementId",
                "Action",
                "Principal",
                "OrganizationId",
                "SourceArn",
                "SourceAccount",
                "EventSourceToken",
                "FunctionUrlAuthType",
                "InvokedViaFunctionUrl",
            ]
        );
    }

    #[test]
    fn layers_are_named_by_name_or_arn_without_version() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:layer:common";
        for good in ["common", "a-B_1", arn, &"x".repeat(140)] {
            assert_eq!(check_layer_name(good), Ok(()), "{good}");
        }
        for bad in ["", "common:3", &format!("{arn}:3"), &"x".repeat(141)] {
            assert!(check_layer_name(bad).is_err(), "{bad}");
        }
        for (number, fits) in [(0, false), (1, true), (i64::MAX.unsigned_abs(), true), (u64::MAX, false)] {
            assert_eq!(check_layer_version(number).is_ok(), fits, "{number}");
        }
    }

    #[test]
    fn layers_of_elsewhere_are_told_from_those_of_here() {
        for (layer, region, fits) in [
            ("common", "us-east-1", true),
            ("arn:aws:lambda:eu-west-1:123456789012:layer:common", "eu-west-1", true),
            ("arn:aws:lambda:eu-west-1:999999999999:layer:common", "eu-west-1", true),
            ("arn:aws:lambda:eu-west-1:123456789012:layer:common", "us-east-1", false),
            ("arn:aws-cn:lambda:cn-north-1:123456789012:layer:common", "cn-north-1", true),
            ("arn:aws-cn:lambda:eu-west-1:123456789012:layer:common", "eu-west-1", false),
            ("arn:aws:lambda:cn-north-1:123456789012:layer:common", "cn-north-1", false),
        ] {
            assert_eq!(check_layer_place(layer, region).is_ok(), fits, "{layer} {region}");
        }
        let arn = "arn:aws:lambda:eu-west-1:123456789012:layer:common";
        assert_eq!(
            check_layer_place(arn, "us-east-1").unwrap_err().message,
            format!(
                "LayerName {arn:?} is in region eu-west-1 and the connection in us-east-1; \
                 choose region eu-west-1 or a connection to it"
            )
        );
    }

    proptest! {
        #[test]
        fn every_principal_of_the_models_pattern_holds(
            text in r"[0-9]{12}|\*|arn:(aws[a-zA-Z-]{0,9}):iam::[0-9]{12}:root"
        ) {
            prop_assert!(is_principal(&text), "{text}");
            prop_assert!(!is_principal(&format!("{text}x")), "{text}x");
        }
    }
}
