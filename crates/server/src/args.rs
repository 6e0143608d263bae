//! The command line of the server.

use clap::{Args, Parser, Subcommand};
use std::{net::IpAddr, path::PathBuf};

/// Run functions as jobs from a browser and over HTTP: the Lamplight server
#[derive(Debug, Parser)]
#[command(
    name = "lamplight-server",
    version,
    after_help = "Examples:\n  lamplight-server\n  lamplight-server --listen 0.0.0.0:7077 --tls-certificate cert.pem --tls-key key.pem\n  lamplight-server backup /backups/lamplight.db"
)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the web pages and the HTTP API, and make queued runs (the default)
    Serve,
    /// Copy the store to a new file while it is in use
    Backup {
        /// The file to create; it must not exist
        file: PathBuf,
    },
    /// Create an API token and print it once
    Token(TokenArgs),
}

/// Options of every command. Each has a variable, and those of the server also a key in the configuration file.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// The configuration file [default: the lamplight.toml that is found]
    #[arg(long, global = true, env = "LAMPLIGHT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder of the store [default: the user's data folder]
    #[arg(long, global = true, env = "LAMPLIGHT_DATA_DIR", value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// The address and port to listen on [default: 127.0.0.1:7077]
    #[arg(long, env = "LAMPLIGHT_SERVER_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// A host name by which the server is reached, besides the address that it listens on
    #[arg(long = "host", env = "LAMPLIGHT_SERVER_HOSTS", value_name = "NAME", value_delimiter = ',')]
    pub hosts: Vec<String>,
    /// The PEM file with the certificates for TLS; it is read again when it changes
    #[arg(long, env = "LAMPLIGHT_SERVER_TLS_CERTIFICATE", value_name = "FILE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// The PEM file with the private key of the certificate
    #[arg(long, env = "LAMPLIGHT_SERVER_TLS_KEY", value_name = "FILE", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
    /// The address of a proxy in front of the server that speaks TLS; its X-Forwarded-For is believed
    #[arg(long = "proxy", env = "LAMPLIGHT_SERVER_PROXIES", value_name = "ADDRESS", value_delimiter = ',')]
    pub proxies: Vec<IpAddr>,
    /// How many runs this process makes at once [default: 64]
    #[arg(long, env = "LAMPLIGHT_SERVER_CONCURRENCY", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub concurrency: Option<u32>,
    /// Write logs as JSON, one object per line
    #[arg(long, env = "LAMPLIGHT_SERVER_LOG_JSON")]
    pub log_json: bool,
}

/// A token to create.
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// Its name
    pub name: String,
    /// What it may do: viewer, runner or admin
    #[arg(long, default_value = "viewer")]
    pub role: String,
    /// After how many days it expires
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub days: u32,
    /// Limit it to this connection
    #[arg(long = "connection", value_name = "NAME")]
    pub connections: Vec<String>,
    /// Limit it to this job
    #[arg(long = "job", value_name = "NAME")]
    pub jobs: Vec<String>,
}
