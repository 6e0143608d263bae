//! Detects incomplete credentials in the environment. The SDK skips them and uses the next source, so requests could be
//! made with another identity than intended. The AWS CLI refuses them, and so do we.

use crate::error::CredentialsFailure;
use aws_config::profile::{self, ProfileSet};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};
use lamplight_domain::ErrorCode;

const LIST: &str = "`aws configure list-profiles` lists the existing profiles, from ~/.aws/config and \
                    ~/.aws/credentials or the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name";

/// The failure for an environment with half of an access key or with a profile that does not exist.
pub(super) async fn find_incomplete_setting() -> Option<CredentialsFailure> {
    let environment = Env::real();
    let failure = find_incomplete_key(&environment);
    if failure.is_some() || is_set(&environment, "AWS_ACCESS_KEY_ID") {
        return failure;
    }
    let name = environment.get("AWS_PROFILE").ok().filter(|name| !name.is_empty())?;
    let files = EnvConfigFiles::default();
    // If the files cannot be read, the SDK reports it.
    let profiles = profile::load(&Fs::real(), &environment, &files, None).await.ok()?;
    find_missing_profile(&profiles, &name)
}

fn is_set(environment: &Env, name: &str) -> bool {
    environment.get(name).is_ok_and(|value| !value.trim().is_empty())
}

fn find_incomplete_key(environment: &Env) -> Option<CredentialsFailure> {
    let id = is_set(environment, "AWS_ACCESS_KEY_ID");
    // The SDK accepts both names.
    let secret = is_set(environment, "AWS_SECRET_ACCESS_KEY") || is_set(environment, "SECRET_ACCESS_KEY");
    let (set, missing) = match (id, secret) {
        (true, false) => ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        (false, true) => ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
        _ => return None,
    };
    let message = format!("{set} is set, but {missing} is not; nothing was sent");
    Some(CredentialsFailure::new(ErrorCode::CredentialsInvalid, message, "set both variables, or neither"))
}

/// The failure if the profile in the environment, or one of its source profiles, is in no file.
fn find_missing_profile(profiles: &ProfileSet, name: &str) -> Option<CredentialsFailure> {
    let mut seen = vec![];
    let (mut next, mut named_by) = (Some(name), "AWS_PROFILE".to_owned());
    while let Some(name) = next.filter(|name| !seen.contains(name)) {
        let Some(profile) = profiles.get_profile(name) else {
            // The default profile may be missing: most machines have no profile files.
            if name == "default" {
                return None;
            }
            let message = format!("profile {name}, named by {named_by}, does not exist; nothing was sent");
            return Some(CredentialsFailure::new(ErrorCode::CredentialsMissing, message, LIST));
        };
        seen.push(name);
        named_by = format!("source_profile of profile {name}");
        next = profile.get("source_profile");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_key_is_none() {
        let told = |pairs: &[(&str, &str)]| {
            find_incomplete_key(&Env::from_slice(pairs)).map(|failure| failure.message)
        };
        for half in [
            &[("AWS_ACCESS_KEY_ID", "AKID")][..],
            &[("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", " ")],
        ] {
            assert!(
                told(half).unwrap().starts_with("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
            );
        }
        assert!(told(&[("AWS_SECRET_ACCESS_KEY", "x")]).unwrap().contains("AWS_ACCESS_KEY_ID is not"));
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "x")]), None);
        assert_eq!(told(&[("AWS_ACCESS_KEY_ID", "AKID"), ("SECRET_ACCESS_KEY", "x")]), None);
    }
}
