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
//! Implement [`FunctionCatalogue`], [`Invoker`], [`Identity`], [`Reachability`], the ports of
//! [`Management`], and `lamplight_domain::Platform`, in one adapter crate, and hand them out through [`Connector`].
//! Domain, use cases and fronts stay as they are.
//!
//! # Conventions
//! - Absence is `Ok(None)`; [`PortErrorKind::NotFound`] is for things that the caller said exist.
//! - Every failure names what the caller can do by its kind; see [`PortErrorKind`].
//! - Futures may be dropped at any await point. A method that must not be cut short says so.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod account;
mod aliases;
mod async_invocations;
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
mod reachability;
pub mod record;
mod run_store;
mod runners;
mod secrets;
mod system;
mod tokens;

pub use account::{Account, AccountLimits, AccountSettings, AccountUsage};
pub use aliases::{Aliases, CreateAlias, ListAliases, UpdateAlias};
pub use async_invocations::AsyncInvocations;
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
pub use page::Page;
pub use permissions::Permissions;
pub use reachability::Reachability;
pub use run_store::{RunFilter, RunSelector, RunStore, RunSummary};
pub use runners::Runners;
pub use secrets::SecretResolver;
pub use system::{Clock, IdSource, Sleeper};
pub use tokens::TokenSource;

pub use bytes::Bytes;
pub use lamplight_domain::Applied;
pub use secrecy::{ExposeSecret, SecretString};
