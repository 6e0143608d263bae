//! The AWS provider.

mod credentials;
mod layers;

use credentials::CredentialsBuilder;
use lamplight_aws_adapter::{
    AccessKey, AwsConnectionConfig, AwsPorts, CredentialsSource, SecretsManager, open,
};
use lamplight_aws_model::{AwsPlatform, PriceTable, Region};
use lamplight_config::AwsTable;
use lamplight_domain::{Action, ErrorCode, Hint, SecretRef, SettingName, TableError};
use lamplight_http_adapter::HttpClient;
use lamplight_ports::{
    Connection, EffectiveSetting, OpenConnection, PortError, PortErrorKind, ProviderFactory, SettingOrigin,
};
use layers::{Layered, Layers};
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

    fn ports(&self, from: &OpenConnection<'_>) -> Result<(AwsPorts, Region), PortError> {
        let table = read(from)?;
        let layers = Layers { open: from, table: &table };
        let value = |layered: Option<Layered>| layered.map(|layered| layered.value);
        layers.check_endpoints()?;
        let endpoint_url = value(layers.lambda());
        let sts_endpoint_url = value(layers.sts());
        let Some(text) = value(layers.region()) else {
            let message = format!("connection {} has no region", from.name);
            return Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::RegionMissing, message)
                .with_hint(
                    Hint::new("give ")
                        .setting(SettingName::Region)
                        .text(" or set AWS_REGION; ")
                        .action(Action::UseConnection("demo".to_owned()))
                        .text(" needs neither account nor region"),
                ));
        };
        let known = region(&text, endpoint_url.is_some())?;
        let sts_region = table.sts_region.as_ref();
        let sts_region = sts_region.map(|text| region(text, sts_endpoint_url.is_some())).transpose()?;
        let credentials = match &from.overrides.keys {
            Some(keys) => CredentialsSource::AccessKey(AccessKey {
                id: keys.access_key_id.clone().into(),
                secret: keys.secret_access_key.clone().into(),
                session_token: keys.session_token.clone().map(Into::into),
            }),
            None => CredentialsBuilder { open: from, http: &self.http }.credentials(&table.auth)?,
        };
        let ports = open(AwsConnectionConfig {
            endpoint_url,
            sts_endpoint_url,
            secrets_endpoint_url: value(layers.secrets()),
            sts_region,
            use_fips: table.use_fips.unwrap_or_default(),
            use_dual_stack: table.use_dual_stack.unwrap_or_default(),
            credentials,
            secrets: Arc::clone(&from.secrets),
            http: self.http.clone(),
            ..AwsConnectionConfig::new(known.clone())
        })?;
        Ok((ports, known))
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
        let layers = Layers { open, table: &table };
        let written = serde_json::to_value(&table).unwrap_or_default();
        let mut settings: Vec<EffectiveSetting> = Vec::new();
        for (key, value) in written.as_object().into_iter().flatten() {
            settings.push(EffectiveSetting {
                key: key.clone(),
                value: value.clone(),
                origin: SettingOrigin::Table(None),
            });
        }
        for (key, layered) in [
            ("region", layers.region()),
            ("sts_region", layers.sts_region()),
            ("endpoint_url", layers.lambda().map(Layered::harmless)),
            ("sts_endpoint_url", layers.sts().map(Layered::harmless)),
        ] {
            let Some(Layered { value, origin }) = layered else { continue };
            settings.retain(|setting| setting.key != key);
            settings.push(EffectiveSetting { key: key.to_owned(), value: Value::from(value), origin });
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
        let (ports, region) = self.ports(&open)?;
        let platform = AwsPlatform::new(region, prices(open.prices_file)?);
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
