//! Gets tokens of the managed identity of an Azure resource.

use crate::{form, oauth, transport};
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, Scrubber};
use lamplight_ports::{
    ExposeSecret, HttpAnswer, HttpExchange, HttpMethod, HttpRequest, PortError, PortErrorKind, SecretString,
    Sleeper, TokenSource,
};
use std::{sync::Arc, time::Duration};

/// How long to wait for the metadata service before checking with [`KNOCK`] whether it exists. Both together are well
/// below two seconds, because outside of Azure every call waits for that long.
const QUICK: Duration = Duration::from_secs(1);

/// How long to wait for any response of the metadata service, which runs on the machine's own host.
const KNOCK: Duration = Duration::from_millis(600);

/// The time limit for all requests together, including retries.
const ENOUGH: Duration = Duration::from_secs(15);

/// The waits before each retry. Microsoft documents which responses are transient and a minimum wait of one second ("How
/// to use managed identities on an Azure VM to acquire an access token", "Error handling").
const WAITS: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// The endpoint that issues tokens of the managed identity.
#[derive(Debug, Clone)]
pub enum ManagedEndpoint {
    /// The instance metadata service of a virtual machine; its scheme and host, such as `http://169.254.169.254`.
    Machine(String),
    /// The endpoint of App Service and Functions.
    AppService {
        /// `IDENTITY_ENDPOINT`.
        url: String,
        /// `IDENTITY_HEADER`.
        header: SecretString,
    },
}

/// Which managed identity to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityId {
    /// By its client ID.
    Client(String),
    /// By its object ID.
    Object(String),
    /// By its resource ID.
    Resource(String),
}

/// Gets tokens of the machine's managed identity.
#[derive(Debug, Clone)]
pub struct EntraManagedIdentity {
    /// Sends the requests.
    pub http: Arc<dyn HttpExchange>,
    /// Waits before retries.
    pub sleeper: Arc<dyn Sleeper>,
    /// The endpoint that issues the tokens.
    pub endpoint: ManagedEndpoint,
    /// The application ID URI, which becomes the token's audience.
    pub resource: String,
    /// The identity; `None` is the system-assigned one.
    pub identity: Option<IdentityId>,
}

impl EntraManagedIdentity {
    fn request(&self, patience: Duration) -> HttpRequest {
        let (base, version, header, object_name) = match &self.endpoint {
            ManagedEndpoint::Machine(host) => (
                format!("{}/metadata/identity/oauth2/token", host.trim_end_matches('/')),
                "2018-02-01",
                ("metadata", SecretString::from("true")),
                "object_id",
            ),
            ManagedEndpoint::AppService { url, header } => {
                (url.clone(), "2019-08-01", ("x-identity-header", header.clone()), "principal_id")
            }
        };
        let mut pairs = vec![("api-version", version), ("resource", self.resource.as_str())];
        match &self.identity {
            None => {}
            Some(IdentityId::Client(id)) => pairs.push(("client_id", id)),
            Some(IdentityId::Object(id)) => pairs.push((object_name, id)),
            Some(IdentityId::Resource(id)) => pairs.push(("mi_res_id", id)),
        }
        let sign = if base.contains('?') { '&' } else { '?' };
        HttpRequest {
            method: HttpMethod::Get,
            url: format!("{base}{sign}{}", form::encode(pairs)),
            headers: vec![header, ("accept", "application/json".into())],
            body: None,
            timeout: patience,
        }
    }

    fn origin(&self) -> String {
        match &self.endpoint {
            ManagedEndpoint::Machine(url) | ManagedEndpoint::AppService { url, .. } => {
                format!("the managed identity service at {}", transport::redact(url))
            }
        }
    }

    /// Rejects an App Service endpoint to which the secret header would be sent unencrypted.
    fn check_transport(&self) -> Result<(), PortError> {
        match &self.endpoint {
            // The metadata service uses plain HTTP by design, and no secret is sent to it.
            ManagedEndpoint::Machine(_) => Ok(()),
            ManagedEndpoint::AppService { url, .. } => transport::check(url, &self.origin()),
        }
    }
}

#[async_trait]
impl TokenSource for EntraManagedIdentity {
    async fn token(&self) -> Result<SecretString, PortError> {
        self.check_transport()?;
        tokio::select! {
            biased;
            given = self.ask() => given,
            () = self.sleeper.sleep(ENOUGH) => {
                let message = format!("no token was issued within {} s", ENOUGH.as_secs());
                Err(self.unanswered(PortError::new(PortErrorKind::Unavailable, ErrorCode::TokenUnavailable, message)))
            }
        }
    }
}

impl EntraManagedIdentity {
    async fn ask(&self) -> Result<SecretString, PortError> {
        let mut waits = WAITS.into_iter();
        let mut patience = match self.endpoint {
            ManagedEndpoint::Machine(_) => QUICK,
            // The platform sets the variables, so the endpoint exists.
            ManagedEndpoint::AppService { .. } => oauth::PATIENCE,
        };
        loop {
            let answer = match self.http.exchange(self.request(patience)).await {
                Ok(answer) => answer,
                Err(error) if patience == QUICK && error.kind == PortErrorKind::Unavailable => {
                    self.knock().await?;
                    patience = oauth::PATIENCE;
                    continue;
                }
                Err(error) => return Err(self.unanswered(error)),
            };
            patience = oauth::PATIENCE;
            match waits.next() {
                Some(wait) if self.passes(answer.status) => self.sleeper.sleep(wait).await,
                _ => return self.read(&answer),
            }
        }
    }

    /// Distinguishes a service that is slow, for example with a machine's first token, from one that does not exist: the
    /// metadata service immediately rejects a request without its header, and any response proves that it exists.
    async fn knock(&self) -> Result<(), PortError> {
        let mut request = self.request(KNOCK);
        request.headers.clear();
        self.http.exchange(request).await.map(drop).map_err(|error| self.unanswered(error))
    }

    fn unanswered(&self, error: PortError) -> PortError {
        let told = oauth::unanswered(&self.origin(), error);
        if told.kind != PortErrorKind::Unavailable {
            return told;
        }
        PortError { message: format!("{} does not respond", self.origin()), ..told }.with_hint(match self.endpoint {
            ManagedEndpoint::Machine(_) => {
                "this method only works on machines in Azure that have a managed identity; in Kubernetes, use \
                 entra-workload-identity"
            }
            ManagedEndpoint::AppService { .. } => {
                "check that the app has a managed identity, and IDENTITY_ENDPOINT, which the platform sets"
            }
        })
    }

    fn passes(&self, status: u16) -> bool {
        match self.endpoint {
            ManagedEndpoint::Machine(_) => matches!(status, 404 | 410 | 429 | 500..),
            ManagedEndpoint::AppService { .. } => matches!(status, 429 | 500..),
        }
    }

    fn read(&self, answer: &HttpAnswer) -> Result<SecretString, PortError> {
        let scrubber = match &self.endpoint {
            ManagedEndpoint::Machine(_) => Scrubber::default(),
            ManagedEndpoint::AppService { header, .. } => Scrubber::new([header.expose_secret()]),
        };
        oauth::read(answer, &self.origin(), false, &scrubber).map_err(|error| {
            if answer.status == 400 {
                return error.with_hint(
                    "check that the machine has this identity, and that resource is the ID URI of an application in \
                     the tenant",
                );
            }
            error
        })
    }
}
