//! The statuses and members of successful answers, so that the page of a proxy is not mistaken for one.

use super::Operation;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// Why an answer cannot be an answer of the operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnexpectedAnswer {
    /// The operation returns data, but the answer has no body.
    #[error("HTTP {http} without a body")]
    Empty {
        /// The received status.
        http: u16,
    },
    /// The body is something else, for example the page of a proxy.
    #[error("HTTP {http} with a body that is not a JSON object")]
    NotAnObject {
        /// The received status.
        http: u16,
    },
    /// The operation returns no data, and its status is another one.
    #[error("HTTP {http} instead of {expected}")]
    Status {
        /// The received status.
        http: u16,
        /// The status that the operation returns on success.
        expected: u16,
    },
    /// An answer without the mark of AWS. It may come from anywhere, so it proves nothing.
    #[error("HTTP {http} ({sender})")]
    Foreign {
        /// The received status.
        http: u16,
        /// What the answer says about its sender.
        sender: String,
        /// Whether it may be from an emulator that sends no marks, because the connection has an endpoint of its own.
        maybe_emulator: bool,
    },
    /// A member that the answer always has is missing.
    #[error("HTTP {http} without {member}")]
    Missing {
        /// The received status.
        http: u16,
        /// The missing member.
        member: &'static str,
    },
}

impl Operation {
    /// The operation with this name in the API.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }

