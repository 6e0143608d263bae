//! Code on its way: what is sent, and who is told how far it is.

use crate::preview::with_commas;
use aws_sdk_lambda::primitives::Blob;
use aws_smithy_types::body::{Error, SdkBody};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use lamplight_domain::Package;
use lamplight_ports::UploadWatch;
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// How much is handed to the connection at once, in bytes: little enough for a bar to move on a slow line, and enough
/// for a fast one to stay busy.
const CHUNK: usize = 64 * 1024;

/// A package that is sent along with a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Upload<'a> {
    package: &'a Package,
    watch: Option<&'a Arc<dyn UploadWatch>>,
}

impl<'a> Upload<'a> {
    pub(crate) fn new(package: &'a Package, watch: Option<&'a Arc<dyn UploadWatch>>) -> Self {
        Self { package, watch }
    }

    /// The size of the package in bytes.
    pub(crate) fn len(&self) -> usize {
        self.package.bytes().len()
    }

    /// Who is told.
    pub(crate) fn watch(&self) -> Option<Arc<dyn UploadWatch>> {
        self.watch.cloned()
    }

    /// What stands for the package where a request is shown.
    pub(crate) fn in_words(&self) -> String {
        format!("<{} bytes, SHA-256 {}>", with_commas(self.len()), self.package.sha256())
    }
}

/// A package as the SDK takes it, without a copy of its bytes.
pub(crate) fn blob(package: &Package) -> Blob {
    struct Shared(Package);
    impl AsRef<[u8]> for Shared {
        fn as_ref(&self) -> &[u8] {
            self.0.bytes()
        }
    }
    Blob::from_maybe_shared(Bytes::from_owner(Shared(package.clone())))
}

/// The same body in pieces, each reported as the connection takes it. A body of unknown length passes as it is; no
/// management request has one.
pub(crate) fn watched(body: SdkBody, watch: Arc<dyn UploadWatch>) -> SdkBody {
    match body.content_length() {
        Some(of) => SdkBody::from_body_1_x(Watched { body, piece: Bytes::new(), sent: 0, of, watch }),
        None => body,
    }
}

/// A body that goes out piece by piece.
#[derive(Debug)]
struct Watched {
    body: SdkBody,
    /// What the body has given and is not handed on yet.
    piece: Bytes,
    sent: u64,
    of: u64,
    watch: Arc<dyn UploadWatch>,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.piece.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.piece = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                end => return Poll::Ready(end),
            }
        }
        let size = self.piece.len().min(CHUNK);
        let chunk = self.piece.split_to(size);
        self.sent = self.of.min(self.sent.saturating_add(u64::try_from(size).unwrap_or(u64::MAX)));
        self.watch.sent(self.sent, self.of);
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.piece.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.of - self.sent)
    }
}
