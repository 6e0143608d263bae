//! Completes names in shells: jobs, functions, runs, connections and providers.
//!
//! The script that `lamplight completions` prints calls the program for every completion. Names come from the store, the
//! configuration and providers that answer without a network, so that a completion never waits for one.

use crate::{
    Cli, ExitCode,
    args::{Format, GlobalArgs},
    output::Output,
    wiring::Wiring,
};
use clap::{Arg, Command, CommandFactory, builder::StyledStr};
use clap_complete::{
    ArgValueCandidates, CompletionCandidate,
    env::{CompleteEnv, Shells},
};
use lamplight_app::{all_jobs, list_runs};
use lamplight_domain::{InvocationType, RunId, RunState};
use lamplight_ports::{Connector, ListFunctions, PageRequest, RunFilter};
use lamplight_system_adapter::Environment;
use lamplight_wiring::Adapters;
use std::{collections::BTreeSet, ffi::OsString, io, path::PathBuf, sync::Arc};

/// The variable with which a shell asks for completions; its value is the name of the shell.
const VARIABLE: &str = "LAMPLIGHT_COMPLETE";

/// The most runs that are offered.
const MOST_RUNS: u32 = 50;

/// The providers whose functions are listed: they answer without a network.
const LOCAL_PROVIDERS: [&str; 2] = ["fake", "http"];

/// Prints completions and returns the exit code, if a shell asks for them.
pub fn complete(environment: &Environment, arguments: &[OsString], adapters: &Adapters) -> Option<ExitCode> {
    environment.get(VARIABLE).filter(|shell| !shell.is_empty() && *shell != "0")?;
    let words = arguments.iter().skip_while(|word| *word != "--").skip(1);
    let names = Names(Arc::new(Context {
        words: words.filter_map(|word| word.to_str().map(str::to_owned)).collect(),
        environment: environment.clone(),
        adapters: adapters.clone(),
    }));
    let completer = CompleteEnv::with_factory(|| with_names(Cli::command(), &[], &names)).var(VARIABLE);
    Some(match completer.bin("lamplight").try_complete(arguments, environment.current_dir()) {
        Ok(_) => ExitCode::Success,
        Err(error) => {
            // If the stream is closed, the failure cannot be reported.
            let _ = error.print();
            ExitCode::Usage
        }
    })
}

/// Writes the script that makes a shell ask this program for completions.
pub fn script(shell: clap_complete::Shell) -> io::Result<Vec<u8>> {
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(&shell.to_string()) {
        shell.write_registration(VARIABLE, "lamplight", "lamplight", "lamplight", &mut script)?;
    }
    Ok(script)
}

/// What an argument names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Job,
    Function,
    /// A job or a function.
    Target,
    Run,
    Connection,
    Provider,
    InvocationType,
    State,
}

/// What the argument of the verb at `path` names, if names are known for it.
fn kind(path: &[String], arg: &Arg) -> Option<Kind> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match (&path[..], arg.get_id().as_str()) {
        // The name of something new.
        (["jobs", "create"], "job") | (["functions", "create"], "function") => None,
        (_, "job" | "jobs") => Some(Kind::Job),
        (_, "function") => Some(Kind::Function),
        (_, "target") => Some(Kind::Target),
        (_, "run" | "runs") => Some(Kind::Run),
        (_, "connection" | "move_to") | (["connections", "show" | "remove" | "test"], "name") => {
            Some(Kind::Connection)
        }
        (_, "provider") => Some(Kind::Provider),
        (_, "invocation_type") => Some(Kind::InvocationType),
        (["runs", _], "state") => Some(Kind::State),
        _ => None,
    }
}

/// The grammar, with the names of what its arguments can be.
fn with_names(command: Command, path: &[String], names: &Names) -> Command {
    let own = command.mut_args(|arg| match kind(path, &arg) {
        Some(kind) => {
            let names = names.clone();
            arg.add(ArgValueCandidates::new(move || names.candidates(kind)))
        }
        None => arg,
    });
    own.mut_subcommands(|verb| {
        let path: Vec<String> = path.iter().cloned().chain([verb.get_name().to_owned()]).collect();
        with_names(verb, &path, names)
    })
}

/// Finds names. Clones share it.
#[derive(Debug, Clone)]
struct Names(Arc<Context>);

#[derive(Debug)]
struct Context {
    /// The command line so far, whose options name the connection and the store.
    words: Vec<String>,
    environment: Environment,
    adapters: Adapters,
}

