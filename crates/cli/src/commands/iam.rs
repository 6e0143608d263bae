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
    FunctionArn, Partition, PolicyDocument, Region,
    trust::{EntraClaim, SwfScope, TrustPolicy},
};

/// Prints a policy. Policies are JSON whatever form is asked for.
pub fn iam(command: &IamCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        IamCommand::Policy { functions, purpose } => {
            let functions: Vec<FunctionArn> =
                functions.iter().map(|arn| parse(arn)).collect::<Result<_, _>>()?;
            output::json(&policy(*purpose, &functions)?)?;
        }
        IamCommand::TrustPolicy(party) => {
            let policy = trust(party, partition(wiring)?)
                .map_err(|error| Failure::usage("invalid_setting", error.to_string()))?;
            output::json(&policy)?;
        }
    }
    Ok(ExitCode::Success)
}

fn policy(purpose: PolicyPurpose, functions: &[FunctionArn]) -> Result<PolicyDocument, Failure> {
    match purpose {
        PolicyPurpose::Run if functions.is_empty() => {
            Err(Failure::usage("invalid_setting", "a policy to run functions names the functions")
                .with_hint("give each as --function ARN; `lamplight discover --output json` shows them"))
        }
        PolicyPurpose::Run => Ok(PolicyDocument::run(functions)),
        PolicyPurpose::Discover => Ok(PolicyDocument::discover(functions)),
    }
}

/// The partition that `--region` is in; without it, the commercial one.
fn partition(wiring: &Wiring) -> Result<Partition, Failure> {
    let Some(text) = &wiring.global.region else { return Ok(Partition::Aws) };
    let region =
        Region::parse_known(text).map_err(|error| Failure::usage("unknown_region", error.to_string()))?;
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
        TrustedParty::AssumeRole { principal, external_id } => {
            TrustPolicy::assume_role(principal, external_id.as_deref())
        }
        TrustedParty::Swf { source_arn, source_account } => {
            let scope = SwfScope { source_arn: source_arn.clone(), source_account: source_account.clone() };
            TrustPolicy::swf(&scope)
        }
    }
}
