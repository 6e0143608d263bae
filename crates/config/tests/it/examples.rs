//! Valid configuration files.

use crate::providers::parse;
use lamplight_config::{AccessKeyId, Auth, AwsTable, Config, FakeTable, Token};
use std::path::Path;

/// Every key of the file at least once.
pub(crate) const EVERYTHING: &str = r#"
default_connection = "prod"
prices_file = "prices.toml"

[secrets.vault]
address = "https://vault.example.com:8200"
namespace = "team"
mount = "kv/team"
auth = { approle = { role_id = "r", secret_id = "env:VAULT_SECRET_ID", mount = "approle" } }

[secrets.aws-sm]
connection = "prod"

[connections.prod]
region = "eu-west-1"
labels = { team = "payments", stage = "prod" }
use_fips = true
use_dual_stack = true
sts_region = "us-east-1"
invocation_type = "Event"
qualifier = "live"
max_attempts = 3
log_tail = false

[connections.local]
region = "eu-west-1"
endpoint_url = "http://127.0.0.1:4566"
sts_endpoint_url = "http://127.0.0.1:5555"

[connections.demo2]
provider = "fake"
script = "script.yaml"

[connections.machine]
region = "eu-west-1"
auth = "instance-profile"

[connections.profile]
region = "eu-west-1"
auth.profile.name = "dev"

[connections.key.auth.access-key]
access_key_id = "AKIDEXAMPLE00000"
secret_access_key = "vault:kv/team/aws#secret"
session_token = "keyring:lamplight/token"

[connections.role.auth.assume-role]
role_arn = "arn:aws:iam::123456789012:role/deploy"
external_id = "customer:42"
session_name = "nightly"
duration_seconds = 900
policy = '{"Version":"2012-10-17","Statement":[]}'
policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
tags = { team = "payments" }
transitive_tag_keys = ["team"]
source_identity = "ada"
source = { access-key = { access_key_id = "env:ID", secret_access_key = "env:KEY" } }

[connections.chain.auth.assume-role]
role_arn = "arn:aws:iam::123456789012:role/b"
duration_seconds = 3600
source.assume-role.role_arn = "arn:aws:iam::123456789012:role/a"
source.assume-role.source.profile.name = "dev"

[connections.file.auth.web-identity]
role_arn = "arn:aws:iam::123456789012:role/deploy"
session_name = "web"
duration_seconds = 43200
policy = "{}"
policy_arns = []
token = { file = "/var/run/secrets/token" }

[connections.env.auth.web-identity]
role_arn = "arn:aws:iam::123456789012:role/deploy"
token = { env = "TOKEN" }

[connections.workload.auth.web-identity]
role_arn = "arn:aws:iam::123456789012:role/deploy"

[connections.workload.auth.web-identity.token.entra-workload-identity]
scope = "api://lamplight/.default"
tenant_id = "t"
client_id = "c"
token_file = "/var/run/secrets/azure/tokens/azure-identity-token"
authority_host = "https://login.microsoftonline.com"

[connections.managed.auth.web-identity]
role_arn = "arn:aws:iam::123456789012:role/deploy"
token.entra-managed-identity = { resource = "api://lamplight", client_id = "c", endpoint = "http://169.254.169.254" }

[connections.oidc.auth.web-identity]
role_arn = "arn:aws:iam::123456789012:role/deploy"

[connections.oidc.auth.web-identity.token.client-credentials]
token_url = "https://idp.example.com/token"
client_id = "lamplight"
scope = "aws"
audience = "sts.amazonaws.com"
client_secret = "aws-sm:idp#secret"
basic_auth = true
use_id_token = true

[connections.signed.auth.web-identity]
role_arn = "arn:aws:iam::123456789012:role/deploy"

[connections.signed.auth.web-identity.token.client-credentials]
token_url = "https://idp.example.com/token"
client_id = "lamplight"
assertion = { private_key = "file:/run/secrets/key.pem", algorithm = "ES256", key_id = "k1", audience = "https://idp.example.com" }
"#;

