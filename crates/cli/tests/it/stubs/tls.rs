//! A certificate authority for the length of one test, and TLS in its name for any host.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::{io, net::TcpStream, sync::Arc};
use tokio_rustls::rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// Signs the certificates of whatever host is asked for.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    key: KeyPair,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { issuer, key: KeyPair::generate().unwrap() }
    }

    /// What a client must trust.
    pub fn pem(&self) -> String {
        self.issuer.as_ref().pem()
    }

    /// Speaks TLS as `host`.
    pub fn accept(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> io::Result<StreamOwned<ServerConnection, TcpStream>> {
        let params = CertificateParams::new(vec![host.to_owned()]).map_err(io::Error::other)?;
        let certificate = params.signed_by(&self.key, &self.issuer).map_err(io::Error::other)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let mut tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .map_err(io::Error::other)?;
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let connection = ServerConnection::new(Arc::new(tls)).map_err(io::Error::other)?;
        Ok(StreamOwned::new(connection, stream))
    }
}
