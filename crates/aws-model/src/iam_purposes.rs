//! The minimum permissions to manage functions and to run workflows. The resource types of each action are from the
//! Service Authorization Reference ("Actions, resources, and condition keys" for AWS Lambda, Amazon SWF and IAM).

use crate::{FunctionScope, PolicyDocument, RoleArn, Statement, iam::on_functions};
use std::collections::{BTreeMap, BTreeSet};

/// Actions on single functions.
const MANAGE: [&str; 27] = [
    "lambda:AddPermission",
    "lambda:CreateAlias",
    "lambda:CreateFunction",
    "lambda:DeleteAlias",
    "lambda:DeleteFunction",
    "lambda:DeleteFunctionConcurrency",
    "lambda:DeleteFunctionEventInvokeConfig",
    "lambda:GetAlias",
    "lambda:GetFunction",
    "lambda:GetFunctionConcurrency",
    "lambda:GetFunctionConfiguration",
    "lambda:GetFunctionEventInvokeConfig",
    "lambda:GetPolicy",
    "lambda:ListAliases",
    "lambda:ListFunctionEventInvokeConfigs",
    "lambda:ListTags",
    "lambda:ListVersionsByFunction",
    "lambda:PublishVersion",
    "lambda:PutFunctionConcurrency",
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:RemovePermission",
    "lambda:TagResource",
    "lambda:UntagResource",
    "lambda:UpdateAlias",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "lambda:UpdateFunctionEventInvokeConfig",
];

/// Actions that cannot be limited to a resource.
const MANAGE_ALL: [&str; 4] =
    ["lambda:GetAccountSettings", "lambda:ListFunctions", "lambda:ListLayerVersions", "lambda:ListLayers"];

/// Actions on single layer versions.
const MANAGE_LAYERS: [&str; 4] = [
    "lambda:AddLayerVersionPermission",
    "lambda:GetLayerVersion",
    "lambda:GetLayerVersionPolicy",
    "lambda:RemoveLayerVersionPermission",
];

/// Actions within a workflow domain.
const WORKFLOWS: [&str; 24] = [
    "swf:CountClosedWorkflowExecutions",
    "swf:CountOpenWorkflowExecutions",
    "swf:DescribeActivityType",
    "swf:DescribeDomain",
    "swf:DescribeWorkflowExecution",
    "swf:DescribeWorkflowType",
    "swf:GetWorkflowExecutionHistory",
    "swf:ListActivityTypes",
    "swf:ListClosedWorkflowExecutions",
    "swf:ListOpenWorkflowExecutions",
    "swf:ListWorkflowTypes",
    "swf:PollForActivityTask",
    "swf:PollForDecisionTask",
    "swf:RecordActivityTaskHeartbeat",
    "swf:RegisterActivityType",
    "swf:RegisterWorkflowType",
    "swf:RequestCancelWorkflowExecution",
    "swf:RespondActivityTaskCanceled",
    "swf:RespondActivityTaskCompleted",
    "swf:RespondActivityTaskFailed",
    "swf:RespondDecisionTaskCompleted",
    "swf:SignalWorkflowExecution",
    "swf:StartWorkflowExecution",
    "swf:TerminateWorkflowExecution",
];

/// The decisions of a decider: "a decider's decision must be explicitly allowed or it will not be accepted" (Amazon SWF
/// Developer Guide, "Amazon SWF IAM policies"). Scheduling a Lambda task has no action of its own; it is allowed by
/// passing the role.
const DECISIONS: [&str; 8] = [
    "swf:CancelTimer",
    "swf:CancelWorkflowExecution",
    "swf:CompleteWorkflowExecution",
    "swf:FailWorkflowExecution",
    "swf:RecordMarker",
    "swf:RequestCancelActivityTask",
    "swf:ScheduleActivityTask",
    "swf:StartTimer",
];

/// Actions on domains that cannot be limited to a domain, because none exists yet.
const WORKFLOWS_ALL: [&str; 2] = ["swf:ListDomains", "swf:RegisterDomain"];

