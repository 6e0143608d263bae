//! Every error that the API model lists for each management operation.

use lamplight_aws_model::{
    AwsErrorClass::{
        self, CodeStorageExceeded, Conflict, Exists, Internal, InvalidCode, InvalidRequest, LimitExceeded,
        NotFound, PolicyTooLong, PreconditionFailed, PublicPolicy, Throttled,
    },
    ManageSubject,
    Operation::{self, *},
    Repeat::{Backoff, Never},
    classify_manage,
};
use lamplight_domain::{
    Action,
    Applied::{Maybe, No},
    HintPart,
};
use std::collections::BTreeSet;

/// The class of each code; for operations that create something, a conflict means that it already exists.
const CLASSES: [(&str, AwsErrorClass); 14] = [
    ("AliasLimitExceededException", LimitExceeded),
    ("CodeSigningConfigNotFoundException", NotFound),
    ("CodeStorageExceededException", CodeStorageExceeded),
    ("CodeVerificationFailedException", InvalidCode),
    ("FunctionVersionsPerCapacityProviderLimitExceededException", LimitExceeded),
    ("InvalidCodeSignatureException", InvalidCode),
    ("InvalidParameterValueException", InvalidRequest),
    ("PolicyLengthExceededException", PolicyTooLong),
    ("PreconditionFailedException", PreconditionFailed),
    ("PublicPolicyException", PublicPolicy),
    ("ResourceConflictException", Conflict),
    ("ResourceNotFoundException", NotFound),
    ("ServiceException", Internal),
    ("TooManyRequestsException", Throttled),
];
const MAKING: [Operation; 4] = [CreateFunction, CreateAlias, AddPermission, AddLayerVersionPermission];

/// Each error that the model lists: operation, code and status.
fn modelled() -> impl Iterator<Item = (Operation, &'static str, u16)> {
    let lines = include_str!("../data/manage_errors.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| {
        let [operation, code, http] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let operation = Operation::ALL.iter().find(|known| known.name() == operation).unwrap();
        (*operation, code, http.parse().unwrap())
    })
}

fn subject(operation: Operation) -> ManageSubject {
    let function = |id| ManageSubject::function(operation, "adder", id, "eu-west-1", Some("123456789012"));
    let layer =
        |version| ManageSubject::layer(operation, "common", version, "eu-west-1", Some("123456789012"));
    match operation {
        GetAccountSettings | ListFunctions | ListLayers => ManageSubject::account(operation, "eu-west-1"),
        CreateAlias | GetAlias | UpdateAlias | DeleteAlias => {
            ManageSubject::alias(operation, "adder", "live", "eu-west-1", Some("123456789012"))
        }
        AddPermission | RemovePermission => function(None).statement("s3"),
        ListLayerVersions => layer(None),
        GetLayerVersion | GetLayerVersionPolicy => layer(Some(3)),
        AddLayerVersionPermission | RemoveLayerVersionPermission => layer(Some(3)).statement("s3"),
        _ => function(None),
    }
}

#[test]
fn every_modelled_error_has_its_class_and_proof() {
    for (operation, code, http) in modelled() {
        let class = match CLASSES.iter().find(|(known, _)| *known == code).unwrap().1 {
            Conflict if MAKING.contains(&operation) => Exists,
            class => class,
        };
        let (applied, repeat) = match code {
            "TooManyRequestsException" => (No, Backoff),
            "ServiceException" if !operation.changes() => (No, Backoff),
            "ServiceException" => (Maybe, Never),
            _ => (No, Never),
        };
        let facts = classify_manage(operation, Some(code), http);
        let found = (facts.code, facts.http, facts.class, facts.applied(), facts.repeat);
        assert_eq!(found, (Some(code), http, class, applied, repeat), "{operation} {code}");
    }
}

#[test]
fn every_modelled_error_has_its_texts() {
    for (operation, code, http) in modelled() {
        let subject = subject(operation);
        let facts = classify_manage(operation, Some(code), http);
        for text in [facts.message(&subject), facts.hint(&subject).to_string()] {
            assert!(!text.is_empty() && !text.contains(['{', '}', '\n']), "{operation} {code}: {text}");
        }
        let message = facts.message(&subject);
        let named = message.contains(&subject.thing) || message.contains(operation.name());
        assert!(named, "{operation} {code}: {message}");
    }
}

#[test]
fn the_operations_list_what_the_model_lists() {
    let model: BTreeSet<_> = modelled().map(|(operation, code, _)| (operation, code)).collect();
    let ours: BTreeSet<_> = Operation::ALL
        .iter()
        .flat_map(|operation| operation.errors().iter().map(|code| (*operation, *code)))
        .collect();
    assert_eq!((ours, modelled().count()), (model, 181));
}

