//! The async traits between the use cases and the world, with their contracts, and nothing else.
//!
//! # Adding a port
//! 1. Write the trait in a file of its own: few required methods, request structs instead of long argument
//!    lists, `Send + Sync + Debug + 'static`, so that it is held as `Arc<dyn …>`.
//! 2. No vendor type in a signature. What is specific to a provider goes through as text or as a domain type.
//! 3. Document guarantees, not mechanics, under `# Guarantees`: what is atomic, what `None` means, what
//!    happens when the caller is dropped.
//! 4. Add a suite to `lamplight-conformance` with one test for each guarantee, named after it, and run it
//!    against every adapter. The fake is held to the same suite.
//!
//! # Adding a provider
//! A provider is one adapter crate. At the least it implements three things, and hands them out as a
//! [`Connection`] (`Connection::new`) through a [`ProviderFactory`], which reads the provider's own keys of a connection
//! and of which a front is given a list:
//! 1. [`FunctionCatalogue`]: `list` and `get`.
//! 2. [`Invoker`]: one method. It judges what an answer means (`lamplight_domain::AnswerOutcome`) and how far a request
//!    got; no layer above knows its status codes. It must know its provider's answers from anybody else's.
//! 3. `lamplight_domain::Platform`: how functions and qualifiers are written. All else has a default that says "not
//!    known": limits, links, prices, the form of errors and reports.
//!
//! What else the provider has it adds, a field of [`Connection`] each: [`Identity`] where calls need credentials,
//! [`Reachability`], [`Canceller`] where executions can be stopped, [`Management`]. What it lacks it leaves `None`,
//! and use cases and fronts say so. Hold it to the suites of `lamplight-conformance`, and declare as gaps what it
//! has nothing like. Domain, use cases and fronts stay as they are.
//!
//! # Conventions
//! - Absence is `Ok(None)`; [`PortErrorKind::NotFound`] is for things that the caller said exist.
//! - Every failure names what the caller can do by its kind; see [`PortErrorKind`].
//! - Futures may be dropped at any await point. A method that must not be cut short says so.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod account;
mod aliases;
mod async_invocations;
mod canceller;
mod catalogue;
mod change;
mod connection;
mod error;
mod functions;
mod http;
mod identity;
mod invoker;
mod job_store;
mod layers;
mod page;
mod permissions;
mod provider;
mod reachability;
pub mod record;
mod run_ports;
mod run_store;
mod runners;
mod secrets;
mod system;
mod tokens;

pub use account::{Account, AccountLimits, AccountSettings, AccountUsage};
pub use aliases::{Aliases, CreateAlias, ListAliases, UpdateAlias};
pub use async_invocations::AsyncInvocations;
pub use canceller::{Cancellation, Canceller};
pub use catalogue::{FunctionCatalogue, ListFunctions};
pub use change::{ChangeError, Changed, Effect, RequestPreview, UploadWatch};
pub use connection::{Connection, Connector, Management};
pub use error::{PortError, PortErrorKind};
pub use functions::{
    CreateFunction, FunctionManager, ListVersions, Publish, PublishVersion, QualifiedFunction, TagChange,
    UpdateCode, UpdateSettings,
};
pub use http::{HttpAnswer, HttpExchange, HttpMethod, HttpRequest, LARGEST_HTTP_BODY};
pub use identity::{CredentialsSummary, Identity, Principal};
pub use invoker::{Departure, InvokeAnswer, InvokeError, InvokeRequest, Invoker};
pub use job_store::{JobStore, StoredJob};
pub use layers::{LayerVersionRef, Layers, ListLayers};
pub use page::{Page, PageRequest, RunPlace, bad_marker};
pub use permissions::Permissions;
pub use provider::{
    CallKeys, ConnectionOverrides, EffectiveSetting, Given, OpenConnection, ProviderFactory, SettingOrigin,
    SystemPorts,
};
pub use reachability::Reachability;
pub use run_ports::RunPorts;
pub use run_store::{Retention, RunFilter, RunSelector, RunStore, RunSummary};
pub use runners::Runners;
pub use secrets::{NoSecrets, SecretResolver};
pub use system::{Clock, IdSource, Sleeper};
pub use tokens::TokenSource;

/// What makes the async traits of this crate implementable.
pub use async_trait::async_trait;
pub use bytes::Bytes;
pub use lamplight_domain::Applied;
pub use secrecy::{ExposeSecret, SecretString};
