//! Opens a connection to AWS.

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
    /// Lists and describes functions.
    pub catalogue: Arc<AwsCatalogue>,
    /// Calls functions.
    pub invoker: Arc<AwsInvoker>,
    /// Gets the caller's identity.
    pub identity: Arc<AwsIdentity>,
    /// Checks whether Lambda can be reached.
    pub reachability: Arc<AwsReachability>,
    /// Manages functions, aliases, permissions, layers and settings.
    pub management: Management,
    /// Reads `aws-sm:` references with the connection's credentials.
    pub secrets: Arc<SecretsManager>,
}

/// Creates the ports of a connection.
///
/// # Guarantees
/// - Nothing is sent and nothing is read: no credentials, no files, no certificates. That happens at the first request that
///   needs them.
/// - The ports share one HTTP client and one set of credentials.
///
/// # Errors
/// An endpoint that is not an `http` or `https` URL is [`InvalidRequest`](PortErrorKind::InvalidRequest) with the code
/// [`ErrorCode::InvalidEndpoint`].
pub fn open(config: AwsConnectionConfig) -> Result<AwsPorts, PortError> {
    for (service, url) in [
        ("Lambda", &config.endpoint_url),
        ("STS", &config.sts_endpoint_url),
        ("Secrets Manager", &config.secrets_endpoint_url),
    ] {
        let Some(url) = url else { continue };
        // The error does not contain the URL, because it may include a password.
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
