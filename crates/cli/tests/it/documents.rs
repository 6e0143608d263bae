//! The documentation says what the code does.

use lamplight_cli::ExitCode;
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
    let known: BTreeSet<&str> = lamplight_cli::ERROR_CODES.iter().copied().collect();
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
            assert_eq!(ExitCode::of_rejection(code) as u8, said, "{code}");
            checked += 1;
        }
    }
    assert!(checked > 10, "{checked}");
}

#[test]
fn every_code_in_the_sources_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let known: BTreeSet<&str> = lamplight_cli::ERROR_CODES.iter().copied().collect();
    let mut seen = 0;
    for folder in [
        "app",
        "cli",
        "sqlite-adapter",
        "system-adapter",
        "aws-adapter",
        "identity-adapter",
        "secrets-adapter",
    ] {
        for file in rust_files(&root.join(folder).join("src")) {
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            // `PortError::new(kind, "code", …)`, `Failure::usage("code", …)`, `code: "code"`, and the adapter's list.
            let words = code.split('"').skip(1).step_by(2);
            let before = code.split('"').step_by(2);
            for (word, before) in words.zip(before) {
                let before = before.trim_end();
                let is_code = before.ends_with("Failure::usage(")
                    || before.ends_with("code:")
                    || (before.ends_with(',')
                        && before.contains("PortErrorKind::")
                        && before.rfind("PortErrorKind::") > before.rfind(';'))
                    || (file.ends_with("codes.rs") && before.ends_with('='));
                if is_code && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && !word.is_empty() {
                    assert!(known.contains(word), "{word} of {} is not listed", file.display());
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 40, "the pattern finds {seen} codes only");
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_pages_of_the_verbs_are_the_generated_ones() {
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