impl PolicyDocument {
    /// The minimum permissions to manage these functions: their code, configuration, versions, aliases, permissions,
    /// concurrency and tags, the layers of their accounts, and passing `roles` to them.
    ///
    /// If `roles` is empty, any role of the functions' accounts can be passed, but only to Lambda. If `functions` is empty,
    /// only actions that cannot be limited to a resource are allowed.
    ///
    /// ```
    /// use lamplight_aws_model::{FunctionScope, PolicyDocument};
    ///
    /// let arn: FunctionScope = "arn:aws:lambda:eu-west-1:123456789012:function:adder".parse()?;
    /// let policy = PolicyDocument::manage(&[arn], &[]);
    /// let pass = policy.statement.iter().find(|one| one.action == ["iam:PassRole"]).unwrap();
    /// assert_eq!(pass.resource, ["arn:aws:iam::123456789012:role/*"]);
    /// assert_eq!(pass.condition["StringEquals"]["iam:PassedToService"], ["lambda.amazonaws.com"]);
    /// # Ok::<(), lamplight_aws_model::ArnError>(())
    /// ```
    pub fn manage(functions: &[FunctionScope], roles: &[RoleArn]) -> Self {
        let mut statement = vec![Statement::allow("LamplightAccount", &MANAGE_ALL, everything())];
        statement.extend(on_functions("LamplightManage", &MANAGE, functions));
        let layers: BTreeSet<String> =
            functions.iter().map(|arn| place(arn, "lambda", "layer:*:*")).collect();
        statement.extend(on("LamplightLayers", &MANAGE_LAYERS, layers));
        statement.extend(pass_role(functions, roles, "lambda.amazonaws.com"));
        Self::new(statement)
    }

    /// The minimum permissions for workflows on Amazon SWF: domains, workflow and activity types, executions, decisions,
    /// workers, running these functions from a worker, and passing `roles` to SWF, which runs functions with them.
    ///
    /// `domain` limits the permissions to one domain; without it they include all domains of the functions' accounts and
    /// regions.
    pub fn workflows(functions: &[FunctionScope], domain: Option<&str>, roles: &[RoleArn]) -> Self {
        let domain = format!("/domain/{}", domain.unwrap_or("*"));
        let domains: BTreeSet<String> = functions.iter().map(|arn| place(arn, "swf", &domain)).collect();
        let mut statement = vec![Statement::allow("LamplightDomains", &WORKFLOWS_ALL, everything())];
        let actions = [WORKFLOWS.as_slice(), DECISIONS.as_slice()].concat();
        statement.extend(on("LamplightWorkflows", &actions, domains));
        statement.extend(Self::run(functions).statement);
        statement.extend(pass_role(functions, roles, "swf.amazonaws.com"));
        Self::new(statement)
    }
}

fn everything() -> Vec<String> {
    vec!["*".to_owned()]
}

/// A statement on these resources; `None` if there are no resources, because IAM refuses such a statement.
fn on(sid: &str, actions: &[&str], resources: BTreeSet<String>) -> Option<Statement> {
    (!resources.is_empty()).then(|| Statement::allow(sid, actions, resources.into_iter().collect()))
}

/// An ARN in the partition, region and account of a function; for any function, any resource.
fn place(function: &FunctionScope, service: &str, rest: &str) -> String {
    match function {
        FunctionScope::Any => "*".to_owned(),
        FunctionScope::One(arn) => {
            format!("arn:{}:{service}:{}:{}:{rest}", arn.partition(), arn.region(), arn.account())
        }
    }
}

