//! `lamplight connections`.

mod new;

use crate::{
    ExitCode,
    args::{AddArgs, ConfirmArgs, ConnectionsCommand},
    commands::{doctor, manage, parse},
    failure::Failure,
    output, render,
    wiring::Wiring,
};
use lamplight_config::{
    AMBIENT, Config, ConfigError, ConnectionConfig, DEMO, NewConnection, add_connection, remove_connection,
};
use lamplight_domain::{ConnectionName, ErrorCode};
use lamplight_views::{ConnectionSettingsView, ConnectionsView};
use lamplight_wiring::{Connections, config_error};
use std::{borrow::Cow, path::PathBuf};

/// The first line of a new configuration file.
const HEADER: &str =
    "# Connections of Lamplight. `lamplight connections schema` prints a JSON Schema for editors.\n";

/// `lamplight connections …`
pub async fn connections(command: ConnectionsCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        ConnectionsCommand::List => list(wiring),
        ConnectionsCommand::Show { name } => show(&name, wiring),
        ConnectionsCommand::Add(args) => add(&args, wiring),
        ConnectionsCommand::Remove { name, force, confirm } => remove(&name, force, confirm, wiring),
        ConnectionsCommand::Schema => {
            output::data(wiring.connections.schema().as_bytes())?;
            Ok(ExitCode::Success)
        }
        ConnectionsCommand::Test { name, .. } => {
            let name: ConnectionName = parse(&name)?;
            connection(&name, &*wiring.connections.config()?)?;
            doctor::connection(wiring, &name).await
        }
    }
}

/// The connection of this name, from the file or built in.
fn connection<'a>(name: &ConnectionName, config: &'a Config) -> Result<Cow<'a, ConnectionConfig>, Failure> {
    let found = config.connection(name.as_str());
    found.ok_or_else(|| Connections::unknown(name.as_str(), config).into())
}

fn list(wiring: &Wiring) -> Result<ExitCode, Failure> {
    let config = wiring.connections.config()?;
    let mut rows = Vec::new();
    for name in config.connection_names() {
        let name: ConnectionName = parse(name)?;
        let own = connection(&name, &config)?;
        rows.push(render::connection_view(&described(wiring, &name, &own, &config)));
    }
    if wiring.json() {
        wiring.write(&ConnectionsView { connections: rows })?;
    } else {
        output::line(&render::connections_table(&rows))?;
        wiring.output.note(&format!(
            "{AMBIENT} has the settings of environment variables and AWS profiles; it is used if no connection is named and \
             none is the default"
        ));
    }
    Ok(ExitCode::Success)
}

fn show(name: &str, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let config = wiring.connections.config()?;
    let name: ConnectionName = parse(name)?;
    let own = connection(&name, &config)?;
    let settings = render::connection_settings(&described(wiring, &name, &own, &config));
    if wiring.json() {
        wiring.write(&ConnectionSettingsView { name: name.as_str(), settings })?;
    } else {
        output::line(&render::settings_table(&settings))?;
    }
    Ok(ExitCode::Success)
}

fn described<'a>(
    wiring: &'a Wiring,
    name: &'a ConnectionName,
    own: &'a ConnectionConfig,
    config: &'a Config,
) -> render::Described<'a> {
    render::Described {
        name: name.as_str(),
        provider: wiring.connections.providers().name_of(own),
        own,
        config,
        settings: wiring.connections.describe(name, own, config),
    }
}

fn add(args: &AddArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: ConnectionName = parse(&args.name)?;
    let global = &wiring.global;
    let settings = new::settings(args, global.region.as_ref(), global.endpoint_url.as_ref())?;
    let new = NewConnection { name, settings, make_default: args.default };
    let path =
        wiring.connections.config_file()?.unwrap_or_else(|| PathBuf::from(lamplight_wiring::FILE_NAME));
    let shown = path.display().to_string();
    let providers = wiring.connections.providers();
    lamplight_wiring::edit(&path, |text| {
        let text = text.unwrap_or_else(|| HEADER.to_owned());
        let is_taken = parse_config(&text, &shown, wiring)?.connections.contains_key(&new.name);
        let edited = add_connection(&text, &shown, &new, providers).map_err(|error| {
            let failure = config_failure(error);
            if is_taken { Failure { code: ErrorCode::ConnectionExists, ..failure } } else { failure }
        })?;
        Ok::<_, Failure>((edited, ()))
    })?;
    wiring.output.note(&format!(
        "added connection {} to {shown}; to test it: lamplight connections test {0}",
        new.name
    ));
    Ok(ExitCode::Success)
}

fn remove(name: &str, force: bool, confirm: ConfirmArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: ConnectionName = parse(name)?;
    let config = wiring.connections.config()?;
    let (Some(path), true) = (wiring.connections.config_file()?, config.connections.contains_key(&name))
    else {
        let unknown = Failure::from(Connections::unknown(name.as_str(), &config));
        return Err(if [DEMO, AMBIENT].contains(&name.as_str()) {
            let message = format!("connection {name} is built in and cannot be removed");
            Failure { message, hint: None, ..unknown }
        } else {
            unknown
        });
    };
    let shown = path.display().to_string();
    let is_default = config.default_connection.as_ref() == Some(&name);
    let which = if is_default { "the default connection" } else { "connection" };
    if force || !is_default {
        manage::confirm(confirm, &format!("remove {which} {name} from {shown}"), None, wiring)?;
    }
    let was_default = lamplight_wiring::edit(&path, |text| {
        // Another process may have changed the file since it was read above.
        let text = text.unwrap_or_default();
        let config = parse_config(&text, &shown, wiring)?;
        let is_default = config.default_connection.as_ref() == Some(&name);
        if is_default && !force {
            return Err(Failure::usage(
                ErrorCode::InvalidSetting,
                format!("{name} is the default connection"),
            )
            .with_hint("use --force to remove it and leave no default connection"));
        }
        let removed = remove_connection(&text, &shown, &name, force, wiring.connections.providers());
        match removed.map_err(config_failure)? {
            Some(edited) => Ok((edited, is_default)),
            None => Err(Connections::unknown(name.as_str(), &config).into()),
        }
    })?;
    let and = if was_default { "; no default connection is set now" } else { "" };
    wiring.output.note(&format!("removed connection {name} from {shown}{and}"));
    Ok(ExitCode::Success)
}

fn parse_config(text: &str, shown: &str, wiring: &Wiring) -> Result<Config, Failure> {
    Config::parse(text, shown, wiring.connections.providers()).map_err(config_failure)
}

fn config_failure(error: ConfigError) -> Failure {
    config_error(error).into()
}
