//! Settings of a connection to AWS that come from several layers, with the layer that set them. The first of these that
//! sets a value decides: the caller, the configuration file, the variables `AWS_…`, the profile in the files of AWS tools.

use super::{layered::Layered, profile::ProfileLayer};
use crate::network::check_plain_http;
use lamplight_aws_model::FunctionSpec;
use lamplight_config::{AwsTable, HttpUrl};
use lamplight_domain::{ErrorCode, check_endpoint};
use lamplight_ports::{Given, OpenConnection, PortError, PortErrorKind, SettingOrigin};

/// The layers of a connection.
#[derive(Debug, Clone)]
pub(super) struct Layers<'a> {
    /// The caller's overrides and the environment variables.
    pub(super) open: &'a OpenConnection<'a>,
    /// The connection's table in the configuration file.
    pub(super) table: &'a AwsTable,
    /// The profile, if the connection uses one.
    pub(super) profile: Option<ProfileLayer>,
}

/// A service whose endpoint can be replaced: the end of its variable, and its name in a `services` section.
#[derive(Debug, Clone, Copy)]
struct Service(&'static str, &'static str);

const LAMBDA: Service = Service("AWS_ENDPOINT_URL_LAMBDA", "lambda");
const STS: Service = Service("AWS_ENDPOINT_URL_STS", "sts");
const SECRETS_MANAGER: Service = Service("AWS_ENDPOINT_URL_SECRETS_MANAGER", "secrets_manager");
/// The services of single sign-on, which the SDK calls. It finds their endpoints itself.
const SIGN_IN: [Service; 2] =
    [Service("AWS_ENDPOINT_URL_SSO", "sso"), Service("AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc")];

impl<'a> Layers<'a> {
    /// The layers of a connection. Reads the profile files if the connection uses a profile.
    pub(super) fn new(open: &'a OpenConnection<'a>, table: &'a AwsTable) -> Result<Self, PortError> {
        Ok(Self { open, table, profile: ProfileLayer::of(&table.auth, open)? })
    }

    /// The region.
    pub(super) fn region(&self) -> Option<Layered> {
        given(self.open.overrides.region.as_ref())
            .or_else(|| table(self.table.region.clone(), "region"))
            .or_else(|| self.region_of_function())
            .or_else(|| self.variables(&["AWS_REGION", "AWS_DEFAULT_REGION"]))
            .or_else(|| self.profile.as_ref()?.setting("region"))
    }

    /// The region in the ARN of the function that the connection is opened for.
    fn region_of_function(&self) -> Option<Layered> {
        let spec: FunctionSpec = self.open.overrides.function.as_ref()?.parse().ok()?;
        let value = spec.region()?.to_string();
        Some(Layered { value, origin: SettingOrigin::Given("the function's ARN".to_owned()) })
    }

    /// The region of the STS endpoint for role credentials: the connection's region unless the file sets another one.
    pub(super) fn sts_region(&self) -> Option<Layered> {
        table(self.table.sts_region.clone(), "sts_region").or_else(|| self.region())
    }

    /// The endpoint URL of Lambda that replaces AWS's own.
    pub(super) fn lambda(&self) -> Result<Option<Layered>, PortError> {
        self.endpoint(LAMBDA, || table(text(self.table.endpoint_url.as_ref()), "endpoint_url"))
    }

    /// The endpoint URL of STS that replaces AWS's own.
    pub(super) fn sts(&self) -> Result<Option<Layered>, PortError> {
        self.endpoint(STS, || {
            table(text(self.table.sts_endpoint_url.as_ref()), "sts_endpoint_url")
                .or_else(|| table(text(self.table.endpoint_url.as_ref()), "endpoint_url"))
        })
    }

    /// The endpoint URL of Secrets Manager that replaces AWS's own.
    pub(super) fn secrets(&self) -> Result<Option<Layered>, PortError> {
        self.endpoint(SECRETS_MANAGER, || table(text(self.table.endpoint_url.as_ref()), "endpoint_url"))
    }

    /// The order is that of all AWS tools ("Service-specific endpoints" in the reference of the AWS SDKs and tools), with
    /// the connection's own keys before it.
    fn endpoint(
        &self,
        service: Service,
        own: impl FnOnce() -> Option<Layered>,
    ) -> Result<Option<Layered>, PortError> {
        if let Some(own) = given(self.open.overrides.endpoint_url.as_ref()).or_else(own) {
            return Ok(Some(own));
        }
        if self.ignores_endpoints()? {
            return Ok(None);
        }
        if let Some(variable) = self.variables(&[service.0, "AWS_ENDPOINT_URL"]) {
            return Ok(Some(variable));
        }
        self.profile.as_ref().map_or(Ok(None), |profile| profile.endpoint(service.1))
    }

