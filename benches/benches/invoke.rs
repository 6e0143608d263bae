//! One signed Invoke on a local endpoint that does nothing, compared with the same bytes sent with plain hyper.
#![expect(clippy::unwrap_used, reason = "a bench ends by panicking")]

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use lamplight_aws_adapter::{AccessKey, AwsConnectionConfig, CredentialsSource, open};
use lamplight_aws_model::Region;
use lamplight_benches::{compare, endpoint};
use lamplight_domain::{FunctionRef, InvocationType, Payload};
use lamplight_ports::{Departure, InvokeRequest, Invoker};
use std::time::Duration;
use tokio::runtime::Runtime;

const EVENT: &str = r#"{"a":2,"b":40}"#;

fn request() -> InvokeRequest {
    InvokeRequest {
        function: FunctionRef::by_name("adder".parse().unwrap()),
        qualifier: None,
        invocation_type: InvocationType::RequestResponse,
        payload: Payload::from_json(EVENT.to_owned()).unwrap(),
        log_tail: true,
        client_context: None,
        fresh_connection: false,
        scrubber: lamplight_domain::Scrubber::default(),
        departure: Departure::default(),
    }
}

fn invoke(criterion: &mut Criterion) {
    let address = endpoint::serve(Bytes::from_static(br#"{"sum":42}"#));
    let runtime = Runtime::new().unwrap();
    let key = AccessKey { id: "AKIDEXAMPLE".into(), secret: "bench".into(), session_token: None };
    let invoker = open(AwsConnectionConfig {
        endpoint_url: Some(format!("http://{address}")),
        credentials: CredentialsSource::AccessKey(key),
        ..AwsConnectionConfig::new(Region::us_east_1())
    })
    .unwrap()
    .invoker;
    let plain: Client<HttpConnector, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let uri = format!("http://{address}/2015-03-31/functions/adder/invocations");
    let ours = || runtime.block_on(async { invoker.invoke(request()).await.unwrap().response.len() });
    let by_hyper = || {
        runtime.block_on(async {
            let request = Request::post(&uri).body(Full::new(Bytes::from_static(EVENT.as_bytes()))).unwrap();
            let response = plain.request(request).await.unwrap();
            response.into_body().collect().await.unwrap().to_bytes().len()
        })
    };
    assert_eq!(ours(), by_hyper());
    let mut group = criterion.benchmark_group("invoke");
    group.sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group.bench_function("lamplight", |b| b.iter(ours));
    group.bench_function("hyper", |b| b.iter(by_hyper));
    // Signing, endpoint rules and a separate connection take time; the target only shows regressions.
    compare("invoke", "plain hyper, unsigned, on a kept connection", 0.05, ours, by_hyper);
}

criterion_group!(benches, invoke);
criterion_main!(benches);
