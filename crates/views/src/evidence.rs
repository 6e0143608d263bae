//! Evidence for the state of a run, and warnings about a run.

use crate::{DataTypeWord, EvidenceWord, JsonKindWord, StateWord};
use lamplight_domain::{Evidence, Warning};
use schemars::JsonSchema;
use serde::Serialize;

/// The evidence for the state of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvidenceView<'a> {
    /// The kind of evidence.
    pub kind: EvidenceWord,
    /// The HTTP status of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// The provider's own code: an error code, or the kind of function error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    /// The evidence as a sentence.
    pub message: String,
}

impl<'a> EvidenceView<'a> {
    pub(crate) fn new(evidence: &'a Evidence) -> Self {
        let Evidence { kind, http_status, code } = evidence;
        Self {
            kind: (*kind).into(),
            http_status: *http_status,
            code: code.as_deref(),
            message: evidence.to_string(),
        }
    }
}

/// A warning about a run. It does not change the status.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WarningView<'a> {
    /// What the warning is about.
    #[serde(flatten)]
    pub about: WarningAbout<'a>,
    /// The warning as a sentence.
    pub message: String,
}

impl<'a> WarningView<'a> {
    pub(crate) fn new(warning: &'a Warning) -> Self {
        let about = match warning {
            Warning::ResponseNotJson { reason } => WarningAbout::ResponseNotJson { reason },
            Warning::ResponseNotObject { found } => {
                WarningAbout::ResponseNotObject { found: (*found).into() }
            }
            Warning::PropertyMissing { parameter } => {
                WarningAbout::PropertyMissing { parameter: parameter.as_str() }
            }
            Warning::PropertyAmbiguous { parameter, candidates } => {
                WarningAbout::PropertyAmbiguous { parameter: parameter.as_str(), candidates }
            }
            Warning::PropertyRepeated { parameter } => {
                WarningAbout::PropertyRepeated { parameter: parameter.as_str() }
            }
            Warning::TypeMismatch { parameter, expected, found } => WarningAbout::TypeMismatch {
                parameter: parameter.as_str(),
                expected: (*expected).into(),
                found: (*found).into(),
            },
            Warning::FeatureRefused { feature } => WarningAbout::FeatureRefused { feature },
            Warning::UnmarkedAnswer => WarningAbout::UnmarkedAnswer,
            Warning::Contradicted { state, evidence } => {
                WarningAbout::Contradicted { state: (*state).into(), evidence: (*evidence).into() }
            }
            Warning::NotRecorded { what } => WarningAbout::NotRecorded { what },
        };
        Self { about, message: warning.to_string() }
    }
}

/// What a warning is about; `code` names the kind.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WarningAbout<'a> {
    /// The response is not JSON, so no outputs could be read.
    ResponseNotJson {
        /// The message of the JSON parser, with line and column.
        reason: &'a str,
    },
    /// The response is JSON but not an object, so no outputs could be read.
    ResponseNotObject {
        /// The type of the response.
        found: JsonKindWord,
    },
    /// The response does not have a property with the parameter's name.
    PropertyMissing {
        /// The parameter.
        parameter: &'a str,
    },
    /// Several properties match the name if case is ignored, and none matches exactly.
    PropertyAmbiguous {
        /// The parameter.
        parameter: &'a str,
        /// The names of these properties, as the response writes them.
        candidates: &'a [String],
    },
    /// The response has the property more than once; the last one is used.
    PropertyRepeated {
        /// The parameter.
        parameter: &'a str,
    },
    /// The value does not have the declared type; it is kept as it is.
    TypeMismatch {
        /// The parameter.
        parameter: &'a str,
        /// The declared type.
        expected: DataTypeWord,
        /// The type of the value.
        found: JsonKindWord,
    },
    /// The function does not support a requested feature, and was called without it.
    FeatureRefused {
        /// The feature that was left out, as the provider names it.
        feature: &'a str,
    },
    /// The answer has no identifying header, and counts because the connection accepts unmarked answers.
    UnmarkedAnswer,
    /// Equally strong evidence says that the run ended differently; the first evidence is kept.
    Contradicted {
        /// The state according to the other evidence.
        state: StateWord,
        /// The other evidence.
        evidence: EvidenceWord,
    },
    /// A part of the run's result could not be stored.
    NotRecorded {
        /// Which part, and why.
        what: &'a str,
    },
}
