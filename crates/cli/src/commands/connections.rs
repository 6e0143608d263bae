//! `lamplight connections`.

use crate::{
    ExitCode,
    args::{AddArgs, AuthMethod, ConnectionsCommand, ProviderKind},
    commands::{doctor, parse},
    config,
    failure::Failure,
    output, render,
    wiring::{Wiring, unknown_connection},
};
use lamplight_config::{
    AMBIENT, Config, ConnectionConfig, DEMO, NewConnection, Provider, add_connection, remove_connection,
};
use lamplight_domain::ConnectionName;
use std::path::PathBuf;

/// What a file begins with that is made here.
const HEADER: &str = "# Connections of Lamplight; `lamplight connections schema` prints the schema that editors complete by.\n";

/// `lamplight connections …`
pub async fn connections(command: ConnectionsCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        ConnectionsCommand::List => list(wiring),
        ConnectionsCommand::Show { name } => show(&name, wiring),
        ConnectionsCommand::Add(args) => add(&args, wiring),
        ConnectionsCommand::Remove { name, force } => remove(&name, force, wiring),
        ConnectionsCommand::Schema => {
            output::data(lamplight_config::schema().as_bytes())?;
            Ok(ExitCode::Success)
        }
        ConnectionsCommand::Test { name } => {
            let name: ConnectionName = parse(&name)?;
            connection(name.as_str(), wiring.config()?)?;
            doctor::connection(wiring, &name).await
        }
    }
}

/// A connection of the file, or a built-in one.
fn connection(name: &str, config: &Config) -> Result<ConnectionConfig, Failure> {
    let parsed: ConnectionName = parse(name)?;
    match (config.connections.get(&parsed), name) {
        (Some(own), _) => Ok(own.clone()),
        (None, DEMO) => Ok(ConnectionConfig { provider: Provider::Fake, ..ConnectionConfig::default() }),
        (None, AMBIENT) => Ok(ConnectionConfig::default()),
        (None, _) => Err(unknown_connection(name, config)),
    }
}

fn list(wiring: &Wiring) -> Result<ExitCode, Failure> {
    let config = wiring.config()?;
    let mut rows = Vec::new();
    for name in config.connection_names() {
        let own = connection(name, config)?;
        rows.push(render::ConnectionRow::new(name, &own, &wiring.layers(name, &own, config)));
    }
    if wiring.json() {
        output::json(&serde_json::json!({ "connections": rows }))?;
    } else {
        output::line(&render::connections_table(&rows))?;
    }
    Ok(ExitCode::Success)
}

fn show(name: &str, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let config = wiring.config()?;
    let own = connection(name, config)?;
    let settings = render::connection_settings(&own, &wiring.layers(name, &own, config));
    if wiring.json() {
        output::json(&serde_json::json!({ "name": name, "settings": settings }))?;
    } else {
        output::line(&render::settings_table(&settings))?;
    }
    Ok(ExitCode::Success)
}

fn add(args: &AddArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: ConnectionName = parse(&args.name)?;
    let new = NewConnection { name, settings: settings(args, wiring)?, make_default: args.default };
    let path = wiring.config_file().unwrap_or_else(|| PathBuf::from(config::FILE_NAME));
    let shown = path.display().to_string();
    let text = if path.exists() { config::read(&path)? } else { HEADER.to_owned() };
    let is_taken = Config::parse(&text, &shown)?.connections.contains_key(&new.name);
    let edited = add_connection(&text, &shown, &new).map_err(|error| {
        let failure = Failure::from(error);
        if is_taken { Failure { code: "connection_exists".to_owned(), ..failure } } else { failure }
    })?;
    config::replace(&path, &edited)?;
    wiring
        .output
        .note(&format!("connection {} is in {shown}; try it: lamplight connections test {0}", new.name));
    Ok(ExitCode::Success)
}

fn remove(name: &str, force: bool, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: ConnectionName = parse(name)?;
    let config = wiring.config()?;
    let (Some(path), true) = (wiring.config_file(), config.connections.contains_key(&name)) else {
        return Err(unknown_connection(name.as_str(), config));
    };
    let is_default = config.default_connection.as_ref() == Some(&name);
    if is_default && !force {
        return Err(Failure::usage("invalid_setting", format!("{name} is the default connection"))
            .with_hint("give --force to remove it and to have no default connection"));
    }
    let shown = path.display().to_string();
    match remove_connection(&config::read(&path)?, &shown, &name, force)? {
        Some(edited) => config::replace(&path, &edited)?,
        None => return Err(unknown_connection(name.as_str(), config)),
    }
    let and = if is_default { "; there is no default connection now" } else { "" };
    wiring.output.note(&format!("connection {name} is no longer in {shown}{and}"));
    Ok(ExitCode::Success)
}

