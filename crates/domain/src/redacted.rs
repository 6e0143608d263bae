//! Redacted values, which cannot be printed by accident.

use std::fmt;

/// The text that is shown in place of a secret.
pub const MASK: &str = "********";

/// A value whose `Debug` shows [`MASK`] and which has neither `Display` nor `Serialize`.
///
/// ```
/// let key = lamplight_domain::Redacted::new("hunter2".to_owned());
/// assert_eq!(format!("{key:?}"), "********");
/// assert_eq!(key.reveal(), "hunter2");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Redacted<T>(T);

impl<T> Redacted<T> {
    /// Hides `value`.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Review every call of this.
    pub fn reveal(&self) -> &T {
        &self.0
    }

    /// The value itself, owned.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}
