//! Each error has its place and the most similar valid name, and never shows a value that may be a secret.

use crate::providers::parse;
use lamplight_config::ConfigError;

fn mistake(text: &str) -> ConfigError {
    parse(text, "x.toml").unwrap_err()
}

/// The file with the error, the error's place, and words that the message and hint must contain.
const MISTAKES: &[(&str, &str, &[&str])] = &[
    (
        "[connections.a]\nregoin = 'x'\n",
        "x.toml:2:1: ",
        &["unknown key \"regoin\"", "did you mean \"region\"?"],
    ),
    ("default_connection = 5\n", "x.toml:1:22: ", &["integer", "must be a string"]),
    ("[connections.a\n", "x.toml:1:", &[]),
    ("[connections.a]\nauth = 'defualt'\n", "x.toml:2:8: ", &["unknown value", "did you mean \"default\"?"]),
    (
        "[connections.a.auth.asume-role]\nrole_arn = 'x'\n",
        "x.toml:1:21: ",
        &["\"asume-role\"", "did you mean \"assume-role\"?", "web-identity"],
    ),
    (
        "[connections.a.auth.assume-role]\nrole_arn = 'arn:aws:iam::1:role/x'\n",
        "x.toml:2:12: ",
        &["role ARN", "arn:aws:iam::123456789012:role/NAME"],
    ),
    ("[connections.a.auth.assume-role]\nexternal_id = 'abc'\n", "x.toml:1:", &["role_arn"]),
    (
        "[connections.a.auth.assume-role]\nrole_arn = 'arn:aws:iam::123456789012:role/x'\nduration_seconds = 60\n",
        "x.toml:3:20: ",
        &["900-43200"],
    ),
    (
        "[connections.a.auth.assume-role]\nrole_arn = 'arn:aws:iam::123456789012:role/x'\nsource.assume-role.role_arn = \
         'arn:aws:iam::123456789012:role/y'\nduration_seconds = 7200\n",
        "x.toml:4:1: ",
        &["at most 3600"],
    ),
    (
        "[connections.a.auth.assume-role]\nrole_arn = 'arn:aws:iam::123456789012:role/x'\ntransitive_tag_keys = ['t']\n",
        "x.toml:3:1: ",
        &["not in tags"],
    ),
    (
        "[connections.a.auth.assume-role]\nrole_arn = 'arn:aws:iam::123456789012:role/x'\nsource_identity = 'hunter2/'\n",
        "x.toml:3:19: ",
        &["this is not a valid source_identity", "2-64 characters"],
    ),
    (
        "[connections.a.auth.assume-role]\nrole_arn = 'arn:aws:iam::123456789012:role/x'\n\
         tags = { team = 'a', hunter2 = 'b', Team = 'c' }\n",
        "x.toml:3:10: ",
        &["differ only in case"],
    ),
    (
        "[connections.a.auth.access-key]\naccess_key_id = 'AKIDEXAMPLE00000'\nsecret_access_key = 'hunter2'\n",
        "x.toml:3:21: ",
        &["by reference", "env:NAME"],
    ),
    (
        "[connections.a.auth.access-key]\naccess_key_id = 'hunter2/'\nsecret_access_key = 'env:X'\n",
        "x.toml:2:17: ",
        &["16-128 capital letters"],
    ),
    ("[connections.a.auth]\naccess-key = 'hunter2'\n", "x.toml:2:14: ", &["must be"]),
    ("[connections.a.auth]\nprofile = { name = 'a' }\naccess-key = {}\n", "x.toml:", &[]),
    (
        "[connections.a]\nendpoint_url = 'https://u:hunter2@example.com'\n",
        "x.toml:2:16: ",
        &["a user or a password"],
    ),
    ("[connections.a]\nendpoint_url = 'localhost:4566'\n", "x.toml:2:16: ", &["http:// nor https://"]),
    ("[connections.a]\nregion = 'eu-wst-1'\n", "x.toml:2:1: ", &["did you mean eu-west-1"]),
    (
        "[connections.a]\nregion='eu-west-1'\nendpoint_url='http://x'\nuse_fips=true\n",
        "x.toml:4:1: ",
        &["endpoint_url replaces"],
    ),
    ("[connections.a]\nprovider='fake'\nauth='instance-profile'\n", "x.toml:3:1: ", &["simulator"]),
    (
        "[connections.a]\nprovider='fake'\nscirpt='x'\n",
        "x.toml:3:1: ",
        &["did you mean \"script\"?", "labels"],
    ),
    ("[connections.a]\nmax_atempts=2\n", "x.toml:2:1: ", &["did you mean \"max_attempts\"?", "region"]),
    ("[connections.a]\nscript='x.yaml'\n", "x.toml:2:1: ", &["provider = \"fake\""]),
    ("[connections.a]\nmax_attempts = 11\n", "x.toml:2:1: ", &["1-10"]),
    (
        "default_connection = 'prd'\n[connections.prod]\n",
        "x.toml:1:1: ",
        &["connection prd does not exist", "did you mean \"prod\"?", "ambient"],
    ),
    ("[connections.'a b']\n", "x.toml:1:", &["connection"]),
    ("[secrets.vault]\nauth = { token = 'hunter2' }\n", "x.toml:2:8: ", &["by reference"]),
    (
        "[secrets.vault]\nauth = { token = 'vault:a/b' }\n",
        "x.toml:2:10: ",
        &["cannot use a secret from a secret store"],
    ),
    ("[secrets.aws-sm]\nconnection = 'a'\n", "x.toml:2:1: ", &["a connection of this name does not exist"]),
    (
        "[secrets.aws-sm]\nconnection = 'a'\n[connections.a.auth.access-key]\naccess_key_id='env:A'\n\
         secret_access_key='aws-sm:x'\n",
        "x.toml:2:1: ",
        &["would need itself"],
    ),
    (
        "[connections.a.auth.web-identity]\nrole_arn = 'arn:aws:iam::123456789012:role/x'\n\
         token.client-credentials = { token_url = 'https://x', client_id = 'c' }\n",
        "x.toml:3:",
        &["exactly one of client_secret and assertion"],
    ),
    (
        "[connections.a.auth.web-identity]\nrole_arn = 'arn:aws:iam::123456789012:role/x'\n\
         token.entra-managed-identity = { resource = 'r', client_id = 'c', object_id = 'o' }\n",
        "x.toml:3:",
        &["set one of them"],
    ),
    (
        "[connections.a.auth.web-identity]\nrole_arn = 'arn:aws:iam::123456789012:role/x'\ntoken = { fil = '/x' }\n",
        "x.toml:3:11: ",
        &["did you mean \"file\"?"],
    ),
    (
        "[connections.a.auth.access-key]\naccess_key_id='env:A'\nsecret_access_key='vault:secret/hunter2'\n",
        "x.toml:3:19: ",
        &["vault:MOUNT/PATH#FIELD"],
    ),
    (
        "[connections.a.auth.access-key]\naccess_key_id='vault:hunter2#x'\nsecret_access_key='env:A'\n",
        "x.toml:2:15: ",
        &["vault:MOUNT/PATH#FIELD"],
    ),
    (
        "[connections.a.auth.access-key]\naccess_key_id='env:A'\nsecret_access_key='env:A'\n\
         session_token='vault:a/../b#c'\n",
        "x.toml:4:15: ",
        &["vault:MOUNT/PATH#FIELD"],
    ),
    (
        "[secrets.vault]\nauth.jwt = { role = 'r', token = 'env:T', mount = '../hunter2' }\n",
        "x.toml:2:43: ",
        &["not a valid mount path", "kubernetes"],
    ),
    ("[secrets.vault]\nmount = 'a?b'\n", "x.toml:2:1: ", &["not a valid mount path"]),
    (
        "[connections.demo]\nregion = 'us-east-1'\n",
        "x.toml:1:",
        &["connection demo is the built-in simulator", "provider = "],
    ),
    ("[secrets.aws-sm]\nconnection = 'demo'\n", "x.toml:2:1: ", &["simulated"]),
    (
        "[secrets.aws-sm]\nconnection = 'a'\n[connections.a]\nprovider = 'fake'\n",
        "x.toml:2:1: ",
        &["connection a is simulated"],
    ),
    ("[connections.a]\nauth = 'profile'\n", "x.toml:2:8: ", &["settings of this choice", "as a table"]),
    ("[connections.a]\nauth = {}\n", "x.toml:2:8: ", &["exactly one"]),
    ("[connections.a]\nauth = { instance-profile = { x = 1 } }\n", "x.toml:2:", &["no settings"]),
    ("[connections.a]\nmax_attempts = -1\n", "x.toml:2:16: ", &["whole number"]),
    ("[connections.a]\ninvocation_type = 'Evnt'\n", "x.toml:2:19: ", &["did you mean \"Event\"?"]),
];

