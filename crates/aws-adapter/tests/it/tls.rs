//! HTTP/2 over TLS, the protocol of Lambda itself: many calls share a connection, and a fault of the connection or of a
//! stream must not start a function twice.

use crate::support::{call_with, config, short_waits};
use bytes::Bytes;
use h2::{Reason, RecvStream, SendStream, server::SendResponse};
use http::{Request, Response};
use lamplight_aws_adapter::{AwsConnectionConfig, open};
use lamplight_domain::{Delivery, ErrorCode, Start};
use lamplight_ports::Invoker;
use lamplight_testkit::in_child;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    task::JoinSet,
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

/// The file that the child takes its only trusted certificate from; it writes it itself.
const ROOTS: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/aws-adapter-roots.pem");

/// The same file for a child process that trusts another certificate.
const OTHER_ROOTS: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/aws-adapter-other-roots.pem");

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    None,
    /// The stream is refused before its body is read, by the reason that says nothing was processed.
    StreamRefused,
    StreamResetAfterBody,
    StreamResetInAnswer,
    /// A reset that reports no error, in the middle of the answer.
    StreamEndedInAnswer,
    /// The same after the whole answer, in place of the end of the stream.
    StreamEndedAfterAnswer,
    ConnectionDropped,
    ConnectionDroppedInAnswer,
    GoAway,
    /// A GOAWAY that lets the open streams finish.
    GoAwayGently,
}

const FAULTS: [Fault; 16] = [
    Fault::StreamEndedInAnswer,
    Fault::None,
    Fault::StreamRefused,
    Fault::None,
    Fault::StreamResetAfterBody,
    Fault::None,
    Fault::StreamResetInAnswer,
    Fault::None,
    Fault::StreamEndedAfterAnswer,
    Fault::ConnectionDropped,
    Fault::None,
    Fault::None,
    Fault::ConnectionDroppedInAnswer,
    Fault::GoAwayGently,
    Fault::None,
    Fault::GoAway,
];

fn fault_of(name: &str) -> Fault {
    let case: usize = name.strip_prefix("case-").unwrap().parse().unwrap();
    FAULTS[(case * 7) % FAULTS.len()]
}

#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    heads: HashMap<String, usize>,
    executions: HashMap<String, usize>,
}

type Shared = Arc<Mutex<Seen>>;

/// The effect of a stream's fault on its connection.
enum ConnectionEnd {
    Drop,
    GoAway,
    GoAwayGently,
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, seen: Shared) {
    let Ok(tls) = acceptor.accept(stream).await else { return };
    let Ok(mut connection) = h2::server::handshake(tls).await else { return };
    seen.lock().unwrap().connections += 1;
    let (end, mut ended) = mpsc::unbounded_channel();
    loop {
        tokio::select! {
            accepted = connection.accept() => match accepted {
                Some(Ok((request, respond))) => {
                    tokio::spawn(handle(request, respond, Arc::clone(&seen), end.clone()));
                }
                Some(Err(_)) | None => return,
            },
            Some(how) = ended.recv() => match how {
                ConnectionEnd::Drop => return,
                ConnectionEnd::GoAway => connection.abrupt_shutdown(Reason::INTERNAL_ERROR),
                ConnectionEnd::GoAwayGently => connection.graceful_shutdown(),
            },
        }
    }
}

async fn handle(
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    seen: Shared,
    end: mpsc::UnboundedSender<ConnectionEnd>,
) {
    let name = request.uri().path().split('/').nth(3).unwrap().to_owned();
    *seen.lock().unwrap().heads.entry(name.clone()).or_default() += 1;
    let fault = fault_of(&name);
    if fault == Fault::StreamRefused {
        respond.send_reset(Reason::REFUSED_STREAM);
        return;
    }
    let mut body = request.into_body();
    let mut event = Vec::new();
    while let Some(chunk) = body.data().await {
        let Ok(chunk) = chunk else { return };
        body.flow_control().release_capacity(chunk.len()).unwrap();
        event.extend_from_slice(&chunk);
    }
    *seen.lock().unwrap().executions.entry(name).or_default() += 1;
    match fault {
        Fault::StreamResetAfterBody => respond.send_reset(Reason::INTERNAL_ERROR),
        Fault::ConnectionDropped => end.send(ConnectionEnd::Drop).unwrap_or_default(),
        Fault::GoAway => end.send(ConnectionEnd::GoAway).unwrap_or_default(),
        Fault::None | Fault::GoAwayGently => {
            if fault == Fault::GoAwayGently {
                end.send(ConnectionEnd::GoAwayGently).unwrap_or_default();
            }
            if let Some(mut answer) = answer(&mut respond) {
                let _sent = answer.send_data(event.into(), true);
            }
        }
        Fault::StreamEndedInAnswer | Fault::StreamEndedAfterAnswer => {
            let Some(mut answer) = answer(&mut respond) else { return };
            let sent = if fault == Fault::StreamEndedInAnswer { event.len() - 1 } else { event.len() };
            let _sent = answer.send_data(Bytes::copy_from_slice(&event[..sent]), false);
            tokio::task::yield_now().await;
            answer.send_reset(Reason::NO_ERROR);
        }
        Fault::StreamResetInAnswer | Fault::ConnectionDroppedInAnswer | Fault::StreamRefused => {
            let Some(mut answer) = answer(&mut respond) else { return };
            let _sent = answer.send_data(Bytes::from_static(b"{\"cut\":"), false);
            tokio::task::yield_now().await;
            if fault == Fault::StreamResetInAnswer {
                answer.send_reset(Reason::INTERNAL_ERROR);
            } else {
                end.send(ConnectionEnd::Drop).unwrap_or_default();
            }
        }
    }
}

