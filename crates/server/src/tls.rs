//! TLS with certificates that are read again when their files change.

use crate::Problem;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring},
};

/// The certificate of the server.
#[derive(Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Current>,
}

#[derive(Debug)]
struct Current {
    config: Arc<ServerConfig>,
    changed: Option<(SystemTime, SystemTime)>,
}

impl Tls {
    /// Reads the files.
    pub fn open(certificate: PathBuf, key: PathBuf) -> Result<Self, Problem> {
        let current = Current { config: read(&certificate, &key)?, changed: times(&certificate, &key) };
        Ok(Self { certificate, key, current: RwLock::new(current) })
    }

    /// What accepts the next connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current.config))
    }

    /// Reads the files again if they have changed. Files that cannot be used are reported, and the old ones stay in use.
    pub fn reload(&self) {
        let changed = times(&self.certificate, &self.key);
        if self.current.read().unwrap_or_else(PoisonError::into_inner).changed == changed {
            return;
        }
        match read(&self.certificate, &self.key) {
            Ok(config) => {
                let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                *current = Current { config, changed };
                tracing::info!(file = %self.certificate.display(), "read the new certificate");
            }
            Err(problem) => tracing::error!(
                reason = problem.message,
                "the new certificate cannot be used; the old one stays in use"
            ),
        }
    }
}

/// When the files were last changed.
fn times(certificate: &Path, key: &Path) -> Option<(SystemTime, SystemTime)> {
    let of = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    Some((of(certificate)?, of(key)?))
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, Problem> {
    let unusable = |path: &Path, error: &dyn std::fmt::Display| {
        Problem::new(format!("could not use {}: {error}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(certificate, &error))?;
    if chain.is_empty() {
        return Err(unusable(certificate, &"it has no certificate"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, &error))?;
    let provider = Arc::new(ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(certificate, &error))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| unusable(certificate, &error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
