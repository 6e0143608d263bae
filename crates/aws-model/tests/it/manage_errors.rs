//! One row for each error that the model lists for each managing operation.

use lamplight_aws_model::{
    AwsErrorClass::{
        self, CodeStorageExceeded, Conflict, Exists, Internal, InvalidCode, InvalidRequest, LimitExceeded,
        NotFound, PolicyTooLong, PreconditionFailed, PublicPolicy, Throttled,
    },
    ManageSubject,
    Operation::{self, *},
    Repeat::{self, Backoff, Never},
    classify_manage,
};
use lamplight_domain::{
    Action,
    Applied::{self, Maybe, No},
    HintPart,
};
use std::collections::BTreeSet;

type Row = (Operation, &'static str, u16, AwsErrorClass, Applied, Repeat);

const MODELLED: [Row; 181] = [
    (GetAccountSettings, "ServiceException", 500, Internal, No, Backoff),
    (GetAccountSettings, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (ListFunctions, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (ListFunctions, "ServiceException", 500, Internal, No, Backoff),
    (ListFunctions, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (GetFunction, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (GetFunction, "ResourceNotFoundException", 404, NotFound, No, Never),
    (GetFunction, "ServiceException", 500, Internal, No, Backoff),
    (GetFunction, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (GetFunctionConfiguration, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (GetFunctionConfiguration, "ResourceNotFoundException", 404, NotFound, No, Never),
    (GetFunctionConfiguration, "ServiceException", 500, Internal, No, Backoff),
    (GetFunctionConfiguration, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (CreateFunction, "CodeSigningConfigNotFoundException", 404, NotFound, No, Never),
    (CreateFunction, "CodeStorageExceededException", 400, CodeStorageExceeded, No, Never),
    (CreateFunction, "CodeVerificationFailedException", 400, InvalidCode, No, Never),
    (
        CreateFunction,
        "FunctionVersionsPerCapacityProviderLimitExceededException",
        400,
        LimitExceeded,
        No,
        Never,
    ),
    (CreateFunction, "InvalidCodeSignatureException", 400, InvalidCode, No, Never),
    (CreateFunction, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (CreateFunction, "ResourceConflictException", 409, Exists, No, Never),
    (CreateFunction, "ResourceNotFoundException", 404, NotFound, No, Never),
    (CreateFunction, "ServiceException", 500, Internal, Maybe, Never),
    (CreateFunction, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (UpdateFunctionCode, "CodeSigningConfigNotFoundException", 404, NotFound, No, Never),
    (UpdateFunctionCode, "CodeStorageExceededException", 400, CodeStorageExceeded, No, Never),
    (UpdateFunctionCode, "CodeVerificationFailedException", 400, InvalidCode, No, Never),
    (UpdateFunctionCode, "InvalidCodeSignatureException", 400, InvalidCode, No, Never),
    (UpdateFunctionCode, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (UpdateFunctionCode, "PreconditionFailedException", 412, PreconditionFailed, No, Never),
    (UpdateFunctionCode, "ResourceConflictException", 409, Conflict, No, Never),
    (UpdateFunctionCode, "ResourceNotFoundException", 404, NotFound, No, Never),
    (UpdateFunctionCode, "ServiceException", 500, Internal, Maybe, Never),
    (UpdateFunctionCode, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (UpdateFunctionConfiguration, "CodeSigningConfigNotFoundException", 404, NotFound, No, Never),
    (UpdateFunctionConfiguration, "CodeVerificationFailedException", 400, InvalidCode, No, Never),
    (UpdateFunctionConfiguration, "InvalidCodeSignatureException", 400, InvalidCode, No, Never),
    (UpdateFunctionConfiguration, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (UpdateFunctionConfiguration, "PreconditionFailedException", 412, PreconditionFailed, No, Never),
    (UpdateFunctionConfiguration, "ResourceConflictException", 409, Conflict, No, Never),
    (UpdateFunctionConfiguration, "ResourceNotFoundException", 404, NotFound, No, Never),
    (UpdateFunctionConfiguration, "ServiceException", 500, Internal, Maybe, Never),
    (UpdateFunctionConfiguration, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (DeleteFunction, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (DeleteFunction, "ResourceConflictException", 409, Conflict, No, Never),
    (DeleteFunction, "ResourceNotFoundException", 404, NotFound, No, Never),
    (DeleteFunction, "ServiceException", 500, Internal, Maybe, Never),
    (DeleteFunction, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (PublishVersion, "CodeStorageExceededException", 400, CodeStorageExceeded, No, Never),
    (
        PublishVersion,
        "FunctionVersionsPerCapacityProviderLimitExceededException",
        400,
        LimitExceeded,
        No,
        Never,
    ),
    (PublishVersion, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (PublishVersion, "PreconditionFailedException", 412, PreconditionFailed, No, Never),
    (PublishVersion, "ResourceConflictException", 409, Conflict, No, Never),
    (PublishVersion, "ResourceNotFoundException", 404, NotFound, No, Never),
    (PublishVersion, "ServiceException", 500, Internal, Maybe, Never),
    (PublishVersion, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (ListVersionsByFunction, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (ListVersionsByFunction, "ResourceNotFoundException", 404, NotFound, No, Never),
    (ListVersionsByFunction, "ServiceException", 500, Internal, No, Backoff),
    (ListVersionsByFunction, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (ListTags, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (ListTags, "ResourceNotFoundException", 404, NotFound, No, Never),
    (ListTags, "ServiceException", 500, Internal, No, Backoff),
    (ListTags, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (TagResource, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (TagResource, "ResourceConflictException", 409, Conflict, No, Never),
    (TagResource, "ResourceNotFoundException", 404, NotFound, No, Never),
    (TagResource, "ServiceException", 500, Internal, Maybe, Never),
    (TagResource, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (UntagResource, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (UntagResource, "ResourceConflictException", 409, Conflict, No, Never),
    (UntagResource, "ResourceNotFoundException", 404, NotFound, No, Never),
    (UntagResource, "ServiceException", 500, Internal, Maybe, Never),
    (UntagResource, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (PutFunctionConcurrency, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (PutFunctionConcurrency, "ResourceConflictException", 409, Conflict, No, Never),
    (PutFunctionConcurrency, "ResourceNotFoundException", 404, NotFound, No, Never),
    (PutFunctionConcurrency, "ServiceException", 500, Internal, Maybe, Never),
    (PutFunctionConcurrency, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (GetFunctionConcurrency, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (GetFunctionConcurrency, "ResourceNotFoundException", 404, NotFound, No, Never),
    (GetFunctionConcurrency, "ServiceException", 500, Internal, No, Backoff),
    (GetFunctionConcurrency, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (DeleteFunctionConcurrency, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (DeleteFunctionConcurrency, "ResourceConflictException", 409, Conflict, No, Never),
    (DeleteFunctionConcurrency, "ResourceNotFoundException", 404, NotFound, No, Never),
    (DeleteFunctionConcurrency, "ServiceException", 500, Internal, Maybe, Never),
    (DeleteFunctionConcurrency, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (CreateAlias, "AliasLimitExceededException", 400, LimitExceeded, No, Never),
    (CreateAlias, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (CreateAlias, "ResourceConflictException", 409, Exists, No, Never),
    (CreateAlias, "ResourceNotFoundException", 404, NotFound, No, Never),
    (CreateAlias, "ServiceException", 500, Internal, Maybe, Never),
    (CreateAlias, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (GetAlias, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (GetAlias, "ResourceNotFoundException", 404, NotFound, No, Never),
    (GetAlias, "ServiceException", 500, Internal, No, Backoff),
    (GetAlias, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (ListAliases, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (ListAliases, "ResourceNotFoundException", 404, NotFound, No, Never),
    (ListAliases, "ServiceException", 500, Internal, No, Backoff),
    (ListAliases, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (UpdateAlias, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (UpdateAlias, "PreconditionFailedException", 412, PreconditionFailed, No, Never),
    (UpdateAlias, "ResourceConflictException", 409, Conflict, No, Never),
    (UpdateAlias, "ResourceNotFoundException", 404, NotFound, No, Never),
    (UpdateAlias, "ServiceException", 500, Internal, Maybe, Never),
    (UpdateAlias, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (DeleteAlias, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (DeleteAlias, "ResourceConflictException", 409, Conflict, No, Never),
    (DeleteAlias, "ResourceNotFoundException", 404, NotFound, No, Never),
    (DeleteAlias, "ServiceException", 500, Internal, Maybe, Never),
    (DeleteAlias, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (AddPermission, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (AddPermission, "PolicyLengthExceededException", 400, PolicyTooLong, No, Never),
    (AddPermission, "PreconditionFailedException", 412, PreconditionFailed, No, Never),
    (AddPermission, "PublicPolicyException", 400, PublicPolicy, No, Never),
    (AddPermission, "ResourceConflictException", 409, Exists, No, Never),
    (AddPermission, "ResourceNotFoundException", 404, NotFound, No, Never),
    (AddPermission, "ServiceException", 500, Internal, Maybe, Never),
    (AddPermission, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (RemovePermission, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (RemovePermission, "PreconditionFailedException", 412, PreconditionFailed, No, Never),
    (RemovePermission, "PublicPolicyException", 400, PublicPolicy, No, Never),
    (RemovePermission, "ResourceNotFoundException", 404, NotFound, No, Never),
    (RemovePermission, "ServiceException", 500, Internal, Maybe, Never),
    (RemovePermission, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (GetPolicy, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (GetPolicy, "ResourceNotFoundException", 404, NotFound, No, Never),
    (GetPolicy, "ServiceException", 500, Internal, No, Backoff),
    (GetPolicy, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (ListLayers, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (ListLayers, "ServiceException", 500, Internal, No, Backoff),
    (ListLayers, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (ListLayerVersions, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (ListLayerVersions, "ResourceNotFoundException", 404, NotFound, No, Never),
    (ListLayerVersions, "ServiceException", 500, Internal, No, Backoff),
    (ListLayerVersions, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (GetLayerVersion, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (GetLayerVersion, "ResourceNotFoundException", 404, NotFound, No, Never),
    (GetLayerVersion, "ServiceException", 500, Internal, No, Backoff),
    (GetLayerVersion, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (AddLayerVersionPermission, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (AddLayerVersionPermission, "PolicyLengthExceededException", 400, PolicyTooLong, No, Never),
    (AddLayerVersionPermission, "PreconditionFailedException", 412, PreconditionFailed, No, Never),
    (AddLayerVersionPermission, "ResourceConflictException", 409, Exists, No, Never),
    (AddLayerVersionPermission, "ResourceNotFoundException", 404, NotFound, No, Never),
    (AddLayerVersionPermission, "ServiceException", 500, Internal, Maybe, Never),
    (AddLayerVersionPermission, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (RemoveLayerVersionPermission, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (RemoveLayerVersionPermission, "PreconditionFailedException", 412, PreconditionFailed, No, Never),
    (RemoveLayerVersionPermission, "ResourceConflictException", 409, Conflict, No, Never),
    (RemoveLayerVersionPermission, "ResourceNotFoundException", 404, NotFound, No, Never),
    (RemoveLayerVersionPermission, "ServiceException", 500, Internal, Maybe, Never),
    (RemoveLayerVersionPermission, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (GetLayerVersionPolicy, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (GetLayerVersionPolicy, "ResourceNotFoundException", 404, NotFound, No, Never),
    (GetLayerVersionPolicy, "ServiceException", 500, Internal, No, Backoff),
    (GetLayerVersionPolicy, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (PutFunctionEventInvokeConfig, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (PutFunctionEventInvokeConfig, "ResourceConflictException", 409, Conflict, No, Never),
    (PutFunctionEventInvokeConfig, "ResourceNotFoundException", 404, NotFound, No, Never),
    (PutFunctionEventInvokeConfig, "ServiceException", 500, Internal, Maybe, Never),
    (PutFunctionEventInvokeConfig, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (UpdateFunctionEventInvokeConfig, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (UpdateFunctionEventInvokeConfig, "ResourceConflictException", 409, Conflict, No, Never),
    (UpdateFunctionEventInvokeConfig, "ResourceNotFoundException", 404, NotFound, No, Never),
    (UpdateFunctionEventInvokeConfig, "ServiceException", 500, Internal, Maybe, Never),
    (UpdateFunctionEventInvokeConfig, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (GetFunctionEventInvokeConfig, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (GetFunctionEventInvokeConfig, "ResourceNotFoundException", 404, NotFound, No, Never),
    (GetFunctionEventInvokeConfig, "ServiceException", 500, Internal, No, Backoff),
    (GetFunctionEventInvokeConfig, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (DeleteFunctionEventInvokeConfig, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (DeleteFunctionEventInvokeConfig, "ResourceConflictException", 409, Conflict, No, Never),
    (DeleteFunctionEventInvokeConfig, "ResourceNotFoundException", 404, NotFound, No, Never),
    (DeleteFunctionEventInvokeConfig, "ServiceException", 500, Internal, Maybe, Never),
    (DeleteFunctionEventInvokeConfig, "TooManyRequestsException", 429, Throttled, No, Backoff),
    (ListFunctionEventInvokeConfigs, "InvalidParameterValueException", 400, InvalidRequest, No, Never),
    (ListFunctionEventInvokeConfigs, "ResourceNotFoundException", 404, NotFound, No, Never),
    (ListFunctionEventInvokeConfigs, "ServiceException", 500, Internal, No, Backoff),
    (ListFunctionEventInvokeConfigs, "TooManyRequestsException", 429, Throttled, No, Backoff),
];

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
    for (operation, code, http, class, applied, repeat) in MODELLED {
        let facts = classify_manage(operation, Some(code), http);
        let found = (facts.code, facts.http, facts.class, facts.applied(), facts.repeat);
        assert_eq!(found, (Some(code), http, class, applied, repeat), "{operation} {code}");
    }
}

#[test]
fn every_modelled_error_has_its_texts() {
    for (operation, code, http, ..) in MODELLED {
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
fn the_table_has_what_the_model_has() {
    let table: BTreeSet<String> =
        MODELLED.iter().map(|(operation, code, http, ..)| format!("{operation} {code} {http}")).collect();
    let model: BTreeSet<String> = include_str!("../data/manage_errors.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    assert_eq!(table, model);
    let operations: BTreeSet<String> = Operation::ALL
        .iter()
        .flat_map(|operation| operation.errors().iter().map(move |code| format!("{operation} {code}")))
        .collect();
    let without_status: BTreeSet<String> =
        MODELLED.iter().map(|(operation, code, ..)| format!("{operation} {code}")).collect();
    assert_eq!(operations, without_status);
}

#[test]
fn the_texts_say_what_to_do() {
    for (operation, code, http, message, hint) in [
        (
            CreateFunction,
            Some("ResourceConflictException"),
            409,
            "function adder exists already",
            "change it with updating the function's code or updating the function's settings, or take another name",
        ),
        (
            DeleteFunction,
            Some("ResourceConflictException"),
            409,
            "function adder is used by an alias, or another change of it is in progress",
            "see listing the aliases of function adder, or wait with waiting for function adder",
        ),
        (
            UpdateAlias,
            Some("PreconditionFailedException"),
            412,
            "alias live of function adder changed since the revision that the change was meant for",
            "read it again, and repeat with its new revision",
        ),
        (
            PublishVersion,
            Some("CodeStorageExceededException"),
            400,
            "the account has no room left for the code of function adder in region eu-west-1",
            "delete old versions, or ask for a higher quota; showing the account shows how much is used",
        ),
        (
            AddPermission,
            Some("PolicyLengthExceededException"),
            400,
            "the policy has no room left for statement s3 of function adder",
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
            "the caller lacks lambda:CreateFunction on arn:aws:lambda:eu-west-1:123456789012:function:adder, \
             or iam:PassRole on the role that function adder runs as",
            "allow lambda:CreateFunction on arn:aws:lambda:eu-west-1:123456789012:function:adder to the caller, \
             and iam:PassRole on the role",
        ),
        (
            GetLayerVersion,
            Some("com.amazonaws.lambda#AccessDeniedException"),
            403,
            "the caller lacks lambda:GetLayerVersion on \
             arn:aws:lambda:eu-west-1:123456789012:layer:common:3",
            "allow lambda:GetLayerVersion on arn:aws:lambda:eu-west-1:123456789012:layer:common:3 to the caller",
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
            "the request about function adder is larger than Lambda takes",
            "put the package into S3 and name its bucket and key; an upload takes at most 50 MB",
        ),
        (
            CreateAlias,
            None,
            503,
            "the service or a proxy before it broke CreateAlias off; \
             the change of alias live of function adder may have been made",
            "look at it before you repeat",
        ),
        (
            ListFunctions,
            None,
            503,
            "the service or a proxy before it did not answer ListFunctions for the account",
            "try again in a while, and check that the endpoint URL is one of Lambda",
        ),
        (
            TagResource,
            Some("UnknownOperationException"),
            404,
            "the endpoint does not know TagResource",
            "check that the endpoint URL is one of Lambda, and that it supports this operation",
        ),
    ] {
        let (facts, subject) = (classify_manage(operation, code, http), subject(operation));
        assert_eq!([facts.message(&subject), facts.hint(&subject).to_string()], [message, hint]);
    }
}

#[test]
fn an_absent_function_is_told_from_what_hangs_on_it() {
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
