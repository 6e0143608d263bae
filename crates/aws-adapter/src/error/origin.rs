//! What an answer says about its sender, for answers that are not from AWS.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::{ConfigBag, Storable, StoreReplace},
};
use lamplight_domain::{AnswerOrigin, MASK};
use std::fmt;

/// Headers of a request that contain secrets.
const SECRET_HEADERS: [&str; 2] = ["authorization", "x-amz-security-token"];

/// What was sent, kept until the answer is judged: an answer of another program may repeat it.
pub(crate) struct Sent {
    secrets: Vec<String>,
    body: Option<SdkBody>,
}

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sent").finish_non_exhaustive()
    }
}

impl Sent {
    /// Keeps a request that is about to be sent.
    pub(crate) fn remember(request: &HttpRequest, config: &mut ConfigBag) {
        let header = |name| request.headers().get(name).map(str::to_owned);
        let secrets =
            SECRET_HEADERS.into_iter().filter_map(header).filter(|secret| !secret.is_empty()).collect();
        config.interceptor_state().store_put(Self { secrets, body: request.body().try_clone() });
    }

    /// Whether the word is a part of the body that was sent.
    pub(crate) fn contains(&self, word: &str) -> bool {
        let body = self.body.as_ref().and_then(SdkBody::bytes).unwrap_or_default();
        body.windows(word.len().max(1)).any(|window| window == word.as_bytes())
    }
}

/// The origin of an answer, with the secrets of the request masked.
pub(crate) fn origin_of(answer: &HttpResponse, body: &[u8], sent: Option<&Sent>) -> AnswerOrigin {
    let is_text = answer.headers().get("content-encoding").is_none() && !body.contains(&0);
    let mut text = if is_text { String::from_utf8_lossy(body).into_owned() } else { String::new() };
    for secret in sent.iter().flat_map(|sent| &sent.secrets) {
        text = text.replace(secret, MASK);
    }
    AnswerOrigin { text, ..origin_by_headers(answer) }
}

/// The origin as far as the headers say it, for answers that may repeat a secret in their body.
pub(crate) fn origin_by_headers(answer: &HttpResponse) -> AnswerOrigin {
    let header = |name: &str| answer.headers().get(name).map(str::to_owned);
    AnswerOrigin {
        content_type: header("content-type"),
        server: header("server"),
        via: header("via"),
        ..AnswerOrigin::default()
    }
}
