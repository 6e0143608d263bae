//! Credentials that the service refuses, though they should be good: they are not used again.

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

/// The codes of refusals that other credentials may not meet (Lambda API, "Common Error Types").
const REFUSALS: [&str; 4] =
    ["ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "ExpiredToken"];

/// Has credentials got anew once the service has refused those that are held.
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
        // The name may be followed by the address of its description.
        let code = code.split(':').next().unwrap_or_default();
        if REFUSALS.contains(&code)
            && let Some(SignedWith(key)) = config.load::<SignedWith>()
        {
            tracing::info!(code, "the service refuses these credentials; others are got");
            self.0.forget(key);
        }
        Ok(())
    }
}
