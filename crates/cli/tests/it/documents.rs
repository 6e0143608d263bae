//! The documentation says what the code does.

use lamplight_cli::ExitCode;
use lamplight_domain::ErrorCode;
use std::{collections::BTreeSet, path::Path};

fn docs(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)).unwrap()
}

#[test]
fn every_exit_code_has_its_row() {
    let text = docs("exit-codes.md");
    for code in ExitCode::ALL {
        assert!(text.contains(&format!("\n| {} | ", code as u8)), "{code:?}");
    }
    assert_eq!(text.matches("\n| ").count(), ExitCode::ALL.len() + 2, "rows, heading and rule");
}

#[test]
fn every_error_code_has_its_section_and_no_other_has() {
    let text = docs("errors.md");
    let documented: BTreeSet<&str> = text.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let known: BTreeSet<&str> = lamplight_cli::error_codes().map(ErrorCode::as_str).collect();
    assert_eq!(documented, known);
}

#[test]
fn rejections_exit_as_documented() {
    let text = docs("errors.md");
    let of_a_run = text.split("## Of a call").next().unwrap();
    let mut checked = 0;
    for section in of_a_run.split("\n### ").skip(1) {
        let (code, body) = section.split_once('\n').unwrap();
        let said = body
            .split("Exit ")
            .nth(1)
            .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next())
            .and_then(|digits| digits.parse::<u8>().ok());
        // 3 and 7 follow from the state alone; a run that lost its process has no exit of its own.
        if let Some(said) = said.filter(|said| ![3, 7].contains(said)) {
            let known = lamplight_cli::error_codes().find(|known| known.as_str() == code).unwrap();
            assert_eq!(ExitCode::of_class(known.class()) as u8, said, "{code}");
            checked += 1;
        }
    }
    assert!(checked > 10, "{checked}");
}

#[test]
fn the_command_pages_are_up_to_date() {
    for (name, page) in lamplight_cli::pages() {
        assert_eq!(
            docs(&format!("cli/{name}")),
            page,
            "run `cargo run -p lamplight-cli --example generate-docs -- docs/cli`"
        );
    }
}

#[test]
fn the_readme_shows_what_the_program_says() {
    let folder = tempfile::tempdir().unwrap();
    trycmd::TestCases::new()
        .case(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md"))
        .register_bin("lamplight", assert_cmd::cargo::cargo_bin!("lamplight").to_path_buf())
        .env("LAMPLIGHT_DATA_DIR", folder.path().to_str().unwrap())
        .env("HOME", folder.path().to_str().unwrap())
        .run();
}

#[test]
fn the_readme_s_two_commands_do_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("README.md")).unwrap();
    let section = text.split("\n## Two commands\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let commands: Vec<&str> =
        section.split("```sh\n").skip(1).map(|block| block.split("\n```").next().unwrap()).collect();
    let [first, second] = commands[..] else { panic!("not two commands: {commands:?}") };

    // The build without AWS, which a check of its own compiles, and one that says what it builds.
    let (cargo, arguments) = first.split_once(" -- ").unwrap();
    assert_eq!(cargo, "cargo run -p lamplight-cli --no-default-features");
    let folder = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(assert_cmd::cargo::cargo_bin!("lamplight"))
        .args(arguments.split(' '))
        .env("LAMPLIGHT_DATA_DIR", folder.path())
        .env("HOME", folder.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "{\"sum\":42}");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let script = std::fs::metadata(root.join(second)).unwrap();
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&script.permissions()) & 0o111, 0o111);
    assert!(script.is_file());
}

/// The blocks of a language, each with the text before it, back to the block before.
fn blocks<'a>(section: &'a str, language: &str) -> Vec<(&'a str, &'a str)> {
    let fence = format!("```{language}\n");
    let mut blocks = Vec::new();
    let mut rest = section;
    while let Some((before, from)) = rest.split_once(&fence) {
        let (block, after) = from.split_once("\n```\n").unwrap();
        blocks.push((before, block));
        rest = after;
    }
    blocks
}

#[test]
fn the_readme_snippets_are_part_of_compiled_programs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let text = read("README.md");
    let section = text.split("\n## Use the crates\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let snippets = blocks(section, "rust");
    assert_eq!(snippets.len(), 3);
    for (before, snippet) in snippets {
        // The first link of its paragraphs that leads to a whole program or test.
        let link = before.split("[the whole ").nth(1).unwrap().split("](").nth(1).unwrap();
        let program = read(link.split(')').next().unwrap());
        assert!(program.contains(snippet), "this is not in {link}:\n{snippet}");

        let (_, manifest) = blocks(before, "toml")[0];
        let named: Vec<&str> =
            manifest.lines().filter_map(|line| line.split_once(" = ")).map(|(n, _)| n).collect();
        let used = program.lines().filter_map(|line| line.strip_prefix("use ")?.split("::").next());
        for library in used.filter(|library| *library != "std") {
            assert!(
                named.contains(&library.replace('_', "-").as_str()) || named.contains(&library),
                "{library}"
            );
        }
        for line in manifest.lines().filter(|line| line.starts_with("lamplight-")) {
            let (name, folder) = line.split_once(" = { path = \"../lamplight/").unwrap();
            let own = read(&format!("{}/Cargo.toml", folder.split('"').next().unwrap()));
            assert!(own.contains(&format!("name = \"{name}\"\n")), "{line}");
            assert!(!line.contains("default-features") || own.contains("\ndefault = ["), "{line}");
        }
    }
}
