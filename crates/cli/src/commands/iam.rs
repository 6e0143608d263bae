//! `lamplight iam`.

use crate::{
    ExitCode,
    args::{Claim, IamCommand, PolicyPurpose, TrustedParty},
    commands::parse,
    failure::Failure,
    output,
    wiring::Wiring,
};
use lamplight_aws_model::{
    FunctionScope, Partition, PolicyDocument, Region, RoleArn,
    trust::{EntraClaim, SwfScope, TrustPolicy},
};
use lamplight_domain::ErrorCode;

/// Prints a policy, which is JSON in every output format.
pub fn iam(command: &IamCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        IamCommand::Policy { functions, purpose, roles, domain } => {
            let functions: Vec<FunctionScope> =
                functions.iter().map(|arn| parse(arn)).collect::<Result<_, _>>()?;
            let roles: Vec<RoleArn> = roles.iter().map(|arn| parse(arn)).collect::<Result<_, _>>()?;
            output::json(&policy(*purpose, &functions, &roles, domain.as_deref())?)?;
        }
        IamCommand::TrustPolicy(party) => {
            let policy = trust(party, partition(wiring)?)
                .map_err(|error| Failure::usage(ErrorCode::InvalidSetting, error.to_string()))?;
            output::json(&policy)?;
        }
    }
    Ok(ExitCode::Success)
}

fn policy(
    purpose: PolicyPurpose,
    functions: &[FunctionScope],
    roles: &[RoleArn],
    domain: Option<&str>,
) -> Result<PolicyDocument, Failure> {
    let usage = |what: &str, hint: &str| Err(Failure::usage(ErrorCode::InvalidSetting, what).with_hint(hint));
    let passes_roles = matches!(purpose, PolicyPurpose::Manage | PolicyPurpose::Workflows);
    if !roles.is_empty() && !passes_roles {
        return usage(
            "--pass-role applies to --for manage and --for workflows only",
            "leave out --pass-role",
        );
    }
    if let Some(name) = domain {
        if purpose != PolicyPurpose::Workflows {
            return usage("--domain applies to --for workflows only", "leave out --domain");
        }
        if functions.contains(&FunctionScope::Any) {
            return usage(
                "--domain needs the ARNs of functions, which name its account and region",
                "give each function as --function ARN",
            );
        }
        // Amazon SWF API, `RegisterDomain`: no colon, slash, bar or control character, and not the word arn.
        let fits = (1..=256).contains(&name.chars().count())
            && name != "arn"
            && !name.contains(|c: char| c.is_control() || ":/|*".contains(c));
        if !fits {
            return usage("not a valid name of an SWF domain", "1-256 characters without : / |");
        }
    }
    if functions.is_empty() && purpose != PolicyPurpose::Discover {
        return usage(
            "a policy for functions needs their ARNs",
            "give each as --function ARN, or --function '*' for any function; `lamplight discover --output json` shows them",
        );
    }
    Ok(match purpose {
        PolicyPurpose::Run => PolicyDocument::run(functions),
        PolicyPurpose::Jobs => PolicyDocument::jobs(functions),
        PolicyPurpose::Discover => PolicyDocument::discover(functions),
        PolicyPurpose::Manage => PolicyDocument::manage(functions, roles),
        PolicyPurpose::Workflows => PolicyDocument::workflows(functions, domain, roles),
    })
}

/// The partition of `--region`; without it, the commercial one.
fn partition(wiring: &Wiring) -> Result<Partition, Failure> {
    let Some(text) = &wiring.global.region else { return Ok(Partition::Aws) };
    let region = Region::parse_known(text)
        .map_err(|error| Failure::usage(ErrorCode::UnknownRegion, error.to_string()))?;
    Ok(region.partition())
}

fn trust(
    party: &TrustedParty,
    partition: Partition,
) -> Result<TrustPolicy, lamplight_aws_model::trust::TrustError> {
    match party {
        TrustedParty::Entra { account, tenant, audience, claim, value } => {
            let claim = match claim {
                Claim::Sub => EntraClaim::Sub,
                Claim::Oid => EntraClaim::Oid,
            };
            TrustPolicy::entra(partition, account, tenant, audience, claim, value)
        }
        TrustedParty::Github { account, repository, subject } => {
            TrustPolicy::github(partition, account, repository, subject.as_deref())
        }
        TrustedParty::Oidc { account, issuer, audience, subject } => {
            TrustPolicy::oidc(partition, account, issuer, audience, subject)
        }
        TrustedParty::AssumeRole { principal, external_id, session_tags } => {
            let policy = TrustPolicy::assume_role(principal, external_id.as_deref())?;
            Ok(if *session_tags { policy.with_session_tags() } else { policy })
        }
        TrustedParty::Swf { source_arn, source_account } => {
            let scope = SwfScope { source_arn: source_arn.clone(), source_account: source_account.clone() };
            TrustPolicy::swf(&scope)
        }
    }
}
