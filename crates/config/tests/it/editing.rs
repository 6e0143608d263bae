//! Edits leave the rest of the file unchanged.

use crate::providers::{parse, providers};
use lamplight_config::{AwsTable, ConfigError, NewConnection, NewSetting};
use proptest::prelude::*;

const FILE: &str = "# Our ways in.\ndefault_connection = \"a\"   # the usual one\n\n[connections.a] # Ada's\nregion  = \"eu-west-1\"\n\n# Do not touch!\n[connections.b]\nprovider = \"fake\"\n# the end\n";

fn add_connection(text: &str, shown: &str, new: &NewConnection) -> Result<String, ConfigError> {
    lamplight_config::add_connection(text, shown, new, providers())
}

fn remove_connection(
    text: &str,
    shown: &str,
    name: &lamplight_domain::ConnectionName,
    unset_default: bool,
) -> Result<Option<String>, ConfigError> {
    lamplight_config::remove_connection(text, shown, name, unset_default, providers())
}

fn new(name: &str, settings: &[(&str, &str)]) -> NewConnection {
    NewConnection {
        name: name.parse().unwrap(),
        settings: settings.iter().map(|(path, value)| setting("--set", path, value)).collect(),
        make_default: false,
    }
}

fn setting(given_by: &str, path: &str, value: &str) -> NewSetting {
    NewSetting { given_by: given_by.to_owned(), path: path.to_owned(), value: value.to_owned() }
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
    assert_eq!(text, format!("{FILE}{own}"));
    let config = parse(&text, "x.toml").unwrap();
    assert_eq!(AwsTable::read(&config.connection("c").unwrap().table).unwrap().auth.method(), "assume-role");
}

#[test]
fn an_empty_file_gets_its_first_connection() {
    let connection = NewConnection { make_default: true, ..new("a", &[("region", "eu-west-1")]) };
    let text = add_connection("", "x.toml", &connection).unwrap();
    assert_eq!(text, "default_connection = \"a\"\n\n[connections.a]\nregion = \"eu-west-1\"\n");
}

#[test]
fn an_edit_that_breaks_the_configuration_is_refused() {
    for (settings, words) in [
        (vec![("regoin", "eu-west-1")], "unknown key"),
        (vec![("region", "eu-wst-1")], "did you mean eu-west-1"),
        (vec![("auth", "default"), ("auth.profile.name", "x")], "part of the path already has a value"),
        (vec![("auth.access-key.secret_access_key", "hunter2")], "by reference"),
        (vec![("region", "eu-west-1"), ("region", "eu-west-2")], "given twice"),
        (vec![("auth..name", "x")], "not a valid path"),
    ] {
        let error = add_connection(FILE, "x.toml", &new("c", &settings)).unwrap_err();
        let told = format!("{error} {:?}", error.hint);
        assert!(told.contains(words) && !told.contains("hunter2"), "{told}");
    }
    let error = add_connection(FILE, "x.toml", &new("b", &[])).unwrap_err();
    assert!(error.to_string().starts_with("x.toml:8:14: connection b already exists"), "{error}");
    assert!(add_connection("[connections", "x.toml", &new("b", &[])).is_err());
}

#[test]
fn an_invalid_setting_is_named_by_its_option() {
    let role = "arn:aws:iam::123456789012:role/x";
    for (settings, expected) in [
        (vec![("--region", "region", "\"hunter2\"")], "--region: this is not a region name"),
        (
            vec![("--region", "region", "eu-west-1"), ("--role-arn", "auth.assume-role.role_arn", "hunter2")],
            "--role-arn: this is not a valid role ARN: it looks like arn:aws:iam::123456789012:role/NAME",
        ),
        (
            vec![
                ("--role-arn", "auth.assume-role.role_arn", role),
                ("--set b", "auth.assume-role.tags", "{ a = 1 }"),
                ("--set c", "auth.assume-role.source.profile.\"name\"", "x"),
            ],
            "--set b: this is an integer, but it must be a string",
        ),
        (vec![("--set", "auth.assume-role.session_name", "xy")], "connection c: key role_arn is missing"),
        (vec![("--set", "hunter2.x", "1")], "--set: unknown key"),
        (vec![("--set", "auth.hunter2.x", "1")], "--set: unknown value"),
        (
            vec![("--set", "labels..hunter2", "x")],
            "--set: this is not a valid path: write keys separated by dots",
        ),
        (
            vec![("--region", "region", "eu-west-1"), ("--set", "region", "eu-west-1")],
            "--set: this setting is given twice",
        ),
    ] {
        let settings = settings.iter().map(|(by, path, value)| setting(by, path, value)).collect();
        let error = add_connection(FILE, "x.toml", &NewConnection { settings, ..new("c", &[]) }).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.place, None);
    }
}

