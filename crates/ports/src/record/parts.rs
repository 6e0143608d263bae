//! The parts of record bodies that are the same in all versions.

use lamplight_domain::{
    DataType, Direction, Effective, EffectiveSettings, Evidence, EvidenceKind, ExecutionReport, FunctionName,
    FunctionRef, InvocationType, JsonKind, Level, Output, ParamName, Parameter, Qualifier, RawJson,
    RecordedArgument, RunState, Settings, Warning,
};
use serde::{Deserialize, Serialize};

/// Defines a struct with the fields of a domain type. If the domain type gains or loses a field, this does not compile.
macro_rules! mirror {
    ($(#[$meta:meta])* $form:ident of $domain:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        #[derive(Serialize, Deserialize)]
        $(#[$meta])*
        pub(super) struct $form { $($(#[$field_meta])* $field: $type,)* }

        impl From<$domain> for $form {
            fn from(value: $domain) -> Self {
                let $domain { $($field,)* } = value;
                Self { $($field,)* }
            }
        }

        impl From<$form> for $domain {
            fn from(form: $form) -> Self {
                let $form { $($field,)* } = form;
                Self { $($field,)* }
            }
        }
    };
}
pub(super) use mirror;

/// Converts each item of a list.
pub(super) fn convert_each<T: Into<U>, U>(list: Vec<T>) -> Vec<U> {
    list.into_iter().map(Into::into).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
pub(super) fn is_false(value: &bool) -> bool {
    !*value
}

mirror! {
    FunctionForm of FunctionRef {
        name: FunctionName,
        reference: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        qualifier: Option<Qualifier>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout_seconds: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        architecture: Option<String>,
    }
}

mirror! {
    ArgumentForm of RecordedArgument {
        name: ParamName,
        value: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cut_from_bytes: Option<u64>,
    }
}

mirror! {
    EvidenceForm of Evidence {
        kind: EvidenceKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        http_status: Option<u16>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    }
}

mirror! {
    OutputForm of Output {
        name: ParamName,
        #[serde(rename = "type")]
        data_type: DataType,
        value: RawJson,
        #[serde(default, skip_serializing_if = "is_false")]
        secret: bool,
    }
}

mirror! {
    ReportForm of ExecutionReport {
        duration_ms: Option<f64>,
        billed_ms: Option<u64>,
        memory_mb: Option<u64>,
        max_memory_mb: Option<u64>,
        init_ms: Option<f64>,
    }
}

mirror! {
    #[serde(deny_unknown_fields)]
    ParameterForm of Parameter {
        name: ParamName,
        #[serde(default, rename = "type")]
        data_type: DataType,
        #[serde(default)]
        direction: Direction,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<String>,
        #[serde(default, skip_serializing_if = "is_false")]
        required: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        secret: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    }
}

mirror! {
    #[derive(Default)]
    #[serde(default, deny_unknown_fields)]
    OverridesForm of Settings {
        #[serde(skip_serializing_if = "Option::is_none")]
        invocation_type: Option<InvocationType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        qualifier: Option<Qualifier>,
        #[serde(skip_serializing_if = "Option::is_none")]
        max_attempts: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        log_tail: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        client_context: Option<String>,
    }
}

#[derive(Serialize, Deserialize)]
struct SettingForm<T> {
    value: T,
    level: Level,
}

impl<T> From<Effective<T>> for SettingForm<T> {
    fn from(Effective { value, level }: Effective<T>) -> Self {
        Self { value, level }
    }
}

impl<T> From<SettingForm<T>> for Effective<T> {
    fn from(SettingForm { value, level }: SettingForm<T>) -> Self {
        Self { value, level }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct EffectiveForm {
    invocation_type: SettingForm<InvocationType>,
    qualifier: SettingForm<Option<Qualifier>>,
    max_attempts: SettingForm<u32>,
    log_tail: SettingForm<bool>,
    client_context: SettingForm<Option<String>>,
}

impl From<EffectiveSettings> for EffectiveForm {
    fn from(settings: EffectiveSettings) -> Self {
        let EffectiveSettings { invocation_type, qualifier, max_attempts, log_tail, client_context } =
            settings;
        Self {
            invocation_type: invocation_type.into(),
            qualifier: qualifier.into(),
            max_attempts: max_attempts.into(),
            log_tail: log_tail.into(),
            client_context: client_context.into(),
        }
    }
}

impl From<EffectiveForm> for EffectiveSettings {
    fn from(form: EffectiveForm) -> Self {
        let EffectiveForm { invocation_type, qualifier, max_attempts, log_tail, client_context } = form;
        Self {
            invocation_type: invocation_type.into(),
            qualifier: qualifier.into(),
            max_attempts: max_attempts.into(),
            log_tail: log_tail.into(),
            client_context: client_context.into(),
        }
    }
}

/// Version 1 has all of these except `UnmarkedAnswer` and `Contradicted`.
#[derive(Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub(super) enum WarningForm {
    ResponseNotJson { reason: String },
    ResponseNotObject { found: JsonKind },
    PropertyMissing { parameter: ParamName },
    PropertyAmbiguous { parameter: ParamName, candidates: Vec<String> },
    PropertyRepeated { parameter: ParamName },
    TypeMismatch { parameter: ParamName, expected: DataType, found: JsonKind },
    FeatureRefused { feature: String },
    UnmarkedAnswer {},
    Contradicted { state: RunState, evidence: EvidenceKind },
    NotRecorded { what: String },
}

/// Implements the conversions for a mirrored enum whose variants have the same names and fields.
macro_rules! same_variants {
    ($form:ident, $domain:ident: $($variant:ident { $($field:ident),* },)*) => {
        impl From<$domain> for $form {
            fn from(value: $domain) -> Self {
                match value { $($domain::$variant { $($field),* } => Self::$variant { $($field),* },)* }
            }
        }

        impl From<$form> for $domain {
            fn from(form: $form) -> Self {
                match form { $($form::$variant { $($field),* } => Self::$variant { $($field),* },)* }
            }
        }
    };
}
pub(super) use same_variants;

same_variants! {
    WarningForm, Warning:
    ResponseNotJson { reason },
    ResponseNotObject { found },
    PropertyMissing { parameter },
    PropertyAmbiguous { parameter, candidates },
    PropertyRepeated { parameter },
    TypeMismatch { parameter, expected, found },
    FeatureRefused { feature },
    UnmarkedAnswer {},
    Contradicted { state, evidence },
    NotRecorded { what },
}
