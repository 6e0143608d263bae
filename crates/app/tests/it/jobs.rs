//! Discovering, importing, editing, exporting and applying jobs.

use crate::bench::{Bench, find, function, job, parameter};
use lamplight_app::{
    DiscoverRequest, Import, ImportRequest, ImportedFunction, JobChange, JobDocument, JobEdit, ParameterEdit,
    apply_jobs, edit_job, edit_job_revision, export_jobs, import_functions, refresh_jobs, remove_job,
    show_job,
};
use lamplight_domain::{DataType, Direction, ErrorCode, ImportAction, Job, Parameter, Revision};
use lamplight_fake_adapter::FakeFunction;
use lamplight_ports::{Connector, JobStore};
use lamplight_views::JobView;

fn functions(count: usize) -> Vec<FakeFunction> {
    (0..count).map(|n| FakeFunction::echo(function(&format!("f{n:03}")))).collect()
}

#[tokio::test]
async fn following_the_markers_shows_every_function_once() {
    let bench = Bench::new(functions(23));
    let connection = bench.connector.open(None).await.unwrap();
    let (mut names, mut marker) = (Vec::new(), None);
    loop {
        let request = DiscoverRequest { marker, page_size: Some(4), max_items: Some(6) };
        let page = find(&connection, &request).await.unwrap();
        assert!(page.functions.len() <= 6);
        names.extend(page.functions.iter().map(|f| f.name.to_string()));
        marker = page.next_marker;
        if marker.is_none() {
            break;
        }
    }
    let expected: Vec<String> = (0..23).map(|n| format!("f{n:03}")).collect();
    assert_eq!(names, expected);
    let wrong = DiscoverRequest { page_size: Some(0), ..DiscoverRequest::default() };
    assert!(find(&connection, &wrong).await.is_err());
    let wrong = DiscoverRequest { marker: Some("mine".into()), ..DiscoverRequest::default() };
    assert!(find(&connection, &wrong).await.is_err());
}

#[tokio::test]
async fn importing_twice_changes_nothing_and_keeps_what_users_set() {
    let mut greeter = FakeFunction::echo(function("greeter"));
    greeter.environment =
        [("COUNT".to_owned(), "5".to_owned()), ("API_KEY".to_owned(), "hunter2".to_owned())].into();
    let bench = Bench::new([greeter]);
    let connection = bench.connector.open(None).await.unwrap();
    let found = find(&connection, &DiscoverRequest::default()).await.unwrap();
    let request = ImportRequest::default();
    let imported = import_functions(&bench.store, &connection, &found.functions, request).await.unwrap();
    assert_eq!(imported[0].import, Import::Created("greeter".parse().unwrap()));
    let name = "greeter".parse().unwrap();
    let edits = vec![
        JobEdit::RenameParameter("count".parse().unwrap(), "times".parse().unwrap()),
        JobEdit::AddParameter(Parameter::new("greeting".parse().unwrap(), DataType::String)),
        JobEdit::Parameter("greeting".parse().unwrap(), ParameterEdit::Direction(Direction::Output)),
    ];
    let edited = edit_job(&bench.store, &name, edits).await.unwrap();
    let imported = import_functions(&bench.store, &connection, &found.functions, request).await.unwrap();
    assert_eq!(imported[0].import, Import::Unchanged(name.clone()));
    let kept = show_job(&bench.store, &name).await.unwrap();
    assert_eq!(kept, edited);
    let shown: Vec<_> =
        kept.job.parameters.iter().map(|p| (p.name.to_string(), p.default.clone(), p.secret)).collect();
    assert_eq!(
        shown,
        [
            ("API_KEY".to_owned(), None, true),
            ("times".to_owned(), Some("5".to_owned()), false),
            ("greeting".to_owned(), None, false)
        ]
    );
    assert_eq!(kept.job.function.timeout_seconds, Some(3));
}

