//! What a connection is opened with.

use crate::CredentialsSource;
use lamplight_aws_model::Region;
use std::time::Duration;

/// One way into one account and region.
#[derive(Debug, Clone)]
pub struct AwsConnectionConfig {
    /// The region.
    pub region: Region,
    /// Where Lambda is, in place of AWS's own address: `http://…` or `https://…`.
    pub endpoint_url: Option<String>,
    /// Where STS is, in place of AWS's own address.
    pub sts_endpoint_url: Option<String>,
    /// Where credentials come from.
    pub credentials: CredentialsSource,
    /// How long things may take.
    pub timeouts: Timeouts,
}

impl AwsConnectionConfig {
    /// The region's own endpoints with ambient credentials.
    pub fn new(region: Region) -> Self {
        Self {
            region,
            endpoint_url: None,
            sts_endpoint_url: None,
            credentials: CredentialsSource::default(),
            timeouts: Timeouts::default(),
        }
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
    /// One attempt to read something: a page of functions, a function, who we are. 30 s unless changed.
    pub read: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(3100),
            answer_margin: Duration::from_secs(20),
            answer_body: Duration::from_secs(96),
            read: Duration::from_secs(30),
        }
    }
}
