//! The editor of a job's parameters.

use super::{
    fields::Filled,
    head::{Head, find_job, latest_runs},
};
use crate::{
    Problem,
    pages::{
        filters,
        frame::{Frame, Place},
        visit::{Visit, lead_to, show, show_as},
    },
};
use askama::Template;
use axum::{
    extract::{Form, Path},
    http::StatusCode,
    response::Response,
};
use lamplight_app::{AppError, JobEdit, edit_job_revision};
use lamplight_domain::{
    DataType, Direction, ErrorClass, ErrorCode, Job, NameError, Parameter, ParameterError, ParameterList,
    Revision, Role,
};
use lamplight_ports::StoredJob;

/// More rows than this are not read from a form.
const MOST_ROWS: usize = 500;

/// The page.
#[derive(Template)]
#[template(path = "job/parameters.html")]
struct ParametersPage {
    frame: Frame,
    head: Head,
    tab: &'static str,
    revision: u64,
    rows: Vec<Row>,
    types: [&'static str; 8],
    directions: [&'static str; 3],
    refusal: Option<String>,
    /// The list as somebody else has saved it meanwhile.
    other: Option<Vec<Row>>,
    is_imported: bool,
}

/// A parameter as it stands in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Row {
    name: String,
    data_type: String,
    direction: String,
    default: String,
    required: bool,
    secret: bool,
    description: String,
    is_wrong: bool,
}

impl Row {
    /// An input of text without a name.
    fn new() -> Self {
        Self {
            data_type: DataType::String.as_str().to_owned(),
            direction: Direction::Input.as_str().to_owned(),
            ..Self::default()
        }
    }

    fn of(parameter: &Parameter) -> Self {
        Self {
            name: parameter.name.to_string(),
            data_type: parameter.data_type.as_str().to_owned(),
            direction: parameter.direction.as_str().to_owned(),
            default: parameter.default.clone().unwrap_or_default(),
            required: parameter.required,
            secret: parameter.secret,
            description: parameter.description.clone().unwrap_or_default(),
            is_wrong: false,
        }
    }

    fn all(job: &Job) -> Vec<Self> {
        job.parameters.iter().map(Self::of).collect()
    }

    /// The rows of a form.
    fn read(filled: &Filled) -> Vec<Self> {
        let of =
            |name: &str, index: usize| filled.get(&format!("{name}.{index}")).cloned().unwrap_or_default();
        let rows = (0..MOST_ROWS).take_while(|index| filled.contains_key(&format!("name.{index}")));
        rows.map(|index| Self {
            name: of("name", index),
            data_type: of("type", index),
            direction: of("direction", index),
            default: of("default", index),
            required: !of("required", index).is_empty(),
            secret: !of("secret", index).is_empty(),
            description: of("description", index),
            is_wrong: false,
        })
        .collect()
    }

    /// The parameter that the row describes. An empty default is none, and so is an empty description.
    fn parameter(&self) -> Result<Parameter, String> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let is_input = self.direction != Direction::Output.as_str();
        Ok(Parameter {
            name: self.name.trim().parse().map_err(|error: NameError| error.to_string())?,
            data_type: self
                .data_type
                .parse()
                .map_err(|error: lamplight_domain::UnknownDataType| error.to_string())?,
            direction: self
                .direction
                .parse()
                .map_err(|error: lamplight_domain::UnknownDirection| error.to_string())?,
            // An output takes no value.
            default: some(&self.default).filter(|_| is_input),
            required: self.required && is_input,
            secret: self.secret,
            description: some(self.description.trim()),
        })
    }
}

impl ParametersPage {
    fn new(
        visit: &Visit,
        stored: &StoredJob,
        latest: &[lamplight_ports::RunSummary],
        rows: Vec<Row>,
    ) -> Self {
        Self {
            frame: visit.frame().of(Place::Jobs, format!("{}: parameters", stored.job.name)),
            head: Head::new(stored, latest),
            tab: "parameters",
            revision: stored.revision.0,
            rows,
            types: DataType::ALL.map(DataType::as_str),
            directions: Direction::ALL.map(Direction::as_str),
            refusal: None,
            other: None,
            is_imported: stored.job.imported.is_some(),
        }
    }

    fn next_revision(&self) -> u64 {
        self.revision.saturating_add(1)
    }
}

/// Shows the editor.
pub async fn show_parameters(visit: Visit, Path(name): Path<String>) -> Result<Response, Problem> {
    let stored = find_job(&visit, &name).await?;
    let latest = latest_runs(&visit, &stored.job.name).await?;
    show(&ParametersPage::new(&visit, &stored, &latest, Row::all(&stored.job)))
}