fn aws(config: &Config, name: &str) -> AwsTable {
    AwsTable::read(&config.connection(name).unwrap().table).unwrap()
}

fn auth(config: &Config, name: &str) -> Auth {
    aws(config, name).auth
}

#[test]
fn every_key_is_read() {
    let config = parse(EVERYTHING, "x.toml").unwrap();
    assert_eq!(config.connections.len(), 14);
    let prod = &config.connections[&"prod".parse().unwrap()];
    assert_eq!((aws(&config, "prod").use_fips, prod.labels["team"].as_str()), (Some(true), "payments"));
    assert_eq!(prod.defaults().qualifier.unwrap().as_str(), "live");
    let demo = config.connection("demo2").unwrap();
    assert_eq!(demo.provider.as_deref(), Some("fake"));
    assert_eq!(FakeTable::read(&demo.table).unwrap().script.unwrap(), Path::new("script.yaml"));
    assert_eq!(auth(&config, "machine"), Auth::InstanceProfile);
    let Auth::AccessKey(key) = auth(&config, "key") else { unreachable!("an access key") };
    assert_eq!(key.access_key_id, AccessKeyId::Itself("AKIDEXAMPLE00000".to_owned()));
    let Auth::AssumeRole(role) = auth(&config, "chain") else { unreachable!("a role") };
    let Auth::AssumeRole(first) = &role.source else { unreachable!("a chain") };
    assert_eq!(first.source.method(), "profile");
    let Auth::WebIdentity(signed) = auth(&config, "signed") else { unreachable!("a token") };
    let Token::ClientCredentials(client) = &signed.token else { unreachable!("client credentials") };
    assert_eq!(client.assertion.as_ref().unwrap().key_id.as_deref(), Some("k1"));
    let secrets: Vec<String> = aws(&config, "role").references().iter().map(ToString::to_string).collect();
    assert_eq!(secrets, ["env:ID", "env:KEY"]);
}

#[test]
fn an_empty_file_and_a_byte_order_mark_are_valid() {
    assert_eq!(parse("", "x").unwrap().connections.len(), 0);
    let config = parse("\u{feff}default_connection = 'demo'\n", "x").unwrap();
    assert_eq!(config.default_connection.as_ref().unwrap().as_str(), "demo");
    let place = config.place_of(&["default_connection"]).unwrap();
    assert_eq!((place.line, place.column), (1, 1));
}

#[test]
fn a_configuration_is_written_as_it_was_read() {
    let config = parse(EVERYTHING, "x.toml").unwrap();
    let json = serde_json::to_value(&config).unwrap();
    let again: Config = serde_json::from_value(json).unwrap();
    assert_eq!(again.connections, config.connections);
    assert_eq!(again.secrets, config.secrets);
}

#[test]
fn relative_references_of_the_file_start_from_its_folder() {
    let text = "[secrets.vault]\nauth.token = 'file:v'\n[connections.a.auth.assume-role]\n\
        role_arn='arn:aws:iam::123456789012:role/x'\nsource.access-key={access_key_id='file:../i',secret_access_key='file:~/s',\
        session_token='file:/t'}\n[connections.b.auth.web-identity]\nrole_arn='arn:aws:iam::123456789012:role/x'\n\
        token.client-credentials={token_url='http://x',client_id='x',assertion={private_key='file:k'}}\n";
    let config = parse(text, "x").unwrap().in_folder("/etc/us".into());
    let references = |name: &str| -> Vec<String> {
        aws(&config, name).in_folder(&config.folder).references().iter().map(ToString::to_string).collect()
    };
    assert_eq!(references("a"), ["file:/etc/us/../i", "file:~/s", "file:/t"]);
    assert_eq!(references("b"), ["file:/etc/us/k"]);
    assert_eq!(
        config.secrets.vault.unwrap().auth,
        Some(lamplight_config::VaultAuth::Token("file:/etc/us/v".parse().unwrap()))
    );
}
