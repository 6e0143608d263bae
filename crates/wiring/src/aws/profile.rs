//! The profile of a connection in the files that all AWS tools share.

use super::layered::Layered;
use lamplight_aws_adapter::read_shared_files;
use lamplight_aws_model::{SelectedProfile, SharedFiles, SharedSection, SharedSetting};
use lamplight_config::Auth;
use lamplight_domain::ErrorCode;
use lamplight_ports::{OpenConnection, PortError, PortErrorKind, SettingOrigin};
use std::sync::Arc;

/// The profile whose settings a connection uses.
#[derive(Debug, Clone)]
pub(super) struct ProfileLayer {
    /// Both files.
    pub(super) files: Arc<SharedFiles>,
    /// The profile's name, and the variable that selects it.
    pub(super) selected: SelectedProfile,
}

impl ProfileLayer {
    /// The profile of a connection that authenticates in this way; `None` if it uses no profile. Such a connection does not
    /// read the files, so a mistake in them does not concern it.
    pub(super) fn of(auth: &Auth, open: &OpenConnection<'_>) -> Result<Option<Self>, PortError> {
        let selected = match auth {
            Auth::Default => SelectedProfile::of_environment(&open.variable).map_err(|error| {
                PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidSetting, error.to_string())
                    .with_hint("unset one of the two variables")
            })?,
            Auth::Profile(profile) => SelectedProfile { name: profile.name.clone(), named_by: None },
            Auth::AssumeRole(role) => return Self::of(&role.source, open),
            Auth::AccessKey(_) | Auth::WebIdentity(_) | Auth::InstanceProfile => return Ok(None),
        };
        let files = Arc::new(read_shared_files(&open.variable)?);
        Ok(Some(Self { files, selected }))
    }

    fn section(&self) -> Option<&SharedSection> {
        self.files.profile(&self.selected.name)
    }

    /// Whether the profile is named somewhere but in no file.
    pub(super) fn is_missing(&self) -> bool {
        self.section().is_none() && (self.selected.named_by.is_some() || self.selected.name != "default")
    }

    /// A setting of the profile.
    pub(super) fn setting(&self, key: &str) -> Option<Layered> {
        layered(self.section()?.get(key)?)
    }

    /// The endpoint URL that the profile sets for a service, or else for all.
    pub(super) fn endpoint(&self, service: &str) -> Result<Option<Layered>, PortError> {
        let Some(profile) = self.section() else { return Ok(None) };
        if let Some(named) = profile.get("services") {
            let Some(services) = self.files.services(named.value()) else {
                let message = format!("{}: there is no section [services {}]", named.origin(), named.value());
                return Err(PortError::new(
                    PortErrorKind::InvalidRequest,
                    ErrorCode::InvalidSetting,
                    message,
                )
                .with_hint("add the section, or remove the setting"));
            };
            if let Some(block) = services.get(service)
                && let Some(url) = block.nested("endpoint_url").filter(|url| !url.is_empty())
            {
                let origin = SettingOrigin::File(block.origin().to_owned());
                return Ok(Some(Layered { value: url.to_owned(), origin }));
            }
        }
        Ok(profile.get("endpoint_url").and_then(layered))
    }
}

fn layered(setting: &SharedSetting) -> Option<Layered> {
    let value = Some(setting.value()).filter(|value| !value.is_empty())?;
    Some(Layered { value: value.to_owned(), origin: SettingOrigin::File(setting.origin().to_owned()) })
}
