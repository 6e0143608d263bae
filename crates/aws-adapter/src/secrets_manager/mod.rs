//! Reads secrets from AWS Secrets Manager by the reference `aws-sm:NAME#FIELD`.

mod failure;

use crate::{error::answers::AnswerCheck, session::Session};
use async_trait::async_trait;
use aws_config::Region;
use aws_sdk_secretsmanager::config::Builder;
use failure::failed;
use lamplight_domain::{ErrorCode, SecretRef, StoreRef};
use lamplight_ports::{PortError, PortErrorKind, SecretResolver, SecretString};
use std::{collections::BTreeMap, sync::Arc};

/// The scheme of references that this resolver reads.
const SCHEME: &str = "aws-sm";

/// [`SecretResolver`] over Secrets Manager's `GetSecretValue`, with the credentials of a connection.
///
/// `aws-sm:NAME` is the whole text of a secret, `aws-sm:NAME#FIELD` is one field of a secret that is a JSON object. The
/// name may be an ARN; then the secret is read in the ARN's region, otherwise in the connection's region.
#[derive(Debug)]
pub struct SecretsManager {
    session: Arc<Session>,
}

impl SecretsManager {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    fn client(&self, name: &str) -> aws_sdk_secretsmanager::Client {
        let mut config = Builder::from(self.session.sdk());
        config.set_endpoint_url(self.session.config.secrets_endpoint_url.clone());
        config.push_interceptor(AnswerCheck::shared(self.session.config.unmarked()));
        if let Some(region) = region_of(name) {
            config.set_region(Some(Region::new(region.to_owned())));
        }
        aws_sdk_secretsmanager::Client::from_conf(config.build())
    }

    async fn read(&self, reference: &StoreRef) -> Result<SecretString, PortError> {
        let sent = self.client(reference.name()).get_secret_value().secret_id(reference.name()).send().await;
        let output = sent.map_err(|error| failed(&error, reference))?;
        let Some(text) = output.secret_string else {
            let message = format!("secret {reference} is binary, not text");
            return Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid, message)
                .with_hint("store it as text"));
        };
        match reference.field() {
            None => Ok(SecretString::from(text)),
            Some(wanted) => field(&text, wanted, reference),
        }
    }
}

#[async_trait]
impl SecretResolver for SecretsManager {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match reference {
            SecretRef::Store(store) if store.scheme() == SCHEME => self.read(store).await,
            other => {
                let message = format!("secret {other} is not in Secrets Manager");
                Err(PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message))
            }
        }
    }
}

/// The region of an ARN `arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME`.
fn region_of(name: &str) -> Option<&str> {
    let mut parts = name.split(':');
    let is_arn = parts.next() == Some("arn") && parts.nth(1) == Some("secretsmanager");
    parts.next().filter(|region| is_arn && !region.is_empty())
}

fn field(text: &str, wanted: &str, reference: &StoreRef) -> Result<SecretString, PortError> {
    let invalid = |what: String, hint: &str| {
        let message = format!("secret {reference} {what}");
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid, message).with_hint(hint)
    };
    // The parser's message is not shown, because it can contain parts of the secret.
    let fields: BTreeMap<String, &serde_json::value::RawValue> = serde_json::from_str(text)
        .map_err(|_| invalid("is not a JSON object".to_owned(), "leave out #FIELD to use it as it is"))?;
    let Some(raw) = fields.get(wanted) else {
        let names: Vec<&str> = fields.keys().map(String::as_str).take(10).collect();
        let message = format!("secret {reference} does not have this field");
        return Err(PortError::new(PortErrorKind::NotFound, ErrorCode::SecretNotFound, message)
            .with_hint(format!("its fields are: {}", names.join(", "))));
    };
    match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(raw.get())
            .map(SecretString::from)
            .map_err(|_| invalid("is not valid text".to_owned(), "store it as text")),
        Some(b'{' | b'[' | b'n') | None => Err(invalid(
            "is not a text or a number".to_owned(),
            "use a field that contains a text or a number",
        )),
        Some(_) => Ok(SecretString::from(raw.get())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_ports::ExposeSecret;

    fn store(text: &str) -> StoreRef {
        let parsed: SecretRef = text.parse().unwrap();
        let SecretRef::Store(store) = parsed else { unreachable!("{text} names a store") };
        store
    }

    #[test]
    fn the_region_is_taken_from_the_arn() {
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
        assert_eq!(region_of(arn), Some("eu-west-1"));
        for name in ["db", "a:b:secretsmanager:eu-west-1", "arn:aws:iam::123456789012:role/x", "arn:aws"] {
            assert_eq!(region_of(name), None, "{name}");
        }
    }

    #[test]
    fn a_field_is_returned_as_text() {
        let secret = r#"{"password":"p\"ä","port":5432,"open":true,"nested":{"x":1},"nothing":null}"#;
        let reference = store("aws-sm:db#password");
        let read = |name: &str| field(secret, name, &reference).map(|text| text.expose_secret().to_owned());
        assert_eq!(read("password").unwrap(), "p\"ä");
        assert_eq!(read("port").unwrap(), "5432");
        assert_eq!(read("open").unwrap(), "true");
        for wrong in ["nested", "nothing"] {
            assert_eq!(read(wrong).unwrap_err().code, ErrorCode::SecretInvalid, "{wrong}");
        }
        let absent = read("absent").unwrap_err();
        assert_eq!((absent.kind, absent.code), (PortErrorKind::NotFound, ErrorCode::SecretNotFound));
        let hint = absent.hint.unwrap().to_string();
        assert!(hint.contains("password") && hint.contains("port"), "{hint}");
    }

    #[test]
    fn a_secret_that_is_not_an_object_is_refused_and_not_shown() {
        let error = field("hunter2", "x", &store("aws-sm:db#x")).unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}
