//! The provider for functions behind URLs.

use crate::network::{check_plain_http, check_proxy_variables};
use lamplight_config::{HttpFunctionTable, HttpFunctionsTable};
use lamplight_domain::{ErrorCode, FunctionName, Hint, NameError, SecretRef, SettingName, TableError};
use lamplight_http_adapter::HttpClient;
use lamplight_http_functions_adapter::{
    AnswerRules, Functions, HeaderValue, HttpFunction, HttpFunctionsConfig, connection,
};
use lamplight_ports::{Connection, OpenConnection, PortError, PortErrorKind, ProviderFactory};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Functions behind URLs, declared in the configuration. All connections share one HTTP client.
#[derive(Debug, Clone, Default)]
pub struct HttpFunctionsFactory {
    http: HttpClient,
}

impl HttpFunctionsFactory {
    /// Creates the provider with this HTTP client.
    pub fn new(http: HttpClient) -> Self {
        Self { http }
    }
}

impl ProviderFactory for HttpFunctionsFactory {
    fn name(&self) -> &'static str {
        "http"
    }

    fn schema(&self) -> Value {
        HttpFunctionsTable::schema()
    }

    fn check(&self, table: &Map<String, Value>) -> Result<Vec<SecretRef>, TableError> {
        Ok(HttpFunctionsTable::read(table)?.references())
    }

    fn takes_region(&self) -> bool {
        false
    }

    fn open(&self, open: OpenConnection<'_>) -> Result<Connection, PortError> {
        let name = open.name;
        let wrong = |message: String| {
            let message = format!("connection {name}: {message}");
            PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, message)
        };
        if let Some(given) = &open.overrides.endpoint_url {
            let message = format!(
                "{} cannot be used here: each function has its own URL in the configuration",
                given.given_by
            );
            return Err(wrong(message).with_hint(Hint::new("leave out ").setting(SettingName::EndpointUrl)));
        }
        let table = HttpFunctionsTable::read(open.table).map_err(|mistake| wrong(mistake.to_string()))?;
        check_proxy_variables(&open.variable)?;
        if !open.overrides.allow_http && table.allow_http != Some(true) {
            for (function, own) in &table.functions {
                let what = format!("connection {name}: the URL of function {function}");
                check_plain_http(&what, own.url.as_str())?;
            }
        }
        let declared = table.in_folder(open.folder).functions;
        let named =
            declared.into_iter().map(|(name, table)| Ok((name.parse::<FunctionName>()?, function(table))));
        let functions: Functions =
            named.collect::<Result<_, NameError>>().map_err(|error| wrong(error.to_string()))?;
        let config = HttpFunctionsConfig::new(functions, self.http.clone(), Arc::clone(&open.secrets));
        Ok(connection(name.clone(), open.defaults, config))
    }
}

/// Converts a function of the configuration to the adapter's type.
fn function(table: HttpFunctionTable) -> HttpFunction {
    let lower = |name: String| name.to_ascii_lowercase();
    let declared = table.headers.into_iter().map(|(name, value)| {
        let value = match value.parse() {
            Ok(reference) => HeaderValue::Secret { prefix: "", reference },
            Err(_) => HeaderValue::Plain(value),
        };
        (lower(name), value)
    });
    let bearer = table
        .bearer_token
        .map(|reference| ("authorization".to_owned(), HeaderValue::Secret { prefix: "Bearer ", reference }));
    HttpFunction {
        url: table.url.into(),
        description: table.description,
        timeout_seconds: table.timeout_seconds,
        headers: declared.chain(bearer).collect(),
        is_async: table.is_async,
        rules: AnswerRules {
            success_statuses: table.success_statuses,
            error_statuses: table.error_statuses,
            refused_statuses: table.refused_statuses,
            error_header: table.error_header.map(lower),
            error_field: table.error_field,
            mark_header: table.mark_header.map(lower),
        },
    }
}
