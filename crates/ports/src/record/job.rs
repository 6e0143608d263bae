//! The record format of jobs.

use super::{
    form::Form,
    parts::{FunctionForm, OverridesForm, ParameterForm, convert_each, is_false},
};
use lamplight_domain::{ConnectionName, Job, JobName, Parameter, ParameterList};
use serde::{Deserialize, Serialize, de::Error};

/// The body of a job record in version 2. Version 1 is the same without `idempotent`.
#[derive(Serialize, Deserialize)]
pub struct JobRecordV2 {
    name: JobName,
    connection: ConnectionName,
    function: FunctionForm,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    parameters: Vec<ParameterForm>,
    #[serde(default)]
    overrides: OverridesForm,
    #[serde(default, skip_serializing_if = "is_false")]
    idempotent: bool,
}

impl Form for Job {
    type Body = JobRecordV2;

    fn to_body(&self) -> JobRecordV2 {
        let Self { name, connection, function, description, parameters, overrides, idempotent } =
            self.clone();
        JobRecordV2 {
            name,
            connection,
            function: function.into(),
            description,
            parameters: convert_each(Vec::<Parameter>::from(parameters)),
            overrides: overrides.into(),
            idempotent,
        }
    }

    fn from_body(_version: u32, body: &str) -> Result<Self, serde_json::Error> {
        let body: JobRecordV2 = serde_json::from_str(body)?;
        let parameters: Vec<Parameter> = convert_each(body.parameters);
        Ok(Self {
            name: body.name,
            connection: body.connection,
            function: body.function.into(),
            description: body.description,
            parameters: ParameterList::try_from(parameters).map_err(Error::custom)?,
            overrides: body.overrides.into(),
            idempotent: body.idempotent,
        })
    }
}
