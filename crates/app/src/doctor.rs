//! Checks a connection step by step, without running a function.

use crate::{
    AppError, EventSource, ProgressObserver, RunProgress, RunRequest, Target, conclude::unexpected_answer,
    prepare_run, resolve_target,
};
use lamplight_domain::{
    Arguments, ConnectionName, FunctionRef, InvocationType, RunState, Scrubber, Settings, Timestamp,
    judge_answer,
};
use lamplight_ports::{
    Clock, Connection, Connector, Departure, InvokeRequest, JobStore, ListFunctions, PortError,
    PortErrorKind, Principal, SecretResolver,
};
use std::time::Duration;

/// Credentials that expire sooner than this get a note.
const SOON: Duration = Duration::from_mins(5);

const NO_IDENTITY: &str = "this provider does not report the identity of the caller";

/// The ports that the checks need.
#[derive(Debug, Clone, Copy)]
pub struct DoctorPorts<'a> {
    /// Opens the connection.
    pub connector: &'a dyn Connector,
    /// Reads the secrets of a job's parameters.
    pub secrets: &'a dyn SecretResolver,
    /// The clock.
    pub clock: &'a dyn Clock,
}

/// A job or function to check.
#[derive(Debug, Clone, Copy)]
pub struct DoctorTarget<'a> {
    /// Its name, as the user gave it.
    pub text: &'a str,
    /// The store of jobs.
    pub jobs: &'a dyn JobStore,
}

/// What to check.
#[derive(Debug, Clone, Copy, Default)]
pub struct DoctorRequest<'a> {
    /// The connection. Without one, it is that of the job or else the default one.
    pub connection: Option<&'a ConnectionName>,
    /// A job or function to check as well.
    pub target: Option<DoctorTarget<'a>>,
    /// Whether to check only the connection itself: credentials, identity and endpoint.
    pub connection_alone: bool,
}

/// The checks, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckName {
    /// The configuration can be read, and the connection or job exists.
    Configuration,
    /// Credentials can be loaded.
    Credentials,
    /// The provider accepts the credentials and reports their identity.
    Identity,
    /// The provider's endpoint answers.
    Endpoint,
    /// The functions can be listed.
    ListFunctions,
    /// The function can be read.
    GetFunction,
    /// The function could be called.
    DryRun,
}

