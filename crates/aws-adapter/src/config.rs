//! What a connection is opened with.

use crate::{CredentialsSource, Exchange};
use async_trait::async_trait;
use lamplight_aws_model::Region;
use lamplight_domain::SecretRef;
use lamplight_ports::{PortError, PortErrorKind, SecretResolver, SecretString};
use std::{sync::Arc, time::Duration};

/// One way into one account and region.
#[derive(Debug, Clone)]
pub struct AwsConnectionConfig {
    /// The region.
    pub region: Region,
    /// Where Lambda is, in place of AWS's own address: `http://…` or `https://…`.
    pub endpoint_url: Option<String>,
    /// Where STS is, in place of AWS's own address.
    pub sts_endpoint_url: Option<String>,
    /// Where Secrets Manager is, in place of AWS's own address.
    pub secrets_endpoint_url: Option<String>,
    /// The region whose STS gives the credentials of roles; the connection's own unless set.
    pub sts_region: Option<Region>,
    /// Whether the endpoints with FIPS 140 validated cryptography are used, where there are such.
    pub use_fips: bool,
    /// Whether the endpoints that are reached over IPv6 as well are used, where there are such.
    pub use_dual_stack: bool,
    /// Where credentials come from.
    pub credentials: CredentialsSource,
    /// Reads what the credentials give by reference.
    pub secrets: Arc<dyn SecretResolver>,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// The HTTP client; token sources of the same connection are given a clone.
    pub exchange: Exchange,
}

impl AwsConnectionConfig {
    /// The region's own endpoints with ambient credentials.
    pub fn new(region: Region) -> Self {
        Self {
            region,
            endpoint_url: None,
            sts_endpoint_url: None,
            secrets_endpoint_url: None,
            sts_region: None,
            use_fips: false,
            use_dual_stack: false,
            credentials: CredentialsSource::default(),
            secrets: Arc::new(NoSecrets),
            timeouts: Timeouts::default(),
            exchange: Exchange::default(),
        }
    }
}

/// Resolves nothing: what a connection without references is opened with.
#[derive(Debug)]
struct NoSecrets;

#[async_trait]
impl SecretResolver for NoSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        let message = format!("nothing is set up to read secret {reference}");
        Err(PortError::new(PortErrorKind::Unsupported, "secret_unsupported", message))
    }
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// TCP connection, proxy tunnel and TLS handshake together. 3.1 s unless changed, as in the AWS SDKs.
    pub connect: Duration,
    /// What a call that waits is given beyond the function's own time limit.
    ///
    /// 20 s unless changed: 10 s for the start of a new execution environment, which Lambda does not count
    /// into the function's limit (Lambda developer guide, "Lambda execution environment lifecycle"), and
    /// 10 s for the network and Lambda itself. Sending a large event is given time of its own.
    pub answer_margin: Duration,
    /// What a call is given to read its answer once it has begun. 96 s unless changed: the largest response
    /// over a line of half a megabit a second.
    pub answer_body: Duration,
    /// What a change is given until its answer begins. 60 s unless changed: Lambda makes most in a second, and some only
    /// after it has looked at a network or a role.
    pub change: Duration,
    /// The same where code is sent along, at the least. 300 s unless changed; a large package is given more, as a line
    /// of half a megabit a second needs.
    pub upload: Duration,
    /// How long an answer to a question that only reads may let wait: a page of functions, a function. 30 s unless
    /// changed; what is asked may be asked again.
    pub read: Duration,
    /// Who we are, with all repetitions. 15 s unless changed: it is asked to find out what is wrong.
    pub identity: Duration,
    /// All of getting credentials, repetitions and chains of roles with it. 60 s unless changed: a program that a
    /// profile names may ask a person to touch a key.
    pub credentials: Duration,
    /// What of that the endpoint of a container is given. 15 s unless changed: it is on the machine's own host.
    pub container: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(3100),
            answer_margin: Duration::from_secs(20),
            answer_body: Duration::from_secs(96),
            change: Duration::from_mins(1),
            upload: Duration::from_mins(5),
            read: Duration::from_secs(30),
            identity: Duration::from_secs(15),
            credentials: Duration::from_mins(1),
            container: Duration::from_secs(15),
        }
    }
}
