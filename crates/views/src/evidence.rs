//! What the state of a run rests on, and what deserves a look.

use crate::{DataTypeWord, EvidenceWord, JsonKindWord, StateWord};
use lamplight_domain::{Evidence, Warning};
use schemars::JsonSchema;
use serde::Serialize;

/// What the state of a run rests on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvidenceView<'a> {
    /// The kind.
    pub kind: EvidenceWord,
    /// The HTTP status of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// The provider's own word: an error code, or the kind of function error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    /// The same as a sentence.
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

/// Something about a run that deserves a look and does not change its status.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WarningView<'a> {
    /// What it is about.
    #[serde(flatten)]
    pub about: WarningAbout<'a>,
    /// The same as a sentence.
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
            Warning::Contradicted { state, evidence } => {
                WarningAbout::Contradicted { state: (*state).into(), evidence: (*evidence).into() }
            }
            Warning::NotRecorded { what } => WarningAbout::NotRecorded { what },
        };
        Self { about, message: warning.to_string() }
    }
}

/// What a warning is about; `code` tells which.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WarningAbout<'a> {
    /// The response is not JSON, so no output could be taken.
    ResponseNotJson {
        /// The parser's words, with line and column.
        reason: &'a str,
    },
    /// The response is JSON but no object, so no output could be taken.
    ResponseNotObject {
        /// What it is.
        found: JsonKindWord,
    },
    /// The response has no property of the parameter's name.
    PropertyMissing {
        /// The parameter.
        parameter: &'a str,
    },
    /// Several properties match the name without regard to case and none matches exactly.
    PropertyAmbiguous {
        /// The parameter.
        parameter: &'a str,
        /// The properties' names as the response wrote them.
        candidates: &'a [String],
    },
    /// The response writes the property more than once; the last one counts.
    PropertyRepeated {
        /// The parameter.
        parameter: &'a str,
    },
    /// The value is of another type than declared; it is kept as it is.
    TypeMismatch {
        /// The parameter.
        parameter: &'a str,
        /// The declared type.
        expected: DataTypeWord,
        /// The type of the value.
        found: JsonKindWord,
    },
    /// A function has no feature asked for, and the call went without it.
    FeatureRefused {
        /// What was left out, in the provider's words.
        feature: &'a str,
    },
    /// Evidence as good as the run's own says that it ended otherwise; the first stays.
    Contradicted {
        /// What the other evidence says.
        state: StateWord,
        /// The other evidence.
        evidence: EvidenceWord,
    },
    /// A part of what the run produced is not in the store.
    NotRecorded {
        /// Which part, and why.
        what: &'a str,
    },
}
