//! The providers that connections can use.

use crate::ConnectionConfig;
use lamplight_ports::ProviderFactory;
use std::sync::Arc;

/// The providers that connections can use. The first is the default: that of connections without `provider`.
#[derive(Debug, Clone, Default)]
pub struct Providers(Vec<Arc<dyn ProviderFactory>>);

impl Providers {
    /// These providers; if two have the same name, the first one is used.
    pub fn new(factories: impl IntoIterator<Item = Arc<dyn ProviderFactory>>) -> Self {
        Self(factories.into_iter().collect())
    }

    /// The provider called `name`.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn ProviderFactory>> {
        self.0.iter().find(|factory| factory.name() == name)
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|factory| factory.name())
    }

    /// The name of the default provider; empty if there are no providers.
    pub fn default_name(&self) -> &str {
        self.names().next().unwrap_or_default()
    }

    /// The name of a connection's provider.
    pub fn name_of<'a>(&'a self, connection: &'a ConnectionConfig) -> &'a str {
        connection.provider.as_deref().unwrap_or_else(|| self.default_name())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<dyn ProviderFactory>> {
        self.0.iter()
    }
}