fn answer(respond: &mut SendResponse<Bytes>) -> Option<SendStream<Bytes>> {
    let head = Response::builder().header("x-amzn-requestid", "id").body(()).unwrap();
    respond.send_response(head, false).ok()
}

/// A server at 127.0.0.1 with the only certificate that this process trusts.
async fn start(roots: &str) -> (String, Shared) {
    let own = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(roots, own.cert.pem()).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let mut tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let seen = Shared::default();
    let shared = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, acceptor.clone(), Arc::clone(&shared)));
        }
    });
    (url, seen)
}

#[test]
fn calls_on_a_shared_connection_start_once_if_it_breaks() {
    let name = "tls::calls_on_a_shared_connection_start_once_if_it_breaks";
    in_child(name, &[("SSL_CERT_FILE", ROOTS)], async {
        const CALLS: usize = 320;
        let (url, seen) = start(ROOTS).await;
        let invoker = open(AwsConnectionConfig { timeouts: short_waits(), ..config(&url) }).unwrap().invoker;
        let at_once = Arc::new(Semaphore::new(8));
        let mut calls = JoinSet::new();
        for case in 0..CALLS {
            let (invoker, at_once) = (Arc::clone(&invoker), Arc::clone(&at_once));
            calls.spawn(async move {
                let _turn = at_once.acquire_owned().await.unwrap();
                let name = format!("case-{case}");
                let event = format!("{{\"case\":{case}}}");
                let outcome = invoker.invoke(call_with(&name, &event)).await;
                (name, event, outcome)
            });
        }
        let outcomes = calls.join_all().await;
        let seen = seen.lock().unwrap();
        let mut words: BTreeMap<(Fault, &str), usize> = BTreeMap::new();
        for (name, event, outcome) in outcomes {
            let fault = fault_of(&name);
            let heads = seen.heads.get(&name).copied().unwrap_or_default();
            let executions = seen.executions.get(&name).copied().unwrap_or_default();
            assert!(heads <= 1 && executions <= 1, "{fault:?}: {heads} heads, {executions} executions");
            let word = match outcome {
                Ok(answer) => {
                    assert_eq!((answer.response, executions), (event.into_bytes(), 1), "{fault:?}");
                    "answered"
                }
                Err(error) if error.delivery == Delivery::NotSent => {
                    assert_eq!((error.start, heads), (Start::DidNotStart, 0), "{fault:?}: {error:?}");
                    "not sent"
                }
                Err(error) => {
                    let doubt = (Delivery::MaybeSent, Start::MayHaveStarted);
                    assert_eq!((error.delivery, error.start), doubt, "{fault:?}: {error:?}");
                    "in doubt"
                }
            };
            *words.entry((fault, word)).or_default() += 1;
        }
        assert!(seen.connections > 1 && seen.connections < CALLS / 2, "{} connections", seen.connections);
        for fault in FAULTS {
            let word = match fault {
                Fault::None | Fault::GoAwayGently => "answered",
                _ => "in doubt",
            };
            assert!(words.contains_key(&(fault, word)), "{fault:?} never ended {word}: {words:?}");
        }
    });
}

#[test]
fn nothing_is_sent_to_a_server_with_an_untrusted_certificate() {
    let name = "tls::nothing_is_sent_to_a_server_with_an_untrusted_certificate";
    in_child(name, &[("SSL_CERT_FILE", OTHER_ROOTS)], async {
        let (url, seen) = start(OTHER_ROOTS).await;
        let _other = start(OTHER_ROOTS).await;
        let invoker = open(config(&url)).unwrap().invoker;
        let error = invoker.invoke(call_with("case-0", "{}")).await.unwrap_err();
        assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart));
        assert_eq!((error.code.clone(), error.transient), (ErrorCode::ConnectionFailed, false), "{error:?}");
        assert!(error.hint.unwrap().to_string().contains("certificate"));
        assert!(seen.lock().unwrap().heads.is_empty());
    });
}
