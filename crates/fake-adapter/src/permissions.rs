//! Permissions of simulated functions. A function, each of its versions and each of its aliases have their own
//! policies.

use crate::{
    FakeProvider,
    change::{conflict, expect_revision, no_function, not_found},
    preview::{self, Request, encoded, joined},
    state::{KeptPolicy, State},
};
use async_trait::async_trait;
use lamplight_aws_model::{ManageSubject, Operation};
use lamplight_domain::{PermissionPolicy, PermissionStatement, Qualifier};
use lamplight_ports::{ChangeError, Changed, Effect, Permissions, PortError, QualifiedFunction};
use serde_json::json;

/// The policy of an existing function, version or alias, created if there is none yet.
fn policy_of<'a>(
    state: &'a mut State,
    subject: &QualifiedFunction,
    asking: &ManageSubject,
) -> Result<&'a mut KeptPolicy, PortError> {
    let qualifier = subject.qualifier.as_ref().map(Qualifier::as_str);
    let function = state.functions.get_mut(subject.function.name.as_str());
    let function = function.ok_or_else(|| no_function(asking))?;
    if function.number(qualifier).is_none() {
        return Err(not_found(asking));
    }
    Ok(function.policies.entry(qualifier.unwrap_or_default().to_owned()).or_insert_with(KeptPolicy::new))
}

#[async_trait]
impl Permissions for FakeProvider {
    async fn policy(&self, subject: &QualifiedFunction) -> Result<Option<PermissionPolicy>, PortError> {
        self.admit(Operation::GetPolicy)?;
        let qualifier = subject.qualifier.as_ref().map(Qualifier::as_str).unwrap_or_default();
        let state = self.state();
        let asking = Self::asking(Operation::GetPolicy, &subject.function, subject.qualifier.as_ref());
        let function = state.functions.get(subject.function.name.as_str());
        let function = function.ok_or_else(|| no_function(&asking))?;
        function.policies.get(qualifier).map_or(Ok(None), |policy| policy.read(&asking.resource))
    }

    async fn add(
        &self,
        subject: &QualifiedFunction,
        statement: &PermissionStatement,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let qualifier = subject.qualifier.as_ref();
        let asking =
            Self::asking(Operation::AddPermission, &subject.function, qualifier).statement(&statement.id);
        let body =
            joined(preview::statement(statement, "PrincipalOrgID"), json!({ "RevisionId": if_revision }));
        let request = Request::function("POST", "2015-03-31", &subject.function, "/policy")
            .with_query("Qualifier", qualifier.map(Qualifier::as_str))
            .with_body(body);
        self.change(&asking, effect, &request, |state, stamp| {
            let policy = policy_of(state, subject, &asking)?;
            expect_revision(&asking, if_revision, policy.revision.as_deref())?;
            if policy.add(statement, stamp) { Ok(()) } else { Err(conflict(&asking)) }
        })
    }

    async fn remove(
        &self,
        subject: &QualifiedFunction,
        statement: &str,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let qualifier = subject.qualifier.as_ref();
        let asking =
            Self::asking(Operation::RemovePermission, &subject.function, qualifier).statement(statement);
        let beneath = format!("/policy/{}", encoded(statement));
        let request = Request::function("DELETE", "2015-03-31", &subject.function, &beneath)
            .with_query("Qualifier", qualifier.map(Qualifier::as_str))
            .with_query("RevisionId", if_revision);
        self.change(&asking, effect, &request, |state, stamp| {
            let policy = policy_of(state, subject, &asking)?;
            if policy.statements.iter().all(|kept| kept.id != statement) {
                return Err(not_found(&asking));
            }
            expect_revision(&asking, if_revision, policy.revision.as_deref())?;
            policy.remove(statement, stamp);
            Ok(())
        })
    }
}
