//! The adapters of a build, and those that another program adds.

use crate::FakeFactory;
use lamplight_config::Providers;
use lamplight_ports::{ProviderFactory, SecretResolver};
use std::sync::Arc;

/// The available providers and secret stores. [`default`](Adapters::default) returns those of the build.
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
    /// The HTTP client that all network adapters share.
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
    /// Adds a provider. If one of the same name exists, that one is used.
    #[must_use]
    pub fn with_provider(mut self, factory: Arc<dyn ProviderFactory>) -> Self {
        self.providers.push(factory);
        self
    }

    /// Adds a store for the secret references of one scheme.
    #[must_use]
    pub fn with_secret_store(mut self, scheme: impl Into<String>, store: Arc<dyn SecretResolver>) -> Self {
        self.secret_stores.push((scheme.into(), store));
        self
    }

    /// All providers; the first is the default.
    pub fn providers(&self) -> Providers {
        Providers::new(self.providers.iter().cloned())
    }

    /// The JSON Schema of the configuration file with these providers; it ends with a newline.
    pub fn schema(&self) -> String {
        lamplight_config::schema(&self.providers())
    }

    pub(crate) fn secret_stores(&self) -> impl Iterator<Item = (String, Arc<dyn SecretResolver>)> {
        self.secret_stores.iter().cloned()
    }
}