#[test]
fn a_built_in_name_is_not_given_to_another_connection() {
    for name in ["demo", "ambient"] {
        let error = add_connection(FILE, "x.toml", &new(name, &[("region", "eu-west-1")])).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("connection {name}: this name is reserved for a built-in connection")
        );
    }
}

#[test]
fn the_line_for_editors_stays_the_first() {
    for head in ["#:schema ./x.json\n", "\u{feff}#:schema ./x.json\r\n", "#:schema ./x.json\n# us\n"] {
        let end = if head.contains('\r') { "\r\n" } else { "\n" };
        for file in [head.to_owned(), format!("{head}[connections.a]{end}region = 'eu-west-1'{end}")] {
            let with =
                add_connection(&file, "x", &NewConnection { make_default: true, ..new("c", &[]) }).unwrap();
            assert!(with.starts_with(head.lines().next().unwrap()), "{with}");
            assert_eq!(
                with.matches('\r').count(),
                if head.contains('\r') { with.matches('\n').count() } else { 0 }
            );
            let name = "c".parse().unwrap();
            let back = remove_connection(&with, "x", &name, true).unwrap().unwrap();
            let lines = |text: &str| -> Vec<String> {
                text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
            };
            assert_eq!(lines(&back), lines(&file));
            if file.contains("[connections.a]") {
                let without = remove_connection(&file, "x", &"a".parse().unwrap(), false).unwrap().unwrap();
                assert!(without.contains("#:schema ./x.json"), "{without}");
            }
        }
    }
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
    assert!(error.to_string().starts_with("x.toml:2:1: a is the default connection"), "{error}");
    let text = remove_connection(FILE, "x.toml", &a, true).unwrap().unwrap();
    assert!(!text.contains("default_connection") && text.contains("# Do not touch!"), "{text}");
}

#[test]
fn the_default_is_written_at_the_right_place() {
    let own = "\n[connections.c]\n";
    for (file, expected) in [
        ("", "default_connection = \"c\"\n\n[connections.c]\n".to_owned()),
        ("# us\n", format!("# us\n\ndefault_connection = \"c\"\n{own}")),
        ("prices_file = 'p' # x\n", format!("prices_file = 'p' # x\ndefault_connection = \"c\"\n{own}")),
        ("prices_file = 'p'", format!("prices_file = 'p'\ndefault_connection = \"c\"\n{}", own.trim_end())),
        (
            "# us\n\n# of a\n[connections.a]\n",
            format!("# us\n\ndefault_connection = \"c\"\n\n# of a\n[connections.a]\n{own}"),
        ),
        (
            "default_connection='demo' # the usual\r\n[connections.a]\r\n",
            "default_connection=\"c\" # the usual\r\n[connections.a]\r\n\r\n[connections.c]\r\n".to_owned(),
        ),
    ] {
        let connection = NewConnection { make_default: true, ..new("c", &[]) };
        let text = add_connection(file, "x", &connection).unwrap();
        assert_eq!(text, expected);
        if !file.contains("default") {
            assert_eq!(remove_connection(&text, "x", &connection.name, true).unwrap().unwrap(), file);
        }
    }
}

#[test]
fn connections_that_are_one_value_stay_one() {
    let file = "connections = { a = { region = 'eu-west-1' } } # all\n[secrets.vault]\naddress='https://v'\n";
    let text = add_connection(file, "x", &new("c", &[("auth.profile.name", "dev")])).unwrap();
    let own = ", c = { auth = { profile = { name = \"dev\" } } } } # all\n[secrets";
    assert!(text.contains(own), "{text}");
    assert_eq!(remove_connection(&text, "x", &"c".parse().unwrap(), false).unwrap().unwrap(), file);
}

