//! The AWS provider.

mod credentials;
mod layered;
mod layers;
mod profile;

use crate::network::check_proxy_variables;
use credentials::CredentialsBuilder;
use lamplight_aws_adapter::{
    AccessKey, AwsConnectionConfig, AwsPorts, CredentialsSource, SecretsManager, open,
};
use lamplight_aws_model::{AwsPlatform, PriceTable, Region};
use lamplight_config::{AMBIENT, AwsTable};
use lamplight_domain::{Action, ConnectionName, ErrorCode, Hint, SecretRef, SettingName, TableError};
use lamplight_http_adapter::HttpClient;
use lamplight_ports::{
    Connection, EffectiveSetting, OpenConnection, PortError, PortErrorKind, ProviderFactory, SettingOrigin,
};
use layered::Layered;
use layers::Layers;
use profile::ProfileLayer;
use serde_json::{Map, Value};
use std::{path::Path, sync::Arc};

/// AWS Lambda. All connections share one HTTP client; each has its own credentials.
#[derive(Debug, Clone, Default)]
pub struct AwsFactory {
    http: HttpClient,
}

impl AwsFactory {
    /// Creates the provider with this HTTP client.
    pub fn new(http: HttpClient) -> Self {
        Self { http }
    }

    /// Secrets Manager with the region and credentials of a connection.
    ///
    /// # Errors
    /// As [`open`](ProviderFactory::open).
    pub fn secrets_manager(&self, open: &OpenConnection<'_>) -> Result<Arc<SecretsManager>, PortError> {
        Ok(self.ports(open)?.0.secrets)
    }

    fn ports(&self, from: &OpenConnection<'_>) -> Result<(AwsPorts, Region, Option<String>), PortError> {
        let table = read(from)?;
        let layers = Layers::new(from, &table)?;
        let value = |layered: Option<Layered>| layered.map(|layered| layered.value);
        layers.check_endpoints()?;
        check_proxy_variables(&from.variable)?;
        let endpoint_url = value(layers.lambda()?);
        let sts_endpoint_url = value(layers.sts()?);
        let found = layers.region().ok_or_else(|| no_region(from.name, layers.profile.as_ref()))?;
        let known =
            region(&found.value, endpoint_url.is_some()).map_err(|error| named(error, &found.origin))?;
        let sts_region = table.sts_region.as_ref();
        let sts_region = sts_region.map(|text| region(text, sts_endpoint_url.is_some())).transpose()?;
        let is_on = |set: Option<(bool, SettingOrigin)>| set.is_some_and(|(on, _)| on);
        let credentials = match &from.overrides.keys {
            Some(keys) => CredentialsSource::AccessKey(AccessKey {
                id: keys.access_key_id.clone().into(),
                secret: keys.secret_access_key.clone().into(),
                session_token: keys.session_token.clone().map(Into::into),
            }),
            None => CredentialsBuilder { open: from, http: &self.http }.credentials(&table.auth)?,
        };
        // Whoever set it knows the endpoint in the file, not one that replaces it.
        let own_endpoint = table.endpoint_url.as_ref().map(ToString::to_string);
        let unmarked_answers = table.unmarked_answers == Some(true) && endpoint_url == own_endpoint;
        let ports = open(AwsConnectionConfig {
            endpoint_url: endpoint_url.clone(),
            unmarked_answers,
            sts_endpoint_url,
            secrets_endpoint_url: value(layers.secrets()?),
            sts_region,
            use_fips: is_on(layers.fips()?),
            use_dual_stack: is_on(layers.dual_stack()?),
            credentials,
            ignore_configured_endpoints: layers.ignores_endpoints()?,
            allow_http: layers.allows_http(),
            shared_files: layers.profile.as_ref().map(|profile| Arc::clone(&profile.files)),
            secrets: Arc::clone(&from.secrets),
            http: self.http.clone(),
            ..AwsConnectionConfig::new(known.clone())
        })?;
        Ok((ports, known, endpoint_url))
    }
}

impl ProviderFactory for AwsFactory {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn schema(&self) -> Value {
        AwsTable::schema()
    }

    fn check(&self, table: &Map<String, Value>) -> Result<Vec<SecretRef>, TableError> {
        Ok(AwsTable::read(table)?.references())
    }

    fn takes_keys(&self) -> bool {
        true
    }

