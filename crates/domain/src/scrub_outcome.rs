//! Masks the secrets of a run in everything that is recorded of it.
//!
//! Every struct is taken apart by all of its fields, so that a new field cannot be forgotten.

use crate::{
    DurableExecution, Evidence, Hint, HintPart, MASK, Outcome, Output, RawJson, RunError, Scrubber, Warning,
};

impl Outcome {
    /// The outcome with secrets masked, and with every secret output masked. State, numbers and times stay.
    ///
    /// The request ID is a part of other IDs, so one that contains a secret is left out.
    #[must_use]
    pub fn scrubbed(self, scrubber: &Scrubber) -> Self {
        let Self {
            state,
            evidence,
            request_id,
            executed_version,
            durable,
            outputs,
            warnings,
            error,
            log_tail,
            report,
            cost_usd,
            ended_at,
        } = self;
        Self {
            state,
            evidence: evidence.scrubbed(scrubber),
            request_id: request_id.filter(|id| !scrubber.finds(id)),
            executed_version: executed_version.map(|version| scrubber.scrub(version)),
            durable: durable.map(|DurableExecution { reference, joined }| DurableExecution {
                reference: scrubber.scrub(reference),
                joined,
            }),
            outputs: outputs.into_iter().map(|output| output.scrubbed(scrubber)).collect(),
            warnings: warnings.into_iter().map(|warning| warning.scrubbed(scrubber)).collect(),
            error: error.map(|error| error.scrubbed(scrubber)),
            log_tail: log_tail.map(|log| scrubber.scrub_tail(log)),
            report,
            cost_usd,
            ended_at,
        }
    }
}

impl Evidence {
    /// The evidence with secrets masked.
    #[must_use]
    pub fn scrubbed(self, scrubber: &Scrubber) -> Self {
        let Self { kind, http_status, code } = self;
        Self { kind, http_status, code: code.map(|code| scrubber.scrub(code)) }
    }
}

impl Output {
    fn scrubbed(self, scrubber: &Scrubber) -> Self {
        let Self { name, data_type, value, secret } = self;
        let is_secret = secret || scrubber.finds(value.as_str());
        Self { name, data_type, value: if is_secret { RawJson::string(MASK) } else { value }, secret }
    }
}

impl RunError {
    fn scrubbed(self, scrubber: &Scrubber) -> Self {
        let Self { code, message, error_type, stack, hint, causes } = self;
        Self {
            code,
            message: scrubber.scrub(message),
            error_type: error_type.map(|error_type| scrubber.scrub(error_type)),
            stack: scrubber.scrub_lines(stack),
            hint: hint.map(|hint| hint.scrubbed(scrubber)),
            causes: scrubber.scrub_lines(causes),
        }
    }
}

impl Hint {
    /// Actions and settings contain nothing that came from outside.
    fn scrubbed(self, scrubber: &Scrubber) -> Self {
        self.map_parts(|part| match part {
            HintPart::Text(text) if scrubber.finds(&text) => {
                HintPart::Text(scrubber.scrub(text.into_owned()).into())
            }
            HintPart::Text(_) | HintPart::Action(_) | HintPart::Setting(_) => part,
        })
    }
}

impl Warning {
    fn scrubbed(self, scrubber: &Scrubber) -> Self {
        match self {
            Self::ResponseNotJson { reason } => Self::ResponseNotJson { reason: scrubber.scrub(reason) },
            Self::PropertyAmbiguous { parameter, candidates } => {
                Self::PropertyAmbiguous { parameter, candidates: scrubber.scrub_lines(candidates) }
            }
            Self::FeatureRefused { feature } => Self::FeatureRefused { feature: scrubber.scrub(feature) },
            Self::NotRecorded { what } => Self::NotRecorded { what: scrubber.scrub(what) },
            Self::ResponseNotObject { .. }
            | Self::PropertyMissing { .. }
            | Self::PropertyRepeated { .. }
            | Self::TypeMismatch { .. }
            | Self::UnmarkedAnswer
            | Self::Contradicted { .. } => self,
        }
    }
}
