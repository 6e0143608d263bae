//! TLS, with certificates that change while the server runs.

use crate::process::Home;
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    sync::Arc,
    time::Duration,
};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring};

/// Writes a new certificate for this machine; returns it for the client.
fn certify(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    CertificateDer::from_pem_slice(made.cert.pem().as_bytes()).unwrap()
}

/// The first line of the answer to a client that trusts only this certificate.
fn ask(address: &str, trusted: &CertificateDer<'static>) -> Result<String, std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address)?);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn a_new_certificate_is_used_without_a_restart_and_a_broken_one_is_not() {
    let home = Home::new("");
    let old = certify(home.path());
    let server = home.start(&["--tls-certificate", "cert.pem", "--tls-key", "key.pem"]);
    assert!(server.link.starts_with("https://"), "{}", server.link);
    assert_eq!(ask(&server.address, &old).unwrap(), "HTTP/1.1 200 OK");
    let new = certify(home.path());
    server.signal("-HUP");
    while ask(&server.address, &new).is_err() {
        crate::process::pass(Duration::from_millis(50));
    }
    assert!(ask(&server.address, &old).is_err(), "the old one is still in use");
    fs::write(home.path().join("cert.pem"), "nonsense").unwrap();
    server.signal("-HUP");
    assert_eq!(ask(&server.address, &new).unwrap(), "HTTP/1.1 200 OK");
}
