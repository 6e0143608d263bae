//! The operations of the Lambda API that manage functions, aliases, permissions, layers and the account: the name of
//! each, the IAM action it needs, whether it changes anything, and the errors that the API model lists.

mod answer;

pub use answer::UnexpectedAnswer;

use std::fmt;

const SERVICE: &[&str] = &["ServiceException", "TooManyRequestsException"];
const LIST: &[&str] = &["InvalidParameterValueException", "ServiceException", "TooManyRequestsException"];
const READ: &[&str] = &[
    "InvalidParameterValueException",
    "ResourceNotFoundException",
    "ServiceException",
    "TooManyRequestsException",
];
const CHANGE: &[&str] = &[
    "InvalidParameterValueException",
    "ResourceConflictException",
    "ResourceNotFoundException",
    "ServiceException",
    "TooManyRequestsException",
];

/// Defines the operations: name, whether it only reads or changes something, and its errors.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident: $effect:ident, $errors:expr;)*) => {
        /// A management operation, under its name in the Lambda API.
        ///
        /// ```
        /// use lamplight_aws_model::Operation;
        ///
        /// assert_eq!(Operation::GetLayerVersion.name(), "GetLayerVersion");
        /// assert_eq!(Operation::GetLayerVersion.action(), "lambda:GetLayerVersion");
        /// assert!(!Operation::GetLayerVersion.changes());
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $($(#[$doc])* $name,)*
        }

        impl Operation {
            /// All operations.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in the API.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The IAM action that the operation needs; it has the operation's name (Service Authorization Reference,
            /// "Actions, resources, and condition keys for AWS Lambda").
            pub fn action(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("lambda:", stringify!($name)),)*
                }
            }

            /// Whether it can change anything. An operation that cannot may be repeated any number of times.
            pub fn changes(self) -> bool {
                match self {
                    $(Self::$name => operations!(@ $effect),)*
                }
            }

            /// The error codes that the API model lists for it (botocore 1.44.5), in alphabetical order. Every operation can
            /// also return the errors that all AWS services share.
            pub fn errors(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => $errors,)*
                }
            }
        }
    };
    (@ reads) => { false };
    (@ changes) => { true };
}

operations! {
    /// Gets the account's limits and usage.
    GetAccountSettings: reads, SERVICE;
    /// Lists functions.
    ListFunctions: reads, LIST;
    /// Gets a function, with a link to its code.
    GetFunction: reads, READ;
    /// Gets a function's configuration.
    GetFunctionConfiguration: reads, READ;
    /// Creates a function.
    CreateFunction: changes, &["CodeSigningConfigNotFoundException", "CodeStorageExceededException", "CodeVerificationFailedException", "FunctionVersionsPerCapacityProviderLimitExceededException", "InvalidCodeSignatureException", "InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Updates a function's code.
    UpdateFunctionCode: changes, &["CodeSigningConfigNotFoundException", "CodeStorageExceededException", "CodeVerificationFailedException", "InvalidCodeSignatureException", "InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Updates a function's configuration.
    UpdateFunctionConfiguration: changes, &["CodeSigningConfigNotFoundException", "CodeVerificationFailedException", "InvalidCodeSignatureException", "InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Deletes a function or one of its versions.
    DeleteFunction: changes, CHANGE;
    /// Publishes a numbered version from a function's current code and configuration.
    PublishVersion: changes, &["CodeStorageExceededException", "FunctionVersionsPerCapacityProviderLimitExceededException", "InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Lists a function's versions.
    ListVersionsByFunction: reads, READ;
    /// Lists a function's tags.
    ListTags: reads, READ;
    /// Sets tags.
    TagResource: changes, CHANGE;
    /// Removes tags.
    UntagResource: changes, CHANGE;
    /// Reserves concurrency for a function.
    PutFunctionConcurrency: changes, CHANGE;
    /// Gets a function's reserved concurrency.
    GetFunctionConcurrency: reads, READ;
    /// Removes a function's reserved concurrency.
    DeleteFunctionConcurrency: changes, CHANGE;
    /// Creates an alias.
    CreateAlias: changes, &["AliasLimitExceededException", "InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Gets an alias.
    GetAlias: reads, READ;
    /// Lists a function's aliases.
    ListAliases: reads, READ;
    /// Updates an alias.
    UpdateAlias: changes, &["InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Deletes an alias.
    DeleteAlias: changes, CHANGE;
    /// Adds a statement to the policy of a function, version or alias.
    AddPermission: changes, &["InvalidParameterValueException", "PolicyLengthExceededException", "PreconditionFailedException", "PublicPolicyException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Removes a statement from the policy of a function, version or alias.
    RemovePermission: changes, &["InvalidParameterValueException", "PreconditionFailedException", "PublicPolicyException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Gets the policy of a function, version or alias.
    GetPolicy: reads, READ;
    /// Lists layers.
    ListLayers: reads, LIST;
    /// Lists a layer's versions.
    ListLayerVersions: reads, READ;
    /// Gets a version of a layer.
    GetLayerVersion: reads, READ;
    /// Adds a statement to the policy of a layer's version.
    AddLayerVersionPermission: changes, &["InvalidParameterValueException", "PolicyLengthExceededException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Removes a statement from the policy of a layer's version.
    RemoveLayerVersionPermission: changes, &["InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Gets the policy of a layer's version.
    GetLayerVersionPolicy: reads, READ;
    /// Replaces the asynchronous invocation settings of a function, version or alias.
    PutFunctionEventInvokeConfig: changes, CHANGE;
    /// Updates some of the asynchronous invocation settings.
    UpdateFunctionEventInvokeConfig: changes, CHANGE;
    /// Gets the asynchronous invocation settings.
    GetFunctionEventInvokeConfig: reads, READ;
    /// Deletes the asynchronous invocation settings, so that the defaults apply again.
    DeleteFunctionEventInvokeConfig: changes, CHANGE;
    /// Lists the asynchronous invocation settings of a function, its versions and aliases.
    ListFunctionEventInvokeConfigs: reads, READ;
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PolicyDocument;
    use std::collections::BTreeSet;

    #[test]
    fn the_policy_for_managing_allows_every_operation() {
        let adder = "arn:aws:lambda:eu-west-1:123456789012:function:adder".parse().unwrap();
        let policy = PolicyDocument::manage(&[adder], &[]);
        let allowed: BTreeSet<&str> =
            policy.statement.iter().flat_map(|one| &one.action).map(String::as_str).collect();
        let mut needed: BTreeSet<&str> = Operation::ALL.iter().map(|operation| operation.action()).collect();
        // This is not an operation, but the permission to pass a role to a function.
        needed.insert("iam:PassRole");
        assert_eq!(allowed, needed);
    }

    #[test]
    fn what_reads_is_called_get_or_list() {
        for operation in Operation::ALL {
            let reads = operation.name().starts_with("Get") || operation.name().starts_with("List");
            assert_eq!(operation.changes(), !reads, "{operation}");
        }
    }

    #[test]
    fn errors_are_in_order_and_every_operation_can_be_throttled() {
        for operation in Operation::ALL {
            let errors = operation.errors();
            assert!(errors.is_sorted_by(|one, next| one < next), "{operation}");
            for code in ["ServiceException", "TooManyRequestsException"] {
                assert!(errors.contains(&code), "{operation}");
            }
        }
    }
}
