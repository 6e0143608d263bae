//! Settings of a connection to AWS that come from several layers, with the layer that set them. The first of these that
//! sets a value decides: the caller, the configuration file, the variables `AWS_…`.

use lamplight_config::{AwsTable, HttpUrl};
use lamplight_domain::{ErrorCode, check_endpoint};
use lamplight_ports::{Given, OpenConnection, PortError, PortErrorKind, SettingOrigin};

/// A setting and the layer that set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layered {
    /// The effective value.
    pub(super) value: String,
    /// The layer that set it.
    pub(super) origin: SettingOrigin,
}

/// The layers of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layers<'a> {
    /// The caller's overrides and the environment variables.
    pub(super) open: &'a OpenConnection<'a>,
    /// The connection's table in the configuration file.
    pub(super) table: &'a AwsTable,
}

impl Layers<'_> {
    /// The region.
    pub(super) fn region(&self) -> Option<Layered> {
        given(self.open.overrides.region.as_ref())
            .or_else(|| table(self.table.region.clone(), "region"))
            .or_else(|| self.variables(&["AWS_REGION", "AWS_DEFAULT_REGION"]))
    }

    /// The region of the STS endpoint for role credentials: the connection's region unless the file sets another one.
    pub(super) fn sts_region(&self) -> Option<Layered> {
        table(self.table.sts_region.clone(), "sts_region").or_else(|| self.region())
    }

    /// The endpoint URL of Lambda that replaces AWS's own.
    pub(super) fn lambda(&self) -> Option<Layered> {
        given(self.open.overrides.endpoint_url.as_ref())
            .or_else(|| table(text(self.table.endpoint_url.as_ref()), "endpoint_url"))
            .or_else(|| self.variables(&["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"]))
    }

    /// The endpoint URL of STS that replaces AWS's own.
    pub(super) fn sts(&self) -> Option<Layered> {
        given(self.open.overrides.endpoint_url.as_ref())
            .or_else(|| table(text(self.table.sts_endpoint_url.as_ref()), "sts_endpoint_url"))
            .or_else(|| table(text(self.table.endpoint_url.as_ref()), "endpoint_url"))
            .or_else(|| self.variables(&["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"]))
    }

    /// The endpoint URL of Secrets Manager that replaces AWS's own.
    pub(super) fn secrets(&self) -> Option<Layered> {
        given(self.open.overrides.endpoint_url.as_ref())
            .or_else(|| table(text(self.table.endpoint_url.as_ref()), "endpoint_url"))
            .or_else(|| self.variables(&["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"]))
    }

    /// Rejects endpoint URLs that are not valid or contain a password; the error names the layer that set them.
    pub(super) fn check_endpoints(&self) -> Result<(), PortError> {
        for Layered { value, origin } in [self.lambda(), self.sts(), self.secrets()].into_iter().flatten() {
            check_endpoint(&value).map_err(|error| {
                let place = match origin {
                    SettingOrigin::Given(name) => name,
                    SettingOrigin::Variable(name) => name.to_owned(),
                    SettingOrigin::Table(_) | SettingOrigin::Default => {
                        format!("connection {}", self.open.name)
                    }
                };
                let message = format!("the address of {place} {error}");
                PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint, message)
                    .with_hint("give only the scheme and the host, as in http://127.0.0.1:4566")
            })?;
        }
        Ok(())
    }

    fn variables(&self, names: &[&'static str]) -> Option<Layered> {
        names.iter().find_map(|name| {
            Some(Layered { value: (self.open.variable)(name)?, origin: SettingOrigin::Variable(name) })
        })
    }
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

fn given(given: Option<&Given>) -> Option<Layered> {
    let Given { value, given_by } = given?.clone();
    Some(Layered { value, origin: SettingOrigin::Given(given_by) })
}

fn table(value: Option<String>, key: &'static str) -> Option<Layered> {
    Some(Layered { value: value?, origin: SettingOrigin::Table(Some(key)) })
}

fn text(url: Option<&HttpUrl>) -> Option<String> {
    url.map(ToString::to_string)
}