/// Imports a function with these variables, and returns what was done and the job.
async fn import(
    bench: &Bench,
    variables: &[(&str, &str)],
    request: ImportRequest,
) -> (ImportedFunction, Option<Job>) {
    let mut loader = FakeFunction::echo(function("loader"));
    loader.environment =
        variables.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let today = Bench::new([loader]);
    let connection = today.connector.open(None).await.unwrap();
    let found = find(&connection, &DiscoverRequest::default()).await.unwrap();
    let mut all = import_functions(&bench.store, &connection, &found.functions, request).await.unwrap();
    let stored = bench.store.get(&"loader".parse().unwrap()).await.unwrap();
    (all.pop().unwrap(), stored.map(|stored| stored.job))
}

/// The parameters with their defaults, each as one text.
fn defaults(job: &Job) -> Vec<String> {
    let shown = |own: &Parameter| format!("{}={}", own.name, own.default.as_deref().unwrap_or("-"));
    job.parameters.iter().map(shown).collect()
}

#[tokio::test]
async fn an_import_follows_the_function_and_keeps_edits() {
    let bench = Bench::new([]);
    let plain = ImportRequest::default();
    let first = [("A", "1"), ("B", "b"), ("C", "c"), ("D", "d")];
    let (_, created) = import(&bench, &first, plain).await;
    assert!(created.unwrap().open);
    let edits = vec![
        JobEdit::Parameter("A".parse().unwrap(), ParameterEdit::Default(Some("100".to_owned()))),
        JobEdit::RemoveParameter("C".parse().unwrap()),
    ];
    let edited = edit_job(&bench.store, &"loader".parse().unwrap(), edits).await.unwrap();
    assert!(!edited.job.open, "an edited list is closed");

    let today = [("A", "2"), ("B", "b2"), ("C", "c2"), ("E", "e")];
    let dry = ImportRequest { dry_run: true, ..plain };
    let (preview, unchanged) = import(&bench, &today, dry).await;
    assert_eq!(unchanged.as_ref(), Some(&edited.job), "a dry run changes nothing");
    let (imported, job) = import(&bench, &today, plain).await;
    assert_eq!(imported, preview);
    assert_eq!(imported.import, Import::Refreshed("loader".parse().unwrap()));
    let job = job.unwrap();
    assert_eq!(defaults(&job), ["A=100", "B=b2", "E=e"]);
    let actions: Vec<_> = imported
        .changes
        .iter()
        .map(|change| (change.parameter.as_ref().unwrap().as_str(), change.action))
        .collect();
    let (kept, changed) = (ImportAction::Kept, ImportAction::Changed);
    let (removed, added) = (ImportAction::Removed, ImportAction::Added);
    assert_eq!(actions, [("A", kept), ("B", changed), ("D", removed), ("E", added)]);

    let (again, same) = import(&bench, &today, plain).await;
    assert_eq!((again.import, again.changes), (Import::Unchanged("loader".parse().unwrap()), vec![]));
    assert_eq!(same, Some(job));
}

#[tokio::test]
async fn a_dry_run_of_a_first_import_creates_nothing() {
    let bench = Bench::new([]);
    let request = ImportRequest { dry_run: true, ..ImportRequest::default() };
    let (preview, job) = import(&bench, &[("A", "1")], request).await;
    assert_eq!((preview.import, job), (Import::Created("loader".parse().unwrap()), None));
    assert_eq!(preview.changes.len(), 1);
}

#[tokio::test]
async fn a_closed_import_closes_a_list_and_says_so_once() {
    let bench = Bench::new([]);
    import(&bench, &[("A", "1")], ImportRequest::default()).await;
    let closed = ImportRequest { closed: true, ..ImportRequest::default() };
    let (imported, job) = import(&bench, &[("A", "1")], closed).await;
    assert_eq!((imported.changes.len(), job.unwrap().open), (1, false));
    let (imported, _) = import(&bench, &[("A", "1")], closed).await;
    assert!(imported.changes.is_empty(), "{imported:?}");
}

