//! A named way into one account and region, opened.

use crate::{
    Account, Aliases, AsyncInvocations, Canceller, FunctionCatalogue, FunctionManager, Identity, Invoker,
    Layers, Permissions, PortError, PortErrorKind, Reachability,
};
use async_trait::async_trait;
use lamplight_domain::{ConnectionName, ErrorCode, Platform, Settings};
use std::{fmt::Debug, sync::Arc};

/// An open connection: the ports of one provider, bound to one way in. What is `None` the provider has nothing like.
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
    /// What the provider knows without being asked.
    pub platform: Arc<dyn Platform>,
    /// Who we are; `None` where calls need no credentials.
    pub identity: Option<Arc<dyn Identity>>,
    /// Whether it can be reached.
    pub reachability: Option<Arc<dyn Reachability>>,
    /// Stops what was started.
    pub canceller: Option<Arc<dyn Canceller>>,
    /// What is managed beside calling.
    pub management: Option<Management>,
}

impl Connection {
    /// A connection of a provider that has functions and calls them, and nothing else.
    pub fn new(
        name: ConnectionName,
        catalogue: Arc<dyn FunctionCatalogue>,
        invoker: Arc<dyn Invoker>,
        platform: Arc<dyn Platform>,
    ) -> Self {
        Self {
            name,
            defaults: Settings::default(),
            catalogue,
            invoker,
            platform,
            identity: None,
            reachability: None,
            canceller: None,
            management: None,
        }
    }

    /// What is managed.
    ///
    /// # Errors
    /// [`Unsupported`](PortErrorKind::Unsupported) where the provider manages nothing.
    pub fn management(&self) -> Result<&Management, PortError> {
        self.management.as_ref().ok_or_else(|| {
            let message = format!("connection {} does not manage functions; it only calls them", self.name);
            PortError::new(PortErrorKind::Unsupported, ErrorCode::Unsupported, message)
        })
    }
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
