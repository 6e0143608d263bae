//! The conformance suite of the secret port on a simulated Secrets Manager with one secret.

use crate::{
    server::{Reaction, Received, Server, answer},
    support::config,
};
use async_trait::async_trait;
use lamplight_aws_adapter::{AwsConnectionConfig, open};
use lamplight_conformance::secret_resolver::{SecretHarness, SecretShelf};
use lamplight_domain::SecretRef;
use lamplight_ports::SecretResolver;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const HEADERS: [(&str, &str); 2] = [crate::server::MARK, ("content-type", "application/x-amz-json-1.1")];

struct SecretsManager {
    reference: &'static str,
}

struct Shelf {
    reference: &'static str,
    secret: Arc<Mutex<String>>,
    resolver: Arc<dyn SecretResolver>,
    _server: Server,
}

#[async_trait]
impl SecretHarness for SecretsManager {
    async fn arrange(&self, secret: &str) -> Box<dyn SecretShelf> {
        let secret = Arc::new(Mutex::new(secret.to_owned()));
        let kept = Arc::clone(&secret);
        let server = Server::start(move |request: &Received| {
            let asked: Value = serde_json::from_slice(&request.body).unwrap();
            let kept = kept.lock().unwrap().clone();
            let (status, body) = match asked["SecretId"].as_str().unwrap() {
                "app/whole" => (200, json!({ "SecretString": kept })),
                "app/fields" => {
                    (200, json!({ "SecretString": json!({ "key": kept, "other": "x" }).to_string() }))
                }
                _ => (400, json!({ "__type": "ResourceNotFoundException", "Message": "no such secret" })),
            };
            Reaction::Answer(answer(status, &HEADERS, body.to_string().as_bytes()))
        })
        .await;
        let config =
            AwsConnectionConfig { secrets_endpoint_url: Some(server.url()), ..config(&server.url()) };
        let resolver = open(config).unwrap().secrets;
        Box::new(Shelf { reference: self.reference, secret, resolver, _server: server })
    }
}

#[async_trait]
impl SecretShelf for Shelf {
    fn resolver(&self) -> Arc<dyn SecretResolver> {
        Arc::clone(&self.resolver)
    }

    fn reference(&self) -> SecretRef {
        self.reference.parse().unwrap()
    }

    fn absent(&self) -> Vec<SecretRef> {
        ["aws-sm:app/absent", "aws-sm:app/absent#key", "aws-sm:app/fields#absent"]
            .map(|reference| reference.parse().unwrap())
            .to_vec()
    }

    fn foreign(&self) -> Vec<SecretRef> {
        ["env:KEY", "file:/key", "keyring:service/account", "vault:kv/app#key"]
            .map(|reference| reference.parse().unwrap())
            .to_vec()
    }

    async fn put(&self, secret: &str) {
        secret.clone_into(&mut self.secret.lock().unwrap());
    }
}

mod whole {
    lamplight_conformance::secret_resolver!(super::SecretsManager { reference: "aws-sm:app/whole" });
}

mod by_field {
    lamplight_conformance::secret_resolver!(super::SecretsManager { reference: "aws-sm:app/fields#key" });
}
