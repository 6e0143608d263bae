//! Looking for what is wrong, step by step, without calling anything for real.

use crate::{
    AppError, EventSource, ProgressObserver, RunProgress, RunRequest, Target,
    conclude::unexpected_answer_in_words, prepare_run, resolve_target,
};
use lamplight_domain::{
    Arguments, ConnectionName, ErrorCode, FunctionRef, InvocationType, RunState, Settings, Timestamp,
    judge_answer,
};
use lamplight_ports::{
    Clock, Connection, Connector, Departure, InvokeRequest, JobStore, ListFunctions, PortError,
    PortErrorKind, Principal, SecretResolver,
};
use std::time::Duration;

/// Credentials that end sooner than this are pointed out.
const SOON: Duration = Duration::from_mins(5);

const NOBODY_IS_NAMED: &str = "this provider does not say who calls";

/// What the doctor needs besides a connection.
#[derive(Debug, Clone, Copy)]
pub struct DoctorPorts<'a> {
    /// Opens the connection.
    pub connector: &'a dyn Connector,
    /// Reads what a job's secret parameters need.
    pub secrets: &'a dyn SecretResolver,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// A job or function to look at.
#[derive(Debug, Clone, Copy)]
pub struct DoctorTarget<'a> {
    /// Its name.
    pub text: &'a str,
    /// Where jobs are kept.
    pub jobs: &'a dyn JobStore,
}

/// What is to be looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct DoctorRequest<'a> {
    /// The connection; else the job's, else the default one.
    pub connection: Option<&'a ConnectionName>,
    /// A job or function to look at too.
    pub target: Option<DoctorTarget<'a>>,
    /// Whether to stop after the connection itself: credentials, identity, and whether the service answers.
    pub connection_alone: bool,
}

/// The checks, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckName {
    /// The configuration can be read, and the connection or job is in it.
    Configuration,
    /// Credentials are there.
    Credentials,
    /// The provider knows whose they are.
    Identity,
    /// The provider's endpoint answers at all.
    Endpoint,
    /// The functions can be listed.
    ListFunctions,
    /// The function can be read.
    GetFunction,
    /// The function could be called.
    DryRun,
}

impl CheckName {
    /// The check in words that programs may rely on.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Credentials => "credentials",
            Self::Identity => "identity",
            Self::Endpoint => "endpoint",
            Self::ListFunctions => "list-functions",
            Self::GetFunction => "get-function",
            Self::DryRun => "dry-run",
        }
    }
}

/// How a check ended.
#[derive(Debug)]
pub enum Outcome {
    /// All is well.
    Pass {
        /// What was found.
        detail: String,
    },
    /// Something is wrong.
    Fail(AppError),
    /// It was not looked at.
    Skipped {
        /// Why not.
        reason: String,
    },
}

/// A check that was made.
#[derive(Debug)]
pub struct Check {
    /// Which one.
    pub name: CheckName,
    /// How it ended.
    pub outcome: Outcome,
}

/// Makes the checks.
///
/// # Guarantees
/// - Nothing is called but as a dry run, and only what the request names.
/// - Nothing is recorded.
/// - A check that depends on one that failed, or that the provider has nothing for, is skipped and says so; all others
///   are made.
pub async fn doctor(
    ports: &DoctorPorts<'_>,
    request: &DoctorRequest<'_>,
    observer: &dyn ProgressObserver,
) -> Vec<Check> {
    let mut visit = Visit { observer, checks: Vec::new() };
    visit.observer.observe(&RunProgress::Checking(CheckName::Configuration));
    let (connection, target) = match open(ports, request).await {
        Ok(opened) => opened,
        Err(error) => {
            visit.end(CheckName::Configuration, Err(error));
            let names = [CheckName::Credentials, CheckName::Identity, CheckName::Endpoint];
            for name in names {
                visit.skip(name, "there is no connection");
            }
            if !request.connection_alone {
                for name in [CheckName::ListFunctions, CheckName::GetFunction, CheckName::DryRun] {
                    visit.skip(name, "there is no connection");
                }
            }
            return visit.checks;
        }
    };
    visit.end(CheckName::Configuration, Ok(opened_in_words(&connection, target.as_ref())));

    let has_credentials = visit.credentials(&connection, ports.clock.now()).await;
    let is_reachable = visit.endpoint(&connection, target.as_ref().map(|target| &target.function)).await;

    if request.connection_alone {
        return visit.checks;
    }
    let missing = if has_credentials { "the service does not answer" } else { "there are no credentials" };
    if !has_credentials || !is_reachable {
        for name in [CheckName::ListFunctions, CheckName::GetFunction, CheckName::DryRun] {
            visit.skip(name, missing);
        }
        return visit.checks;
    }
    let listed = visit.list(&connection).await;
    let function = target.as_ref().map(|target| target.function.clone()).or(listed);
    match function {
        Some(function) => visit.get(&connection, &function).await,
        None => visit.skip(CheckName::GetFunction, "no function is known to read"),
    }
    match target {
        Some(target) => visit.dry_run(ports, target).await,
        None => visit.skip(CheckName::DryRun, "no job or function is named"),
    }
    visit.checks
}

