//! A request body that reports how much of it has been sent.

use aws_smithy_types::body::{Error, SdkBody};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use lamplight_ports::UploadWatch;
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// The size of a piece, in bytes: small enough for a progress bar to move on a slow connection, and large enough not to
/// slow down a fast one.
const CHUNK: usize = 64 * 1024;

/// Splits the body into pieces and reports each one when the connection takes it. A body of unknown length is returned
/// unchanged; uploads do not have one.
pub(crate) fn report_progress(body: SdkBody, watch: Arc<dyn UploadWatch>) -> SdkBody {
    match body.content_length() {
        Some(of) => SdkBody::from_body_1_x(Watched { body, piece: Bytes::new(), sent: 0, of, watch }),
        None => body,
    }
}

/// A body that is sent in pieces.
#[derive(Debug)]
struct Watched {
    body: SdkBody,
    /// Data that was read from the body and is not yet handed to the connection.
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
