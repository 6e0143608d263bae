//! A server with simulated functions, and the requests that tests send to it.

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use lamplight_app::{
    AccessPorts, CancellationToken, NewToken, NoProgress, QueuePorts, QueueRunner, QueueSettings,
    create_token,
};
use lamplight_domain::{Actor, ConnectionName, FunctionName, JobName, Role, Scope, Settings as RunSettings};
use lamplight_fake_adapter::{FakeConnector, FakeFunction, FakeWorld, FunctionFailure};
use lamplight_http_api::{Ports, Server, Settings, router};
use lamplight_ports::{
    ConnectionDirectory, ConnectionInfo, EffectiveSetting, ExposeSecret, NoSecrets, PortError, RunLimits,
    RunPorts, SettingOrigin,
};
use lamplight_system_adapter::{SystemIds, TokioSleeper};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};
use tower::ServiceExt;

/// The host of all requests that do not say otherwise.
pub const HOST: &str = "localhost";

/// The address that requests come from.
pub const PEER: [u8; 4] = [192, 0, 2, 7];

/// The other connection, beside that of [`FakeWorld`].
pub const OTHER: &str = "other";

/// A server, and what is behind it.
pub struct World {
    pub fake: FakeWorld,
    pub server: Arc<Server>,
    pub router: Router,
    pub stop: CancellationToken,
}

#[derive(Debug)]
struct Directory;

impl ConnectionDirectory for Directory {
    fn list(&self) -> Result<Vec<ConnectionInfo>, PortError> {
        let info = |name: &str| ConnectionInfo {
            name: name.parse().unwrap(),
            provider: "fake".to_owned(),
            is_default: name == FakeWorld::CONNECTION,
            labels: BTreeMap::from([("team".to_owned(), "<b>blue</b>".to_owned())]),
            settings: vec![
                EffectiveSetting {
                    key: "auth".to_owned(),
                    value: serde_json::json!({ "access-key": { "secret_access_key": "env:SECRET" } }),
                    origin: SettingOrigin::File("lamplight.toml:3".to_owned()),
                },
                EffectiveSetting {
                    key: "region".to_owned(),
                    value: "us-east-1".into(),
                    origin: SettingOrigin::Table(None),
                },
            ],
        };
        Ok(vec![info(OTHER), info(FakeWorld::CONNECTION)])
    }
}

impl World {
    /// A server whose queued runs are made.
    pub fn new() -> Self {
        let world = Self::idle();
        let (queue, stop) = (world.server.queue.clone(), world.stop.clone());
        tokio::spawn(async move { queue.work(Arc::new(NoProgress), &stop, &CancellationToken::new()).await });
        world
    }

    /// A server whose queued runs stay queued.
    pub fn idle() -> Self {
        Self::with(|_| {})
    }

