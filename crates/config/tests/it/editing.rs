//! Edits keep what people wrote around them.

use lamplight_config::{Config, NewConnection, add_connection, remove_connection};
use proptest::prelude::*;
use std::fmt::Write;

const FILE: &str = "# Our ways in.\ndefault_connection = \"a\"   # the usual one\n\n[connections.a] # Ada's\nregion  = \"eu-west-1\"\n\n# Do not touch!\n[connections.b]\nprovider = \"fake\"\n# the end\n";

fn new(name: &str, settings: &[(&str, &str)]) -> NewConnection {
    NewConnection {
        name: name.parse().unwrap(),
        settings: settings.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect(),
        make_default: false,
    }
}

const ROLE: [(&str, &str); 6] = [
    ("region", "eu-west-1"),
    ("use_fips", "true"),
    ("auth.assume-role.role_arn", "arn:aws:iam::123456789012:role/deploy"),
    ("auth.assume-role.duration_seconds", "900"),
    ("auth.assume-role.external_id", "12345"),
    ("auth.assume-role.source.profile.name", "dev"),
];

#[test]
fn a_connection_is_added_at_the_end_and_nothing_else_changes() {
    let mut settings = ROLE;
    settings[4].1 = "\"12345\"";
    let text = add_connection(FILE, "x.toml", &new("c", &settings)).unwrap();
    let own = "\n[connections.c]\nregion = \"eu-west-1\"\nuse_fips = true\n\n[connections.c.auth.assume-role]\n\
               role_arn = \"arn:aws:iam::123456789012:role/deploy\"\nduration_seconds = 900\nexternal_id = \"12345\"\n\n\
               [connections.c.auth.assume-role.source.profile]\nname = \"dev\"\n";
    let before = FILE.strip_suffix("# the end\n").unwrap();
    assert!(text.starts_with(before), "{text}");
    assert!(text.contains(own) && text.ends_with("# the end\n"), "{text}");
    let config = Config::parse(&text, "x.toml").unwrap();
    assert_eq!(config.connections[&"c".parse().unwrap()].auth.method(), "assume-role");
}

#[test]
fn an_empty_file_gets_its_first_connection() {
    let connection = NewConnection { make_default: true, ..new("a", &[("region", "eu-west-1")]) };
    let text = add_connection("", "x.toml", &connection).unwrap();
    assert_eq!(text, "default_connection = \"a\"\n\n[connections.a]\nregion = \"eu-west-1\"\n");
}

#[test]
fn what_would_be_no_configuration_is_refused() {
    for (settings, words) in [
        (vec![("regoin", "eu-west-1")], "unknown key"),
        (vec![("region", "eu-wst-1")], "did you mean eu-west-1"),
        (vec![("auth", "default"), ("auth.profile.name", "x")], "auth is a value already"),
        (vec![("auth.access-key.secret_access_key", "hunter2")], "by reference"),
        (vec![("region", "eu-west-1"), ("region", "eu-west-2")], "set already"),
        (vec![("auth..name", "x")], "empty part"),
    ] {
        let error = add_connection(FILE, "x.toml", &new("c", &settings)).unwrap_err();
        let told = format!("{error} {:?}", error.hint);
        assert!(told.contains(words) && !told.contains("hunter2"), "{told}");
    }
    let error = add_connection(FILE, "x.toml", &new("b", &[])).unwrap_err();
    assert!(error.to_string().starts_with("x.toml:8:14: there is a connection b already"), "{error}");
    assert!(add_connection("[connections", "x.toml", &new("b", &[])).is_err());
}

#[test]
fn a_connection_is_removed_with_its_tables() {
    let with = add_connection(FILE, "x.toml", &new("c", &[("auth.profile.name", "dev")])).unwrap();
    let without = remove_connection(&with, "x.toml", &"c".parse().unwrap(), false).unwrap().unwrap();
    assert_eq!(without, FILE);
    assert_eq!(remove_connection(FILE, "x.toml", &"absent".parse().unwrap(), false).unwrap(), None);
    assert_eq!(remove_connection("", "x.toml", &"absent".parse().unwrap(), false).unwrap(), None);
}

#[test]
fn a_file_of_comments_alone_keeps_them_at_its_head() {
    let head = "#:schema ./lamplight.schema.json\n";
    let text = add_connection(head, "x.toml", &new("a", &[("region", "eu-west-1")])).unwrap();
    assert_eq!(text, format!("{head}\n[connections.a]\nregion = \"eu-west-1\"\n"));
    let more = add_connection(&text, "x.toml", &new("b", &[("region", "eu-west-1")])).unwrap();
    assert!(more.starts_with(&text), "{more}");
    let without = remove_connection(&more, "x.toml", &"a".parse().unwrap(), false).unwrap().unwrap();
    assert_eq!(without, format!("{head}\n[connections.b]\nregion = \"eu-west-1\"\n"));
    let empty = remove_connection(&without, "x.toml", &"b".parse().unwrap(), false).unwrap().unwrap();
    assert_eq!(empty.trim_end(), head.trim_end());
}

#[test]
fn comments_right_above_a_connection_go_with_it_and_others_stay() {
    let file = "# of all\n\n# of a\n[connections.a]\nregion = 'eu-west-1'\n\n# between\n\n# of b\n[connections.b]\n# in b\n\n# of c\n[connections.c]\n";
    let without = |name: &str| remove_connection(file, "x", &name.parse().unwrap(), false).unwrap().unwrap();
    assert_eq!(
        without("a"),
        "# of all\n\n# between\n\n# of b\n[connections.b]\n# in b\n\n# of c\n[connections.c]\n"
    );
    let b = without("b");
    assert!(
        b.contains("# between\n") && !b.contains("# of b") && b.contains("# of c\n[connections.c]"),
        "{b}"
    );
}

#[test]
fn the_default_is_removed_only_where_that_was_asked_for() {
    let a = "a".parse().unwrap();
    let error = remove_connection(FILE, "x.toml", &a, false).unwrap_err();
    assert!(error.to_string().contains("no connection a"), "{error}");
    let text = remove_connection(FILE, "x.toml", &a, true).unwrap().unwrap();
    assert!(!text.contains("default_connection") && text.contains("# Do not touch!"), "{text}");
}

proptest! {
    #[test]
    fn adding_and_removing_gives_the_file_back(
        comments in proptest::collection::vec("[ -~äé€]{0,20}", 0..4),
        spaces in 1..4_usize,
        newlines in 1..3_usize,
    ) {
        let gap = "\n".repeat(newlines);
        let mut file = String::new();
        for (number, comment) in comments.iter().enumerate() {
            let space = " ".repeat(spaces);
            writeln!(file, "#{comment}{gap}[connections.n{number}]{space}#{comment}").unwrap();
            write!(file, "region{space}= 'eu-west-1'{gap}").unwrap();
        }
        let name: lamplight_domain::ConnectionName = "added".parse().unwrap();
        let with = add_connection(&file, "x", &new("added", &ROLE[..4])).unwrap();
        prop_assert!(Config::parse(&with, "x").unwrap().connections.contains_key(&name));
        let without = remove_connection(&with, "x", &name, false).unwrap().unwrap();
        prop_assert_eq!(without, file);
    }
}
