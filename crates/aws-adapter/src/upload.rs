//! Code on its way: what is sent, and who is told how far it is.

use crate::preview::with_commas;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use lamplight_domain::Package;
use lamplight_ports::UploadWatch;
use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
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

/// The same body in pieces, each reported as the connection takes it. Only a body in memory is; others, of which a
/// management request has none, pass as they are.
pub(crate) fn watched(body: SdkBody, watch: Arc<dyn UploadWatch>) -> SdkBody {
    match body.bytes() {
        Some(bytes) => {
            // The SDK gives its buffer as a slice alone; this copy is freed piece by piece.
            let rest = Bytes::copy_from_slice(bytes);
            let of = length(&rest);
            SdkBody::from_body_1_x(Watched { rest, of, watch })
        }
        None => body,
    }
}

fn length(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// What is left of a body.
#[derive(Debug)]
struct Watched {
    rest: Bytes,
    of: u64,
    watch: Arc<dyn UploadWatch>,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let size = self.rest.len().min(CHUNK);
        let piece = self.rest.split_to(size);
        self.watch.sent(self.of - length(&self.rest), self.of);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(length(&self.rest))
    }
}
