//! Stops using credentials that the service refuses before they expire.

use super::Refreshing;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef},
            dyn_dispatch_hint,
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use std::sync::Arc;

/// The error codes that new credentials may avoid (Lambda API, "Common Error Types").
const REFUSALS: [&str; 4] =
    ["ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "ExpiredToken"];

/// Drops the cached credentials if the service refuses them, so that new ones are requested.
#[derive(Debug)]
pub(crate) struct ForgetRefused(pub(crate) Arc<Refreshing>);

/// The key that a request was signed with.
#[derive(Debug)]
struct SignedWith(String);

impl Storable for SignedWith {
    type Storer = StoreReplace<Self>;
}

#[dyn_dispatch_hint]
impl Intercept for ForgetRefused {
    fn name(&self) -> &'static str {
        "ForgetRefused"
    }

    fn read_after_signing(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let signature = context.request().headers().get("authorization").unwrap_or_default();
        let key = signature.split_once("Credential=").and_then(|(_, rest)| rest.split('/').next());
        if let Some(key) = key {
            config.interceptor_state().store_put(SignedWith(key.to_owned()));
        }
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let code = context.response().headers().get("x-amzn-errortype").unwrap_or_default();
        // The code may be followed by a URL.
        let code = code.split(':').next().unwrap_or_default();
        if REFUSALS.contains(&code)
            && let Some(SignedWith(key)) = config.load::<SignedWith>()
        {
            tracing::info!(code, "the service refused the credentials; new ones will be requested");
            self.0.forget(key);
        }
        Ok(())
    }
}