impl CheckName {
    /// The stable name of the check, for programs.
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

/// The result of a check.
#[derive(Debug)]
pub enum CheckOutcome {
    /// The check passed.
    Pass {
        /// What was found.
        detail: String,
    },
    /// The check failed.
    Fail(AppError),
    /// The check was not made.
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
    pub outcome: CheckOutcome,
}

/// Makes the checks.
///
/// # Guarantees
/// - A function is called only as a dry run, and only the one that the request names.
/// - Nothing is recorded.
/// - A check that depends on a failed one, or that the provider does not support, is skipped with a reason. All other
///   checks are made.
pub async fn doctor(
    ports: &DoctorPorts<'_>,
    request: &DoctorRequest<'_>,
    observer: &dyn ProgressObserver,
) -> Vec<Check> {
    let mut checkup = Checkup { observer, checks: Vec::new() };
    checkup.observer.observe(&RunProgress::Checking(CheckName::Configuration));
    let (connection, target) = match open(ports, request).await {
        Ok(opened) => opened,
        Err(error) => {
            checkup.finish(CheckName::Configuration, Err(error));
            let names = [CheckName::Credentials, CheckName::Identity, CheckName::Endpoint];
            for name in names {
                checkup.skip(name, "the connection could not be opened");
            }
            if !request.connection_alone {
                for name in [CheckName::ListFunctions, CheckName::GetFunction, CheckName::DryRun] {
                    checkup.skip(name, "the connection could not be opened");
                }
            }
            return checkup.checks;
        }
    };
    checkup.finish(CheckName::Configuration, Ok(describe_target(&connection, target.as_ref())));

    let has_credentials = checkup.check_credentials(&connection, ports.clock.now()).await;
    let is_reachable =
        checkup.check_endpoint(&connection, target.as_ref().map(|target| &target.function)).await;

    if request.connection_alone {
        return checkup.checks;
    }
    let missing = if has_credentials { "the endpoint check failed" } else { "credentials are missing" };
    if !has_credentials || !is_reachable {
        for name in [CheckName::ListFunctions, CheckName::GetFunction, CheckName::DryRun] {
            checkup.skip(name, missing);
        }
        return checkup.checks;
    }
    let listed = checkup.check_list(&connection).await;
    let function = target.as_ref().map(|target| target.function.clone()).or(listed);
    match function {
        Some(function) => checkup.check_get(&connection, &function).await,
        None => checkup.skip(CheckName::GetFunction, "no function was found"),
    }
    match target {
        Some(target) => checkup.check_dry_run(ports, target).await,
        None => checkup.skip(CheckName::DryRun, "no job or function was given"),
    }
    checkup.checks
}

async fn open(
    ports: &DoctorPorts<'_>,
    request: &DoctorRequest<'_>,
) -> Result<(Connection, Option<Target>), AppError> {
    let wanted = request.connection;
    match &request.target {
        Some(DoctorTarget { text, jobs }) => {
            let target = resolve_target(ports.connector, *jobs, *text, wanted).await?;
            Ok((target.connection.clone(), Some(target)))
        }
        None => Ok((ports.connector.open(wanted).await?, None)),
    }
}

fn describe_target(connection: &Connection, target: Option<&Target>) -> String {
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

fn describe_credentials(source: &str, end: Option<Timestamp>, now: Timestamp) -> String {
    let Some(end) = end else { return source.to_owned() };
    let is_soon = now.checked_add(SOON).is_ok_and(|soon| end < soon);
    let warning = if is_soon { ", which is soon; they are renewed if their source supports it" } else { "" };
    // Fractions of a second are of no use here.
    let end = Timestamp::from_second(end.as_second()).unwrap_or(end);
    format!("{source}, valid until {end}{warning}")
}

/// Makes checks and collects their results.
struct Checkup<'a> {
    observer: &'a dyn ProgressObserver,
    checks: Vec<Check>,
}

impl Checkup<'_> {
    fn add(&mut self, name: CheckName, outcome: CheckOutcome) {
        let check = Check { name, outcome };
        self.observer.observe(&RunProgress::Checked(&check));
        self.checks.push(check);
    }

    fn finish(&mut self, name: CheckName, result: Result<String, AppError>) {
        let outcome = match result {
            Ok(detail) => CheckOutcome::Pass { detail },
            Err(error) => CheckOutcome::Fail(error),
        };
        self.add(name, outcome);
    }

    fn skip(&mut self, name: CheckName, reason: impl Into<String>) {
        self.add(name, CheckOutcome::Skipped { reason: reason.into() });
    }

    /// Checks the credentials and the identity. Returns whether requests can be made.
    async fn check_credentials(&mut self, connection: &Connection, now: Timestamp) -> bool {
        let Some(identity) = &connection.identity else {
            self.skip(CheckName::Credentials, "this provider needs no credentials");
            self.skip(CheckName::Identity, NO_IDENTITY);
            return true;
        };
        self.observer.observe(&RunProgress::Checking(CheckName::Credentials));
        let summary = identity.credentials().await;
        let has_credentials = summary.is_ok();
        let described = summary.map(|summary| describe_credentials(&summary.source, summary.expires_at, now));
        self.finish(CheckName::Credentials, described.map_err(Into::into));
        if !has_credentials {
            self.skip(CheckName::Identity, "credentials are missing");
            return false;
        }
        self.observer.observe(&RunProgress::Checking(CheckName::Identity));
        match identity.who_am_i().await {
            Ok(Some(Principal { account: Some(account), reference })) => {
                self.finish(CheckName::Identity, Ok(format!("{reference} in account {account}")));
            }
            Ok(Some(Principal { account: None, reference })) => {
                self.finish(CheckName::Identity, Ok(reference));
            }
            Ok(None) => self.skip(CheckName::Identity, NO_IDENTITY),
            Err(error) => self.finish(CheckName::Identity, Err(error.into())),
        }
        true
    }

