//! Which certificates the client trusts.

use crate::support::post;
use lamplight_http_adapter::{HttpClient, Reached, SendFailureKind};
use lamplight_ports::Departure;
use lamplight_testkit::in_child;
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
        version::TLS13,
    },
};

/// The file with the only certificate that the child process trusts; the child writes it itself.
const ROOTS: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/http-adapter-roots.pem");

/// A server at 127.0.0.1 that answers each request with `1`, and its certificate.
async fn start() -> (String, String) {
    let own = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = vec![0; 64 * 1024];
            // A reachability check connects without sending a request.
            let Ok(read @ 1..) = stream.read(&mut request).await else { continue };
            assert!(request[..read].starts_with(b"POST / HTTP/1.1\r\n"));
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1").await.unwrap();
        }
    });
    (url, own.cert.pem())
}

#[test]
fn requests_are_sent_only_to_trusted_servers() {
    let name = "tls::requests_are_sent_only_to_trusted_servers";
    in_child(name, &[("SSL_CERT_FILE", ROOTS)], async {
        let ((trusted, certificate), (stranger, _)) = (start().await, start().await);
        std::fs::write(ROOTS, certificate).unwrap();
        let client = HttpClient::default();
        let patience = Duration::from_secs(10);
        assert_eq!(client.reach(&trusted, patience).await.unwrap(), Reached::Server);
        let failure = client.reach(&stranger, patience).await.unwrap_err();
        assert_eq!((failure.kind, failure.may_have_left), (SendFailureKind::NotAgreed, false));
        let answer = client.send(post(trusted), &Departure::default()).await.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (200, b"1".as_slice()));
        let failure = client.send(post(stranger), &Departure::default()).await.unwrap_err();
        assert_eq!((failure.kind, failure.may_have_left), (SendFailureKind::NotAgreed, false));
    });
}
