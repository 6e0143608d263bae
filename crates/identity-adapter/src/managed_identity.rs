//! The managed identity of a machine in Azure.

use crate::{codes, form, oauth};
use async_trait::async_trait;
use lamplight_domain::Scrubber;
use lamplight_ports::{
    ExposeSecret, HttpAnswer, HttpExchange, HttpMethod, HttpRequest, PortError, PortErrorKind, SecretString,
    Sleeper, TokenSource,
};
use std::{sync::Arc, time::Duration};

/// How long one question may take. The service is on the machine's own host.
const PATIENCE: Duration = Duration::from_millis(900);

/// The waits before a question is asked again. Microsoft names the answers that pass ("How to use managed
/// identities on an Azure VM", "Error handling"); a service that is not there at all is asked twice.
const WAITS: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];

/// Where a machine's identity is asked for.
#[derive(Debug, Clone)]
pub enum ManagedEndpoint {
    /// The metadata service of a virtual machine, by its scheme and host: `http://169.254.169.254`.
    Machine(String),
    /// The endpoint of App Service and Functions.
    AppService {
        /// `IDENTITY_ENDPOINT`.
        url: String,
        /// `IDENTITY_HEADER`.
        header: SecretString,
    },
}

/// Which of the machine's identities is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityId {
    /// By its client id.
    Client(String),
    /// By its object id.
    Object(String),
    /// By its resource id.
    Resource(String),
}

/// A token of the machine's managed identity.
#[derive(Debug, Clone)]
pub struct EntraManagedIdentity {
    /// Asks the machine's service.
    pub http: Arc<dyn HttpExchange>,
    /// Waits before asking again.
    pub sleeper: Arc<dyn Sleeper>,
    /// Where to ask.
    pub endpoint: ManagedEndpoint,
    /// The application's ID URI, which becomes the token's audience.
    pub resource: String,
    /// Which identity; none is the one that the system assigned.
    pub identity: Option<IdentityId>,
}

impl EntraManagedIdentity {
    fn request(&self) -> HttpRequest {
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
            timeout: PATIENCE,
        }
    }

    fn origin(&self) -> String {
        match &self.endpoint {
            ManagedEndpoint::Machine(host) => format!("the managed identity service at {host}"),
            ManagedEndpoint::AppService { url, .. } => format!("the managed identity service at {url}"),
        }
    }

    /// An endpoint that gets the header must not get it in the open.
    fn check_transport(&self) -> Result<(), PortError> {
        match &self.endpoint {
            // The metadata service speaks plain HTTP by design and is sent no secret.
            ManagedEndpoint::Machine(_) => Ok(()),
            ManagedEndpoint::AppService { url, .. } => oauth::check_transport(url, &self.origin()),
        }
    }
}

fn passes(answer: &HttpAnswer) -> bool {
    matches!(answer.status, 404 | 410 | 429 | 500..)
}

#[async_trait]
impl TokenSource for EntraManagedIdentity {
    async fn token(&self) -> Result<SecretString, PortError> {
        self.check_transport()?;
        let origin = self.origin();
        let mut waits = WAITS.into_iter();
        let mut silent = 0;
        loop {
            match self.http.exchange(self.request()).await {
                Ok(answer) if passes(&answer) => match waits.next() {
                    Some(wait) => self.sleeper.sleep(wait).await,
                    None => return self.read(&answer, &origin),
                },
                Ok(answer) => return self.read(&answer, &origin),
                Err(_) if silent == 0 => silent += 1,
                Err(error) => {
                    let message = format!("{origin} does not answer");
                    return Err(PortError::new(
                        PortErrorKind::Unavailable,
                        codes::TOKEN_UNAVAILABLE,
                        message,
                    )
                    .with_hint(
                        "this method works on machines in Azure alone, and the machine must have a managed identity; in \
                         Kubernetes use entra-workload-identity",
                    )
                    .with_source(error));
                }
            }
        }
    }
}

impl EntraManagedIdentity {
    fn read(&self, answer: &HttpAnswer, origin: &str) -> Result<SecretString, PortError> {
        let scrubber = match &self.endpoint {
            ManagedEndpoint::Machine(_) => Scrubber::default(),
            ManagedEndpoint::AppService { header, .. } => Scrubber::new([header.expose_secret()]),
        };
        oauth::read(answer, origin, false, &scrubber).map_err(|error| {
            if answer.status == 400 {
                return error.with_hint(
                    "check that the machine has the identity that is named, and that resource is the ID URI of an \
                     application that the tenant knows",
                );
            }
            error
        })
    }
}
