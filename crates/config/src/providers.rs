//! The providers that connections may lead to.

use crate::ConnectionConfig;
use lamplight_ports::ProviderFactory;
use std::sync::Arc;

/// The providers that connections may lead to. The first is the one of connections that name none.
#[derive(Debug, Clone, Default)]
pub struct Providers(Vec<Arc<dyn ProviderFactory>>);

impl Providers {
    /// These providers; of two of one name the first counts.
    pub fn new(factories: impl IntoIterator<Item = Arc<dyn ProviderFactory>>) -> Self {
        Self(factories.into_iter().collect())
    }

    /// The provider of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn ProviderFactory>> {
        self.0.iter().find(|factory| factory.name() == name)
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|factory| factory.name())
    }

    /// The name of the provider of connections that name none; empty where there is no provider at all.
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
