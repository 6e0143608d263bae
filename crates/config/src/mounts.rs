//! Checks mount paths of Vault's secrets engines and auth methods, which become parts of a URL.

use crate::{Config, ConfigError, VaultAuth, VaultConfig};

/// Rejects a mount path that would send the request to another URL path, such as `../x`.
pub(crate) fn check(config: &Config, vault: &VaultConfig) -> Result<(), ConfigError> {
    let (method, login) = match &vault.auth {
        Some(VaultAuth::AppRole(login)) => ("approle", login.mount.as_ref()),
        Some(VaultAuth::Jwt(login)) => ("jwt", login.mount.as_ref()),
        Some(VaultAuth::Token(_)) | None => ("token", None),
    };
    let mounts = [
        (vec!["secrets", "vault", "mount"], vault.mount.as_ref()),
        (vec!["secrets", "vault", "auth", method, "mount"], login),
    ];
    for (path, mount) in mounts {
        if mount.is_some_and(|mount| !is_path(mount)) {
            let hint = "a mount looks like kubernetes or team/jwt, without / at its ends";
            return Err(config.mistake(&path, "this is not a valid mount path", hint));
        }
    }
    Ok(())
}

/// Whether `text` is a path whose segments have no special meaning in a URL.
pub(crate) fn is_path(text: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '%' | '\\');
    is_entry(text) && !text.contains(is_odd)
}

/// Whether `text` is a valid path of a secret. Its segments are percent-encoded when they are sent.
pub(crate) fn is_entry(text: &str) -> bool {
    text.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_a_plain_path() {
        for good in ["kubernetes", "team/jwt", "a.b-c_1"] {
            assert!(is_path(good), "{good}");
        }
        for bad in ["", "/", "a/", "/a", "a//b", "a/../b", ".", "a?b", "a#b", "a%2fb", "a b", "a\n", "a\\b"] {
            assert!(!is_path(bad), "{bad}");
        }
    }
}
