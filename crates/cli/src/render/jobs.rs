//! Jobs for people.

use crate::render::table::{details, one_line, or_dash, table};
use lamplight_domain::Parameter;
use lamplight_ports::StoredJob;

/// Jobs as a table.
pub fn jobs_table(jobs: &[StoredJob]) -> String {
    let rows = jobs.iter().map(|stored| {
        let job = &stored.job;
        [
            job.name.to_string(),
            job.connection.to_string(),
            job.function.name.to_string(),
            job.parameters.len().to_string(),
            one_line(job.description.as_deref().unwrap_or_default()),
        ]
    });
    table(["NAME", "CONNECTION", "FUNCTION", "PARAMETERS", "DESCRIPTION"], rows)
}

/// One job with its parameters.
pub fn job_details(stored: &StoredJob) -> String {
    let job = &stored.job;
    let mut rows = vec![
        ("job", job.name.to_string()),
        ("connection", job.connection.to_string()),
        ("function", job.function.reference.clone()),
    ];
    rows.extend(job.description.as_ref().map(|text| ("description", one_line(text))));
    rows.extend(job.overrides.invocation_type.map(|value| ("invocation type", value.to_string())));
    let qualifier = job.overrides.qualifier.as_ref().or(job.function.qualifier.as_ref());
    rows.extend(qualifier.map(|value| ("qualifier", value.to_string())));
    rows.extend(job.overrides.max_attempts.map(|value| ("attempts", value.to_string())));
    rows.extend(job.overrides.log_tail.map(|value| ("log tail", value.to_string())));
    if job.idempotent {
        rows.push(("idempotent", "yes".to_owned()));
    }
    rows.extend(job.function.timeout_seconds.map(|value| ("time limit", format!("{value} s"))));
    if job.open {
        rows.push(("undeclared", "arguments are taken as given, until the parameters are edited".to_owned()));
    }
    rows.push(("revision", stored.revision.0.to_string()));
    let text = details(&rows);
    if job.parameters.is_empty() {
        return format!("{text}\n\nno parameters");
    }
    format!(
        "{text}\n\n{}",
        table(["PARAMETER", "TYPE", "DIRECTION", "DEFAULT", "NOTES"], job.parameters.iter().map(row))
    )
}

fn row(parameter: &Parameter) -> [String; 5] {
    let mut notes = Vec::new();
    if parameter.required {
        notes.push("required".to_owned());
    }
    if parameter.secret {
        notes.push("secret".to_owned());
    }
    notes.extend(parameter.description.as_deref().map(one_line));
    [
        parameter.name.to_string(),
        parameter.data_type.to_string(),
        parameter.direction.to_string(),
        or_dash(parameter.default.as_deref().map(one_line)),
        notes.join(", "),
    ]
}
