//! Opening a connection.

use crate::{
    AwsAccount, AwsAliases, AwsAsyncInvocations, AwsCatalogue, AwsConnectionConfig, AwsFunctions,
    AwsIdentity, AwsInvoker, AwsLayers, AwsPermissions, AwsReachability, SecretsManager, session::Session,
};
use lamplight_domain::{ErrorCode, check_endpoint};
use lamplight_http_adapter::is_endpoint;
use lamplight_ports::{Management, PortError, PortErrorKind};
use std::sync::Arc;

/// The ports of one connection.
#[derive(Debug, Clone)]
pub struct AwsPorts {
    /// What functions there are.
    pub catalogue: Arc<AwsCatalogue>,
    /// Calls functions.
    pub invoker: Arc<AwsInvoker>,
    /// Who we are.
    pub identity: Arc<AwsIdentity>,
    /// Whether Lambda can be reached.
    pub reachability: Arc<AwsReachability>,
    /// What is managed beside calling.
    pub management: Management,
    /// Reads `aws-sm:` references with the connection's credentials.
    pub secrets: Arc<SecretsManager>,
}

/// Opens a connection.
///
/// # Guarantees
/// - Nothing is sent and nothing is read: no credentials, no files, no certificates. That happens at the
///   first call that needs it.
/// - The ports share one HTTP client and one set of credentials.
///
/// # Errors
/// An endpoint that is no `http` or `https` URL is [`InvalidRequest`](PortErrorKind::InvalidRequest) with
/// the code [`ErrorCode::InvalidEndpoint`].
pub fn open(config: AwsConnectionConfig) -> Result<AwsPorts, PortError> {
    for (service, url) in [
        ("Lambda", &config.endpoint_url),
        ("STS", &config.sts_endpoint_url),
        ("Secrets Manager", &config.secrets_endpoint_url),
    ] {
        let Some(url) = url else { continue };
        // The text is not repeated: it may hold a password.
        let wrong = match check_endpoint(url) {
            Err(error) => error.to_string(),
            Ok(()) if is_endpoint(url) => continue,
            Ok(()) => "is not a valid URL".to_owned(),
        };
        let message = format!("the endpoint of {service} {wrong}");
        return Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint, message)
            .with_hint("give the scheme and the host, as in http://127.0.0.1:4566"));
    }
    let session = Arc::new(Session::new(config));
    Ok(AwsPorts {
        catalogue: Arc::new(AwsCatalogue::new(Arc::clone(&session))),
        invoker: Arc::new(AwsInvoker::new(Arc::clone(&session))),
        identity: Arc::new(AwsIdentity::new(Arc::clone(&session))),
        reachability: Arc::new(AwsReachability::new(Arc::clone(&session))),
        management: Management {
            account: Arc::new(AwsAccount::new(Arc::clone(&session))),
            functions: Arc::new(AwsFunctions::new(Arc::clone(&session))),
            aliases: Arc::new(AwsAliases::new(Arc::clone(&session))),
            permissions: Arc::new(AwsPermissions::new(Arc::clone(&session))),
            layers: Arc::new(AwsLayers::new(Arc::clone(&session))),
            async_invocations: Arc::new(AwsAsyncInvocations::new(Arc::clone(&session))),
        },
        secrets: Arc::new(SecretsManager::new(session)),
    })
}
