//! Reports a web identity token file that cannot be read. The SDK's own errors do not contain its path.

use crate::error::CredentialsFailure;
use aws_config::profile;
use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_types::os_shim_internal::{Env, Fs};
use lamplight_domain::ErrorCode;
use lamplight_ports::{PortError, PortErrorKind};
use std::{borrow::Cow, error::Error, io};

/// The failure if `error` was caused by a token file that `profile` or, without a profile, the environment names. `None` if
/// it has another cause.
pub(super) async fn unreadable(
    error: &CredentialsError,
    profile: Option<&str>,
) -> Option<CredentialsFailure> {
    if !is_of_a_file(error) {
        return None;
    }
    let mut named = of_profile(profile).await;
    if let (None, Ok(path)) = (profile, Env::real().get("AWS_WEB_IDENTITY_TOKEN_FILE")) {
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

/// The token files of the profile and of its source profiles.
async fn of_profile(name: Option<&str>) -> Vec<(String, String)> {
    let name = name.map(|name| Cow::Owned(name.to_owned()));
    let loaded = profile::load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), name).await;
    // If the profiles cannot be read, the SDK reports it.
    let Ok(profiles) = loaded else { return Vec::new() };
    let (mut seen, mut named) = (vec![], vec![]);
    let mut next = Some(profiles.selected_profile());
    while let Some(name) = next.filter(|name| !seen.contains(name)) {
        let Some(profile) = profiles.get_profile(name) else { break };
        if let Some(path) = profile.get("web_identity_token_file") {
            named.push((format!("web_identity_token_file of profile {name}"), path.to_owned()));
        }
        seen.push(name);
        next = profile.get("source_profile");
    }
    named
}
