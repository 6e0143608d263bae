//! The logs of this crate: enough to follow a call, but no secrets.

use crate::{
    manage::{CHANGES, call as manage},
    server::{End, MARK, Reaction, Received, Server, answer, closed_url, refusal},
    support::{SECRET_KEY, SESSION_TOKEN, call_with, ports},
};
use lamplight_domain::FunctionRef;
use lamplight_ports::{Effect, FunctionCatalogue, Identity, InvokeRequest, Invoker, ListFunctions};
use std::{
    io,
    sync::{Arc, Mutex},
};
use tracing_subscriber::{Layer, Registry, filter::Targets, layer::SubscriberExt};

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const EVENT: &str = "{\"password\":\"hunter2-event\"}";

#[tokio::test]
async fn no_secret_is_in_any_log_at_any_level() {
    let buffer = Buffer::default();
    let writer = buffer.clone();
    let targets: Targets = "warn,lamplight_aws_adapter=trace".parse().unwrap();
    let layer = tracing_subscriber::fmt::layer().with_writer(move || writer.clone()).with_ansi(false);
    let subscriber = Registry::default().with(layer.with_filter(targets));
    let _guard = tracing::subscriber::set_default(subscriber);

    let server = Server::start(|request: &Received| match request.function() {
        "echo" => Reaction::Answer(answer(
            200,
            &[("x-amz-log-result", "aHVudGVyMi1sb2c="), ("x-amzn-requestid", "id-of-echo")],
            b"{\"token\":\"hunter2-response\"}",
        )),
        "throttled" => Reaction::Answer(refusal(429, "TooManyRequestsException", "slow down")),
        "dropped" => Reaction::SendAndEnd(Vec::new(), End::Close),
        _ if request.method == "DELETE" => Reaction::Answer(answer(204, &[MARK], b"")),
        _ => Reaction::Answer(answer(
            200,
            &[MARK],
            b"{\"Configuration\":{\"FunctionName\":\"f\",\"FunctionArn\":\"arn\",\"Environment\":{\"Variables\":\
              {\"K\":\"hunter2-environment\"}}},\"Code\":{\"Location\":\"https://hunter2-code/\"}}",
        )),
    })
    .await;
    let open = ports(&server.url());
    for name in ["echo", "throttled", "dropped"] {
        let context = Some("{\"hunter2-context\":1}".to_owned());
        let request = InvokeRequest { log_tail: true, client_context: context, ..call_with(name, EVENT) };
        let _outcome = open.invoker.invoke(request).await;
    }
    let _refused = ports(&closed_url().await).invoker.invoke(call_with("unreachable", EVENT)).await;
    let described = open.catalogue.get(&FunctionRef::by_name("f".parse().unwrap()), None).await;
    assert!(described.unwrap().is_some());
    let _listed = open.catalogue.list(ListFunctions::default()).await;
    for management in [&open.management, &ports(&closed_url().await).management] {
        for operation in CHANGES {
            for effect in [Effect::Make, Effect::Show { secrets: true }] {
                let _outcome = manage(management, operation, effect).await;
            }
        }
    }
    let _unreadable = open.identity.who_am_i().await;

    let log = String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
    for said in [
        "id-of-echo",
        "TooManyRequestsException",
        "MaybeSent",
        "NotSent",
        "UpdateFunctionCode",
        "made the change",
    ] {
        assert!(log.contains(said), "{said} is not in the log: {log}");
    }
    for secret in ["hunter2", SECRET_KEY, SESSION_TOKEN, "aHVudGVyMi1sb2c=", "UEsteml", "PK-zip"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}
