//! Detects incomplete credentials in the environment and in profiles. The SDK skips them and uses the next source, so
//! requests could be made with another identity than intended. The AWS CLI refuses them, and so do we.

use crate::error::CredentialsFailure;
use aws_types::os_shim_internal::Env;
use lamplight_aws_model::{SelectedProfile, SharedFiles};
use lamplight_domain::ErrorCode;

const LIST: &str = "`aws configure list-profiles` lists the existing profiles, from ~/.aws/config and \
                    ~/.aws/credentials or the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name";

fn is_set(environment: &Env, name: &str) -> bool {
    environment.get(name).is_ok_and(|value| !value.trim().is_empty())
}

/// Refuses half of an access key in the environment.
pub(super) fn check_key(environment: &Env) -> Result<(), CredentialsFailure> {
    let id = is_set(environment, "AWS_ACCESS_KEY_ID");
    // The SDK accepts both names.
    let secret = is_set(environment, "AWS_SECRET_ACCESS_KEY") || is_set(environment, "SECRET_ACCESS_KEY");
    let (set, missing) = match (id, secret) {
        (true, false) => ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        (false, true) => ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
        _ => return Ok(()),
    };
    let message = format!("{set} is set, but {missing} is not; nothing was sent");
    Err(CredentialsFailure::new(ErrorCode::CredentialsInvalid, message, "set both variables, or neither"))
}

/// Refuses a profile that the environment names, or one of its source profiles, if it is in no file. The default profile
/// may be missing: most machines have no profile files. A key in the environment is used without the profile's sources.
pub(super) fn check_profiles(
    environment: &Env,
    files: &SharedFiles,
    selected: &SelectedProfile,
) -> Result<(), CredentialsFailure> {
    let mut named_by = selected.named_by.map(str::to_owned);
    for (name, profile) in files.chain(&selected.name) {
        if profile.is_none()
            && let Some(named_by) = named_by
        {
            let message = format!("profile {name}, named by {named_by}, does not exist; nothing was sent");
            return Err(CredentialsFailure::new(ErrorCode::CredentialsMissing, message, LIST));
        }
        if is_set(environment, "AWS_ACCESS_KEY_ID") {
            break;
        }
        named_by = Some(format!("source_profile of profile {name}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incomplete_key_is_reported() {
        let told =
            |pairs: &[(&str, &str)]| check_key(&Env::from_slice(pairs)).err().map(|failure| failure.message);
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
