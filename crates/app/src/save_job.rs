//! Stores a job that a caller has written as a document, and who may not introduce references to secrets.

use crate::{AppError, JobDocument};
use lamplight_domain::{Job, Parameter, Revision, SecretRef};
use lamplight_ports::{Connector, JobStore, StoredJob};

/// Stores a new job, or if `expected` is given, the successor of that revision.
///
/// # Guarantees
/// - A job that exists is not changed unless it has the expected revision: the result is a conflict.
/// - The job gets no reference to a secret that it does not have already. The references that it has stay only for the
///   same function on the same connection, so that no other function receives these secrets.
pub async fn save_job(
    connector: &dyn Connector,
    jobs: &dyn JobStore,
    document: JobDocument,
    expected: Option<Revision>,
) -> Result<StoredJob, AppError> {
    let stored = jobs.get(&document.name).await?;
    if stored.is_some() && expected.is_none() {
        return Err(AppError::ExistsOtherwise {
            thing: format!("job {}", document.name),
            how: String::new(),
            hint: "change it, or choose another name",
        });
    }
    let connection = connector.open(Some(&document.connection)).await?;
    let mut job = document.into_job(&*connection.platform)?;
    refuse_new_references(stored.as_ref().map(|stored| &stored.job), &job)?;
    // A document is an edit: the next import keeps what it says.
    let imported = stored.as_ref().and_then(|stored| stored.job.imported.clone());
    job.imported = imported.map(|imported| imported.without_secrets(&job.parameters));
    if let Some(stored) = stored.filter(|stored| Some(stored.revision) == expected && stored.job == job) {
        return Ok(stored);
    }
    let revision = jobs.put(&job, expected).await?;
    Ok(StoredJob { job, revision })
}

/// Refuses a job that has a reference to a secret which it did not have before.
fn refuse_new_references(before: Option<&Job>, after: &Job) -> Result<(), AppError> {
    let same_function = before.filter(|before| {
        before.connection == after.connection
            && before.function.name == after.function.name
            && before.function.reference == after.function.reference
    });
    let has_it = |parameter: &Parameter| {
        let own = same_function.and_then(|before| before.parameters.get(&parameter.name));
        own.is_some_and(|own| own.secret && own.default == parameter.default)
    };
    let is_reference = |parameter: &Parameter| {
        parameter.secret && parameter.default.as_ref().is_some_and(|text| text.parse::<SecretRef>().is_ok())
    };
    match after.parameters.iter().find(|parameter| is_reference(parameter) && !has_it(parameter)) {
        Some(parameter) => Err(AppError::ReferenceRefused { name: parameter.name.clone() }),
        None => Ok(()),
    }
}