    /// An idle server with other settings.
    pub fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let name = |text: &str| text.parse::<FunctionName>().unwrap();
        let fake = FakeWorld::new([
            FakeFunction::echo(name("mirror")),
            FakeFunction::failing(name("broken"), FunctionFailure::unhandled("ValueError", "no <b>luck</b>")),
        ]);
        let connector = FakeConnector::default()
            .with(fake.provider.connection(fake.connection_name(), RunSettings::default()))
            .with(fake.provider.connection(OTHER.parse().unwrap(), RunSettings::default()));
        let store = Arc::new(fake.store.clone());
        let run = RunPorts { sleeper: Arc::new(TokioSleeper), ..fake.run_ports() };
        let connector = Arc::new(connector);
        let queue_ports = QueuePorts { run: run.clone(), queue: store.clone(), connector: connector.clone() };
        let queue_settings = QueueSettings {
            limits: RunLimits::default(),
            concurrency: 8,
            lease: Duration::from_mins(1),
            most_held_bytes: 1_000_000,
        };
        let access =
            AccessPorts { access: store.clone(), ids: Arc::new(SystemIds), clock: fake.clock.clone() };
        let ports = Ports {
            connector,
            directory: Arc::new(Directory),
            secrets: Arc::new(NoSecrets),
            jobs: store.clone(),
            run,
            queue: store.clone(),
            history: store,
            access,
        };
        let mut settings = Settings {
            hosts: vec![HOST.to_owned(), "[::1]".to_owned()],
            secure_cookies: false,
            proxies: Vec::new(),
            logins_per_minute: NonZeroU32::new(3).unwrap(),
            runs_per_second: NonZeroU32::new(1000).unwrap(),
            largest_body: 10_000,
        };
        change(&mut settings);
        let stop = CancellationToken::new();
        let server =
            Server::new(ports, settings, QueueRunner::new(queue_ports, queue_settings), stop.clone());
        Self { fake, router: router(server.clone()), server, stop }
    }

    /// A new token.
    pub async fn token(&self, role: Role) -> String {
        self.limited_token(role, Scope::default()).await
    }

    /// A new token with limits.
    pub async fn limited_token(&self, role: Role, scope: Scope) -> String {
        let new = NewToken { name: format!("{role}'s token"), role, scope, expires_at: None };
        let created = create_token(&self.server.ports.access, &Actor::local_admin("test"), new).await;
        created.unwrap().1.expose_secret().to_owned()
    }

    /// Sends a request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(request(Method::GET, path, Some(token)).body(Body::empty()).unwrap()).await
    }

    pub async fn delete(&self, token: &str, path: &str) -> Answer {
        self.send(request(Method::DELETE, path, Some(token)).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, token: &str, path: &str, json: &Value) -> Answer {
        self.send(post(token, path, json)).await
    }

    /// Creates a job of the echo function, and returns its entity tag.
    pub async fn add_job(&self, name: &str) -> String {
        let admin = self.token(Role::Admin).await;
        let document = serde_json::json!({ "name": name, "connection": FakeWorld::CONNECTION, "function": "mirror", "open": true });
        let created = self.post(&admin, "/api/v1/jobs", &document).await;
        assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
        created.header("etag").to_owned()
    }

    /// Runs the echo function to its end, and returns the key of the run. The world must not be idle.
    pub async fn run_mirror(&self, event: &Value) -> String {
        let runner = self.token(Role::Runner).await;
        let body = serde_json::json!({ "function": "mirror", "payload": event });
        let ended = self.post(&runner, "/api/v1/runs?wait=60", &body).await;
        assert_eq!(ended.status, StatusCode::OK, "{ended:?}");
        ended.json()["key"].as_str().unwrap().to_owned()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The beginning of a request from the usual place.
pub fn request(method: Method, path: &str, token: Option<&str>) -> axum::http::request::Builder {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
    request.extensions_mut().unwrap().insert(ConnectInfo(SocketAddr::new(IpAddr::from(PEER), 4000)));
    match token {
        Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        None => request,
    }
}

/// A request with a JSON body.
pub fn post(token: &str, path: &str, json: &Value) -> Request<Body> {
    with_json(request(Method::POST, path, Some(token)), json)
}

pub fn with_json(request: axum::http::request::Builder, json: &Value) -> Request<Body> {
    request.header(header::CONTENT_TYPE, "application/json").body(Body::from(json.to_string())).unwrap()
}

/// An answer that was read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Checks that this is a problem with a status and a code.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let json = self.json();
        assert_eq!(json["code"], code, "{json}");
        assert_eq!(json["status"], status);
        assert_eq!(json["type"], format!("/errors/{code}"));
        assert_eq!(json["request_id"].as_str().unwrap().len(), 16, "{json}");
    }
}

/// Only these connections.
pub fn only_connection(name: &str) -> Scope {
    Scope { connections: Some([name.parse::<ConnectionName>().unwrap()].into()), jobs: None }
}

/// Only these jobs.
pub fn only_job(name: &str) -> Scope {
    Scope { connections: None, jobs: Some([name.parse::<JobName>().unwrap()].into()) }
}
