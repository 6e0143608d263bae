//! What every adapter of [`Permissions`](lamplight_ports::Permissions) must do.

use crate::workbench::{
    Gap, SHOW, Workbench, check_absent, expect_made, expect_read, expect_refused, expect_shown, is_refused,
    subject,
};
use lamplight_domain::{PermissionPolicy, PermissionStatement};
use lamplight_ports::{Effect, PortErrorKind, QualifiedFunction};
use std::sync::Arc;

/// Expands to one test per guarantee, run through `Arc<dyn Permissions>`, as callers hold the port. The argument is an
/// expression that creates a [`WorkbenchHarness`](crate::workbench::WorkbenchHarness); the crate needs `tokio` with its
/// macros as a dev-dependency.
#[macro_export]
macro_rules! permissions {
    ($harness:expr) => {
        $crate::permissions!(@each $harness;
            a_statement_is_read_as_requested,
            every_condition_is_stored,
            versions_and_aliases_have_policies_of_their_own,
            a_removed_statement_is_gone,
            reading_without_a_policy_gives_none,
            a_preview_changes_nothing,
            a_second_statement_of_the_same_id_is_a_conflict,
            what_does_not_exist_is_not_found,
            a_stale_revision_is_a_conflict,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test]
            async fn $guarantee() {
                $crate::workbench::check_guarantee(&$harness, $crate::permissions::$guarantee).await;
            }
        )*
    };
}

fn statement(id: &str, principal: &str) -> PermissionStatement {
    PermissionStatement {
        id: id.to_owned(),
        action: "lambda:InvokeFunction".to_owned(),
        principal: principal.to_owned(),
        ..PermissionStatement::default()
    }
}

fn of_a_bucket(id: &str) -> PermissionStatement {
    PermissionStatement {
        source: Some("arn:aws:s3:::conformance-suite".to_owned()),
        ..statement(id, "s3.amazonaws.com")
    }
}

async fn add(bench: &Workbench, subject: &QualifiedFunction, statement: &PermissionStatement) {
    expect_made(bench.management.permissions.add(subject, statement, None, Effect::Make).await);
}

async fn policy(bench: &Workbench, subject: &QualifiedFunction) -> Option<PermissionPolicy> {
    expect_read(bench.management.permissions.policy(subject).await)
}

/// The IDs of all statements, sorted, because each provider has its own order.
fn ids(policy: Option<PermissionPolicy>) -> Vec<String> {
    let policy = policy.unwrap_or_default();
    let mut ids: Vec<String> = policy.statements.into_iter().map(|one| one.id).chain(policy.others).collect();
    ids.sort();
    ids
}

/// A statement for a service or an account is read as requested.
pub async fn a_statement_is_read_as_requested(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    let asked = [
        of_a_bucket("s3"),
        statement("account", "123456789012"),
        statement("schedule", "events.amazonaws.com"),
    ];
    for one in &asked {
        add(&bench, &function, one).await;
    }
    let found = policy(&bench, &function).await.expect("the policy exists");
    for one in &asked {
        assert_eq!(found.statement(&one.id), Some(one), "{found:?}");
    }
    assert_eq!((found.statements.len(), found.others.len()), (3, 0), "{found:?}");
    let document: serde_json::Value = serde_json::from_str(&found.document).expect("the document is JSON");
    assert!(document.is_object(), "{document}");
}

/// Conditions are stored, so that a statement never allows more than requested.
pub async fn every_condition_is_stored(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    let of_an_account =
        PermissionStatement { source_account: Some("123456789012".to_owned()), ..of_a_bucket("narrow") };
    let of_an_organization =
        PermissionStatement { organization: Some("o-abcdef1234".to_owned()), ..statement("org", "*") };
    for one in [&of_an_account, &of_an_organization] {
        add(&bench, &function, one).await;
    }
    let found = policy(&bench, &function).await.expect("the policy exists");
    let kept = [&of_an_account, &of_an_organization].iter().all(|one| found.statement(&one.id) == Some(one));
    bench.expect(Gap::EveryCondition, kept, &found);
}

/// A statement on a version or alias is in its own policy only.
pub async fn versions_and_aliases_have_policies_of_their_own(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let version = bench.version(&function).await;
    let (whole, one) = (subject(&function, None), subject(&function, Some(&version)));
    add(&bench, &whole, &statement("of-all", "s3.amazonaws.com")).await;
    add(&bench, &one, &statement("of-one", "s3.amazonaws.com")).await;
    let (whole, one) = (ids(policy(&bench, &whole).await), ids(policy(&bench, &one).await));
    bench.expect(Gap::QualifiedPolicies, whole == ["of-all"] && one == ["of-one"], &(whole, one));
}