    /// Checks the endpoint. Returns false only if it is known that it cannot be reached.
    async fn check_endpoint(&mut self, connection: &Connection, function: Option<&FunctionRef>) -> bool {
        let Some(reachability) = &connection.reachability else {
            self.skip(CheckName::Endpoint, "this provider cannot be checked without calling a function");
            return true;
        };
        self.observer.observe(&RunProgress::Checking(CheckName::Endpoint));
        let reached = reachability.reach(function).await;
        let is_reachable = reached.is_ok();
        let described = reached.map(|address| format!("{address} answers"));
        self.finish(CheckName::Endpoint, described.map_err(Into::into));
        is_reachable
    }

    /// Lists one function and returns it.
    async fn check_list(&mut self, connection: &Connection) -> Option<FunctionRef> {
        self.observer.observe(&RunProgress::Checking(CheckName::ListFunctions));
        let page =
            connection.catalogue.list(ListFunctions { page_size: Some(1), ..ListFunctions::default() }).await;
        match page {
            Ok(page) => {
                let first = page.items.into_iter().next();
                let detail = match &first {
                    Some(function) => format!("{} and possibly more", function.name),
                    None => "no functions exist yet".to_owned(),
                };
                self.finish(CheckName::ListFunctions, Ok(detail));
                first.map(|function| function.to_ref())
            }
            Err(error) => {
                self.finish(CheckName::ListFunctions, Err(error.into()));
                None
            }
        }
    }

    async fn check_get(&mut self, connection: &Connection, function: &FunctionRef) {
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
        self.finish(CheckName::GetFunction, found);
    }

    async fn check_dry_run(&mut self, ports: &DoctorPorts<'_>, target: Target) {
        self.observer.observe(&RunProgress::Checking(CheckName::DryRun));
        let name = target.function.name.clone();
        match dry_run(ports, target).await {
            Ok(DryRun::Passed { note }) => {
                self.finish(CheckName::DryRun, Ok(format!("{name} could be called{note}")));
            }
            Ok(DryRun::Unsupported { reason }) => self.skip(CheckName::DryRun, reason),
            Err(error) => self.finish(CheckName::DryRun, Err(error)),
        }
    }
}

/// The result of a dry run that did not fail.
enum DryRun {
    Passed {
        /// Notes about the event, if it is not that of the job, and about an answer that cannot be identified.
        note: String,
    },
    Unsupported {
        reason: String,
    },
}

/// Makes a dry run of the target.
async fn dry_run(ports: &DoctorPorts<'_>, target: Target) -> Result<DryRun, AppError> {
    let request = |event| RunRequest {
        settings: Settings { invocation_type: Some(InvocationType::DryRun), ..Settings::default() },
        ..RunRequest::new(target.clone(), event)
    };
    let arguments = EventSource::Arguments(Arguments::default());
    let (prepared, event) = match prepare_run(ports.secrets, request(arguments)).await {
        // Arguments are missing, but a dry run can check the permission without them.
        Err(AppError::Arguments(_)) => {
            let empty = EventSource::Raw("{}".to_owned());
            let event = "; checked with an empty event, because the job needs arguments";
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
        scrubber: Scrubber::default(),
        fresh_connection: false,
        departure: Departure::default(),
    };
    match prepared.connection.invoker.invoke(call).await {
        Ok(answer) => {
            let (state, _) = judge_answer(InvocationType::DryRun, &answer.outcome, answer.http_status);
            if state == RunState::Validated {
                let unmarked = if answer.unmarked { "; the answer has no identifying header" } else { "" };
                return Ok(DryRun::Passed { note: format!("{event}{unmarked}") });
            }
            let origin = answer.origin.as_deref();
            let error = unexpected_answer(&prepared, &answer.outcome, answer.http_status, origin);
            let port_error = PortError::new(PortErrorKind::Unavailable, error.code, error.message);
            Err(AppError::Port(PortError { hint: error.hint, ..port_error }))
        }
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
