//! Detects profiles that require an MFA code, which the SDK does not support and ignores silently.

use aws_config::profile::{self, ProfileSet};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};
use std::borrow::Cow;

/// The profile that requires an MFA code: the profile `name`, by default the one that the environment selects, or one of
/// its source profiles. `None` if none requires a code, or if the profiles cannot be read.
pub(super) async fn find_mfa_profile(name: Option<&str>) -> Option<String> {
    let name = name.map(|name| Cow::Owned(name.to_owned()));
    let profiles = profile::load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), name).await.ok()?;
    find_mfa_profile_in(&profiles, profiles.selected_profile())
}

fn find_mfa_profile_in(profiles: &ProfileSet, selected: &str) -> Option<String> {
    let mut seen = vec![];
    let mut next = Some(selected);
    while let Some(name) = next.filter(|name| !seen.contains(name)) {
        let profile = profiles.get_profile(name)?;
        if profile.get("role_arn").is_some() && profile.get("mfa_serial").is_some() {
            return Some(name.to_owned());
        }
        seen.push(name);
        next = profile.get("source_profile");
    }
    None
}