#[tokio::test]
async fn the_store_forgets_the_default_of_a_parameter_that_becomes_secret() {
    let bench = Bench::new([]);
    let name = "loader".parse().unwrap();
    import(&bench, &[("A", "hunter2")], ImportRequest::default()).await;
    let edits = vec![
        JobEdit::Parameter("A".parse().unwrap(), ParameterEdit::Default(None)),
        JobEdit::Parameter("A".parse().unwrap(), ParameterEdit::Secret(true)),
    ];
    edit_job(&bench.store, &name, edits).await.unwrap();
    import(&bench, &[("A", "hunter2")], ImportRequest::default()).await;
    let stored = show_job(&bench.store, &name).await.unwrap();
    let record = lamplight_ports::record::write(&stored.job).unwrap();
    assert!(!record.contains("hunter2"), "{record}");
}

#[tokio::test]
async fn only_the_revision_that_somebody_has_looked_at_is_edited() {
    let bench = Bench::new([]);
    import(&bench, &[("A", "1")], ImportRequest::default()).await;
    let name = "loader".parse().unwrap();
    let edit = |text: &str| vec![JobEdit::Description(Some(text.to_owned()))];
    let first = edit_job_revision(&bench.store, &name, Revision::FIRST, edit("mine")).await.unwrap();
    assert_eq!(first.revision, Revision::FIRST.next());
    let late = edit_job_revision(&bench.store, &name, Revision::FIRST, edit("yours")).await.unwrap_err();
    assert_eq!(late.code(), ErrorCode::RevisionChanged, "{late}");
    assert_eq!(show_job(&bench.store, &name).await.unwrap(), first);
}

#[tokio::test]
async fn a_name_may_be_repeated_between_edits() {
    let bench = Bench::new(functions(1));
    bench.keep(&job("f000", vec![parameter("a", DataType::Integer), parameter("b", DataType::String)])).await;
    let name = "f000-job".parse().unwrap();
    let rename = |from: &str, to: &str| JobEdit::RenameParameter(from.parse().unwrap(), to.parse().unwrap());
    let swapped = edit_job(&bench.store, &name, vec![rename("a", "B"), rename("b", "a")]).await.unwrap();
    let shown = |job: &Job| -> Vec<_> {
        job.parameters.iter().map(|own| (own.name.to_string(), own.data_type)).collect()
    };
    let (integer, string) = (DataType::Integer, DataType::String);
    assert_eq!(shown(&swapped.job), [("B".to_owned(), integer), ("a".to_owned(), string)]);
    let replace = vec![
        rename("B", "a"),
        JobEdit::RemoveParameter("a".parse().unwrap()),
        JobEdit::Parameter("a".parse().unwrap(), ParameterEdit::Required(true)),
    ];
    let replaced = edit_job(&bench.store, &name, replace).await.unwrap();
    assert_eq!(shown(&replaced.job), [("a".to_owned(), integer)]);
}

#[tokio::test]
async fn an_edit_is_all_or_nothing() {
    let bench = Bench::new(functions(1));
    bench.keep(&job("f000", vec![parameter("a", DataType::Integer)])).await;
    let name = "f000-job".parse().unwrap();
    let before = show_job(&bench.store, &name).await.unwrap();
    let edits = vec![
        JobEdit::Description(Some("new".into())),
        JobEdit::AddParameter(parameter("A", DataType::String)),
    ];
    assert!(edit_job(&bench.store, &name, edits).await.is_err());
    assert_eq!(show_job(&bench.store, &name).await.unwrap(), before);
}

/// All jobs, exported and parsed as documents.
async fn exported(jobs: &dyn JobStore) -> Vec<JobDocument> {
    let jobs = export_jobs(jobs, &[]).await.unwrap().items;
    let shown = jobs.iter().map(|stored| serde_json::to_string(&JobView::from(&stored.job)).unwrap());
    shown.map(|text| serde_json::from_str(&text).unwrap()).collect()
}