/// A removed statement no longer exists, and the others do; without statements there is no policy.
pub async fn a_removed_statement_is_gone(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    add(&bench, &function, &of_a_bucket("one")).await;
    add(&bench, &function, &of_a_bucket("other")).await;
    expect_made(bench.management.permissions.remove(&function, "one", None, Effect::Make).await);
    assert_eq!(ids(policy(&bench, &function).await), ["other"]);
    expect_made(bench.management.permissions.remove(&function, "other", None, Effect::Make).await);
    assert!(ids(policy(&bench, &function).await).is_empty());
}

/// Reading the policy of a function without one, or of a function that does not exist, returns `None`.
pub async fn reading_without_a_policy_gives_none(bench: Arc<Workbench>) {
    let found = policy(&bench, &subject(&bench.function().await, None)).await;
    bench.expect(Gap::EmptyPolicy, found.is_none(), &found);
    assert!(ids(found).is_empty());
    check_absent(bench.management.permissions.policy(&subject(&bench.new_function_ref(), None)).await);
}

/// A preview changes nothing.
pub async fn a_preview_changes_nothing(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    let name = function.function.name.as_str();
    let permissions = &bench.management.permissions;
    add(&bench, &function, &of_a_bucket("kept")).await;
    let before = policy(&bench, &function).await;
    expect_shown(permissions.add(&function, &of_a_bucket("shown"), None, SHOW).await, name);
    expect_shown(permissions.remove(&function, "kept", None, SHOW).await, name);
    assert_eq!(policy(&bench, &function).await, before);
}

/// A second statement with the same ID is a conflict, whatever its contents, and does not change the first.
pub async fn a_second_statement_of_the_same_id_is_a_conflict(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    let first = of_a_bucket("taken");
    add(&bench, &function, &first).await;
    for again in [first.clone(), statement("taken", "events.amazonaws.com")] {
        let outcome = bench.management.permissions.add(&function, &again, None, Effect::Make).await;
        bench.expect(Gap::StatementTwice, is_refused(&outcome, PortErrorKind::Conflict), &outcome);
        if !bench.lacks(Gap::StatementTwice) {
            let found = policy(&bench, &function).await.expect("the policy exists");
            assert_eq!(found.statements, std::slice::from_ref(&first), "{found:?}");
        }
    }
}

/// Adding to something that does not exist and removing something that does not exist fails as not found.
pub async fn what_does_not_exist_is_not_found(bench: Arc<Workbench>) {
    let (function, absent) = (bench.function().await, subject(&bench.new_function_ref(), None));
    let (permissions, not_found) = (&bench.management.permissions, PortErrorKind::NotFound);
    expect_refused(permissions.add(&absent, &of_a_bucket("s3"), None, Effect::Make).await, not_found);
    expect_refused(permissions.remove(&absent, "s3", None, Effect::Make).await, not_found);
    let function = subject(&function, None);
    let outcome = permissions.remove(&function, "absent", None, Effect::Make).await;
    bench.expect(Gap::AbsentStatement, is_refused(&outcome, not_found), &outcome);
    add(&bench, &function, &of_a_bucket("there")).await;
    let outcome = permissions.remove(&function, "absent", None, Effect::Make).await;
    bench.expect(Gap::AbsentStatement, is_refused(&outcome, not_found), &outcome);
    assert_eq!(ids(policy(&bench, &function).await), ["there"]);
}

/// A change for another revision is a conflict and is not made; a change for the current revision is made.
pub async fn a_stale_revision_is_a_conflict(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    let permissions = &bench.management.permissions;
    add(&bench, &function, &of_a_bucket("first")).await;
    let stale = policy(&bench, &function).await.and_then(|policy| policy.revision);
    add(&bench, &function, &of_a_bucket("second")).await;
    let before = policy(&bench, &function).await;

    let third = of_a_bucket("third");
    let added = permissions.add(&function, &third, stale.as_deref(), Effect::Make).await;
    let removed = permissions.remove(&function, "first", stale.as_deref(), Effect::Make).await;
    let after = policy(&bench, &function).await;
    let conflict = PortErrorKind::Conflict;
    let holds =
        stale.is_some() && is_refused(&added, conflict) && is_refused(&removed, conflict) && after == before;
    bench.expect(Gap::RevisionOfPolicy, holds, &(added, removed));
    if bench.lacks(Gap::RevisionOfPolicy) {
        return;
    }
    let current = before.and_then(|policy| policy.revision);
    expect_made(permissions.add(&function, &third, current.as_deref(), Effect::Make).await);
    let current = policy(&bench, &function).await.and_then(|policy| policy.revision);
    let outcome = permissions.remove(&function, "first", current.as_deref(), Effect::Make).await;
    let removed = outcome.is_ok() && ids(policy(&bench, &function).await) == ["second", "third"];
    bench.expect(Gap::RemovalByRevision, removed, &outcome);
}
