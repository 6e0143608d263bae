//! A local endpoint that answers Invoke with a fixed response and runs nothing.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::{convert::Infallible, net::SocketAddr};
use tokio::net::TcpListener;

/// Serves `response` to every request, on a thread of its own, until the process ends.
pub fn serve(response: Bytes) -> SocketAddr {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || runtime.block_on(accept(listener, response)));
    address
}

async fn accept(listener: TcpListener, response: Bytes) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        // Without this the kernel delays small answers, and the bench would measure the delay.
        stream.set_nodelay(true).unwrap();
        let response = response.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<Incoming>| answer(request, response.clone()));
            let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
            // If the client disconnects, the connection ends; the error is not relevant here.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, response: Bytes) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut body = request.into_body();
    // The frames are read and dropped, so that the endpoint uses no memory for them.
    while let Some(Ok(_)) = body.frame().await {}
    let answer = Response::builder()
        .header("content-type", "application/json")
        .header("x-amzn-requestid", "8f507cfc-0000-4697-b07a-ac58fc914c95")
        .header("x-amz-executed-version", "$LATEST")
        .body(Full::new(response));
    Ok(answer.unwrap())
}
