//! What must hold between the parts of the file.

use crate::{AMBIENT, Config, ConfigError, ConnectionConfig, DEMO, Providers, VaultAuth, mounts};
use lamplight_domain::{ConnectionName, SecretRef, TableError, TableSpot, nearest};
use lamplight_ports::ProviderFactory;

/// The provider whose connections read secrets of AWS Secrets Manager.
const AWS: &str = "aws";
/// The simulator.
const FAKE: &str = "fake";

/// The first rule that the file breaks.
pub(crate) fn check(config: &Config, providers: &Providers) -> Result<(), ConfigError> {
    known(config, config.default_connection.as_ref(), &["default_connection"])?;
    let reader = config.secrets.aws_sm.as_ref().and_then(|store| store.connection.as_ref());
    let mut of_reader = Vec::new();
    for (name, connection) in &config.connections {
        let references = of_connection(config, providers, name, connection)?;
        if reader == Some(name) {
            of_reader = references;
        }
    }
    let login = config.secrets.vault.as_ref().and_then(|vault| vault.auth.as_ref()).map(|auth| match auth {
        VaultAuth::Token(token) => ("token", token),
        VaultAuth::AppRole(login) => ("approle", &login.secret_id),
        VaultAuth::Jwt(login) => ("jwt", &login.token),
    });
    if let Some((method, reference)) = login
        && let Some(scheme) = stored(reference)
    {
        let message = format!("logging in to Vault cannot use a secret of a store ({scheme}:)");
        let hint = "use env:, file: or keyring: here";
        return Err(config.mistake(&["secrets", "vault", "auth", method], message, hint));
    }
    if let Some(vault) = &config.secrets.vault {
        mounts::check(config, vault)?;
    }
    if let Some(aws_sm) = &config.secrets.aws_sm
        && let Some(name) = &aws_sm.connection
    {
        known(config, Some(name), &["secrets", "aws-sm", "connection"])?;
        let provider = match config.connections.get(name) {
            Some(own) => providers.name_of(own),
            None if name.as_str() == DEMO => FAKE,
            None => providers.default_name(),
        };
        if provider != AWS {
            let message = match provider {
                FAKE => format!("connection {name} is simulated and has no secrets"),
                other => format!("connection {name} is one of provider {other} and reads no secrets of AWS"),
            };
            let hint = "name a connection to AWS, or leave it out for the ambient credentials";
            return Err(config.mistake(&["secrets", "aws-sm", "connection"], message, hint));
        }
        if let Some(reference) = of_reader.iter().find(|one| is_aws_sm(one)) {
            let message = format!("connection {name} would need itself: its keys are at {reference}");
            let hint = "let a connection read the secrets whose own keys lie elsewhere";
            return Err(config.mistake(&["secrets", "aws-sm", "connection"], message, hint));
        }
    }
    Ok(())
}

/// The scheme of a reference to a store. Only that is shown: what follows it may be a secret in the form of a reference.
fn stored(reference: &SecretRef) -> Option<&str> {
    match reference {
        SecretRef::Store(store) => Some(store.scheme()),
        SecretRef::Env(_) | SecretRef::File(_) | SecretRef::Keyring { .. } => None,
    }
}

fn is_aws_sm(reference: &SecretRef) -> bool {
    matches!(reference, SecretRef::Store(store) if store.scheme() == "aws-sm")
}

/// A connection that is named elsewhere in the file must be there.
fn known(config: &Config, name: Option<&ConnectionName>, path: &[&str]) -> Result<(), ConfigError> {
    let Some(name) = name else { return Ok(()) };
    if config.connections.contains_key(name) || [DEMO, AMBIENT].contains(&name.as_str()) {
        return Ok(());
    }
    let listed = config.choice(name.as_str());
    // Only a slip of a known name is repeated: anything else may be a secret in the wrong place.
    let (message, hint) = match nearest(name.as_str(), config.connection_names()) {
        Some(nearest) => {
            (format!("there is no connection {name}"), format!("did you mean {nearest:?}? {listed}"))
        }
        None => ("there is no connection of this name".to_owned(), listed),
    };
    Err(config.mistake(path, message, hint))
}

/// Checks one connection and gives the references to secrets that it holds.
fn of_connection(
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
        return Err(wrong(mistake.with_hint("leave it out for the default")));
    }
    let wanted = providers.name_of(connection);
    let Some(factory) = providers.get(wanted) else { return Err(wrong(no_provider(wanted, providers))) };
    factory.check(&connection.table).map_err(|mistake| wrong(with_all_keys(mistake, &**factory)))
}

/// There is no provider of this name.
fn no_provider(wanted: &str, providers: &Providers) -> TableError {
    let listed = format!("the providers are: {}", providers.names().collect::<Vec<_>>().join(", "));
    // Only a slip of a known name is repeated: anything else may be a secret in the wrong place.
    let (message, hint) = match nearest(wanted, providers.names()) {
        Some(nearest) => {
            (format!("there is no provider {wanted:?}"), format!("did you mean {nearest:?}? {listed}"))
        }
        None => ("there is no provider of this name".to_owned(), listed),
    };
    let mistake = TableError::new(["provider"], message).with_hint(hint);
    TableError { spot: TableSpot::Value, ..mistake }
}

/// An unknown key of the connection itself may be a slip of one that every connection has, of which the provider does not
/// know.
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