/// Allows passing roles, but only to one service.
fn pass_role(functions: &[FunctionScope], roles: &[RoleArn], service: &str) -> Option<Statement> {
    let roles_of = |function: &FunctionScope| match function {
        FunctionScope::Any => "*".to_owned(),
        FunctionScope::One(arn) => format!("arn:{}:iam::{}:role/*", arn.partition(), arn.account()),
    };
    let any = || functions.iter().map(roles_of);
    let resources: BTreeSet<String> =
        if roles.is_empty() { any().collect() } else { roles.iter().map(ToString::to_string).collect() };
    let mut statement = on("LamplightPassRole", &["iam:PassRole"], resources)?;
    let to = BTreeMap::from([("iam:PassedToService".to_owned(), vec![service.to_owned()])]);
    statement.condition.insert("StringEquals".to_owned(), to);
    Some(statement)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDER: &str = "arn:aws:lambda:eu-west-1:123456789012:function:adder";

    fn sids(policy: &PolicyDocument) -> Vec<&str> {
        policy.statement.iter().filter_map(|one| one.sid.as_deref()).collect()
    }

    fn by_sid<'a>(policy: &'a PolicyDocument, sid: &str) -> &'a Statement {
        policy.statement.iter().find(|one| one.sid.as_deref() == Some(sid)).unwrap()
    }

    #[test]
    fn the_manage_policy_separates_actions_that_cannot_be_limited() {
        let role: RoleArn = "arn:aws:iam::123456789012:role/adder".parse().unwrap();
        let policy = PolicyDocument::manage(&[ADDER.parse().unwrap()], &[role]);
        assert_eq!(
            sids(&policy),
            ["LamplightAccount", "LamplightManage", "LamplightLayers", "LamplightPassRole"]
        );
        assert_eq!(by_sid(&policy, "LamplightAccount").resource, ["*"]);
        assert_eq!(by_sid(&policy, "LamplightManage").resource, [ADDER.to_owned(), format!("{ADDER}:*")]);
        assert_eq!(
            by_sid(&policy, "LamplightLayers").resource,
            ["arn:aws:lambda:eu-west-1:123456789012:layer:*:*"]
        );
        assert_eq!(by_sid(&policy, "LamplightPassRole").resource, ["arn:aws:iam::123456789012:role/adder"]);
        assert!(!serde_json::to_string(&policy).unwrap().contains("lambda:InvokeFunction"));
    }

    #[test]
    fn workflows_are_limited_to_their_domain() {
        let policy = PolicyDocument::workflows(&[ADDER.parse().unwrap()], Some("jobs"), &[]);
        assert_eq!(
            sids(&policy),
            ["LamplightDomains", "LamplightWorkflows", "LamplightRun", "LamplightPassRole"]
        );
        assert_eq!(
            by_sid(&policy, "LamplightWorkflows").resource,
            ["arn:aws:swf:eu-west-1:123456789012:/domain/jobs"]
        );
        let allowed = &by_sid(&policy, "LamplightWorkflows").action;
        for action in
            ["swf:TerminateWorkflowExecution", "swf:ScheduleActivityTask", "swf:CompleteWorkflowExecution"]
        {
            assert!(allowed.iter().any(|one| one == action), "{action}");
        }
        let pass = by_sid(&policy, "LamplightPassRole");
        assert_eq!(pass.condition["StringEquals"]["iam:PassedToService"], ["swf.amazonaws.com"]);
        let all = PolicyDocument::workflows(&[ADDER.parse().unwrap()], None, &[]);
        assert_eq!(
            by_sid(&all, "LamplightWorkflows").resource,
            ["arn:aws:swf:eu-west-1:123456789012:/domain/*"]
        );
    }

    #[test]
    fn any_function_is_any_resource_but_roles_only_for_one_service() {
        for policy in [
            PolicyDocument::manage(&[FunctionScope::Any], &[]),
            PolicyDocument::workflows(&[FunctionScope::Any], None, &[]),
        ] {
            assert!(policy.statement.iter().all(|one| one.resource == ["*"]), "{policy:?}");
            assert_eq!(by_sid(&policy, "LamplightPassRole").condition.len(), 1);
        }
    }

    #[test]
    fn a_policy_without_functions_grants_no_function() {
        for policy in [PolicyDocument::manage(&[], &[]), PolicyDocument::workflows(&[], None, &[])] {
            assert_eq!(policy.statement.len(), 1, "{policy:?}");
        }
    }

    #[test]
    fn each_action_is_listed_once_under_its_service() {
        let mut seen = BTreeSet::new();
        for action in MANAGE.iter().chain(&MANAGE_ALL).chain(&MANAGE_LAYERS) {
            assert!(action.starts_with("lambda:") && seen.insert(action), "{action}");
        }
        for action in WORKFLOWS.iter().chain(&DECISIONS).chain(&WORKFLOWS_ALL) {
            assert!(action.starts_with("swf:") && seen.insert(action), "{action}");
        }
    }

    #[test]
    fn functions_in_one_region_share_their_other_resources() {
        let functions = [ADDER.parse().unwrap(), format!("{ADDER}2").parse().unwrap()];
        let policy = PolicyDocument::manage(&functions, &[]);
        assert_eq!(by_sid(&policy, "LamplightLayers").resource.len(), 1);
        assert_eq!(by_sid(&policy, "LamplightPassRole").resource.len(), 1);
    }
}
