//! `lamplight permissions`.

use super::manage::{ChangeNote, Manager, report_change, report_statement, show_policy};
use crate::{
    ExitCode,
    args::{AddPermissionArgs, PermissionsCommand, RemovePermissionArgs, SubjectArgs},
    failure::Failure,
    wiring::Wiring,
};
use lamplight_app::manage::{self, qualified_function};
use lamplight_domain::PermissionStatement;
use lamplight_ports::QualifiedFunction;
use lamplight_views::{RemovedPermissionView, SubjectView};

/// `lamplight permissions …`
pub async fn permissions(command: PermissionsCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        PermissionsCommand::Add(args) => add(*args, wiring).await,
        PermissionsCommand::Remove(args) => remove(&args, wiring).await,
        PermissionsCommand::Get(args) => get(&args, wiring).await,
    }
}

async fn add(args: AddPermissionArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?.changing(args.change);
    let subject = subject(&manager, &args.subject)?;
    let statement = PermissionStatement {
        id: args.statement_id,
        action: args.action,
        principal: args.principal,
        source: args.source_arn,
        source_account: args.source_account,
        organization: args.principal_org_id,
        event_source_token: args.event_source_token,
        url_auth: args.function_url_auth_type,
        via_url: args.invoked_via_function_url,
    };
    if let Some(who) = unlimited(&statement) {
        wiring.output.warn(&format!(
            "{who} may use it; restrict it with --source-arn, --source-account or --principal-org-id"
        ));
    }
    let revision = args.revision.if_revision.as_deref();
    let made =
        manager.complete(manage::add_permission(&manager.tools()?, &subject, &statement, revision)).await?;
    report_statement(&made, &described(&statement.id, &subject), wiring)
}

async fn remove(args: &RemovePermissionArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let subject = subject(&manager, &args.subject)?;
    let thing = described(&args.statement_id, &subject);
    let manager = manager.removing(args.removal, &format!("remove {thing}"), wiring)?;
    let revision = args.revision.if_revision.as_deref();
    let made = manager
        .complete(manage::remove_permission(&manager.tools()?, &subject, &args.statement_id, revision))
        .await?;
    let words = ChangeNote::of_removal(&thing, "removed");
    let json = |(): &()| RemovedPermissionView {
        subject: SubjectView::from(&subject),
        statement_id: &args.statement_id,
    };
    report_change(&made, words, wiring, json, |()| None)
}

async fn get(args: &SubjectArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let subject = subject(&manager, args)?;
    let policy = manage::show_policy(&manager.connection, &subject).await?;
    show_policy(&policy, wiring)
}

fn subject(manager: &Manager, args: &SubjectArgs) -> Result<QualifiedFunction, Failure> {
    Ok(qualified_function(&manager.connection, &args.function, args.qualifier.as_deref())?)
}

fn described(statement: &str, subject: &QualifiedFunction) -> String {
    let function = &subject.function.name;
    match &subject.qualifier {
        Some(qualifier) => format!("permission {statement} of {qualifier} of function {function}"),
        None => format!("permission {statement} of function {function}"),
    }
}

/// Who may use the function by a statement without conditions, if that is more than one account.
///
/// A service calls on behalf of any account (Lambda API, `AddPermission`: "If you specify a service, use
/// `SourceArn` or `SourceAccount` to limit who can invoke the function through that service").
fn unlimited(statement: &PermissionStatement) -> Option<String> {
    let PermissionStatement { principal, source, source_account, organization, event_source_token, .. } =
        statement;
    let is_limited = source.is_some() || source_account.is_some() || organization.is_some();
    if is_limited || event_source_token.is_some() {
        None
    } else if principal == "*" {
        Some("everybody".to_owned())
    } else if principal.contains('.') && !principal.starts_with("arn:") {
        Some(format!("{principal} on behalf of any account"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlimited_services_and_public_access_get_a_warning() {
        let statement = |principal: &str| PermissionStatement {
            principal: principal.to_owned(),
            ..PermissionStatement::default()
        };
        for (principal, warned) in [
            ("s3.amazonaws.com", true),
            ("events.amazonaws.com.cn", true),
            ("*", true),
            ("123456789012", false),
            ("arn:aws:iam::123456789012:role/a.b", false),
        ] {
            assert_eq!(unlimited(&statement(principal)).is_some(), warned, "{principal}");
            let text = || Some("x".to_owned());
            for limited in [
                PermissionStatement { source: text(), ..statement(principal) },
                PermissionStatement { source_account: text(), ..statement(principal) },
                PermissionStatement { organization: text(), ..statement(principal) },
                PermissionStatement { event_source_token: text(), ..statement(principal) },
            ] {
                assert_eq!(unlimited(&limited), None);
            }
        }
    }
}