    /// Whether variables and profiles that replace AWS's own endpoints are to be ignored.
    pub(super) fn ignores_endpoints(&self) -> Result<bool, PortError> {
        let set = self.switch("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")?;
        Ok(set.is_some_and(|(on, _)| on))
    }

    /// Whether to use FIPS endpoints.
    pub(super) fn fips(&self) -> Result<Option<(bool, SettingOrigin)>, PortError> {
        self.own_switch(self.table.use_fips, "use_fips", "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
    }

    /// Whether to use dual-stack endpoints.
    pub(super) fn dual_stack(&self) -> Result<Option<(bool, SettingOrigin)>, PortError> {
        let (variable, key) = ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
        self.own_switch(self.table.use_dual_stack, "use_dual_stack", variable, key)
    }

    fn own_switch(
        &self,
        own: Option<bool>,
        own_key: &'static str,
        variable: &'static str,
        key: &str,
    ) -> Result<Option<(bool, SettingOrigin)>, PortError> {
        match own {
            Some(on) => Ok(Some((on, SettingOrigin::Table(Some(own_key))))),
            None => self.switch(variable, key),
        }
    }

    /// A setting that is `true` or `false` in a variable or the profile. Another text is an error: a guess could call
    /// another endpoint than intended.
    fn switch(&self, variable: &'static str, key: &str) -> Result<Option<(bool, SettingOrigin)>, PortError> {
        let set = self.variables(&[variable]).or_else(|| self.profile.as_ref()?.setting(key));
        let Some(Layered { value, origin }) = set else { return Ok(None) };
        match value.to_ascii_lowercase().as_str() {
            "true" => Ok(Some((true, origin))),
            "false" => Ok(Some((false, origin))),
            _ => {
                let message = format!("{} is neither true nor false", place(&origin, key));
                Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidSetting, message))
            }
        }
    }

    /// Whether plain HTTP to other machines is allowed.
    pub(super) fn allows_http(&self) -> bool {
        self.open.overrides.allow_http || self.table.allow_http == Some(true)
    }

    /// Rejects endpoint URLs that are not valid or contain a password, and settings that select AWS's own endpoints where
    /// these are replaced. The error names the layer that set the value.
    pub(super) fn check_endpoints(&self) -> Result<(), PortError> {
        let replaced = [self.lambda()?, self.sts()?, self.secrets()?];
        let sign_in = SIGN_IN.iter().map(|service| self.endpoint(*service, || None));
        let sign_in = sign_in.collect::<Result<Vec<_>, _>>()?;
        for Layered { value, origin } in replaced.iter().chain(&sign_in).flatten() {
            let place = match origin {
                SettingOrigin::Table(_) | SettingOrigin::Default => format!("connection {}", self.open.name),
                other => place(other, "endpoint_url"),
            };
            let what = format!("the address of {place}");
            check_endpoint(value).map_err(|error| {
                let message = format!("{what} {error}");
                PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint, message)
                    .with_hint("give only the scheme and the host, as in http://127.0.0.1:4566")
            })?;
            if !self.allows_http() {
                check_plain_http(&what, value)?;
            }
        }
        let switches = [
            ("use_fips", "use_fips_endpoint", self.fips()?),
            ("use_dual_stack", "use_dualstack_endpoint", self.dual_stack()?),
        ];
        for (own_key, key, set) in switches {
            let (Some((true, origin)), Some(replaced)) = (set, replaced.iter().flatten().next()) else {
                continue;
            };
            // The file is checked when it is read; there, an STS endpoint alone is allowed.
            if origin != SettingOrigin::Table(Some(own_key)) {
                let (switch, url) = (place(&origin, key), place(&replaced.origin, "endpoint_url"));
                let message = format!("{switch} selects AWS's own endpoints, but {url} replaces them");
                let error = PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidSetting, message);
                return Err(error
                    .with_hint(format!("unset one of the two, or set {own_key} = false in the connection")));
            }
        }
        Ok(())
    }

    fn variables(&self, names: &[&'static str]) -> Option<Layered> {
        names.iter().find_map(|name| {
            Some(Layered { value: (self.open.variable)(name)?, origin: SettingOrigin::Variable(name) })
        })
    }
}

/// Where a setting is, for messages. `key` is its key in the place.
pub(super) fn place(origin: &SettingOrigin, key: &str) -> String {
    match origin {
        SettingOrigin::Given(name) => name.clone(),
        SettingOrigin::Variable(name) => (*name).to_owned(),
        SettingOrigin::File(place) => format!("{key} at {place}"),
        SettingOrigin::Table(other) => format!("{} of the connection", other.unwrap_or(key)),
        SettingOrigin::Default => key.to_owned(),
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