#[test]
fn a_connection_is_removed_in_every_notation() {
    let file = "# us\nconnections.c.region = 'eu-west-1'\nprices_file = 'p'\nconnections.'c'.auth.profile.name = 'x'\n\n\
                # of b\n[connections.b]\n# region of b\nregion = 'eu-west-1'\n";
    let without = |file: &str| remove_connection(file, "x", &"c".parse().unwrap(), false).unwrap().unwrap();
    assert_eq!(
        without(file),
        "prices_file = 'p'\n\n# of b\n[connections.b]\n# region of b\nregion = 'eu-west-1'\n"
    );
    let file = "[connections] # all\nc = { region = 'eu-west-1' } # c\nb.region = 'eu-west-1'\n";
    assert_eq!(without(file), "[connections] # all\nb.region = 'eu-west-1'\n");
    let file = "[connections.c]\n# in c\nregion = 'eu-west-1'\n\n[connections.b]\nregion = 'eu-west-1'\n\n\
                # more of c\n[connections.c.labels]\na = '1'\n# after c\n\n[secrets.vault]\naddress = 'https://v'\n";
    assert_eq!(
        without(file),
        "[connections.b]\nregion = 'eu-west-1'\n# after c\n\n[secrets.vault]\naddress = 'https://v'\n"
    );
}

#[test]
fn a_connection_that_reads_secrets_for_others_is_not_removed() {
    let file = "[secrets.aws-sm]\nconnection = 'a'\n[connections.a]\nregion = 'eu-west-1'\n";
    let error = remove_connection(file, "x.toml", &"a".parse().unwrap(), true).unwrap_err();
    assert!(error.to_string().starts_with("x.toml:2:1: a is the connection that reads secrets"), "{error}");
}

#[test]
fn quoted_keys_and_numeric_texts_are_accepted() {
    let text = add_connection("", "x", &new("c", &[("labels.\"a.b\"", "x")])).unwrap();
    assert_eq!(text, "[connections.c]\n\n[connections.c.labels]\n\"a.b\" = \"x\"\n");
    let error = add_connection("", "x", &new("c", &[("qualifier", "7")])).unwrap_err();
    assert!(error.hint.as_ref().is_some_and(|hint| hint.to_string().contains("quotes")), "{error:?}");
}

/// A part of a file; each `@` is replaced with a number, so that its names are unique.
fn part() -> impl Strategy<Value = String> {
    let comment = "[ -~äé€]{0,20}";
    prop_oneof![
        comment.prop_map(|comment| format!("[connections.n@]  # {comment}\nregion= 'eu-west-1'\n")),
        comment.prop_map(|comment| format!("[connections.n@.auth.profile]\n# {comment}\n name = \"\"\"\nx\"\"\"\n")),
        Just("[connections.n@]\nauth.profile.name='x'\nlabels.a = '1'\nregion =\t'eu-west-1'\nlabels.b = '2'\n".to_owned()),
        comment.prop_map(|comment| format!("# {comment}\n")),
        Just("\n".to_owned()),
        Just("  \t\n".to_owned()),
    ]
}

proptest! {
    #[test]
    fn adding_changes_nothing_and_removing_gives_the_file_back(
        head in prop_oneof![Just(""), Just("default_connection = 'demo' # x\n\n"), Just("prices_file='p'\n"), Just("\n#:schema x\n")],
        parts in proptest::collection::vec(part(), 0..8),
        is_windows in any::<bool>(),
        has_mark in any::<bool>(),
        has_end in any::<bool>(),
    ) {
        let mut file = head.to_owned();
        for (number, part) in parts.iter().enumerate() {
            file += &part.replace('@', &number.to_string());
        }
        if !has_end {
            file.truncate(file.trim_end().len());
        }
        if is_windows {
            file = file.replace('\n', "\r\n");
        }
        if has_mark {
            file.insert(0, '\u{feff}');
        }
        let name: lamplight_domain::ConnectionName = "added".parse().unwrap();
        let with = add_connection(&file, "x", &new("added", &ROLE[..4])).unwrap();
        prop_assert!(with.starts_with(&file));
        prop_assert!(!is_windows || !file.contains('\n') || with.matches('\n').count() == with.matches("\r\n").count());
        prop_assert!(parse(&with, "x").unwrap().connections.contains_key(&name));
        let without = remove_connection(&with, "x", &name, false).unwrap().unwrap();
        prop_assert_eq!(&without, &file);
        // Whatever is removed, the remaining lines are unchanged and in the same order.
        for own in parse(&file, "x").unwrap().connections.keys() {
            let without = remove_connection(&file, "x", own, false).unwrap().unwrap();
            prop_assert!(!parse(&without, "x").unwrap().connections.contains_key(own));
            let mut lines = file.trim_start_matches('\u{feff}').lines();
            prop_assert!(without.trim_start_matches('\u{feff}').lines().all(|line| lines.any(|old| old == line)), "{}", without);
        }
    }
}