    fn describe(&self, open: &OpenConnection<'_>) -> Vec<EffectiveSetting> {
        let table = read(open).unwrap_or_default();
        let (layers, refused) = match Layers::new(open, &table) {
            Ok(layers) => (layers, None),
            Err(error) => (Layers { open, table: &table, profile: None }, Some(error.message)),
        };
        let written = serde_json::to_value(&table).unwrap_or_default();
        let mut settings: Vec<EffectiveSetting> = Vec::new();
        for (key, value) in written.as_object().into_iter().flatten() {
            settings.push(EffectiveSetting {
                key: key.clone(),
                value: value.clone(),
                origin: SettingOrigin::Table(None),
            });
        }
        let text = |layered: Option<Layered>| layered.map(|found| (Value::from(found.value), found.origin));
        let url = |found: Result<Option<Layered>, _>| text(found.unwrap_or_default().map(Layered::harmless));
        let switch = |set: Result<Option<(bool, SettingOrigin)>, _>| {
            set.unwrap_or_default().map(|(on, origin)| (Value::from(on), origin))
        };
        let selected = layers.profile.as_ref().and_then(|profile| {
            let variable = profile.selected.named_by?;
            Some((Value::from(profile.selected.name.as_str()), SettingOrigin::Variable(variable)))
        });
        // What is wrong is an error when the connection is opened.
        let refused = refused.map(|message| (format!("(refused: {message})").into(), SettingOrigin::Default));
        let profile = refused.or(selected);
        for (key, found) in [
            ("region", text(layers.region())),
            ("sts_region", text(layers.sts_region())),
            ("endpoint_url", url(layers.lambda())),
            ("sts_endpoint_url", url(layers.sts())),
            ("use_fips", switch(layers.fips())),
            ("use_dual_stack", switch(layers.dual_stack())),
            ("auth.profile", profile),
        ] {
            let Some((value, origin)) = found else { continue };
            settings.retain(|setting| setting.key != key);
            settings.push(EffectiveSetting { key: key.to_owned(), value, origin });
        }
        for (key, value) in [
            ("auth", Value::from("default")),
            ("use_fips", Value::from(false)),
            ("use_dual_stack", Value::from(false)),
            // Calls need a region, so it is also shown if it is missing.
            ("region", Value::Null),
        ] {
            if !settings.iter().any(|setting| setting.key == key) {
                settings.push(EffectiveSetting {
                    key: key.to_owned(),
                    value,
                    origin: SettingOrigin::Default,
                });
            }
        }
        settings
    }

    fn open(&self, open: OpenConnection<'_>) -> Result<Connection, PortError> {
        let (ports, region, endpoint) = self.ports(&open)?;
        let platform = AwsPlatform::new(region, prices(open.prices_file)?).with_endpoint(endpoint.as_deref());
        Ok(Connection {
            defaults: open.defaults,
            identity: Some(ports.identity),
            reachability: Some(ports.reachability),
            management: Some(ports.management),
            ..Connection::new(open.name.clone(), ports.catalogue, ports.invoker, Arc::new(platform))
        })
    }
}

fn read(open: &OpenConnection<'_>) -> Result<AwsTable, PortError> {
    let table = AwsTable::read(open.table).map_err(|mistake| {
        let message = format!("connection {}: {mistake}", open.name);
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, message)
    })?;
    Ok(table.in_folder(open.folder))
}

/// Reads the configured price table; the built-in one if none is configured.
fn prices(file: Option<&Path>) -> Result<PriceTable, PortError> {
    let Some(path) = file else { return Ok(PriceTable::default()) };
    let shown = path.display().to_string();
    let text = crate::file::read_named(path, "price table")?;
    toml::from_str(&text).map_err(|error| {
        let message = format!("{shown}: {}", error.message());
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, message)
    })
}

/// The error for a connection without a region. A profile that does not exist may be the reason.
fn no_region(connection: &ConnectionName, profile: Option<&ProfileLayer>) -> PortError {
    let message = match connection.as_str() {
        AMBIENT => "no region is set".to_owned(),
        name => format!("connection {name} has no region"),
    };
    if let Some(ProfileLayer { selected, .. }) = profile.filter(|profile| profile.is_missing()) {
        let by = selected.named_by.map(|variable| format!(", named by {variable},")).unwrap_or_default();
        let message = format!("{message}, and profile {}{by} does not exist", selected.name);
        return PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidSetting, message)
            .with_hint("`aws configure list-profiles` lists the existing profiles");
    }
    PortError::new(PortErrorKind::InvalidRequest, ErrorCode::RegionMissing, message).with_hint(
        Hint::new("give ")
            .setting(SettingName::Region)
            .text(", set AWS_REGION, or set region in the profile; ")
            .action(Action::UseConnection("demo".to_owned()))
            .text(" needs neither account nor region"),
    )
}

/// The same error, with the variable or file that the value comes from.
fn named(mut error: PortError, origin: &SettingOrigin) -> PortError {
    if let SettingOrigin::Variable(_) | SettingOrigin::File(_) | SettingOrigin::Given(_) = origin {
        error.message = format!("{}: {}", layers::place(origin, "region"), error.message);
    }
    error
}

/// Rejects unknown regions, because their endpoints do not exist. A connection with its own endpoint URL may use any name
/// that looks like a region.
fn region(text: &str, has_endpoint: bool) -> Result<Region, PortError> {
    let parsed = if has_endpoint { Region::parse_well_formed(text) } else { Region::parse_known(text) };
    parsed.map_err(|error| {
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::UnknownRegion, error.to_string()).with_hint(
            Hint::new("to use a region that is newer than this build, set ")
                .setting(SettingName::EndpointUrl),
        )
    })
}
