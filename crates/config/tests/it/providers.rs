//! The providers of the tests: AWS, the simulator, and one from another program.

use lamplight_config::{AwsTable, Config, ConfigError, FakeTable, Providers};
use lamplight_domain::{ErrorCode, SecretRef, TableError, read_table};
use lamplight_ports::{Connection, OpenConnection, PortError, PortErrorKind, ProviderFactory};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::{Arc, LazyLock};

#[derive(Debug)]
enum Provider {
    Aws,
    Fake,
    Further,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FurtherTable {
    url: String,
    token: Option<SecretRef>,
}

impl ProviderFactory for Provider {
    fn name(&self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Fake => "fake",
            Self::Further => "further",
        }
    }

    fn schema(&self) -> Value {
        match self {
            Self::Aws => AwsTable::schema(),
            Self::Fake => FakeTable::schema(),
            Self::Further => json!({
                "type": "object",
                "properties": {
                    "url": { "description": "Where it is.", "$ref": "#/$defs/Url" },
                    "token": { "description": "A secret.", "type": "string" },
                },
                "required": ["url"],
                "additionalProperties": false,
                "$defs": { "Url": { "type": "string", "pattern": "^https?://" } },
            }),
        }
    }

    fn check(&self, table: &Map<String, Value>) -> Result<Vec<SecretRef>, TableError> {
        match self {
            Self::Aws => Ok(AwsTable::read(table)?.references()),
            Self::Fake => FakeTable::read(table).map(|_| Vec::new()),
            Self::Further => {
                let own: FurtherTable = read_table(table)?;
                if !own.url.starts_with("http") {
                    return Err(TableError::new(["url"], "this is not a URL"));
                }
                Ok(own.token.into_iter().collect())
            }
        }
    }

    fn open(&self, _: OpenConnection<'_>) -> Result<Connection, PortError> {
        Err(PortError::new(
            PortErrorKind::Unsupported,
            ErrorCode::InvalidSetting,
            "these providers are only described",
        ))
    }
}

static PROVIDERS: LazyLock<Providers> =
    LazyLock::new(|| Providers::new([Arc::new(Provider::Aws) as _, Arc::new(Provider::Fake) as _]));

/// AWS and the simulator.
pub(crate) fn providers() -> &'static Providers {
    &PROVIDERS
}

/// AWS, the simulator and a third provider.
pub(crate) fn with_further() -> Providers {
    Providers::new([
        Arc::new(Provider::Aws) as Arc<dyn ProviderFactory>,
        Arc::new(Provider::Fake),
        Arc::new(Provider::Further),
    ])
}

pub(crate) fn parse(text: &str, shown: &str) -> Result<Config, ConfigError> {
    Config::parse(text, shown, &PROVIDERS)
}

#[test]
fn a_further_provider_reads_its_own_keys() {
    let text = "[connections.a]\nprovider = 'further'\nurl = 'http://x'\ntoken = 'op:vault/item'\nmax_attempts = 2\n";
    let config = Config::parse(text, "x.toml", &with_further()).unwrap();
    let connection = config.connection("a").unwrap();
    assert_eq!(
        connection.table,
        *json!({ "url": "http://x", "token": "op:vault/item" }).as_object().unwrap()
    );
    assert_eq!(connection.defaults().max_attempts, Some(2));
}

#[test]
fn mistakes_of_a_further_provider_have_their_place_too() {
    let head = "[connections.a]\nprovider = 'further'\n";
    for (rest, beginning, words) in [
        ("url = 5\n", "x.toml:3:7: ", vec!["must be a string"]),
        ("url = 'ftp://x'\n", "x.toml:3:1: ", vec!["this is not a URL"]),
        ("", "x.toml:1:", vec!["key url is missing"]),
        (
            "url = 'http://x'\ntokn = 'x'\n",
            "x.toml:4:1: ",
            vec!["unknown key \"tokn\"", "\"token\"", "max_attempts"],
        ),
        (
            "url = 'http://x'\nmax_atempts = 2\n",
            "x.toml:4:1: ",
            vec!["did you mean \"max_attempts\"?", "url"],
        ),
        ("url = 'http://x'\ntoken = 'hunter2'\n", "x.toml:4:9: ", vec!["by reference"]),
    ] {
        let error = Config::parse(&format!("{head}{rest}"), "x.toml", &with_further()).unwrap_err();
        let told = format!("{error} {}", error.hint.as_ref().map(ToString::to_string).unwrap_or_default());
        assert!(told.starts_with(beginning), "{rest}\n{told}");
        for word in words {
            assert!(told.contains(word), "{told}\nlacks {word}");
        }
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn an_unknown_provider_is_reported_with_the_known_ones() {
    let error = parse("[connections.a]\nprovider = 'further'\n", "x.toml").unwrap_err();
    assert_eq!(error.to_string(), "x.toml:2:12: a provider of this name does not exist");
    assert_eq!(error.hint, Some("the providers are: aws, fake".into()));
    let error = parse("[connections.a]\nprovider = 'fak'\n", "x.toml").unwrap_err();
    assert_eq!(error.to_string(), "x.toml:2:12: provider \"fak\" does not exist");
    assert_eq!(error.hint, Some("did you mean \"fake\"? the providers are: aws, fake".into()));
}

#[test]
fn secrets_of_aws_are_read_by_a_connection_to_aws() {
    let text =
        "[secrets.aws-sm]\nconnection = 'a'\n[connections.a]\nprovider = 'further'\nurl = 'http://x'\n";
    let error = Config::parse(text, "x.toml", &with_further()).unwrap_err();
    assert!(error.to_string().starts_with("x.toml:2:1: connection a uses provider further"), "{error}");
}

#[test]
fn the_first_provider_is_the_default() {
    let further = Providers::new([Arc::new(Provider::Further) as _]);
    Config::parse("[connections.a]\nurl = 'http://x'\n", "x.toml", &further).unwrap();
    assert_eq!(further.default_name(), "further");
}
