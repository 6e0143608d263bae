//! References to secrets in the file: what is known of them before anybody reads one.

use crate::mounts;
use lamplight_domain::SecretRef;
use serde::{Deserialize, Deserializer, de::Error};
use std::path::Path;

/// The forms of a reference, for the schema.
pub(crate) const PATTERN: &str = r"^((env|file|keyring|aws-sm):.+|vault:.+/.+#.+|(?!(env|file|keyring|vault|aws-sm):)[a-z][a-z0-9-]{0,30}[a-z0-9]:[\w.~%-]+(/[\w.~%-]+)*[/#][\w.~%-]+)$";
/// The same, or the id of an access key.
pub(crate) const PATTERN_OR_KEY_ID: &str = r"^([A-Z0-9]{16,128}|(env|file|keyring|aws-sm):.+|vault:.+/.+#.+|(?!(env|file|keyring|vault|aws-sm):)[a-z][a-z0-9-]{0,30}[a-z0-9]:[\w.~%-]+(/[\w.~%-]+)*[/#][\w.~%-]+)$";

/// Why a reference to Vault leads nowhere; `None` of any that may lead somewhere.
pub(crate) fn mistake(reference: &SecretRef) -> Option<&'static str> {
    let SecretRef::Store(store) = reference else { return None };
    let name = store.name().trim_matches('/');
    let is_whole = store.field().is_some() && name.contains('/') && mounts::is_entry(name);
    (store.scheme() == "vault" && !is_whole)
        .then_some("a reference to Vault has mount, path and field: vault:MOUNT/PATH#FIELD")
}

/// Reads a reference that may lead somewhere.
pub(crate) fn needed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretRef, D::Error> {
    let reference = SecretRef::deserialize(deserializer)?;
    match mistake(&reference) {
        None => Ok(reference),
        Some(mistake) => Err(D::Error::custom(mistake)),
    }
}

/// The same where there may be none.
pub(crate) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretRef>, D::Error> {
    needed(deserializer).map(Some)
}

/// Lets a relative path start from `folder`; one that begins with `~/` starts from the user's own.
pub(crate) fn start_from(reference: &mut SecretRef, folder: &Path) {
    if let SecretRef::File(path) = reference
        && !path.starts_with("~/")
        && let Some(whole) = folder.join(&*path).to_str()
    {
        whole.clone_into(path);
    }
}
