//! Ways in through the peers' own STS, and who the real AWS command line says that one is then.

use crate::peer::Peer;
use serde_json::Value;

const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";

/// Connections over keys, a role, a chain of roles and a token.
const FILE: &str = r#"
[connections.key.auth.access-key]
access_key_id = "env:KEY_ID"
secret_access_key = "env:KEY"

[connections.role.auth.assume-role]
role_arn = "arn:aws:iam::123456789012:role/deploy"
session_name = "nightly"
external_id = "customer:42"
duration_seconds = 900
source = { access-key = { access_key_id = "env:KEY_ID", secret_access_key = "env:KEY" } }

[connections.chain.auth.assume-role]
role_arn = "arn:aws:iam::123456789012:role/audit"
session_name = "chained"
source.assume-role.role_arn = "arn:aws:iam::123456789012:role/deploy"
source.assume-role.source = { access-key = { access_key_id = "env:KEY_ID", secret_access_key = "env:KEY" } }

[connections.token.auth.web-identity]
role_arn = "arn:aws:iam::123456789012:role/deploy"
session_name = "federated"
token = { file = "token" }

[connections.profile.auth.profile]
name = "deploy"
"#;

/// A token in form; neither peer looks into it.
const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqb2JzIiwiYXVkIjoic3RzLmFtYXpvbmF3cy5jb20ifQ.c2ln";

const PROFILES: &str = "[profile base]\naws_access_key_id = test\naws_secret_access_key = test\n\n[profile deploy]\n\
                        role_arn = arn:aws:iam::123456789012:role/deploy\nrole_session_name = by-profile\n\
                        source_profile = base\n";

fn arrange(peer: &Peer) {
    peer.file("lamplight.toml", FILE);
    peer.file("token", TOKEN);
    peer.file(".aws/config", PROFILES);
}

/// Who the peer takes a connection for, as the doctor tells it.
fn principal(peer: &Peer, connection: &str) -> String {
    let told = peer.json(&["doctor", "-c", connection]);
    let checks = told["checks"].as_array().unwrap();
    let check = |name: &str| checks.iter().find(|check| check["name"] == name).unwrap().clone();
    for name in ["credentials", "identity", "endpoint", "list-functions"] {
        assert_eq!(check(name)["outcome"], "pass", "{connection}: {told:#}");
    }
    check("identity")["detail"].as_str().unwrap().to_owned()
}

#[test]
fn each_auth_method_lists_functions_on_moto() {
    let peer = Peer::moto();
    arrange(&peer);
    for connection in ["key", "role", "chain", "token", "profile"] {
        let found = peer.json(&["discover", "-c", connection]);
        assert!(!found["functions"].as_array().unwrap().is_empty(), "{connection}: {found}");
    }
}

#[test]
fn moto_sees_the_same_principal_as_for_the_aws_cli() {
    let peer = Peer::moto();
    arrange(&peer);
    for (connection, role, session) in
        [("role", "deploy", "nightly"), ("chain", "audit", "chained"), ("profile", "deploy", "by-profile")]
    {
        let own = principal(&peer, connection);
        let theirs: Value = peer.sts_json(&[
            "assume-role",
            "--role-arn",
            &format!("arn:aws:iam::123456789012:role/{role}"),
            "--role-session-name",
            session,
        ]);
        let arn = theirs["AssumedRoleUser"]["Arn"].as_str().unwrap();
        assert!(own.starts_with(arn), "{connection}: {own} and {arn}");
    }
    let own = principal(&peer, "token");
    let token = ["--role-arn", ROLE, "--role-session-name", "federated", "--web-identity-token", TOKEN];
    let theirs = peer.sts_json(&[&["assume-role-with-web-identity"], token.as_slice()].concat());
    let arn = theirs["AssumedRoleUser"]["Arn"].as_str().unwrap();
    assert!(own.starts_with(arn), "{own} and {arn}");
}

#[test]
fn each_auth_method_runs_real_code_on_ministack() {
    let peer = Peer::ministack();
    arrange(&peer);
    // It keeps accounts apart, and its functions are in this one.
    let here = |text: &str| text.replace("123456789012", "000000000000");
    peer.file("lamplight.toml", &here(FILE));
    peer.file(".aws/config", &here(PROFILES));
    for connection in ["key", "role", "chain", "token", "profile"] {
        let run = peer.json(&["run", "adder", "-c", connection, "-p", "a:=40", "-p", "b:=2"]);
        assert_eq!(run["status"], "Success", "{connection}: {run}");
        assert_eq!(run["response"]["sum"], 42, "{connection}: {run}");
    }
}

#[test]
fn keys_for_one_call_replace_the_connections_own() {
    let peer = Peer::ministack();
    arrange(&peer);
    // The connection's own way in is closed: its role needs a variable that is not set.
    peer.file(
        "lamplight.toml",
        "[connections.closed.auth.access-key]\naccess_key_id = 'env:ABSENT'\nsecret_access_key = 'env:ABSENT'\n",
    );
    let keys = ["--access-key-id", "env:KEY_ID", "--secret-access-key", "env:KEY"];
    let call = ["run", "adder", "-c", "closed", "-p", "a:=1", "-p", "b:=1"];
    let run = peer.json(&[call.as_slice(), keys.as_slice()].concat());
    assert_eq!(run["status"], "Success", "{run}");
    assert_eq!(peer.lamplight(&call).status.code(), Some(6));
}
