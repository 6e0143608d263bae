//! Finds response bodies whose end is not proven.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Limited;
use std::{
    error::Error,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

/// Says how the body of a response ended; an extension of the response. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct BodyEnd(Arc<AtomicBool>);

impl BodyEnd {
    /// Whether only the end of the connection ended the body, so that a part of it may be missing. Final once the body has
    /// been read.
    pub fn is_unproven(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The server ended the body before it was complete, without reporting an error.
#[derive(Debug, thiserror::Error)]
#[error("the response was ended before it was complete")]
struct EndedEarly;

/// Limits the body to `most` bytes and watches how it ends. `is_tls` says whether the protocol may be HTTP/2.
///
/// HTTP/2 has a frame that ends a stream without an error; the HTTP library reports it as the end of the body. HTTP/1
/// bodies without length and chunking end with the connection, whatever ended it.
pub(crate) fn watch_end(answer: HttpResponse, is_tls: bool, most: usize) -> HttpResponse {
    let headers = answer.headers();
    let is_chunked = headers
        .get("transfer-encoding")
        .is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"));
    // Only HTTP/1 has this header. Without it, the end of a TLS connection is not accepted as the end of a body.
    let may_end_with_connection = !is_tls || headers.contains_key("connection");
    let is_counted = headers.contains_key("content-length");
    let end = BodyEnd::default();
    let mut watched = answer.map(|body| {
        SdkBody::from_body_1_x(Watched {
            body: Limited::new(body, most),
            is_chunked,
            may_be_unproven: may_end_with_connection && !is_counted,
            end: end.clone(),
        })
    });
    watched.add_extension(end);
    watched
}

#[derive(Debug)]
struct Watched {
    body: Limited<SdkBody>,
    is_chunked: bool,
    may_be_unproven: bool,
    end: BodyEnd,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        // The HTTP library has checked chunks; it says of a body with a length, and of a stream that was ended
        // properly, that it has ended.
        if frame.is_some() || self.is_chunked || self.body.is_end_stream() {
            return Poll::Ready(frame);
        }
        if !self.may_be_unproven {
            return Poll::Ready(Some(Err(EndedEarly.into())));
        }
        self.end.0.store(true, Ordering::Relaxed);
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
