//! Each reference is read from its own store only.

use crate::script::reference;
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, SecretRef};
use lamplight_ports::{ExposeSecret, PortError, PortErrorKind, SecretResolver, SecretString};
use lamplight_secrets_adapter::SecretRouter;
use std::sync::Arc;

/// Says where a reference was led.
#[derive(Debug)]
struct Named(&'static str);

#[async_trait]
impl SecretResolver for Named {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        Ok(format!("{} {reference}", self.0).into())
    }
}

fn named(name: &'static str) -> Arc<dyn SecretResolver> {
    Arc::new(Named(name))
}

#[tokio::test]
async fn each_reference_goes_to_its_store() {
    let router = SecretRouter::new(named("local"))
        .with_keyring(named("ring"))
        .with_store("vault", named("vault"))
        .with_store("aws-sm", named("other"))
        .with_store("op".to_owned(), named("further"));
    for (store, text) in [
        ("local", "env:NAME"),
        ("local", "file:/x"),
        ("ring", "keyring:service/account"),
        ("vault", "vault:kv/app#key"),
        ("other", "aws-sm:app"),
        ("further", "op:vault/item#field"),
    ] {
        let secret = router.resolve(&reference(text)).await.unwrap();
        assert_eq!(secret.expose_secret(), format!("{store} {text}"));
    }
}

#[tokio::test]
async fn a_store_that_is_not_configured_is_named_with_its_setting() {
    let router = SecretRouter::new(named("local")).with_store("aws-sm", named("other"));
    for (text, hint) in
        [("keyring:service/account", "env: or file:"), ("vault:kv/app#key", "[secrets.vault]")]
    {
        let error = router.resolve(&reference(text)).await.unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::Unsupported, ErrorCode::SecretUnsupported)
        );
        assert!(error.message.contains(text), "{error:?}");
        assert!(
            error.hint.as_ref().map(ToString::to_string).as_deref().is_some_and(|told| told.contains(hint)),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn an_unknown_scheme_is_refused_and_the_rest_is_not_repeated() {
    let router =
        SecretRouter::new(named("local")).with_keyring(named("ring")).with_store("op", named("further"));
    let error = router.resolve(&reference("k8s:namespace/hunter2")).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unsupported, ErrorCode::SecretUnsupported));
    assert_eq!(error.message, "the secret scheme k8s is not supported");
    assert_eq!(error.hint, Some("the supported schemes are: env, file, keyring, op".into()));
    assert!(!format!("{error:?}").contains("hunter2"));
}
