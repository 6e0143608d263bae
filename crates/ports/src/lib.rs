//! The ports: async traits between the use cases and the outside world, with their guarantees.
//!
//! # Adding a port
//! 1. Write the trait in its own file: few required methods, request structs instead of long argument lists, and
//!    `Send + Sync + Debug + 'static`, so that it can be held as `Arc<dyn …>`.
//! 2. Use no vendor type in a signature. Pass what is specific to a provider as text or as a domain type.
//! 3. Document guarantees, not mechanics, under `# Guarantees`: what is atomic, what `None` means, what happens if the
//!    future is dropped.
//! 4. Add a suite to `lamplight-conformance` with one test for each guarantee, named after it, and run it against every
//!    adapter, including the fake.
//!
//! # Adding a provider
//! A provider is one adapter crate. It implements at least the three traits below and returns them as a [`Connection`]
//! (`Connection::new`) from a [`ProviderFactory`], which reads the provider's own settings of a connection. Fronts get
//! a list of these factories.
//! 1. [`FunctionCatalogue`]: `list` and `get`.
//! 2. [`Invoker`]: one method. It decides what an answer means (`lamplight_domain::AnswerOutcome`) and how far a
//!    request got, because no layer above knows its status codes. It must distinguish its provider's answers from those
//!    of anybody else, such as a proxy.
//! 3. `lamplight_domain::Platform`: the format of functions and qualifiers. Everything else has a default that means
//!    "not known": limits, links, prices, the format of errors and reports.
//!
//! Optional ports are fields of [`Connection`]: [`Identity`] if calls need credentials, [`Reachability`], [`Canceller`]
//! if executions can be cancelled, and [`Management`]. The adapter leaves what the provider lacks as `None`, and use
//! cases and fronts report that. Test the adapter with the suites of `lamplight-conformance`, and declare what the
//! provider does not support as gaps. Domain, use cases and fronts need no change.
//!
//! # Conventions
//! - If something does not exist, the result is `Ok(None)`. [`PortErrorKind::NotFound`] is for what the caller said
//!   exists.
//! - The kind of an error says what the caller can do; see [`PortErrorKind`].
//! - Futures may be dropped at any await point. A method that must run to completion says so.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access_store;
mod account;
mod aliases;
mod async_invocations;
mod canceller;
mod catalogue;
mod change;
mod connection;
mod connections;
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
mod run_history;
mod run_ports;
mod run_queue;
mod run_store;
mod runners;
mod search;
mod secrets;
mod system;
mod tokens;

pub use access_store::{AccessStore, AuditEntry, AuditFilter, Session};
pub use account::{Account, AccountLimits, AccountSettings, AccountUsage};
pub use aliases::{Aliases, CreateAlias, ListAliases, UpdateAlias};
pub use async_invocations::AsyncInvocations;
pub use canceller::{Cancellation, Canceller};
pub use catalogue::{FunctionCatalogue, ListFunctions};
pub use change::{ChangeError, Changed, Effect, RequestPreview, UploadWatch};
pub use connection::{Connection, Connector, Management};
pub use connections::{ConnectionDirectory, ConnectionInfo};
pub use error::{PortError, PortErrorKind};
pub use functions::{
    CreateFunction, FunctionManager, ListVersions, Publish, PublishVersion, QualifiedFunction, TagChange,
    UpdateCode, UpdateSettings,
};
pub use http::{HttpAnswer, HttpExchange, HttpMethod, HttpRequest, LARGEST_HTTP_BODY};
pub use identity::{CredentialsSummary, Identity, Principal};
pub use invoker::{Departure, InvokeAnswer, InvokeError, InvokeRequest, Invoker, LongerWait};
pub use job_store::{JobStore, StoredJob};
pub use layers::{LayerVersionRef, Layers, ListLayers};
pub use page::{Damaged, JobPlace, Page, PageRequest, RunPlace, StoredPage, invalid_marker};
pub use permissions::Permissions;
pub use provider::{
    CallKeys, ConnectionOverrides, EffectiveSetting, Given, OpenConnection, ProviderFactory, SettingOrigin,
    SystemPorts,
};
pub use reachability::Reachability;
pub use run_history::{
    BucketLength, ChangeNumber, ChartBucket, ChartRequest, JobFilter, JobOverview, Note, RunHistory,
    StateCount,
};
pub use run_ports::RunPorts;
pub use run_queue::{ClaimRequest, ClaimedRun, Enqueued, Lane, OnceKey, Order, RunLimits, RunQueue};
pub use run_store::{Retention, RunFilter, RunSelector, RunStore, RunSummary};
pub use runners::Runners;
pub use search::{RunText, SearchWords};
pub use secrets::{NoSecrets, SecretResolver};
pub use system::{Clock, IdSource, Sleeper};
pub use tokens::TokenSource;

/// Needed to implement the async traits of this crate.
pub use async_trait::async_trait;
pub use bytes::Bytes;
pub use lamplight_domain::Applied;
pub use secrecy::{ExposeSecret, SecretString};
