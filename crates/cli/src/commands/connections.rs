//! `lamplight connections`.

mod new;

use crate::{
    ExitCode,
    args::{AddArgs, ConnectionsCommand},
    commands::{doctor, parse},
    config,
    failure::Failure,
    output, render,
    wiring::{Wiring, unknown_connection},
};
use lamplight_config::{
    AMBIENT, Config, ConnectionConfig, DEMO, NewConnection, Provider, add_connection, remove_connection,
};
use lamplight_domain::{ConnectionName, ErrorCode};
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
        wiring.write(&serde_json::json!({ "connections": rows }))?;
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
        wiring.write(&serde_json::json!({ "name": name, "settings": settings }))?;
    } else {
        output::line(&render::settings_table(&settings))?;
    }
    Ok(ExitCode::Success)
}

fn add(args: &AddArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: ConnectionName = parse(&args.name)?;
    let global = &wiring.global;
    let settings = new::settings(args, global.region.as_ref(), global.endpoint_url.as_ref())?;
    let new = NewConnection { name, settings, make_default: args.default };
    let path = wiring.config_file().unwrap_or_else(|| PathBuf::from(config::FILE_NAME));
    let shown = path.display().to_string();
    config::edit(&path, |text| {
        let text = text.unwrap_or_else(|| HEADER.to_owned());
        let is_taken = Config::parse(&text, &shown)?.connections.contains_key(&new.name);
        let edited = add_connection(&text, &shown, &new).map_err(|error| {
            let failure = Failure::from(error);
            if is_taken { Failure { code: ErrorCode::ConnectionExists, ..failure } } else { failure }
        })?;
        Ok((edited, ()))
    })?;
    wiring
        .output
        .note(&format!("connection {} is in {shown}; try it: lamplight connections test {0}", new.name));
    Ok(ExitCode::Success)
}

fn remove(name: &str, force: bool, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: ConnectionName = parse(name)?;
    let config = wiring.config()?;
    let (Some(path), true) = (wiring.config_file(), config.connections.contains_key(&name)) else {
        let unknown = unknown_connection(name.as_str(), config);
        return Err(if [DEMO, AMBIENT].contains(&name.as_str()) {
            let message = format!("{name} is built in: no file has a connection {name} to be removed");
            Failure { message, hint: None, ..unknown }
        } else {
            unknown
        });
    };
    let shown = path.display().to_string();
    let was_default = config::edit(&path, |text| {
        // Another process may have changed the file since it was read above.
        let text = text.unwrap_or_default();
        let config = Config::parse(&text, &shown)?;
        let is_default = config.default_connection.as_ref() == Some(&name);
        if is_default && !force {
            return Err(Failure::usage(
                ErrorCode::InvalidSetting,
                format!("{name} is the default connection"),
            )
            .with_hint("give --force to remove it and to have no default connection"));
        }
        match remove_connection(&text, &shown, &name, force)? {
            Some(edited) => Ok((edited, is_default)),
            None => Err(unknown_connection(name.as_str(), &config)),
        }
    })?;
    let and = if was_default { "; there is no default connection now" } else { "" };
    wiring.output.note(&format!("connection {name} is no longer in {shown}{and}"));
    Ok(ExitCode::Success)
}
