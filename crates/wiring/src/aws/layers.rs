//! Settings of a connection to AWS that come from several layers, and which one decided. The nearest first: the caller, the file,
//! the variables `AWS_…`.

use lamplight_config::{AwsTable, HttpUrl};
use lamplight_domain::{ErrorCode, check_endpoint};
use lamplight_ports::{Given, OpenConnection, PortError, PortErrorKind, SettingOrigin};

/// A setting and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layered {
    /// The value that holds.
    pub(super) value: String,
    /// The layer that decided.
    pub(super) origin: SettingOrigin,
}

/// The layers of one connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layers<'a> {
    /// The caller and the variables.
    pub(super) open: &'a OpenConnection<'a>,
    /// The file.
    pub(super) table: &'a AwsTable,
}

impl Layers<'_> {
    /// The region.
    pub(super) fn region(&self) -> Option<Layered> {
        given(self.open.overrides.region.as_ref())
            .or_else(|| table(self.table.region.clone(), "region"))
            .or_else(|| self.variables(&["AWS_REGION", "AWS_DEFAULT_REGION"]))
    }

    /// The region whose STS gives the credentials of roles: the connection's own unless the file names another one.
    pub(super) fn sts_region(&self) -> Option<Layered> {
        table(self.table.sts_region.clone(), "sts_region").or_else(|| self.region())
    }

    /// Where Lambda is, in place of AWS's own address.
    pub(super) fn lambda(&self) -> Option<Layered> {
        given(self.open.overrides.endpoint_url.as_ref())
            .or_else(|| table(text(self.table.endpoint_url.as_ref()), "endpoint_url"))
            .or_else(|| self.variables(&["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"]))
    }

    /// Where STS is, in place of AWS's own address.
    pub(super) fn sts(&self) -> Option<Layered> {
        given(self.open.overrides.endpoint_url.as_ref())
            .or_else(|| table(text(self.table.sts_endpoint_url.as_ref()), "sts_endpoint_url"))
            .or_else(|| table(text(self.table.endpoint_url.as_ref()), "endpoint_url"))
            .or_else(|| self.variables(&["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"]))
    }

    /// Where Secrets Manager is, in place of AWS's own address.
    pub(super) fn secrets(&self) -> Option<Layered> {
        given(self.open.overrides.endpoint_url.as_ref())
            .or_else(|| table(text(self.table.endpoint_url.as_ref()), "endpoint_url"))
            .or_else(|| self.variables(&["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"]))
    }

    /// Refuses addresses that are none or hold a password, naming where they stand.
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
                    .with_hint("give scheme and host alone, as in http://127.0.0.1:4566")
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
    /// An address that may be shown: of one that is refused, why.
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