#[test]
fn the_texts_say_what_to_do() {
    for (operation, code, http, message, hint) in [
        (
            CreateFunction,
            Some("ResourceConflictException"),
            409,
            "function adder already exists",
            "change it with updating the function's code or updating the function's settings, or use another name",
        ),
        (
            DeleteFunction,
            Some("ResourceConflictException"),
            409,
            "function adder is used by an alias, or another change of it is in progress",
            "check listing the aliases of function adder, or wait with waiting for function adder",
        ),
        (
            UpdateAlias,
            Some("PreconditionFailedException"),
            412,
            "alias live of function adder has changed since the given revision",
            "read it again, then retry with its current revision",
        ),
        (
            PublishVersion,
            Some("CodeStorageExceededException"),
            400,
            "the code of function adder would exceed the account's code storage limit in region eu-west-1",
            "delete old versions, or request a quota increase; showing the account shows how much is used",
        ),
        (
            AddPermission,
            Some("PolicyLengthExceededException"),
            400,
            "with statement s3 of function adder the policy would exceed its maximum length",
            "remove statements: showing the permissions shows them",
        ),
        (
            RemoveLayerVersionPermission,
            Some("ResourceNotFoundException"),
            404,
            "statement s3 of version 3 of layer common was not found in region eu-west-1",
            "check the name, the region and the account",
        ),
        (
            CreateFunction,
            Some("AccessDeniedException"),
            403,
            "the caller is not authorized to perform lambda:CreateFunction on arn:aws:lambda:eu-west-1:123456789012:function:adder, \
             or iam:PassRole on the execution role of function adder",
            "allow the caller lambda:CreateFunction on arn:aws:lambda:eu-west-1:123456789012:function:adder, \
             and iam:PassRole on the role",
        ),
        (
            GetLayerVersion,
            Some("com.amazonaws.lambda#AccessDeniedException"),
            403,
            "the caller is not authorized to perform lambda:GetLayerVersion on \
             arn:aws:lambda:eu-west-1:123456789012:layer:common:3",
            "allow the caller lambda:GetLayerVersion on arn:aws:lambda:eu-west-1:123456789012:layer:common:3",
        ),
        (
            DeleteAlias,
            Some("ExpiredTokenException"),
            403,
            "the credentials have expired",
            "get new credentials, for example by signing in again",
        ),
        (
            CreateFunction,
            Some("RequestTooLargeException"),
            413,
            "the request about function adder is larger than Lambda accepts",
            "upload the package to S3 and give its bucket and key; a direct upload is limited to 50 MB",
        ),
        (
            CreateAlias,
            None,
            503,
            "the service, or a proxy in front of it, aborted CreateAlias; \
             the change of alias live of function adder may have been made",
            "check its current state before you retry",
        ),
        (
            ListFunctions,
            None,
            503,
            "the service, or a proxy in front of it, did not answer ListFunctions for the account",
            "retry later, and check that the endpoint URL is a Lambda endpoint",
        ),
        (
            TagResource,
            Some("UnknownOperationException"),
            404,
            "the endpoint does not support TagResource",
            "check that the endpoint URL is a Lambda endpoint, and that it supports this operation",
        ),
    ] {
        let (facts, subject) = (classify_manage(operation, code, http), subject(operation));
        assert_eq!([facts.message(&subject), facts.hint(&subject).to_string()], [message, hint]);
    }
}

#[test]
fn an_absent_function_differs_from_an_absent_part_of_it() {
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:adder";
    for operation in [GetAlias, UpdateAlias, DeleteAlias, GetPolicy, AddPermission, RemovePermission] {
        let facts = classify_manage(operation, Some("ResourceNotFoundException"), 404);
        let subject = subject(operation);
        for words in [
            "The resource you requested does not exist.",
            &format!("Cannot find alias arn: {arn}:live"),
            &format!("Function not found: {arn}:7"),
            "No policy is associated with the given resource.",
            "",
        ] {
            assert_eq!(facts.in_words(operation, words), facts, "{operation} {words}");
        }
        let absent = facts.in_words(operation, &format!("Function not found: {arn}"));
        assert!(absent.no_function && !facts.no_function);
        assert_eq!((absent.class, absent.applied()), (facts.class, facts.applied()));
        assert_eq!(absent.message(&subject), "function adder was not found in region eu-west-1");
        assert!(
            absent.hint(&subject).parts().contains(&HintPart::Action(Action::ListFunctions)),
            "{absent:?}"
        );
    }
    let words = format!("Function not found: {arn}");
    for (operation, code, http) in [
        (GetPolicy, "AccessDeniedException", 403),
        (GetFunctionEventInvokeConfig, "ResourceNotFoundException", 404),
        (CreateFunction, "ResourceNotFoundException", 404),
    ] {
        let facts = classify_manage(operation, Some(code), http);
        assert_eq!(facts.in_words(operation, &words), facts, "{operation}");
    }
}
