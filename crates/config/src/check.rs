//! Checks the parts of the file against each other.

use crate::{AMBIENT, Config, ConfigError, ConnectionConfig, DEMO, Providers, VaultAuth, mounts};
use lamplight_domain::{ConnectionName, SecretRef, TableError, TableSpot, nearest};
use lamplight_ports::ProviderFactory;

/// The provider whose connections can read secrets from AWS Secrets Manager.
const AWS: &str = "aws";
/// The simulator.
const FAKE: &str = "fake";

/// Returns the first error in the file.
pub(crate) fn check(config: &Config, providers: &Providers) -> Result<(), ConfigError> {
    check_exists(config, config.default_connection.as_ref(), &["default_connection"])?;
    let reader = config.secrets.aws_sm.as_ref().and_then(|store| store.connection.as_ref());
    // Whoever types the name of the simulator expects that nothing is called.
    if let Some((name, own)) = config.connections.iter().find(|(name, _)| name.as_str() == DEMO)
        && providers.name_of(own) != FAKE
    {
        let message =
            format!("connection {name} is the built-in simulator, but this one would call real functions");
        let hint = "choose another name, or set provider = \"fake\"";
        return Err(config.mistake(&["connections", DEMO], message, hint));
    }
    let mut reader_references = Vec::new();
    for (name, connection) in &config.connections {
        let references = check_connection(config, providers, name, connection)?;
        if reader == Some(name) {
            reader_references = references;
        }
    }
    let login = config.secrets.vault.as_ref().and_then(|vault| vault.auth.as_ref()).map(|auth| match auth {
        VaultAuth::Token(token) => ("token", token),
        VaultAuth::AppRole(login) => ("approle", &login.secret_id),
        VaultAuth::Jwt(login) => ("jwt", &login.token),
    });
    if let Some((method, reference)) = login
        && let Some(scheme) = store_scheme(reference)
    {
        let message = format!("logging in to Vault cannot use a secret from a secret store ({scheme}:)");
        let hint = "use env:, file: or keyring: here";
        return Err(config.mistake(&["secrets", "vault", "auth", method], message, hint));
    }
    if let Some(vault) = &config.secrets.vault {
        mounts::check(config, vault)?;
    }
    if let Some(aws_sm) = &config.secrets.aws_sm
        && let Some(name) = &aws_sm.connection
    {
        check_exists(config, Some(name), &["secrets", "aws-sm", "connection"])?;
        let provider = match config.connections.get(name) {
            Some(own) => providers.name_of(own),
            None if name.as_str() == DEMO => FAKE,
            None => providers.default_name(),
        };
        if provider != AWS {
            let message = match provider {
                FAKE => format!("connection {name} is simulated and cannot read secrets"),
                other => format!("connection {name} uses provider {other} and cannot read secrets from AWS"),
            };
            let hint =
                "name a connection to AWS, or remove the setting to use the credentials of the environment";
            return Err(config.mistake(&["secrets", "aws-sm", "connection"], message, hint));
        }
        if let Some(reference) = reader_references.iter().find(|one| is_aws_sm(one)) {
            let message = format!("connection {name} would need itself to read its own key {reference}");
            let hint = "name a connection whose keys are not in AWS Secrets Manager";
            return Err(config.mistake(&["secrets", "aws-sm", "connection"], message, hint));
        }
    }
    Ok(())
}

/// The scheme of a reference to a secret store. Messages show only the scheme: the rest may be a secret that happens to
/// look like a reference.
fn store_scheme(reference: &SecretRef) -> Option<&str> {
    match reference {
        SecretRef::Store(store) => Some(store.scheme()),
        SecretRef::Env(_) | SecretRef::File(_) | SecretRef::Keyring { .. } => None,
    }
}

fn is_aws_sm(reference: &SecretRef) -> bool {
    matches!(reference, SecretRef::Store(store) if store.scheme() == "aws-sm")
}

/// Checks that a connection that another setting names exists.
fn check_exists(config: &Config, name: Option<&ConnectionName>, path: &[&str]) -> Result<(), ConfigError> {
    let Some(name) = name else { return Ok(()) };
    if config.connections.contains_key(name) || [DEMO, AMBIENT].contains(&name.as_str()) {
        return Ok(());
    }
    let listed = config.choice(name.as_str());
    // Only a name that is similar to a valid one is repeated: any other may be a secret in the wrong place.
    let (message, hint) = match nearest(name.as_str(), config.connection_names()) {
        Some(nearest) => {
            (format!("connection {name} does not exist"), format!("did you mean {nearest:?}? {listed}"))
        }
        None => ("a connection of this name does not exist".to_owned(), listed),
    };
    Err(config.mistake(path, message, hint))
}

/// Checks a connection and returns its secret references.
fn check_connection(
    config: &Config,
    providers: &Providers,
    name: &ConnectionName,
    connection: &ConnectionConfig,
) -> Result<Vec<SecretRef>, ConfigError> {
    let wrong = |mistake: TableError| {
        let mut path = vec!["connections", name.as_str()];
        path.extend(mistake.path.iter().map(String::as_str));
        let place = match mistake.spot {
            TableSpot::Key => config.place_of_nearest(&path),
            TableSpot::Value => config.place_of_value(&path),
        };
        ConfigError { shown: config.shown.clone(), place, message: mistake.message, hint: mistake.hint }
    };
    if connection.max_attempts.is_some_and(|attempts| !(1..=10).contains(&attempts)) {
        let mistake = TableError::new(["max_attempts"], "this must be 1-10");
        return Err(wrong(mistake.with_hint("change it, or remove it for the default")));
    }
    let wanted = providers.name_of(connection);
    let Some(factory) = providers.get(wanted) else { return Err(wrong(no_provider(wanted, providers))) };
    factory.check(&connection.table).map_err(|mistake| wrong(with_all_keys(mistake, &**factory)))
}

/// The error that a provider called `wanted` does not exist.
fn no_provider(wanted: &str, providers: &Providers) -> TableError {
    let listed = format!("the providers are: {}", providers.names().collect::<Vec<_>>().join(", "));
    // Only a name that is similar to a valid one is repeated: any other may be a secret in the wrong place.
    let (message, hint) = match nearest(wanted, providers.names()) {
        Some(nearest) => {
            (format!("provider {wanted:?} does not exist"), format!("did you mean {nearest:?}? {listed}"))
        }
        None => ("a provider of this name does not exist".to_owned(), listed),
    };
    let mistake = TableError::new(["provider"], message).with_hint(hint);
    TableError { spot: TableSpot::Value, ..mistake }
}

/// Adds the keys that all connections have to the hint about an unknown key: the provider only knows its own keys.
fn with_all_keys(mistake: TableError, factory: &dyn ProviderFactory) -> TableError {
    let ([key], true) = (mistake.path.as_slice(), mistake.message.starts_with("unknown key")) else {
        return mistake;
    };
    let schema = factory.schema();
    let own = schema.get("properties").and_then(serde_json::Value::as_object);
    let own = own.into_iter().flat_map(|properties| properties.keys().map(String::as_str));
    let known: Vec<&str> = ConnectionConfig::KEYS.into_iter().chain(own).collect();
    let all = format!("valid keys: {}", known.join(", "));
    let (message, hint) = match nearest(key, known.iter().copied()) {
        Some(nearest) => (format!("unknown key {key:?}"), format!("did you mean {nearest:?}? {all}")),
        None => ("unknown key".to_owned(), all),
    };
    TableError { message, hint: Some(hint.into()), ..mistake }
}