/// The options as settings of the file.
fn settings(args: &AddArgs, wiring: &Wiring) -> Result<Vec<(String, String)>, Failure> {
    let method = method(args)?;
    let mut settings = Vec::new();
    let mut set = |key: String, value: Option<&String>| {
        if let Some(value) = value {
            // As a TOML string: a text of digits is no number here.
            settings.push((key, quoted(value)));
        }
    };
    let provider = args.provider.map(|kind| match kind {
        ProviderKind::Aws => "aws".to_owned(),
        ProviderKind::Fake => "fake".to_owned(),
    });
    set("provider".to_owned(), provider.as_ref());
    set("region".to_owned(), wiring.global.region.as_ref());
    set("endpoint_url".to_owned(), wiring.global.endpoint_url.as_ref());
    set("qualifier".to_owned(), args.qualifier.as_ref());
    for label in &args.labels {
        let (key, value) = pair(label, "--label")?;
        set(format!("labels.{}", quoted(key)), Some(&value.to_owned()));
    }
    let key_at = match method {
        AuthMethod::AssumeRole => "auth.assume-role.source.access-key",
        _ => "auth.access-key",
    };
    let profile_at = match method {
        AuthMethod::AssumeRole => "auth.assume-role.source.profile.name",
        _ => "auth.profile.name",
    };
    let role = match method {
        AuthMethod::WebIdentity => "auth.web-identity",
        _ => "auth.assume-role",
    };
    match method {
        AuthMethod::Default => {}
        AuthMethod::InstanceProfile => set("auth".to_owned(), Some(&"instance-profile".to_owned())),
        _ => {
            set(format!("{role}.role_arn"), args.role_arn.as_ref());
            set(format!("{role}.external_id"), args.external_id.as_ref());
            set(format!("{role}.session_name"), args.session_name.as_ref());
            set(format!("{role}.token.file"), args.token_file.as_ref());
            set(format!("{role}.token.env"), args.token_env.as_ref());
            set(profile_at.to_owned(), args.profile.as_ref());
            set(format!("{key_at}.access_key_id"), args.access_key_id.as_ref());
            set(format!("{key_at}.secret_access_key"), args.secret_access_key.as_ref());
            set(format!("{key_at}.session_token"), args.session_token.as_ref());
            if let Some(seconds) = args.duration_seconds {
                settings.push((format!("{role}.duration_seconds"), seconds.to_string()));
            }
        }
    }
    for setting in &args.settings {
        let (key, value) = pair(setting, "--set")?;
        settings.push((key.to_owned(), value.to_owned()));
    }
    Ok(settings)
}

/// The method that the options are for.
fn method(args: &AddArgs) -> Result<AuthMethod, Failure> {
    let has_token = args.token_file.is_some() || args.token_env.is_some();
    let found = if has_token {
        AuthMethod::WebIdentity
    } else if args.role_arn.is_some() {
        AuthMethod::AssumeRole
    } else if args.access_key_id.is_some() || args.secret_access_key.is_some() {
        AuthMethod::AccessKey
    } else if args.profile.is_some() {
        AuthMethod::Profile
    } else {
        AuthMethod::Default
    };
    let Some(named) = args.auth else { return Ok(found) };
    // A role alone does not say whether a key or a token asks for it.
    let fits = named == found
        || found == AuthMethod::Default
        || (named == AuthMethod::WebIdentity && found == AuthMethod::AssumeRole);
    if fits {
        return Ok(named);
    }
    let name = |method: AuthMethod| {
        clap::ValueEnum::to_possible_value(&method)
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    };
    let message = format!("--auth {} does not go with the options for {}", name(named), name(found));
    Err(Failure::usage("invalid_setting", message)
        .with_hint("leave out --auth, or the options that are not its own"))
}

/// As a TOML string; what JSON escapes TOML reads alike.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn pair<'a>(text: &'a str, option: &str) -> Result<(&'a str, &'a str), Failure> {
    text.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or_else(|| {
        // What has no name may be a secret.
        Failure::usage("invalid_setting", format!("{option} takes KEY=VALUE"))
    })
}
