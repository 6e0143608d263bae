//! Discovering, importing, editing, exporting and applying jobs.

use crate::bench::{Bench, find, function, job, parameter};
use lamplight_app::{
    DiscoverRequest, Import, JobChange, JobDocument, JobEdit, ParameterEdit, apply_jobs, edit_job,
    export_jobs, import_functions, remove_job, show_job,
};
use lamplight_domain::{DataType, Direction, Parameter};
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
    let imported = import_functions(&bench.store, &connection, &found.functions).await.unwrap();
    assert_eq!(imported[0].import, Import::Created("greeter".parse().unwrap()));
    let name = "greeter".parse().unwrap();
    let edits = vec![
        JobEdit::RenameParameter("count".parse().unwrap(), "times".parse().unwrap()),
        JobEdit::AddParameter(Parameter::new("greeting".parse().unwrap(), DataType::String)),
        JobEdit::Parameter("greeting".parse().unwrap(), ParameterEdit::Direction(Direction::Output)),
    ];
    let edited = edit_job(&bench.store, &name, edits).await.unwrap();
    let imported = import_functions(&bench.store, &connection, &found.functions).await.unwrap();
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
