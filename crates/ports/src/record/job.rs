//! The record format of jobs.

use super::{
    form::Form,
    parts::{FunctionForm, OverridesForm, ParameterForm, convert_each, is_false},
};
use lamplight_domain::{ConnectionName, Imported, Job, JobName, Parameter, ParameterList};
use serde::{Deserialize, Serialize, de::Error};

/// The body of a job record in version 3. Version 2 is the same without `open` and `imported`, version 1 also without
/// `idempotent`.
#[derive(Serialize, Deserialize)]
pub struct JobRecordV3 {
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
    #[serde(default, skip_serializing_if = "is_false")]
    open: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    imported: Option<ImportedForm>,
}

/// What the last import suggested.
#[derive(Serialize, Deserialize)]
struct ImportedForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default)]
    parameters: Vec<ParameterForm>,
}

impl From<Imported> for ImportedForm {
    fn from(Imported { description, parameters }: Imported) -> Self {
        Self { description, parameters: convert_each(Vec::<Parameter>::from(parameters)) }
    }
}

/// Reads a list of parameters.
fn parameters<E: Error>(forms: Vec<ParameterForm>) -> Result<ParameterList, E> {
    ParameterList::try_from(convert_each::<_, Parameter>(forms)).map_err(E::custom)
}

impl Form for Job {
    type Body = JobRecordV3;

    fn to_body(&self) -> JobRecordV3 {
        let Self {
            name,
            connection,
            function,
            description,
            parameters,
            open,
            imported,
            overrides,
            idempotent,
        } = self.clone();
        JobRecordV3 {
            name,
            connection,
            function: function.into(),
            description,
            parameters: convert_each(Vec::<Parameter>::from(parameters)),
            overrides: overrides.into(),
            idempotent,
            open,
            imported: imported.map(Into::into),
        }
    }

    fn from_body(_version: u32, body: &str) -> Result<Self, serde_json::Error> {
        let body: JobRecordV3 = serde_json::from_str(body)?;
        let imported = |ImportedForm { description, parameters: forms }| {
            parameters(forms).map(|parameters| Imported { description, parameters })
        };
        Ok(Self {
            name: body.name,
            connection: body.connection,
            function: body.function.into(),
            description: body.description,
            parameters: parameters(body.parameters)?,
            open: body.open,
            imported: body.imported.map(imported).transpose()?,
            overrides: body.overrides.into(),
            idempotent: body.idempotent,
        })
    }
}
