//! The operations of the Lambda API that manage functions, aliases, permissions, layers and the account: what each is
//! called, what IAM has to allow for it, whether it changes anything, and which errors its model lists.

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
        /// An operation that management calls, under its name in the Lambda API.
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
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in the API.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// What IAM has to allow: the operation's own name (Service Authorization Reference, "Actions, resources,
            /// and condition keys for AWS Lambda").
            pub fn action(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("lambda:", stringify!($name)),)*
                }
            }

            /// Whether it can change anything. What cannot may be repeated at will.
            pub fn changes(self) -> bool {
                match self {
                    $(Self::$name => operations!(@ $effect),)*
                }
            }

            /// The error codes that the API model lists for it (botocore 1.44.5), in the alphabet's order. Any
            /// operation can give those too that every AWS service gives.
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
    /// What the account may use, and what it uses.
    GetAccountSettings: reads, SERVICE;
    /// Lists functions.
    ListFunctions: reads, LIST;
    /// Describes a function, with a link to its code.
    GetFunction: reads, READ;
    /// Describes what is set about a function.
    GetFunctionConfiguration: reads, READ;
    /// Makes a function.
    CreateFunction: changes, &["CodeSigningConfigNotFoundException", "CodeStorageExceededException", "CodeVerificationFailedException", "FunctionVersionsPerCapacityProviderLimitExceededException", "InvalidCodeSignatureException", "InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Gives a function other code.
    UpdateFunctionCode: changes, &["CodeSigningConfigNotFoundException", "CodeStorageExceededException", "CodeVerificationFailedException", "InvalidCodeSignatureException", "InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Changes what is set about a function.
    UpdateFunctionConfiguration: changes, &["CodeSigningConfigNotFoundException", "CodeVerificationFailedException", "InvalidCodeSignatureException", "InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Deletes a function or one of its versions.
    DeleteFunction: changes, CHANGE;
    /// Makes a numbered version of what a function is now.
    PublishVersion: changes, &["CodeStorageExceededException", "FunctionVersionsPerCapacityProviderLimitExceededException", "InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Lists a function's versions.
    ListVersionsByFunction: reads, READ;
    /// Lists what a function is tagged with.
    ListTags: reads, READ;
    /// Sets tags.
    TagResource: changes, CHANGE;
    /// Takes tags away.
    UntagResource: changes, CHANGE;
    /// Reserves concurrency for a function.
    PutFunctionConcurrency: changes, CHANGE;
    /// Tells a function's reserved concurrency.
    GetFunctionConcurrency: reads, READ;
    /// Takes a function's reserved concurrency away.
    DeleteFunctionConcurrency: changes, CHANGE;
    /// Makes an alias.
    CreateAlias: changes, &["AliasLimitExceededException", "InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Describes an alias.
    GetAlias: reads, READ;
    /// Lists a function's aliases.
    ListAliases: reads, READ;
    /// Changes an alias.
    UpdateAlias: changes, &["InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Deletes an alias.
    DeleteAlias: changes, CHANGE;
    /// Adds a statement to the policy of a function, version or alias.
    AddPermission: changes, &["InvalidParameterValueException", "PolicyLengthExceededException", "PreconditionFailedException", "PublicPolicyException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Removes a statement from the policy of a function, version or alias.
    RemovePermission: changes, &["InvalidParameterValueException", "PreconditionFailedException", "PublicPolicyException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Reads the policy of a function, version or alias.
    GetPolicy: reads, READ;
    /// Lists layers.
    ListLayers: reads, LIST;
    /// Lists a layer's versions.
    ListLayerVersions: reads, READ;
    /// Describes a version of a layer.
    GetLayerVersion: reads, READ;
    /// Adds a statement to the policy of a layer's version.
    AddLayerVersionPermission: changes, &["InvalidParameterValueException", "PolicyLengthExceededException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Removes a statement from the policy of a layer's version.
    RemoveLayerVersionPermission: changes, &["InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"];
    /// Reads the policy of a layer's version.
    GetLayerVersionPolicy: reads, READ;
    /// Sets all that becomes of asynchronous calls.
    PutFunctionEventInvokeConfig: changes, CHANGE;
    /// Sets some of what becomes of asynchronous calls.
    UpdateFunctionEventInvokeConfig: changes, CHANGE;
    /// Tells what becomes of asynchronous calls.
    GetFunctionEventInvokeConfig: reads, READ;
    /// Lets asynchronous calls go the default way again.
    DeleteFunctionEventInvokeConfig: changes, CHANGE;
    /// Lists what becomes of asynchronous calls to a function, its versions and aliases.
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
        // No operation: it goes with handing over a role.
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
