//! The adapters of a build, and those that a program of somebody else adds.

use crate::FakeFactory;
use lamplight_config::Providers;
use lamplight_ports::{ProviderFactory, SecretResolver};
use std::sync::Arc;

/// Which providers and stores of secrets there are. [`default`](Adapters::default) is what the build has.
///
/// ```
/// use lamplight_wiring::Adapters;
/// let names: Vec<String> = Adapters::default().providers().names().map(str::to_owned).collect();
/// assert_eq!(names, ["aws", "fake", "http"]);
/// ```
#[derive(Debug, Clone)]
pub struct Adapters {
    providers: Vec<Arc<dyn ProviderFactory>>,
    secret_stores: Vec<(String, Arc<dyn SecretResolver>)>,
    /// One HTTP client for everything that is reached over a network.
    #[cfg(feature = "aws")]
    pub(crate) http: lamplight_http_adapter::HttpClient,
}

impl Default for Adapters {
    fn default() -> Self {
        #[cfg(any(feature = "aws", feature = "http"))]
        let http = lamplight_http_adapter::HttpClient::default();
        #[cfg(feature = "aws")]
        let aws = crate::AwsFactory::new(http.clone());
        #[cfg(not(feature = "aws"))]
        let aws = crate::absent::Absent("aws");
        #[cfg(feature = "http")]
        let functions = crate::HttpFunctionsFactory::new(http.clone());
        #[cfg(not(feature = "http"))]
        let functions = crate::absent::Absent("http");
        Self {
            providers: vec![Arc::new(aws), Arc::new(FakeFactory), Arc::new(functions)],
            secret_stores: Vec::new(),
            #[cfg(feature = "aws")]
            http,
        }
    }
}

impl Adapters {
    /// The same with a further provider. It cannot replace one of the same name.
    #[must_use]
    pub fn with_provider(mut self, factory: Arc<dyn ProviderFactory>) -> Self {
        self.providers.push(factory);
        self
    }

    /// The same with a store for the secret references of one scheme.
    #[must_use]
    pub fn with_secret_store(mut self, scheme: impl Into<String>, store: Arc<dyn SecretResolver>) -> Self {
        self.secret_stores.push((scheme.into(), store));
        self
    }

    /// The providers.
    pub fn providers(&self) -> Providers {
        Providers::new(self.providers.iter().cloned())
    }

    /// The JSON Schema of the configuration file with these providers, with a line end.
    pub fn schema(&self) -> String {
        lamplight_config::schema(&self.providers())
    }

    pub(crate) fn secret_stores(&self) -> impl Iterator<Item = (String, Arc<dyn SecretResolver>)> {
        self.secret_stores.iter().cloned()
    }
}