#[tokio::test]
async fn exported_documents_change_nothing_and_neither_does_an_invalid_one() {
    let bench = Bench::new(functions(1));
    for name in ["one", "two"] {
        let mut job = job("f000", vec![parameter("a", DataType::Integer)]);
        job.name = name.parse().unwrap();
        job.function.qualifier = Some("live".parse().unwrap());
        bench.keep(&job).await;
    }
    let documents = exported(&bench.store).await;
    let applied = apply_jobs(&bench.connector, &bench.store, documents.clone()).await.unwrap();
    assert!(applied.iter().all(|(_, a)| *a == JobChange::Unchanged), "{applied:?}");
    let mut changed = documents.clone();
    changed[0].description = Some("new".into());
    changed[1].function = "not a function".into();
    let error = apply_jobs(&bench.connector, &bench.store, changed.clone()).await.unwrap_err();
    assert!(error.to_string().starts_with("job two: "), "{error}");
    assert_eq!(exported(&bench.store).await, documents);
    changed[1].function.clone_from(&documents[1].function);
    changed[1].overrides.qualifier = Some("other".parse().unwrap());
    let error = apply_jobs(&bench.connector, &bench.store, changed.clone()).await.unwrap_err();
    assert!(error.to_string().contains("qualifier other contradicts live"), "{error}");
    changed[1].overrides.qualifier = None;
    let applied = apply_jobs(&bench.connector, &bench.store, changed).await.unwrap();
    assert_eq!([applied[0].1, applied[1].1], [JobChange::Configured, JobChange::Unchanged]);
}

#[tokio::test]
async fn an_unknown_job_gets_a_suggestion() {
    let bench = Bench::new(functions(1));
    bench.keep(&job("f000", vec![])).await;
    let error = show_job(&bench.store, &"f00-job".parse().unwrap()).await.unwrap_err();
    assert_eq!(error.hint(), Some("did you mean f000-job?".into()));
    assert!(remove_job(&bench.store, &"zzzzzzzz".parse().unwrap()).await.is_err());
    remove_job(&bench.store, &"f000-job".parse().unwrap()).await.unwrap();
    assert!(bench.store.get(&"f000-job".parse().unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_new_time_limit_is_recorded_in_the_jobs_that_call_the_unpublished_version() {
    let bench = Bench::new([FakeFunction::echo(function("f"))]);
    let connection = bench.connector.open(None).await.unwrap();
    let mut found = find(&connection, &DiscoverRequest::default()).await.unwrap().functions.remove(0);
    let plain = job("f", vec![]);
    let mut pinned = Job { name: "pinned".parse().unwrap(), ..plain.clone() };
    pinned.overrides.qualifier = Some("live".parse().unwrap());
    let elsewhere =
        Job { name: "elsewhere".parse().unwrap(), connection: "other".parse().unwrap(), ..plain.clone() };
    let other = Job { name: "other".parse().unwrap(), ..job("g", vec![]) };
    for job in [&plain, &pinned, &elsewhere, &other] {
        bench.keep(job).await;
    }
    found.settings.timeout_seconds = Some(61);
    let refreshed = refresh_jobs(&bench.store, &connection.name, &found).await.unwrap();
    assert_eq!(refreshed, std::slice::from_ref(&plain.name));
    let kept = show_job(&bench.store, &plain.name).await.unwrap().job;
    assert_eq!(kept.function.timeout_seconds, Some(61));
    let expected = Job { function: kept.function.clone(), ..plain };
    assert_eq!(kept, expected, "nothing else changes");
    for job in [pinned, elsewhere, other] {
        assert_eq!(show_job(&bench.store, &job.name).await.unwrap().job, job);
    }
    assert!(refresh_jobs(&bench.store, &connection.name, &found).await.unwrap().is_empty());
}