    /// The statuses of success, the usual one first, from the API model (botocore 1.44.5). In the model, the status of
    /// `DeleteFunction` is a member of the answer: 204 if the function is deleted, 202 if the deletion is still in progress
    /// (Lambda API, `DeleteFunction`).
    pub fn statuses(self) -> &'static [u16] {
        match self {
            Self::DeleteFunction => &[204, 202],
            Self::CreateFunction
            | Self::PublishVersion
            | Self::CreateAlias
            | Self::AddPermission
            | Self::AddLayerVersionPermission => &[201],
            _ if self.members().is_none() => &[204],
            _ => &[200],
        }
    }

    /// The members that every successful answer has; `None` if the operation returns no data. The model requires none of
    /// them, but Lambda always sends them, and without this check an empty answer would look like an empty list.
    pub fn members(self) -> Option<&'static [&'static str]> {
        Some(match self {
            Self::DeleteFunction
            | Self::TagResource
            | Self::UntagResource
            | Self::DeleteFunctionConcurrency
            | Self::DeleteAlias
            | Self::RemovePermission
            | Self::RemoveLayerVersionPermission
            | Self::DeleteFunctionEventInvokeConfig => return None,
            Self::GetAccountSettings => &["AccountLimit", "AccountUsage"],
            Self::ListFunctions => &["Functions"],
            Self::GetFunction => &["Configuration"],
            Self::GetFunctionConfiguration
            | Self::CreateFunction
            | Self::UpdateFunctionCode
            | Self::UpdateFunctionConfiguration
            | Self::PublishVersion => &["FunctionName", "FunctionArn"],
            Self::ListVersionsByFunction => &["Versions"],
            Self::ListTags => &["Tags"],
            Self::PutFunctionConcurrency => &["ReservedConcurrentExecutions"],
            // An empty object means that no concurrency is reserved.
            Self::GetFunctionConcurrency => &[],
            Self::CreateAlias | Self::GetAlias | Self::UpdateAlias => &["Name", "FunctionVersion"],
            Self::ListAliases => &["Aliases"],
            Self::AddPermission | Self::AddLayerVersionPermission => &["Statement"],
            Self::GetPolicy | Self::GetLayerVersionPolicy => &["Policy"],
            Self::ListLayers => &["Layers"],
            Self::ListLayerVersions => &["LayerVersions"],
            Self::GetLayerVersion => &["LayerVersionArn", "Version"],
            Self::PutFunctionEventInvokeConfig
            | Self::UpdateFunctionEventInvokeConfig
            | Self::GetFunctionEventInvokeConfig => &["FunctionArn"],
            Self::ListFunctionEventInvokeConfigs => &["FunctionEventInvokeConfigs"],
        })
    }

    /// Checks that an answer with a status of success (2xx) can come from this operation.
    ///
    /// Emulators use other statuses of success than Lambda. If the operation returns data, its members are sufficient proof.
    /// If it does not, either the status must match, or the answer must be empty and `identified`: it has the header
    /// `x-amzn-requestid`, which AWS and its emulators set, but proxies do not.
    ///
    /// # Errors
    /// The answer is from something else, such as a proxy, or lacks a member that Lambda always sends.
    ///
    /// ```
    /// use lamplight_aws_model::Operation;
    ///
    /// assert!(Operation::DeleteAlias.check_answer(204, b"", false).is_ok());
    /// assert!(Operation::DeleteAlias.check_answer(200, b"<html>sign in</html>", false).is_err());
    /// assert!(Operation::ListFunctions.check_answer(200, b"{}", true).is_err());
    /// ```
    pub fn check_answer(self, http: u16, body: &[u8], identified: bool) -> Result<(), UnexpectedAnswer> {
        let empty = body.iter().all(u8::is_ascii_whitespace);
        let given = || {
            serde_json::from_slice::<BTreeMap<String, Option<IgnoredAny>>>(body)
                .map_err(|_| UnexpectedAnswer::NotAnObject { http })
        };
        let Some(members) = self.members() else {
            let nothing = empty || given()?.is_empty();
            return match self.statuses() {
                statuses if statuses.contains(&http) || (nothing && identified) => Ok(()),
                statuses => {
                    let expected = statuses.first().copied().unwrap_or(204);
                    Err(UnexpectedAnswer::Status { http, expected })
                }
            };
        };
        if empty {
            return Err(UnexpectedAnswer::Empty { http });
        }
        let given = given()?;
        match members.iter().find(|member| given.get(**member).is_none_or(Option::is_none)) {
            Some(member) => Err(UnexpectedAnswer::Missing { http, member }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENT: [Operation; 8] = [
        Operation::DeleteFunction,
        Operation::TagResource,
        Operation::UntagResource,
        Operation::DeleteFunctionConcurrency,
        Operation::DeleteAlias,
        Operation::RemovePermission,
        Operation::RemoveLayerVersionPermission,
        Operation::DeleteFunctionEventInvokeConfig,
    ];

    /// An answer with all required members.
    fn due(operation: Operation) -> Vec<u8> {
        let members = operation.members().unwrap_or_default();
        let members: Vec<_> = members.iter().map(|member| format!("\"{member}\": []")).collect();
        format!("{{{}}}", members.join(", ")).into_bytes()
    }

    #[test]
    fn every_operation_is_found_by_its_name() {
        for operation in Operation::ALL {
            assert_eq!(Operation::by_name(operation.name()), Some(*operation));
        }
        assert_eq!(Operation::by_name("Invoke"), None);
    }

    #[test]
    fn a_page_that_is_not_json_is_not_an_answer() {
        for operation in Operation::ALL {
            for http in [200, 201, 202, 204] {
                for body in ["<html>sign in</html>", "sign in", "[]", "null", "{\"gar", "{} {}"] {
                    let checked = operation.check_answer(http, body.as_bytes(), true);
                    assert_eq!(checked, Err(UnexpectedAnswer::NotAnObject { http }), "{operation} {body}");
                }
            }
        }
    }

    #[test]
    fn operations_without_a_result_expect_an_empty_answer() {
        for operation in Operation::ALL {
            assert_eq!(operation.members().is_none(), SILENT.contains(operation), "{operation}");
        }
        for operation in SILENT {
            for body in ["", " \n", "{}"] {
                assert_eq!(operation.check_answer(204, body.as_bytes(), false), Ok(()), "{operation}");
                assert_eq!(operation.check_answer(200, body.as_bytes(), true), Ok(()), "{operation}");
            }
            for body in ["", "{}", "{\"login\": \"https://portal\"}"] {
                let portal = operation.check_answer(200, body.as_bytes(), false);
                assert_eq!(portal, Err(UnexpectedAnswer::Status { http: 200, expected: 204 }), "{operation}");
            }
        }
        assert_eq!(Operation::DeleteFunction.check_answer(202, b"{\"StatusCode\": 202}", false), Ok(()));
    }

    #[test]
    fn operations_with_a_result_require_its_members() {
        for operation in Operation::ALL.iter().filter(|operation| !SILENT.contains(operation)) {
            for http in [200, 201] {
                assert_eq!(operation.check_answer(http, &due(*operation), false), Ok(()), "{operation}");
                let empty = operation.check_answer(http, b" ", true);
                assert_eq!(empty, Err(UnexpectedAnswer::Empty { http }), "{operation}");
            }
            for member in operation.members().unwrap() {
                let whole = String::from_utf8(due(*operation)).unwrap();
                for lacking in [whole.replace(member, "Other"), whole.replace("[]", "null")] {
                    let checked = operation.check_answer(200, lacking.as_bytes(), true);
                    assert!(
                        matches!(checked, Err(UnexpectedAnswer::Missing { .. })),
                        "{operation} {lacking}"
                    );
                }
            }
        }
        let error = Operation::ListFunctions.check_answer(200, b"{}", true).unwrap_err();
        assert_eq!(error.to_string(), "HTTP 200 without Functions");
    }
}
