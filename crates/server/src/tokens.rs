//! `lamplight-server token`

use crate::{
    Problem,
    args::{GlobalArgs, TokenArgs},
    logs::say,
    settings,
};
use lamplight_app::{AccessPorts, NewToken, create_token};
use lamplight_domain::{Actor, Role, Scope};
use lamplight_ports::{Clock, ExposeSecret};
use lamplight_system_adapter::{SystemClock, SystemIds};
use std::{collections::BTreeSet, io::Write, process::ExitCode, str::FromStr, sync::Arc, time::Duration};

/// Creates a token and prints it to stdout.
pub async fn create(args: &GlobalArgs, new: TokenArgs) -> Result<ExitCode, Problem> {
    let store = settings::connections(args).store().await?;
    let ports = AccessPorts { access: store, ids: Arc::new(SystemIds), clock: Arc::new(SystemClock) };
    let role: Role = new.role.parse().map_err(|error| Problem::new(format!("{error}")))?;
    let life = Duration::from_hours(u64::from(new.days) * 24);
    let new = NewToken {
        name: new.name,
        role,
        scope: Scope { connections: names(&new.connections)?, jobs: names(&new.jobs)? },
        expires_at: SystemClock.now().saturating_add(life).ok(),
    };
    let actor = Actor::local_admin(settings::user());
    let (token, secret) = create_token(&ports, &actor, new).await?;
    writeln!(std::io::stdout(), "{}", secret.expose_secret())
        .map_err(|error| Problem::new(format!("could not write the token: {error}")))?;
    say(&format!("created token {} with role {}; it is not shown again", token.name, token.role));
    Ok(ExitCode::SUCCESS)
}

/// The names of a scope; no limit without names.
fn names<T>(texts: &[String]) -> Result<Option<BTreeSet<T>>, Problem>
where
    T: FromStr + Ord,
    T::Err: std::fmt::Display,
{
    if texts.is_empty() {
        return Ok(None);
    }
    let parsed: Result<BTreeSet<T>, T::Err> = texts.iter().map(|text| text.parse()).collect();
    parsed.map(Some).map_err(|error| Problem::new(error.to_string()))
}
