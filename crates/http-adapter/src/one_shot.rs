//! The HTTP client of one call: it sends at most one request, and knows afterwards whether any byte of it
//! can have left.

use crate::{HttpClient, watched::watched};
use aws_smithy_runtime_api::client::{
    connection::CaptureSmithyConnection,
    connector_metadata::ConnectorMetadata,
    http::{
        HttpClient as Connects, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
        SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use lamplight_ports::UploadWatch;
use std::sync::{Arc, OnceLock};

/// An HTTP client for one call: it lets one request through, whatever retry settings the AWS SDK takes from wherever.
#[derive(Debug, Clone)]
pub struct OneShot {
    http: HttpClient,
    trail: Trail,
    watch: Option<Arc<dyn UploadWatch>>,
}

/// What became of the one request.
///
/// The pool puts a connection into the request's [`CaptureSmithyConnection`] before it hands the request to
/// that connection, over HTTP/1.1 and HTTP/2 alike. Looking for, opening and securing a connection happens
/// before, on behalf of the pool. So as long as no connection was captured, no byte of the request left.
/// That holds also where the call was given up by a timeout.
#[derive(Debug, Clone, Default)]
pub struct Trail(Arc<OnceLock<CaptureSmithyConnection>>);

impl Trail {
    /// Whether a byte of the request can have left. Once the call has ended or was dropped, the answer is final.
    pub fn may_have_left(&self) -> bool {
        self.0.get().is_some_and(|capture| capture.get().is_some())
    }
}

/// A second request where one is all there is.
#[derive(Debug, thiserror::Error)]
#[error("the request was about to be sent twice")]
struct SecondRequest;

impl OneShot {
    /// A client for one call over `http`, and what will be known of its request.
    pub fn new(http: HttpClient) -> (Self, Trail) {
        let trail = Trail::default();
        (Self { http, trail: trail.clone(), watch: None }, trail)
    }

    /// The same, and `watch` is told how much of the request has left.
    #[must_use]
    pub fn watched(self, watch: Option<Arc<dyn UploadWatch>>) -> Self {
        Self { watch, ..self }
    }
}

impl Connects for OneShot {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(OneShotConnector {
            inner: self.http.http_connector(settings, components),
            trail: self.trail.clone(),
            watch: self.watch.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.http.connector_metadata()
    }
}

#[derive(Debug)]
struct OneShotConnector {
    inner: SharedHttpConnector,
    trail: Trail,
    watch: Option<Arc<dyn UploadWatch>>,
}

impl HttpConnector for OneShotConnector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        // The SDK has put one of these in for its own use; where it has not, ours does the same.
        let capture = request.extension::<CaptureSmithyConnection>().cloned().unwrap_or_default();
        if self.trail.0.set(capture.clone()).is_err() {
            return HttpConnectorFuture::ready(Err(ConnectorError::user(SecondRequest.into())));
        }
        request.add_extension(capture);
        if let Some(watch) = &self.watch {
            let body = std::mem::replace(request.body_mut(), SdkBody::taken());
            *request.body_mut() = watched(body, Arc::clone(watch));
        }
        self.inner.call(request)
    }
}
