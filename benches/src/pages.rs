//! A local endpoint that answers `ListFunctions` page by page, and a minimal client that reads all pages.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::{TcpListener, TcpStream};

/// How many functions Lambda returns in a page at most, even if more are requested.
const PAGE: usize = 50;

/// Serves `functions` functions in pages, each after `latency`, on a thread of its own, until the process ends.
pub fn serve(functions: usize, latency: Duration) -> SocketAddr {
    let pages: Arc<Vec<Bytes>> =
        Arc::new((0..functions).step_by(PAGE).map(|first| page(first, functions)).collect());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || runtime.block_on(accept(listener, pages, latency)));
    address
}

/// A page as Lambda writes it: about 1.2 KB a function.
fn page(first: usize, functions: usize) -> Bytes {
    let end = functions.min(first + PAGE);
    let functions_json: Vec<_> = (first..end).map(function).collect();
    let next = (end < functions).then(|| end.to_string());
    Bytes::from(serde_json::json!({ "Functions": functions_json, "NextMarker": next }).to_string())
}

fn function(number: usize) -> serde_json::Value {
    let name = format!("payments-service-worker-{number:05}");
    serde_json::json!({
        "FunctionName": name,
        "FunctionArn": format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}"),
        "Runtime": "python3.13",
        "Role": "arn:aws:iam::123456789012:role/service-role/payments-worker",
        "Handler": "app.handler",
        "CodeSize": 1_234_567,
        "Description": "Settles the payments of one merchant for one day",
        "Timeout": 120,
        "MemorySize": 512,
        "LastModified": "2026-10-07T11:12:13.000+0000",
        "CodeSha256": "uXteJjIspqch5xk70GLMmNM+BdBgVkwgtl419heOCNw=",
        "Version": "$LATEST",
        "VpcConfig": { "SubnetIds": ["subnet-0a1b2c3d", "subnet-1a2b3c4d"], "SecurityGroupIds": ["sg-0a1b2c3d"], "VpcId": "vpc-0a1b2c3d" },
        "Environment": { "Variables": { "TABLE": "payments", "QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/payments", "LOG_LEVEL": "INFO" } },
        "TracingConfig": { "Mode": "Active" },
        "RevisionId": "227efdf3-908d-4e44-a7ef-bbbf9c4c0c68",
        "Layers": [{ "Arn": "arn:aws:lambda:eu-west-1:123456789012:layer:common:17", "CodeSize": 654_321 }],
        "PackageType": "Zip",
        "Architectures": ["arm64"],
        "EphemeralStorage": { "Size": 512 },
        "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" },
        "LoggingConfig": { "LogFormat": "Text", "LogGroup": format!("/aws/lambda/{name}") }
    })
}

async fn accept(listener: TcpListener, pages: Arc<Vec<Bytes>>, latency: Duration) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        stream.set_nodelay(true).unwrap();
        let pages = Arc::clone(&pages);
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<Incoming>| {
                let index = marker(&request) / PAGE;
                let body = pages.get(index).cloned().unwrap_or_default();
                async move {
                    tokio::time::sleep(latency).await;
                    let answer = Response::builder().header("content-type", "application/json");
                    Ok::<_, Infallible>(answer.body(Full::new(body)).unwrap())
                }
            });
            let server = hyper::server::conn::http1::Builder::new();
            // If the client disconnects, the connection ends; the error is not relevant here.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn marker(request: &Request<Incoming>) -> usize {
    let query = request.uri().query().unwrap_or_default();
    let mut marker = query.split('&').filter_map(|pair| pair.strip_prefix("Marker="));
    marker.next().map_or(0, |marker| marker.parse().unwrap())
}

/// Reads all pages over one connection and extracts only the marker of the next page. Returns the number of bytes read.
pub async fn walk(address: SocketAddr) -> usize {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let (mut marker, mut read) = (String::new(), 0);
    loop {
        let uri = format!("/2015-03-31/functions/{marker}");
        let request =
            Request::get(uri).header("host", address.to_string()).body(Empty::<Bytes>::new()).unwrap();
        let body =
            sender.send_request(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
        read += body.len();
        let tail = String::from_utf8_lossy(&body[body.len().saturating_sub(64)..]).into_owned();
        match tail.split_once("\"NextMarker\":\"").and_then(|(_, rest)| rest.split_once('"')) {
            Some((next, _)) => marker = format!("?Marker={next}"),
            None => return read,
        }
    }
}