#[test]
fn each_mistake_shows_its_position_and_the_fix() {
    for (text, beginning, words) in MISTAKES {
        let error = mistake(text);
        let told = format!("{error} {}", error.hint.as_ref().map(ToString::to_string).unwrap_or_default());
        assert!(told.starts_with(beginning), "{text}\n{told}");
        for word in *words {
            assert!(told.contains(word), "{text}\n{told}\ndoes not contain {word}");
        }
        assert!(!format!("{told} {error:?}").contains("hunter2"), "{told}");
    }
}

#[test]
fn a_secret_in_a_wrong_line_is_not_repeated() {
    // Split, so that secret scanners do not report them.
    let slashed = ["wJalrXUtnFEMI/K7MDENG", "/bPxRfiCYEXAMPLEKEY"].concat();
    let plain = ["wJalrXUtnFEMIK7MDENG", "bPxRfiCYEXAMPLEKEY1"].concat();
    let role = "[connections.a.auth.assume-role]\nrole_arn='arn:aws:iam::123456789012:role/x'\n";
    let web = "[connections.a.auth.web-identity]\nrole_arn='arn:aws:iam::123456789012:role/x'\n";
    let short = "Tr0ub4dor".to_owned();
    for secret in [&slashed, &plain, &short] {
        for text in [
            format!("default_connection='{secret}'\n"),
            format!("[connections.a]\nregion='{secret}'\n"),
            format!("[connections.a]\nsts_region='{secret}'\n"),
            format!("[connections.a]\nprovider='{secret}'\n"),
            format!("[connections.a]\nendpoint_url='{secret}'\n"),
            format!("[connections.a]\nqualifier='$ {secret}'\n"),
            format!("[connections.'{secret} ']\n"),
            format!("[connections.a.auth.assume-role]\nrole_arn='{secret}'\n"),
            format!("{role}external_id='{secret} \"'\n"),
            format!("{role}session_name='{secret}/'\n"),
            format!("{role}policy='{secret}'\n"),
            format!("{role}policy_arns=['{secret}']\n"),
            format!("{role}duration_seconds='{secret}'\n"),
            format!("{role}transitive_tag_keys=['{secret}']\n"),
            format!("{role}tags={{ '{secret}'=\"\\u0007\" }}\ntransitive_tag_keys=['x']\n"),
            format!("{role}source='{secret}'\n"),
            format!("[connections.a.auth.access-key]\naccess_key_id='env:A'\nsecret_access_key={secret}\n"),
            format!("[connections.a.auth.access-key]\naccess_key_id='env:A'\nsecret_access_key='{secret}\n"),
            format!("{plain}\n{plain}=1"),
            format!("{plain}=1\n{plain}=2"),
            format!("[secrets.vault]\nauth='{secret}'\n"),
            format!("[secrets.vault]\nauth.{plain}='x'\n"),
            format!("[secrets.{plain}]\n"),
            format!("[connections.a]\nauth='{secret}'\n"),
            format!("[connections.a]\ninvocation_type='{secret}'\n"),
            format!("[connections.a]\n{short}='x'\n"),
            format!("{web}token='{secret}'\n"),
            format!("{web}token.{short}='x'\n"),
            format!(
                "{web}token.client-credentials={{token_url='http://x',client_id='x',assertion={{private_key='env:A',algorithm='{secret}'}}}}\n"
            ),
            format!("[secrets.aws-sm]\nconnection='{secret}'\n"),
        ] {
            let error = mistake(&text);
            let told = format!("{error} {error:?}");
            let beginning = &secret[..secret.len().min(12)];
            assert!(!told.contains(&short) && !told.contains(beginning), "{text}\n{told}");
            assert!(error.place.is_some(), "{text}\n{told}");
        }
    }
}

