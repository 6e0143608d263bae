//! Reports a web identity token file that cannot be read. The SDK's own errors do not contain its path.

use crate::error::CredentialsFailure;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_types::os_shim_internal::{Env, Fs};
use lamplight_aws_model::SharedSection;
use lamplight_domain::ErrorCode;
use lamplight_ports::{PortError, PortErrorKind};
use std::{error::Error, io};

/// The failure if `error` was caused by a token file that a profile of the chain names, or the environment if it is
/// `ambient`. `None` if it has another cause.
pub(super) async fn unreadable(
    error: &CredentialsError,
    chain: &[(&str, Option<&SharedSection>)],
    ambient: bool,
) -> Option<CredentialsFailure> {
    if !is_of_a_file(error) {
        return None;
    }
    let of_profile = |(name, profile): &(&str, Option<&SharedSection>)| {
        let path = profile.as_ref()?.value("web_identity_token_file")?;
        Some((format!("web_identity_token_file of profile {name}"), path.to_owned()))
    };
    let mut named: Vec<(String, String)> = chain.iter().filter_map(of_profile).collect();
    if let (true, Ok(path)) = (ambient, Env::real().get("AWS_WEB_IDENTITY_TOKEN_FILE")) {
        named.push(("AWS_WEB_IDENTITY_TOKEN_FILE".to_owned(), path));
    }
    for (by, path) in named {
        if let Err(error) = Fs::real().read_to_end(&path).await {
            return Some(failure(&by, &path, error));
        }
    }
    None
}

fn failure(by: &str, path: &str, error: io::Error) -> CredentialsFailure {
    let what = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "does not exist",
        io::ErrorKind::PermissionDenied => "could not be read: permission denied",
        _ => "could not be read",
    };
    let message = format!("the token file {path} of {by} {what}; nothing was sent");
    CredentialsFailure::of_port(
        PortError::new(PortErrorKind::Unauthenticated, ErrorCode::CredentialsFailed, message)
            .with_hint(format!("check {by}, and what mounts or writes the file"))
            .with_source(error),
    )
}

/// Whether reading a file failed. I/O errors of connections are excluded.
fn is_of_a_file(error: &CredentialsError) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause.filter(|error| !error.is::<ConnectorError>()) {
        if error.is::<io::Error>() {
            return true;
        }
        cause = error.source();
    }
    false
}
