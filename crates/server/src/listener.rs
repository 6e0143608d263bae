//! Accepts connections, with limits on what a slow or idle client may hold.

use crate::tls::Tls;
use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long a client may take to send the head of a request, and for the TLS handshake.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// How many connections are served at once; more wait to be accepted.
const MOST_CONNECTIONS: usize = 4096;

/// How long open requests may take to end after the server was asked to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Serves until `stop` fires, then lets open requests end.
pub async fn serve(listener: TcpListener, tls: Option<Arc<Tls>>, router: Router, stop: CancellationToken) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => accept(stream, peer, tls.as_ref(), &router, &graceful, permit),
            Err(error) => {
                // Too many open files, for instance: accepting again at once would only use up the processor.
                tracing::warn!(%error, "could not accept a connection");
                tokio::select! {
                    () = pause() => {}
                    () = stop.cancelled() => break,
                }
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(LAST_REQUESTS, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests had not ended when the server stopped");
    }
}

async fn pause() {
    use lamplight_ports::Sleeper;
    lamplight_system_adapter::TokioSleeper.sleep(Duration::from_millis(100)).await;
}

fn accept(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<&Arc<Tls>>,
    router: &Router,
    graceful: &GracefulShutdown,
    permit: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let (router, watcher) = (router.clone(), graceful.watcher());
    let acceptor = tls.map(|tls| tls.acceptor());
    tokio::spawn(async move {
        let _permit = permit;
        match acceptor {
            None => talk(stream, peer, router, watcher).await,
            Some(acceptor) => match tokio::time::timeout(HEAD_TIME, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => talk(stream, peer, router, watcher).await,
                Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
                Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
            },
        }
    });
}

async fn talk<S>(stream: S, peer: SocketAddr, router: Router, watcher: hyper_util::server::graceful::Watcher)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(64 * 1024);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(20));
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}
