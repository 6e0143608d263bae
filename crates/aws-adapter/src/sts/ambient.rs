//! What the environment sets by halves. The SDK passes over it to the next source, and what was meant for one identity
//! would be done with another; the AWS CLI stops.

use crate::error::CredentialsFailure;
use aws_config::profile::{self, ProfileSet};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};
use lamplight_domain::ErrorCode;

const LIST: &str = "`aws configure list-profiles` lists the profiles there are, in ~/.aws/config and \
                    ~/.aws/credentials or the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name";

/// The failure of an environment that names credentials which are not there.
pub(super) async fn half_set() -> Option<CredentialsFailure> {
    let environment = Env::real();
    let failure = half_a_key(&environment);
    if failure.is_some() || is_set(&environment, "AWS_ACCESS_KEY_ID") {
        return failure;
    }
    let name = environment.get("AWS_PROFILE").ok().filter(|name| !name.is_empty())?;
    let files = EnvConfigFiles::default();
    // Files that cannot be read are the SDK's to tell of.
    let profiles = profile::load(&Fs::real(), &environment, &files, None).await.ok()?;
    absent_profile(&profiles, &name)
}

fn is_set(environment: &Env, name: &str) -> bool {
    environment.get(name).is_ok_and(|value| !value.trim().is_empty())
}

fn half_a_key(environment: &Env) -> Option<CredentialsFailure> {
    let id = is_set(environment, "AWS_ACCESS_KEY_ID");
    // The SDK takes both names.
    let secret = is_set(environment, "AWS_SECRET_ACCESS_KEY") || is_set(environment, "SECRET_ACCESS_KEY");
    let (set, missing) = match (id, secret) {
        (true, false) => ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        (false, true) => ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
        _ => return None,
    };
    let message = format!("{set} is set and {missing} is not; nothing was sent");
    Some(CredentialsFailure::new(
        ErrorCode::CredentialsInvalid,
        message,
        "set both variables, or none of them",
    ))
}

/// The profile that the environment names, or one that it takes its credentials from, where no file has it.
fn absent_profile(profiles: &ProfileSet, name: &str) -> Option<CredentialsFailure> {
    let mut seen = vec![];
    let (mut next, mut named_by) = (Some(name), "AWS_PROFILE".to_owned());
    while let Some(name) = next.filter(|name| !seen.contains(name)) {
        let Some(profile) = profiles.get_profile(name) else {
            // Without any file this is what every machine has.
            if name == "default" {
                return None;
            }
            let message = format!("{named_by} names profile {name}, which no file has; nothing was sent");
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
        let told =
            |pairs: &[(&str, &str)]| half_a_key(&Env::from_slice(pairs)).map(|failure| failure.message);
        for half in [
            &[("AWS_ACCESS_KEY_ID", "AKID")][..],
            &[("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", " ")],
        ] {
            assert!(
                told(half).unwrap().starts_with("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")
            );
        }
        assert!(told(&[("AWS_SECRET_ACCESS_KEY", "x")]).unwrap().contains("AWS_ACCESS_KEY_ID is not"));
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "x")]), None);
        assert_eq!(told(&[("AWS_ACCESS_KEY_ID", "AKID"), ("SECRET_ACCESS_KEY", "x")]), None);
    }
}
