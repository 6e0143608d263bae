//! The settings of a server.

use lamplight_domain::{ConnectionName, JobName};
use lamplight_ports::RunLimits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::IpAddr, path::PathBuf};

/// The settings of `lamplight-server`. Other programs ignore this table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ServerTable {
    /// The address and port to listen on; `127.0.0.1:7077` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// The host names by which browsers and programs reach the server, besides the address that it listens on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// The PEM file with the certificates for TLS, the server's own first. It is read again when it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_certificate: Option<PathBuf>,
    /// The PEM file with the private key of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<PathBuf>,
    /// The addresses of proxies in front of the server that speak TLS; their `X-Forwarded-For` is believed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proxies: Vec<IpAddr>,
    /// How many runs one server process makes at once; 64 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10_000))]
    pub concurrency: Option<u32>,
    /// How many runs of a job, or of a function without a job, may be under way at once, unless `jobs` says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs_per_job: Option<u32>,
    /// How many runs on a connection may be under way at once, unless `connections` says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs_per_connection: Option<u32>,
    /// How many runs of these jobs may be under way at once.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, u32>")]
    pub jobs: BTreeMap<JobName, u32>,
    /// How many runs on these connections may be under way at once.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, u32>")]
    pub connections: BTreeMap<ConnectionName, u32>,
    /// How many days the audit log is kept; 365 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_days: Option<u32>,
}

impl ServerTable {
    /// How many runs may be under way at once.
    pub fn limits(&self) -> RunLimits {
        RunLimits {
            per_job: self.runs_per_job,
            per_connection: self.runs_per_connection,
            jobs: self.jobs.clone(),
            connections: self.connections.clone(),
        }
    }
}