async fn open(
    ports: &DoctorPorts<'_>,
    request: &DoctorRequest<'_>,
) -> Result<(Connection, Option<Target>), AppError> {
    let wanted = request.connection;
    match &request.target {
        Some(DoctorTarget { text, jobs }) => {
            let target = resolve_target(ports.connector, *jobs, text, wanted).await?;
            Ok((target.connection.clone(), Some(target)))
        }
        None => Ok((ports.connector.open(wanted).await?, None)),
    }
}

fn opened_in_words(connection: &Connection, target: Option<&Target>) -> String {
    match target {
        None => format!("connection {}", connection.name),
        Some(Target { job: Some(job), function, .. }) => {
            format!("job {} calls {} on connection {}", job.name, function.name, connection.name)
        }
        Some(Target { job: None, function, .. }) => {
            format!("function {} on connection {}", function.name, connection.name)
        }
    }
}

fn credentials_in_words(source: &str, end: Option<Timestamp>, now: Timestamp) -> String {
    let Some(end) = end else { return source.to_owned() };
    let is_soon = now.checked_add(SOON).is_ok_and(|soon| end < soon);
    let warning = if is_soon { ", which is soon: they are renewed where their source allows it" } else { "" };
    // Whole seconds: nobody needs more.
    let end = Timestamp::from_second(end.as_second()).unwrap_or(end);
    format!("{source}, until {end}{warning}")
}

/// The checks so far.
struct Visit<'a> {
    observer: &'a dyn ProgressObserver,
    checks: Vec<Check>,
}

impl Visit<'_> {
    fn add(&mut self, name: CheckName, outcome: Outcome) {
        let check = Check { name, outcome };
        self.observer.observe(&RunProgress::Checked(&check));
        self.checks.push(check);
    }

    fn end(&mut self, name: CheckName, result: Result<String, AppError>) {
        let outcome = match result {
            Ok(detail) => Outcome::Pass { detail },
            Err(error) => Outcome::Fail(error),
        };
        self.add(name, outcome);
    }

    fn skip(&mut self, name: CheckName, reason: impl Into<String>) {
        self.add(name, Outcome::Skipped { reason: reason.into() });
    }

    /// Gets credentials and asks whose they are; whether requests can be made with what there is.
    async fn credentials(&mut self, connection: &Connection, now: Timestamp) -> bool {
        let Some(identity) = &connection.identity else {
            self.skip(CheckName::Credentials, "this provider needs no credentials");
            self.skip(CheckName::Identity, NOBODY_IS_NAMED);
            return true;
        };
        self.observer.observe(&RunProgress::Checking(CheckName::Credentials));
        let summary = identity.credentials().await;
        let has_credentials = summary.is_ok();
        let told = summary.map(|summary| credentials_in_words(&summary.source, summary.expires_at, now));
        self.end(CheckName::Credentials, told.map_err(Into::into));
        if !has_credentials {
            self.skip(CheckName::Identity, "there are no credentials");
            return false;
        }
        self.observer.observe(&RunProgress::Checking(CheckName::Identity));
        match identity.who_am_i().await {
            Ok(Some(Principal { account: Some(account), reference })) => {
                self.end(CheckName::Identity, Ok(format!("{reference} in account {account}")));
            }
            Ok(Some(Principal { account: None, reference })) => self.end(CheckName::Identity, Ok(reference)),
            Ok(None) => self.skip(CheckName::Identity, NOBODY_IS_NAMED),
            Err(error) => self.end(CheckName::Identity, Err(error.into())),
        }
        true
    }

    /// Whether nothing says that the provider cannot be reached.
    async fn endpoint(&mut self, connection: &Connection, function: Option<&FunctionRef>) -> bool {
        let Some(reachability) = &connection.reachability else {
            self.skip(CheckName::Endpoint, "this provider has nothing to ask without a call");
            return true;
        };
        self.observer.observe(&RunProgress::Checking(CheckName::Endpoint));
        let reached = reachability.reach(function).await;
        let is_reachable = reached.is_ok();
        let told = reached.map(|address| format!("{address} answers"));
        self.end(CheckName::Endpoint, told.map_err(Into::into));
        is_reachable
    }

    /// Lists a little, and gives a function of it.
    async fn list(&mut self, connection: &Connection) -> Option<FunctionRef> {
        self.observer.observe(&RunProgress::Checking(CheckName::ListFunctions));
        let page =
            connection.catalogue.list(ListFunctions { page_size: Some(1), ..ListFunctions::default() }).await;
        match page {
            Ok(page) => {
                let first = page.items.into_iter().next();
                let detail = match &first {
                    Some(function) => format!("{} and maybe more", function.name),
                    None => "there are none yet".to_owned(),
                };
                self.end(CheckName::ListFunctions, Ok(detail));
                first.map(|function| function.to_ref())
            }
            Err(error) => {
                self.end(CheckName::ListFunctions, Err(error.into()));
                None
            }
        }
    }

    async fn get(&mut self, connection: &Connection, function: &FunctionRef) {
        self.observer.observe(&RunProgress::Checking(CheckName::GetFunction));
        let found = match connection.catalogue.get(function, function.qualifier.as_ref()).await {
            Ok(Some(found)) => {
                let state =
                    found.state.as_deref().map(|state| format!(", state {state}")).unwrap_or_default();
                Ok(format!("{}{state}", found.name))
            }
            Ok(None) => Err(AppError::FunctionNotFound {
                function: function.name.to_string(),
                connection: connection.name.to_string(),
            }),
            Err(error) => Err(error.into()),
        };
        self.end(CheckName::GetFunction, found);
    }

    async fn dry_run(&mut self, ports: &DoctorPorts<'_>, target: Target) {
        self.observer.observe(&RunProgress::Checking(CheckName::DryRun));
        let name = target.function.name.clone();
        match dry_run(ports, target).await {
            Ok(DryRun::Passed { event }) => {
                self.end(CheckName::DryRun, Ok(format!("{name} could be called{event}")));
            }
            Ok(DryRun::Unsupported { reason }) => self.skip(CheckName::DryRun, reason),
            Err(error) => self.end(CheckName::DryRun, Err(error)),
        }
    }
}

