//! Where the SDK's own chain finds STS.
//!
//! A profile or the environment may name a role, and the SDK then asks STS at an address that it takes from
//! `AWS_ENDPOINT_URL_STS` and the like alone: [`ProviderConfig`](aws_config::provider_config::ProviderConfig) has no
//! place for another. So the HTTP client that it is given leads those requests to the connection's address. A
//! signature holds the host, so such a request is signed again, with the identity that the SDK signed it with.

use aws_config::Region;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        auth::AuthSchemeId,
        connector_metadata::ConnectorMetadata,
        http::{
            HttpClient as Connects, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        identity::{Identity, ResolveIdentity},
        orchestrator::HttpRequest,
        result::ConnectorError,
        runtime_components::{GetIdentityResolver, RuntimeComponents},
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use lamplight_http_adapter::HttpClient;
use std::sync::Arc;

/// How each request for a role begins. No other service of the chain speaks the query protocol.
const FOR_A_ROLE: &[u8] = b"Action=AssumeRole";

/// What a signature puts into a request.
const OF_THE_SIGNATURE: [&str; 4] = ["authorization", "x-amz-date", "x-amz-security-token", "host"];

/// The HTTP client of a connection, with STS at an address of its own.
#[derive(Debug, Clone)]
pub(super) struct StsAddress {
    http: HttpClient,
    to: Arc<To>,
}

#[derive(Debug)]
struct To {
    /// Scheme, host and path.
    url: String,
    region: Region,
}

impl StsAddress {
    /// `url` takes the place of AWS's own address; requests are signed for `region`.
    pub(super) fn new(http: HttpClient, url: &str, region: Region) -> Self {
        Self { http, to: Arc::new(To { url: url.trim_end_matches('/').to_owned(), region }) }
    }
}

impl Connects for StsAddress {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Redirecting {
            inner: self.http.http_connector(settings, components),
            to: Arc::clone(&self.to),
            components: components.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.http.connector_metadata()
    }
}

#[derive(Debug)]
struct Redirecting {
    inner: SharedHttpConnector,
    to: Arc<To>,
    components: RuntimeComponents,
}

impl HttpConnector for Redirecting {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if !request.body().bytes().is_some_and(|body| body.starts_with(FOR_A_ROLE)) {
            return self.inner.call(request);
        }
        let (inner, to, components) = (self.inner.clone(), Arc::clone(&self.to), self.components.clone());
        HttpConnectorFuture::new(async move {
            to.lead(&mut request, &components).await.map_err(ConnectorError::user)?;
            inner.call(request).await
        })
    }
}

impl To {
    async fn lead(&self, request: &mut HttpRequest, components: &RuntimeComponents) -> Result<(), BoxError> {
        request.set_uri(format!("{}/", self.url))?;
        let is_signed = request.headers().contains_key("authorization");
        for name in OF_THE_SIGNATURE {
            request.headers_mut().remove(name);
        }
        // A token of an identity provider proves itself.
        if is_signed {
            let identity = identity(components).await?;
            self.sign(request, &identity, components)?;
        }
        Ok(())
    }

    fn sign(
        &self,
        request: &mut HttpRequest,
        identity: &Identity,
        components: &RuntimeComponents,
    ) -> Result<(), BoxError> {
        let time = components.time_source().ok_or("there is no clock to sign with")?.now();
        let params = SigningParams::builder()
            .identity(identity)
            .region(self.region.as_ref())
            .name("sts")
            .time(time)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let body = request.body().bytes().unwrap_or_default();
        let headers = request.headers().iter();
        let signable =
            SignableRequest::new(request.method(), request.uri(), headers, SignableBody::Bytes(body))?;
        let (headers, _) = sign(signable, &params)?.into_parts().0.into_parts();
        for header in headers {
            let mut value = http::HeaderValue::from_str(header.value())?;
            value.set_sensitive(header.sensitive());
            request.headers_mut().try_insert(header.name(), value)?;
        }
        Ok(())
    }
}

/// Whoever the SDK signed the request as.
async fn identity(components: &RuntimeComponents) -> Result<Identity, BoxError> {
    let resolver = components.identity_resolver(AuthSchemeId::from("sigv4"));
    let resolver = resolver.ok_or("there is no identity to sign with")?;
    resolver.resolve_identity(components, &ConfigBag::base()).await
}
