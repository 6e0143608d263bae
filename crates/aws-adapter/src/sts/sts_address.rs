//! Makes the SDK's own credentials chain use the connection's STS endpoint.
//!
//! If a profile or the environment names a role, the SDK calls STS at an endpoint that can be configured only with
//! `AWS_ENDPOINT_URL_STS` and similar variables: [`ProviderConfig`](aws_config::provider_config::ProviderConfig) has no
//! option for it. So we give the SDK an HTTP client that redirects these requests to the connection's endpoint. A signature
//! includes the host, so a redirected request is signed again, with the same identity.

use aws_config::Region;
use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
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
use lamplight_aws_model::partition::is_aws_endpoint;
use lamplight_http_adapter::HttpClient;
use std::{borrow::Cow, sync::Arc};

/// The start of the body of each request for a role. No other service in the chain uses the query protocol.
const FOR_A_ROLE: &[u8] = b"Action=AssumeRole";

/// The headers that a signature adds to a request.
const OF_THE_SIGNATURE: [&str; 4] = ["authorization", "x-amz-date", "x-amz-security-token", "host"];

/// The HTTP client of a connection, which redirects requests to STS.
#[derive(Debug, Clone)]
pub(super) struct StsAddress {
    http: HttpClient,
    to: Arc<StsEndpoint>,
}

#[derive(Debug)]
struct StsEndpoint {
    place: Place,
    region: Region,
}

/// Where STS is.
#[derive(Debug)]
enum Place {
    /// Scheme, host and path, instead of AWS's own endpoint.
    Url(String),
    /// AWS's own endpoint, also if the environment has another one.
    Aws { use_fips: bool, use_dual_stack: bool },
}

impl StsAddress {
    /// `url` takes the place of AWS's own address; requests are signed for `region`.
    pub(super) fn new(http: HttpClient, url: &str, region: Region) -> Self {
        let place = Place::Url(url.trim_end_matches('/').to_owned());
        Self { http, to: Arc::new(StsEndpoint { place, region }) }
    }

    /// AWS's own address, also if the environment has another one, which the SDK would use.
    pub(super) fn of_aws(http: HttpClient, region: Region, use_fips: bool, use_dual_stack: bool) -> Self {
        let place = Place::Aws { use_fips, use_dual_stack };
        Self { http, to: Arc::new(StsEndpoint { place, region }) }
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
    to: Arc<StsEndpoint>,
    components: RuntimeComponents,
}

impl HttpConnector for Redirecting {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if !request.body().bytes().is_some_and(|body| body.starts_with(FOR_A_ROLE)) {
            if matches!(self.to.place, Place::Aws { .. })
                && signs_in(&request)
                && !is_aws_endpoint(request.uri())
            {
                let error = "for single sign-on, AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_SSO cannot be ignored; unset them";
                return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
            }
            return self.inner.call(request);
        }
        let (inner, to, components) = (self.inner.clone(), Arc::clone(&self.to), self.components.clone());
        HttpConnectorFuture::new(async move {
            to.redirect(&mut request, &components).await.map_err(ConnectorError::user)?;
            inner.call(request).await
        })
    }
}

/// Whether the request is for IAM Identity Center, and so has a token of the user's sign-in.
fn signs_in(request: &HttpRequest) -> bool {
    let path = request.uri().split(['?', '#']).next().unwrap_or_default();
    request.headers().contains_key("x-amz-sso_bearer_token")
        || (request.method() == "POST" && path.ends_with("/token"))
}

impl StsEndpoint {
    async fn url(&self) -> Result<Cow<'_, str>, BoxError> {
        match &self.place {
            Place::Url(url) => Ok(Cow::Borrowed(url)),
            Place::Aws { use_fips, use_dual_stack } => {
                let params = Params::builder()
                    .region(self.region.as_ref())
                    .use_fips(*use_fips)
                    .use_dual_stack(*use_dual_stack)
                    .build()?;
                let endpoint = DefaultResolver::new().resolve_endpoint(&params).await?;
                Ok(Cow::Owned(endpoint.url().trim_end_matches('/').to_owned()))
            }
        }
    }

    async fn redirect(
        &self,
        request: &mut HttpRequest,
        components: &RuntimeComponents,
    ) -> Result<(), BoxError> {
        request.set_uri(format!("{}/", self.url().await?))?;
        let is_signed = request.headers().contains_key("authorization");
        for name in OF_THE_SIGNATURE {
            request.headers_mut().remove(name);
        }
        // A request with the token of an identity provider is not signed.
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
        let time = components.time_source().ok_or("no clock is configured for signing")?.now();
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

/// The identity with which the SDK signed the request.
async fn identity(components: &RuntimeComponents) -> Result<Identity, BoxError> {
    let resolver = components.identity_resolver(AuthSchemeId::from("sigv4"));
    let resolver = resolver.ok_or("no identity is configured for signing")?;
    resolver.resolve_identity(components, &ConfigBag::base()).await
}
