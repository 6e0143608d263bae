//! Settings that come from several layers, and which one decided.

use crate::{args::GlobalArgs, failure::Failure};
use lamplight_aws_model::check_endpoint;
use lamplight_config::{Config, ConnectionConfig};
use lamplight_domain::ErrorCode;
use lamplight_system_adapter::Environment;
use std::fmt;

/// Which layer a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An option of the command line.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
    /// A place in the configuration file.
    File(String),
    /// Nothing else says it.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::File(place) => f.write_str(place),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A setting and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layered<T> {
    /// The value that holds.
    pub value: T,
    /// The layer that decided.
    pub origin: Origin,
}

/// The layers of one connection, the nearest first: options, `LAMPLIGHT_…`, the file, `AWS_…`.
#[derive(Debug, Clone, Copy)]
pub struct Layers<'a> {
    /// The options of every verb; clap has merged `LAMPLIGHT_…` into them.
    pub global: &'a GlobalArgs,
    /// The environment.
    pub environment: &'a Environment,
    /// The file.
    pub config: &'a Config,
    /// The connection's name.
    pub name: &'a str,
    /// The connection in the file.
    pub connection: &'a ConnectionConfig,
}

impl Layers<'_> {
    /// The region.
    pub fn region(&self) -> Option<Layered<String>> {
        self.flag(self.global.region.as_ref(), "--region", "LAMPLIGHT_REGION")
            .or_else(|| self.file("region", self.connection.region.clone()))
            .or_else(|| self.variables(&["AWS_REGION", "AWS_DEFAULT_REGION"]))
    }

    /// Where Lambda is, in place of AWS's own address.
    pub fn endpoint_url(&self) -> Option<Layered<String>> {
        self.lambda().map(harmless)
    }

    /// Where STS is, in place of AWS's own address.
    pub fn sts_endpoint_url(&self) -> Option<Layered<String>> {
        self.sts().map(harmless)
    }

    /// Where Secrets Manager is, in place of AWS's own address.
    pub fn secrets_endpoint_url(&self) -> Option<Layered<String>> {
        self.secrets().map(harmless)
    }

    /// Refuses addresses that are none or hold a password, naming where they stand.
    pub fn check_endpoints(&self) -> Result<(), Failure> {
        for Layered { value, origin } in [self.lambda(), self.sts(), self.secrets()].into_iter().flatten() {
            check_endpoint(&value).map_err(|error| {
                Failure::usage(ErrorCode::InvalidEndpoint, format!("the address of {origin} {error}"))
                    .with_hint("give scheme and host alone, as in http://127.0.0.1:4566")
            })?;
        }
        Ok(())
    }

    fn lambda(&self) -> Option<Layered<String>> {
        self.flagged_endpoint()
            .or_else(|| self.file("endpoint_url", text(self.connection.endpoint_url.as_ref())))
            .or_else(|| self.variables(&["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"]))
    }

    fn sts(&self) -> Option<Layered<String>> {
        self.flagged_endpoint()
            .or_else(|| self.file("sts_endpoint_url", text(self.connection.sts_endpoint_url.as_ref())))
            .or_else(|| self.file("endpoint_url", text(self.connection.endpoint_url.as_ref())))
            .or_else(|| self.variables(&["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"]))
    }

    fn secrets(&self) -> Option<Layered<String>> {
        self.flagged_endpoint()
            .or_else(|| self.file("endpoint_url", text(self.connection.endpoint_url.as_ref())))
            .or_else(|| self.variables(&["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"]))
    }

    /// A setting that is in the file or nowhere.
    pub fn file<T>(&self, key: &'static str, value: Option<T>) -> Option<Layered<T>> {
        value.map(|value| {
            let place = self.config.place_of(&["connections", self.name, key]);
            let origin = match place {
                Some(place) => Origin::File(format!("{}:{}", self.config.shown(), place.line)),
                None => Origin::Default,
            };
            Layered { value, origin }
        })
    }

    fn flagged_endpoint(&self) -> Option<Layered<String>> {
        self.flag(self.global.endpoint_url.as_ref(), "--endpoint-url", "LAMPLIGHT_ENDPOINT_URL")
    }

    fn flag(
        &self,
        value: Option<&String>,
        option: &'static str,
        variable: &'static str,
    ) -> Option<Layered<String>> {
        let value = value?;
        let is_variable = self.environment.get(variable) == Some(value.as_str());
        let origin = if is_variable { Origin::Variable(variable) } else { Origin::Flag(option) };
        Some(Layered { value: value.clone(), origin })
    }

    fn variables(&self, names: &[&'static str]) -> Option<Layered<String>> {
        names.iter().find_map(|name| {
            let value = self.environment.get(name).filter(|value| !value.is_empty())?;
            Some(Layered { value: value.to_owned(), origin: Origin::Variable(name) })
        })
    }
}

/// An address that may be shown: of one that is refused, why.
fn harmless(layered: Layered<String>) -> Layered<String> {
    match check_endpoint(&layered.value) {
        Ok(()) => layered,
        Err(error) => Layered { value: format!("(refused: it {error})"), ..layered },
    }
}

fn text(url: Option<&lamplight_config::HttpUrl>) -> Option<String> {
    url.map(ToString::to_string)
}
