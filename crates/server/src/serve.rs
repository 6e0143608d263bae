//! `lamplight-server`: wires the ports, listens, makes queued runs, and stops in order.

use crate::{
    Problem,
    args::GlobalArgs,
    demo, listener,
    logs::{self, say},
    settings,
    tls::Tls,
    upkeep,
};
use lamplight_app::{AccessPorts, CancellationToken, NoProgress, QueuePorts, QueueRunner, create_login_link};
use lamplight_domain::Actor;
use lamplight_http_api::{Ports, Server};
use lamplight_ports::{Clock, ExposeSecret};
use lamplight_system_adapter::{Environment, SystemClock, SystemIds};
use std::{process::ExitCode, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// How long the outcomes of runs may take to be recorded after the second signal.
const LAST_WRITES: Duration = Duration::from_secs(5);

/// Serves until a signal asks it to stop.
pub async fn serve(args: GlobalArgs) -> Result<ExitCode, Problem> {
    let environment = Environment::from_process();
    logs::start(environment.get("LAMPLIGHT_LOG").filter(|level| !level.is_empty()), args.log_json);
    let connections = settings::connections(&args);
    let config = connections.config()?;
    let settings = settings::merge(&args, &config.server, &config.folder)?;
    let tls = match settings.tls.clone() {
        Some((certificate, key)) => Some(Arc::new(Tls::open(certificate, key)?)),
        None => None,
    };
    let is_new = connections.existing_store().await?.is_none();
    let store = connections.store().await?;
    let run = connections.run_ports().await?;
    let access =
        AccessPorts { access: store.clone(), ids: Arc::new(SystemIds), clock: Arc::new(SystemClock) };
    let is_local = settings.listen.ip().is_loopback();
    if !is_local && !has_valid_token(&access).await? {
        return Err(Problem::new(
            "other machines can reach the server, and there is no token to sign in with",
        )
        .with_hint("create one: lamplight-server token NAME --role admin"));
    }
    let queue_ports =
        QueuePorts { run: run.clone(), queue: store.clone(), connector: Arc::new(connections.clone()) };
    let queue = QueueRunner::new(queue_ports, settings.queue);
    let (stop, abort) = (CancellationToken::new(), CancellationToken::new());
    let ports = Ports {
        connector: Arc::new(connections.clone()),
        directory: Arc::new(connections.clone()),
        secrets: connections.secrets_or_local(),
        jobs: store.clone(),
        run: run.clone(),
        queue: store.clone(),
        history: store.clone(),
        access: access.clone(),
    };
    let server = Server::new(ports, settings.router, queue.clone(), stop.clone());
    let mut signals = StopSignals::listen()
        .map_err(|error| Problem::new(format!("could not listen for signals: {error}")))?;
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| Problem::new(format!("could not listen on {}: {error}", settings.listen)))?;
    let address = listener
        .local_addr()
        .map_err(|error| Problem::new(format!("could not tell the address of the server: {error}")))?;

    let upkeep = upkeep::Upkeep {
        connections: connections.clone(),
        store: store.clone(),
        run,
        tls: tls.clone(),
        audit_days: settings.audit_days,
    };
    upkeep.settle().await;
    let tasks = [
        tokio::spawn(Arc::clone(&server).run_events()),
        tokio::spawn(upkeep.run(stop.clone())),
        tokio::spawn({
            let (queue, stop, abort) = (queue.clone(), stop.clone(), abort.clone());
            async move { queue.work(Arc::new(NoProgress), &stop, &abort).await }
        }),
    ];
    #[cfg(unix)]
    tokio::spawn(reload_when_told(tls.clone()));
    let front = tokio::spawn(listener::serve(
        listener,
        tls.clone(),
        lamplight_http_api::router(server),
        stop.clone(),
    ));
    if is_new && config.connections.is_empty() {
        demo::fill(&connections, &queue).await;
    }
    let scheme = if tls.is_some() { "https" } else { "http" };
    say(&format!("serving on {scheme}://{address}"));
    if is_local {
        let link = create_login_link(&access, &Actor::local_admin(settings::user())).await?;
        say(&format!(
            "to sign in, open {scheme}://{address}/login/{} (once, within 10 minutes)",
            link.expose_secret()
        ));
    }

    signals.next().await;
    say("stopping: waiting for the runs under way; a second signal gives them up");
    stop.cancel();
    let ended = async {
        for task in tasks {
            let _ = task.await;
        }
        let _ = front.await;
    };
    tokio::pin!(ended);
    tokio::select! {
        () = &mut ended => return Ok(ExitCode::SUCCESS),
        () = signals.next() => {}
    }
    abort.cancel();
    say("giving up: the runs under way are recorded as unknown unless nothing was sent");
    let _ = tokio::time::timeout(LAST_WRITES, ended).await;
    Ok(ExitCode::FAILURE)
}

async fn has_valid_token(access: &AccessPorts) -> Result<bool, Problem> {
    let now = SystemClock.now();
    Ok(access.access.tokens().await?.iter().any(|token| token.is_valid(now)))
}

/// Reads the certificate again at each hang-up, which does not end the server.
#[cfg(unix)]
async fn reload_when_told(tls: Option<Arc<Tls>>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hang_up) = signal(SignalKind::hangup()) else { return };
    while hang_up.recv().await.is_some() {
        if let Some(tls) = &tls {
            tls.reload();
        }
    }
}

/// Requests to stop. None is missed between two waits.
struct StopSignals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignals {
    #[cfg(unix)]
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    #[cfg(not(unix))]
    fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
