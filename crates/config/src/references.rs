//! Checks of secret references in the file that are possible without reading the secret.

use crate::mounts;
use lamplight_domain::SecretRef;
use serde::{Deserialize, Deserializer, de::Error};
use std::path::Path;

/// The valid forms of a secret reference, for the schema.
pub(crate) const PATTERN: &str = r"^((env|file|keyring|aws-sm):.+|vault:.+/.+#.+|(?!(env|file|keyring|vault|aws-sm):)[a-z][a-z0-9-]{0,30}[a-z0-9]:[\w.~%-]+(/[\w.~%-]+)*[/#][\w.~%-]+)$";
/// [`PATTERN`], or an access key ID.
pub(crate) const PATTERN_OR_KEY_ID: &str = r"^([A-Z0-9]{16,128}|(env|file|keyring|aws-sm):.+|vault:.+/.+#.+|(?!(env|file|keyring|vault|aws-sm):)[a-z][a-z0-9-]{0,30}[a-z0-9]:[\w.~%-]+(/[\w.~%-]+)*[/#][\w.~%-]+)$";

/// Why a reference to Vault is not valid; `None` if it is, and for all other references.
pub(crate) fn mistake(reference: &SecretRef) -> Option<&'static str> {
    let SecretRef::Store(store) = reference else { return None };
    let name = store.name().trim_matches('/');
    let is_whole = store.field().is_some() && name.contains('/') && mounts::is_entry(name);
    (store.scheme() == "vault" && !is_whole)
        .then_some("a reference to Vault needs a mount, a path and a field: vault:MOUNT/PATH#FIELD")
}

/// Deserializes a secret reference and rejects an incomplete one to Vault.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretRef, D::Error> {
    let reference = SecretRef::deserialize(deserializer)?;
    match mistake(&reference) {
        None => Ok(reference),
        Some(mistake) => Err(D::Error::custom(mistake)),
    }
}

/// [`deserialize`] for an optional key.
pub(crate) fn deserialize_optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SecretRef>, D::Error> {
    deserialize(deserializer).map(Some)
}

/// Resolves a relative path from `folder`. A path that begins with `~/` is left as it is: it is relative to the user's
/// home folder.
pub(crate) fn start_from(reference: &mut SecretRef, folder: &Path) {
    if let SecretRef::File(path) = reference
        && !path.starts_with("~/")
        && let Some(whole) = folder.join(&*path).to_str()
    {
        whole.clone_into(path);
    }
}