/// How a dry run ended that did not fail.
enum DryRun {
    Passed {
        /// What is to be said of the event, where it is not the job's own.
        event: &'static str,
    },
    Unsupported {
        reason: String,
    },
}

/// Asks whether the target could be called.
async fn dry_run(ports: &DoctorPorts<'_>, target: Target) -> Result<DryRun, AppError> {
    let request = |event| RunRequest {
        settings: Settings { invocation_type: Some(InvocationType::DryRun), ..Settings::default() },
        ..RunRequest::new(target.clone(), event)
    };
    let arguments = EventSource::Arguments(Arguments::default());
    let (prepared, event) = match prepare_run(ports.secrets, request(arguments)).await {
        // Values that only a run has are missing; whether it may be called can be asked without them.
        Err(AppError::Arguments(_)) => {
            let empty = EventSource::Raw("{}".to_owned());
            let event = "; asked with an empty event, because the job's own needs values that a run gives";
            (prepare_run(ports.secrets, request(empty)).await?, event)
        }
        other => (other?, ""),
    };
    let call = InvokeRequest {
        function: prepared.function.clone(),
        qualifier: prepared.effective.qualifier.value.clone(),
        invocation_type: InvocationType::DryRun,
        payload: prepared.payload.clone(),
        log_tail: false,
        client_context: None,
        departure: Departure::default(),
    };
    match prepared.connection.invoker.invoke(call).await {
        Ok(answer) => match judge_answer(InvocationType::DryRun, &answer.outcome, answer.http_status).0 {
            RunState::Validated => Ok(DryRun::Passed { event }),
            _ => Err(AppError::Port(PortError::new(
                PortErrorKind::Unavailable,
                ErrorCode::UnexpectedAnswer,
                unexpected_answer_in_words(&answer.outcome, answer.http_status),
            ))),
        },
        Err(error) if error.kind == PortErrorKind::Unsupported => {
            Ok(DryRun::Unsupported { reason: error.message })
        }
        Err(error) => {
            let port_error = PortError::new(error.kind, error.code, error.message);
            let port_error = match error.hint {
                Some(hint) => port_error.with_hint(hint),
                None => port_error,
            };
            Err(AppError::Port(match error.source {
                Some(source) => port_error.with_source(source),
                None => port_error,
            }))
        }
    }
}
