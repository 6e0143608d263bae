//! An HTTP client for one call: it sends at most one request, and afterwards says whether any byte of it may have been
//! sent.

use crate::{HttpClient, watched::report_progress};
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

/// An HTTP client for one call. It lets only one request through, even if the AWS SDK is configured to retry.
#[derive(Debug, Clone)]
pub struct OneShot {
    http: HttpClient,
    trail: Trail,
    watch: Option<Arc<dyn UploadWatch>>,
}

/// Records how far the request got.
///
/// The pool puts a connection into the request's [`CaptureSmithyConnection`] before it hands the request to that
/// connection, for HTTP/1.1 and HTTP/2. Finding, opening and securing a connection happens earlier. So if no connection
/// was captured, no byte of the request was sent, also if the call ended with a timeout.
#[derive(Debug, Clone, Default)]
pub struct Trail(Arc<OnceLock<CaptureSmithyConnection>>);

impl Trail {
    /// Whether any byte of the request may have been sent. The result is final once the call has ended or was dropped.
    pub fn may_have_left(&self) -> bool {
        self.0.get().is_some_and(|capture| capture.get().is_some())
    }
}

/// The SDK tried to send a second request.
#[derive(Debug, thiserror::Error)]
#[error("the request was not sent a second time: a call sends at most one request")]
struct SecondRequest;

impl OneShot {
    /// A client for one call over `http`, and the record of its request.
    pub fn new(http: HttpClient) -> (Self, Trail) {
        let trail = Trail::default();
        (Self { http, trail: trail.clone(), watch: None }, trail)
    }

    /// Reports to `watch` how much of the request has been sent.
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
        // The SDK usually adds a capture for its own use, which is shared; otherwise a new one is added.
        let capture = request.extension::<CaptureSmithyConnection>().cloned().unwrap_or_default();
        if self.trail.0.set(capture.clone()).is_err() {
            return HttpConnectorFuture::ready(Err(ConnectorError::user(SecondRequest.into())));
        }
        request.add_extension(capture);
        if let Some(watch) = &self.watch {
            let body = std::mem::replace(request.body_mut(), SdkBody::taken());
            *request.body_mut() = report_progress(body, Arc::clone(watch));
        }
        self.inner.call(request)
    }
}
