//! A setting with the layer that set it.

use lamplight_domain::check_endpoint;
use lamplight_ports::SettingOrigin;

/// A setting and the layer that set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layered {
    /// The effective value.
    pub(super) value: String,
    /// The layer that set it.
    pub(super) origin: SettingOrigin,
}

impl Layered {
    /// A value that is safe to show: a rejected URL may contain a password, so it is replaced with the reason.
    pub(super) fn harmless(self) -> Self {
        match check_endpoint(&self.value) {
            Ok(()) => self,
            Err(error) => Self { value: format!("(refused: it {error})"), ..self },
        }
    }
}
