//! An open connection to one account and region of a provider.

use crate::{
    Account, Aliases, AsyncInvocations, Canceller, FunctionCatalogue, FunctionManager, Identity, Invoker,
    Layers, Permissions, PortError, PortErrorKind, Reachability,
};
use async_trait::async_trait;
use lamplight_domain::{ConnectionName, ErrorCode, Platform, Settings};
use std::{fmt::Debug, sync::Arc};

/// An open connection: the ports of one provider for one account and region. `None` is what the provider does not
/// support.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its name.
    pub name: ConnectionName,
    /// The settings that apply unless a job or a run overrides them.
    pub defaults: Settings,
    /// Lists and describes functions.
    pub catalogue: Arc<dyn FunctionCatalogue>,
    /// Calls functions.
    pub invoker: Arc<dyn Invoker>,
    /// What is known about the provider without calling it.
    pub platform: Arc<dyn Platform>,
    /// The credentials and the identity in use; `None` if calls need no credentials.
    pub identity: Option<Arc<dyn Identity>>,
    /// Checks whether the provider can be reached.
    pub reachability: Option<Arc<dyn Reachability>>,
    /// Cancels executions.
    pub canceller: Option<Arc<dyn Canceller>>,
    /// Manages functions and related resources.
    pub management: Option<Management>,
}

impl Connection {
    /// A connection that can only list and call functions.
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

    /// The management ports.
    ///
    /// # Errors
    /// [`Unsupported`](PortErrorKind::Unsupported) if the provider does not support management.
    pub fn management(&self) -> Result<&Management, PortError> {
        self.management.as_ref().ok_or_else(|| {
            let message = format!("connection {} can only call functions, not manage them", self.name);
            PortError::new(PortErrorKind::Unsupported, ErrorCode::Unsupported, message)
        })
    }
}

/// The management ports of a provider, one for each kind of resource.
#[derive(Debug, Clone)]
pub struct Management {
    /// The limits and the usage of the account.
    pub account: Arc<dyn Account>,
    /// Functions.
    pub functions: Arc<dyn FunctionManager>,
    /// Aliases.
    pub aliases: Arc<dyn Aliases>,
    /// Resource-based policies of functions.
    pub permissions: Arc<dyn Permissions>,
    /// Layers and their policies.
    pub layers: Arc<dyn Layers>,
    /// Asynchronous invocation settings.
    pub async_invocations: Arc<dyn AsyncInvocations>,
}

/// Opens connections by name.
///
/// # Guarantees
/// - Opening does not call the provider; credentials are loaded when they are first needed.
/// - `None` opens the default connection of the configuration or the environment.
/// - A name that is not configured is [`NotFound`](crate::PortErrorKind::NotFound), and the error lists the configured
///   connections.
#[async_trait]
pub trait Connector: Debug + Send + Sync + 'static {
    /// Opens the connection `name`.
    async fn open(&self, name: Option<&ConnectionName>) -> Result<Connection, PortError>;
}
