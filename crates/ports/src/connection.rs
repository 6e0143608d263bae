//! A named way into one account and region, opened.

use crate::{
    Account, Aliases, AsyncInvocations, FunctionCatalogue, FunctionManager, Identity, Invoker, Layers,
    Permissions, PortError, Reachability,
};
use async_trait::async_trait;
use lamplight_domain::{ConnectionName, Platform, Settings};
use std::{fmt::Debug, sync::Arc};

/// An open connection: the ports of one provider, bound to one way in.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its name.
    pub name: ConnectionName,
    /// What its functions are called with unless a job or run says otherwise.
    pub defaults: Settings,
    /// What functions there are.
    pub catalogue: Arc<dyn FunctionCatalogue>,
    /// Calls functions.
    pub invoker: Arc<dyn Invoker>,
    /// Who we are.
    pub identity: Arc<dyn Identity>,
    /// Whether it can be reached.
    pub reachability: Arc<dyn Reachability>,
    /// What is managed beside calling.
    pub management: Management,
    /// What the provider knows without being asked.
    pub platform: Arc<dyn Platform>,
}

/// What is managed at a provider, a port for each group of things.
#[derive(Debug, Clone)]
pub struct Management {
    /// What the account may use.
    pub account: Arc<dyn Account>,
    /// Functions.
    pub functions: Arc<dyn FunctionManager>,
    /// Names that lead to versions.
    pub aliases: Arc<dyn Aliases>,
    /// Who else may use functions.
    pub permissions: Arc<dyn Permissions>,
    /// Code that functions share.
    pub layers: Arc<dyn Layers>,
    /// What becomes of queued calls.
    pub async_invocations: Arc<dyn AsyncInvocations>,
}

/// Opens connections by name.
///
/// # Guarantees
/// - Opening makes no call to the provider; credentials are asked for when they are first needed.
/// - `None` is the connection that the configuration or the environment makes the default.
/// - A name that is not configured is [`NotFound`](crate::PortErrorKind::NotFound) and the error names
///   those that are.
#[async_trait]
pub trait Connector: Debug + Send + Sync + 'static {
    /// Opens the connection `name`.
    async fn open(&self, name: Option<&ConnectionName>) -> Result<Connection, PortError>;
}
