//! Listing, removing and pruning runs, and opening the page of a run's function.

use crate::{cases::each, lamplight::Lamplight};
use serde_json::Value;

/// Makes this many runs of `mirror` and one of `adder`; returns the keys, latest first.
fn with_runs(count: usize) -> (Lamplight, Vec<String>) {
    let lamplight = Lamplight::new();
    let mut keys = Vec::new();
    for _ in 0..count {
        keys.push(lamplight.json(&["run", "mirror", "-c", "demo", "--invocation-type", "Event"]));
    }
    keys.push(lamplight.json(&["run", "adder", "-c", "demo", "-p", "a:=1", "-p", "b:=1"]));
    let key = |run: &Value| run["key"].as_str().unwrap().to_owned();
    let keys = keys.iter().rev().map(key).collect();
    (lamplight, keys)
}

/// The keys of a list.
fn listed(lamplight: &Lamplight, options: &[&str]) -> Vec<String> {
    let listed = lamplight.json(&[&["runs", "list"], options].concat());
    listed["runs"].as_array().unwrap().iter().map(|run| run["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_list_says_when_it_was_cut_and_goes_on_from_there() {
    let (lamplight, keys) = with_runs(4);
    let done = lamplight.good(&["runs", "list", "--limit", "2"]);
    assert!(done.stderr.contains("more results are available: continue with --marker "), "{done:#?}");
    let first = lamplight.json(&["runs", "list", "--limit", "2"]);
    let marker = first["next_marker"].as_str().unwrap();
    assert_eq!(listed(&lamplight, &["--limit", "2"]), keys[..2]);
    assert_eq!(listed(&lamplight, &["--marker", marker]), keys[2..]);
    let all = lamplight.json(&["runs", "list", "--limit", "5"]);
    assert_eq!((&all["next_marker"], all["runs"].as_array().unwrap().len()), (&Value::Null, 5));
    assert_eq!(lamplight.good(&["runs", "list"]).stderr, "");
}

#[test]
fn a_list_shows_run_id_connection_and_invocation_type() {
    let (lamplight, _) = with_runs(1);
    let listed = lamplight.json(&["runs", "list"]);
    for (index, (kind, function)) in
        [("RequestResponse", "adder"), ("Event", "mirror")].into_iter().enumerate()
    {
        let run = &listed["runs"][index];
        assert_eq!((&run["invocation_type"], &run["connection"]), (&kind.into(), &"demo".into()));
        let id = format!("{function}/{}#Success", run["request_id"].as_str().unwrap());
        assert_eq!(run["run_id"], id.as_str());
        assert_eq!(lamplight.json(&["status", &id])["run"]["key"], run["key"]);
    }
}

#[test]
fn a_list_is_filtered_by_time_and_connection() {
    let (lamplight, keys) = with_runs(2);
    let all = lamplight.json(&["runs", "list"]);
    let middle = all["runs"][1]["started_at"].as_str().unwrap();
    assert_eq!(listed(&lamplight, &["--since", middle]), keys[..2]);
    assert_eq!(listed(&lamplight, &["--until", middle]), keys[2..]);
    for (options, count) in [
        (&["--since", "1h"][..], 3),
        (&["--since", "1w", "--until", "1h"], 0),
        (&["--since", "2020-01-01"], 3),
        (&["--until", "2020-01-01"], 0),
        (&["--connection", "demo"], 3),
        (&["--connection", "ambient"], 0),
        (&["--connection", "demo", "--since", "1h", "--state", "accepted", "--function", "mirror"], 2),
        (&["--state", "accepted,unknown"], 2),
        (&["--state", "accepted", "--state", "succeeded"], 3),
    ] {
        assert_eq!(listed(&lamplight, options).len(), count, "{options:?}");
    }
    let refused = lamplight.run(&["runs", "list", "--since", "yesterday"]);
    assert_eq!(refused.code, 2, "{refused:#?}");
    assert!(refused.stderr.contains("\"yesterday\" is not a time"), "{refused:#?}");
}

#[test]
fn runs_are_removed_after_confirmation() {
    let (lamplight, keys) = with_runs(3);
    let refused = lamplight.run(&["runs", "rm", &keys[0]]);
    assert_eq!(refused.code, 2, "{refused:#?}");
    assert!(refused.stderr.contains("remove 1 run needs --yes"), "{refused:#?}");
    assert_eq!(listed(&lamplight, &[]), keys);
    let done = lamplight.good(&["runs", "rm", "latest", &keys[0], &keys[2], "--yes"]);
    assert_eq!(done.stderr.lines().count(), 2, "{done:#?}");
    assert_eq!(listed(&lamplight, &[]), [keys[1].as_str(), &keys[3]]);
    let partial = lamplight.run(&["runs", "rm", &keys[1], &keys[0], "-y"]);
    assert_eq!(partial.code, 8, "{partial:#?}");
    assert!(partial.stderr.contains(&format!("run {} not found", keys[0])), "{partial:#?}");
    assert_eq!(lamplight.run(&["runs", "rm", &keys[1], "-y"]).code, 6);
    assert_eq!(listed(&lamplight, &[]), keys[3..]);
}

fn old_runs_are_pruned(options: &[&str], config: &str, kept: usize) {
    let (lamplight, keys) = with_runs(3);
    lamplight.file("lamplight.toml", config);
    let prune = |more: &[&str]| lamplight.run(&[&["runs", "prune"], options, more].concat());
    let shown = prune(&["--dry-run"]);
    let gone = keys.len() - kept;
    let counted = format!("{gone} run{}", if gone == 1 { "" } else { "s" });
    assert_eq!(
        (shown.code, shown.stdout.trim()),
        (0, format!("{counted} would be removed").as_str()),
        "{shown:#?}"
    );
    let asks = prune(&[]);
    assert_eq!(asks.code, 2, "{asks:#?}");
    assert_eq!(listed(&lamplight, &[]), keys);
    let done = prune(&["--yes"]);
    assert_eq!((done.code, done.stderr.trim()), (0, format!("{counted} removed").as_str()), "{done:#?}");
    assert_eq!(listed(&lamplight, &[]), keys[..kept]);
}

each! { old_runs_are_pruned;
    prune_by_count: &["--keep-at-most", "3"], "", 3;
    prune_by_age: &["--keep-days", "0"], "", 0;
    prune_young_runs: &["--keep-days", "1"], "", 4;
    prune_by_configuration: &[], "[runs]\nkeep_at_most = 1\n", 1;
    prune_overrides_configuration: &["--keep-at-most", "2"], "[runs]\nkeep_at_most = 1\n", 2;
}

#[test]
fn pruning_needs_to_know_what_to_keep() {
    let refused = Lamplight::new().run(&["runs", "prune", "--yes"]);
    assert_eq!(refused.code, 2, "{refused:#?}");
    assert!(refused.stderr.contains("keep_days"), "{refused:#?}");
}

#[test]
fn a_run_applies_the_retention_of_the_configuration() {
    let (lamplight, keys) = with_runs(3);
    lamplight.file("lamplight.toml", "[runs]\nkeep_at_most = 2\n");
    let key = lamplight.json(&["run", "mirror", "-c", "demo"])["key"].as_str().unwrap().to_owned();
    assert_eq!(listed(&lamplight, &[]), [key, keys[0].clone()]);
}

#[test]
fn the_page_of_a_run_is_that_of_its_function() {
    let (lamplight, keys) = with_runs(1);
    let page = lamplight.good(&["open", "adder", "-c", "demo", "--print"]).stdout;
    assert_eq!(lamplight.good(&["open", "latest", "--print"]).stdout, page);
    let id = lamplight.json(&["runs", "show", &keys[0]])["run_id"].as_str().unwrap().to_owned();
    assert_eq!(lamplight.good(&["open", &id, "--print"]).stdout, page);
    let absent = lamplight.run(&["open", "other/8f5f#Failed", "--print"]);
    assert_eq!(absent.code, 6, "{absent:#?}");
    assert_eq!(Lamplight::new().run(&["open", "latest", "--print"]).code, 6);
    // A job may have that name.
    lamplight.file("jobs.yaml", "name: latest\nconnection: demo\nfunction: mirror\n");
    lamplight.good(&["jobs", "apply", "-f", "jobs.yaml"]);
    let page = lamplight.good(&["open", "latest", "--print"]).stdout;
    assert!(page.contains("/functions/mirror?"), "{page}");
}