/// Takes the form: adds, moves or removes a row of it, or saves it.
pub async fn save_parameters(
    visit: Visit,
    Path(name): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    visit.require(Role::Admin)?;
    let stored = find_job(&visit, &name).await?;
    let latest = latest_runs(&visit, &stored.job.name).await?;
    let filled: Filled = pairs.into_iter().collect();
    let looked_at: Revision =
        Revision(filled.get("revision").and_then(|text| text.parse().ok()).unwrap_or_default());
    let mut rows = Row::read(&filled);
    let what = filled.get("do").map_or("save", String::as_str);
    if what != "save" {
        rearrange(&mut rows, what);
        let mut page = ParametersPage::new(&visit, &stored, &latest, rows);
        page.revision = looked_at.0;
        return show(&page);
    }
    let refused = match edits(&stored.job, &mut rows) {
        Ok(edits) if edits.is_empty() && stored.revision == looked_at => {
            return Ok(lead_to(&format!("/jobs/{name}/parameters")));
        }
        Ok(edits) => {
            match edit_job_revision(&*visit.server.ports.jobs, &stored.job.name, looked_at, edits).await {
                Ok(saved) => {
                    let subject = format!("job {name}, revision {} to {}", looked_at.0, saved.revision.0);
                    visit.caller.audit(&visit.server, "job.updated", subject, None).await;
                    return Ok(lead_to(&format!("/jobs/{name}/parameters")));
                }
                Err(error) => error,
            }
        }
        Err(error) => error,
    };
    let mut page = ParametersPage::new(&visit, &stored, &latest, rows);
    if refused.code() == ErrorCode::RevisionChanged {
        // Read again: this is what the form would replace if it is sent once more.
        let now = find_job(&visit, &name).await?;
        page.refusal = Some(format!(
            "Nothing was saved: you edited revision {}, and somebody else has saved revision {} meanwhile. Your input is \
             still here; the saved list is below. Saving again replaces it.",
            looked_at.0, now.revision.0
        ));
        page.revision = now.revision.0;
        page.other = Some(Row::all(&now.job));
        return show_as(StatusCode::PRECONDITION_FAILED, &page);
    }
    if refused.class() != ErrorClass::Usage {
        return Err(refused.into());
    }
    page.revision = looked_at.0;
    page.refusal = Some(format!("Nothing was saved: {refused}."));
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Changes the rows as a button says: `add`, `up:INDEX` or `remove:INDEX`.
fn rearrange(rows: &mut Vec<Row>, what: &str) {
    match what.split_once(':').map(|(verb, index)| (verb, index.parse::<usize>())) {
        Some(("up", Ok(index))) if index > 0 && index < rows.len() => rows.swap(index - 1, index),
        Some(("remove", Ok(index))) if index < rows.len() => {
            rows.remove(index);
        }
        _ if what == "add" && rows.len() < MOST_ROWS => rows.push(Row::new()),
        _ => {}
    }
}

/// The edits that make the list of a job the one of the form; none if it is that already.
fn edits(job: &Job, rows: &mut [Row]) -> Result<Vec<JobEdit>, AppError> {
    let mut parameters = Vec::with_capacity(rows.len());
    for row in rows.iter_mut() {
        match row.parameter() {
            Ok(parameter) => parameters.push(parameter),
            Err(problem) => {
                row.is_wrong = true;
                return Err(AppError::Setting(problem));
            }
        }
    }
    let list = ParameterList::try_from(parameters).map_err(|error| {
        mark(rows, &error);
        AppError::Parameters(error)
    })?;
    if list == job.parameters {
        return Ok(Vec::new());
    }
    let removed = job.parameters.iter().map(|parameter| JobEdit::RemoveParameter(parameter.name.clone()));
    Ok(removed.chain(list.iter().cloned().map(JobEdit::AddParameter)).collect())
}

/// Marks the row that an error names.
fn mark(rows: &mut [Row], error: &ParameterError) {
    let wrong = match error {
        ParameterError::Duplicate { second, .. } => second,
        ParameterError::Default { name, .. }
        | ParameterError::LiteralSecret { name }
        | ParameterError::Absent { name } => name,
    };
    if let Some(row) = rows.iter_mut().rfind(|row| row.name.trim() == wrong.as_str()) {
        row.is_wrong = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    fn row(name: &str) -> Row {
        Row { name: name.to_owned(), ..Row::new() }
    }

    #[test]
    fn rows_are_added_moved_and_removed() {
        let mut rows = vec![row("a"), row("b")];
        rearrange(&mut rows, "up:1");
        rearrange(&mut rows, "add");
        rearrange(&mut rows, "remove:1");
        for nonsense in ["up:0", "up:9", "remove:9", "remove:x", "", "drop"] {
            rearrange(&mut rows, nonsense);
        }
        assert_eq!(rows, [row("b"), row("")]);
    }

    #[test]
    fn a_form_is_read_and_its_mistakes_are_marked() {
        let filled: Filled = [
            ("name.0", "a"),
            ("type.0", "integer"),
            ("direction.0", "Input"),
            ("default.0", "x"),
            ("name.1", "A"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let mut rows = Row::read(&filled);
        assert_eq!(rows.len(), 2);
        rows.truncate(1);
        let error = edits(&samples::job("adder"), &mut rows).unwrap_err();
        assert!(error.to_string().contains("default \"x\" of parameter a"), "{error}");
        assert!(rows[0].is_wrong);
        rows[0].default = "2".to_owned();
        assert_eq!(edits(&samples::job("adder"), &mut rows).unwrap().len(), 1);
    }
}