impl Names {
    /// The names of this kind; none if they cannot be found: a shell has no place for an error.
    fn candidates(&self, kind: Kind) -> Vec<CompletionCandidate> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return Vec::new() };
        let found = runtime.block_on(self.find(kind));
        runtime.shutdown_background();
        found
    }

    async fn find(&self, kind: Kind) -> Vec<CompletionCandidate> {
        let Context { environment, adapters, .. } = &*self.0;
        let wiring =
            Wiring::new(self.options(), environment.clone(), Output::new(true), adapters.clone(), None, None);
        let mut names = BTreeSet::new();
        match kind {
            Kind::Job => names.extend(job_names(&wiring).await),
            Kind::Function => names.extend(function_names(&wiring).await),
            Kind::Target => {
                names.extend(job_names(&wiring).await);
                names.extend(function_names(&wiring).await);
            }
            Kind::Run => return runs(&wiring).await,
            Kind::Connection => {
                let config = wiring.connections.config();
                names.extend(config.iter().flat_map(|config| config.connection_names()).map(str::to_owned));
            }
            Kind::Provider => names.extend(wiring.connections.providers().names().map(str::to_owned)),
            Kind::InvocationType => {
                names.extend(InvocationType::ALL.iter().map(|known| known.as_str().to_owned()));
            }
            Kind::State => names.extend(RunState::ALL.iter().map(|state| state.as_str().to_owned())),
        }
        names.into_iter().map(CompletionCandidate::new).collect()
    }

    /// The global options, as far as they are written already.
    fn options(&self) -> GlobalArgs {
        let given = |long: &str, short: Option<&str>, variable: &str| {
            let written = written(&self.0.words, long, short);
            written.or_else(|| {
                self.0.environment.get(variable).filter(|text| !text.is_empty()).map(str::to_owned)
            })
        };
        GlobalArgs {
            connection: given("--connection", Some("-c"), "LAMPLIGHT_CONNECTION"),
            region: given("--region", None, "LAMPLIGHT_REGION"),
            endpoint_url: given("--endpoint-url", None, "LAMPLIGHT_ENDPOINT_URL"),
            // No request is sent.
            allow_http: true,
            config: given("--config", None, "LAMPLIGHT_CONFIG").map(PathBuf::from),
            data_dir: given("--data-dir", None, "LAMPLIGHT_DATA_DIR").map(PathBuf::from),
            output: Format::Table,
            quiet: true,
        }
    }
}

/// The value of an option among the words of a command line.
fn written(words: &[String], long: &str, short: Option<&str>) -> Option<String> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == long || Some(word.as_str()) == short {
            return words.next().cloned();
        }
        let joined = word.strip_prefix(long).and_then(|rest| rest.strip_prefix('='));
        let close = short.filter(|_| !word.starts_with("--")).and_then(|short| word.strip_prefix(short));
        if let Some(value) = joined.or_else(|| close.map(|close| close.strip_prefix('=').unwrap_or(close))) {
            return Some(value.to_owned());
        }
    }
    None
}

async fn job_names(wiring: &Wiring) -> Vec<String> {
    let Ok(Some(store)) = wiring.connections.existing_store().await else { return Vec::new() };
    let jobs = all_jobs(&*store).await.unwrap_or_default().items;
    jobs.into_iter().map(|stored| stored.job.name.to_string()).collect()
}

/// The functions of jobs and recorded runs, and of a connection that answers without a network.
async fn function_names(wiring: &Wiring) -> Vec<String> {
    let wanted = wiring.named_connection().ok().flatten();
    let mut names = Vec::new();
    if let Ok(Some(store)) = wiring.connections.existing_store().await {
        let jobs = all_jobs(&*store).await.unwrap_or_default().items;
        let of_wanted = jobs
            .into_iter()
            .filter(|stored| wanted.as_ref().is_none_or(|wanted| *wanted == stored.job.connection));
        names.extend(of_wanted.map(|stored| stored.job.function.name.to_string()));
    }
    let Ok(config) = wiring.connections.config() else { return names };
    let Some(wanted) = wanted.or_else(|| config.default_connection.clone()) else { return names };
    let own = config.connection(wanted.as_str());
    let is_local =
        own.is_some_and(|own| LOCAL_PROVIDERS.contains(&wiring.connections.providers().name_of(&own)));
    if is_local && let Ok(connection) = wiring.open(Some(&wanted)).await {
        let page = connection.catalogue.list(ListFunctions::default()).await;
        names.extend(page.into_iter().flat_map(|page| page.items).map(|function| function.name.to_string()));
    }
    names
}

/// The latest runs with their states, after `latest`.
async fn runs(wiring: &Wiring) -> Vec<CompletionCandidate> {
    let candidate = |name: String, help: String, order: usize| {
        CompletionCandidate::new(name).help(Some(StyledStr::from(help))).display_order(Some(order))
    };
    let mut found = vec![candidate("latest".to_owned(), "the latest run".to_owned(), 0)];
    let Ok(Some(store)) = wiring.connections.existing_store().await else { return found };
    let page = PageRequest { size: MOST_RUNS, ..PageRequest::default() };
    let Ok(page) = list_runs(&*store, &RunFilter::default(), &page).await else { return found };
    for (order, run) in page.items.iter().enumerate() {
        // The ID of a run that the provider has not identified is not known from its summary; its key always is.
        let id = run
            .request_id
            .as_ref()
            .and_then(|id| RunId::new(run.function.clone(), id, run.state.status()).ok());
        let name = id.map_or_else(|| run.key.to_string(), |id| id.to_string());
        found.push(candidate(name, format!("{} {}", run.function, run.state.as_str()), order + 1));
    }
    found
}