#[test]
fn a_secret_in_the_place_of_a_name_is_not_repeated() {
    let secret = ["wJalrXUtnFEMI7K7MDENG", "bPxRfiCYEXAMPLEKEY1"].concat();
    for text in [
        format!("[connections.a]\nauth = '{secret}'\n"),
        format!("[connections.a]\n{secret} = 1\n"),
        format!("[connections.a]\nregion = 5\nqualifier = ['{secret}']\n"),
        format!("[connections.a.auth.profile]\nname = {{ x = '{secret}' }}\n"),
        format!("[connections.a]\nmax_attempts = '{secret}'\n"),
    ] {
        let error = mistake(&text);
        assert!(!format!("{error} {error:?}").contains(&secret), "{error:?}");
    }
}

#[test]
fn too_deep_nesting_is_reported_with_its_position() {
    for (text, beginning) in [
        (format!("prices_file = 'x'\nx = {}1{}\n", "[".repeat(500), "]".repeat(500)), "x.toml:2:"),
        (format!("x = {}1{}\n", "{ a = ".repeat(500), " }".repeat(500)), "x.toml:1:"),
    ] {
        let error = mistake(&text);
        assert!(error.to_string().starts_with(beginning), "{error}");
        assert_eq!(error.message, "nested too deeply");
    }
    let roles = ".source.assume-role".repeat(300);
    let role = "role_arn = 'arn:aws:iam::123456789012:role/x'";
    let error = mistake(&format!("[connections.a.auth.assume-role{roles}]\n{role}\n"));
    assert!(error.to_string().starts_with("x.toml:1:"), "{error}");
}

#[test]
fn only_the_most_similar_connections_are_suggested() {
    let headings: Vec<String> =
        (0..1000).map(|number| format!("[connections.connection-{number:04}]\n")).collect();
    let error = mistake(&format!("default_connection = 'connection-0077x'\n{}", headings.concat()));
    let hint = error.hint.unwrap().to_string();
    assert!(
        hint.contains("the most similar of 1002 connections are: connection-0077, connection-0"),
        "{hint}"
    );
    assert!(hint.len() < 200, "{hint}");
}
