//! Finds the programs that this machine lacks for all checks, before anything is built. `xtask/missing.sh` lists the
//! programs.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Options;
use crate::process::read;

const SCRIPT: &str = "xtask/missing.sh";

/// A message that names what is missing and its Debian package; `None` if nothing is missing.
///
/// # Errors
///
/// The script cannot be run, or its output has an unexpected form.
pub(super) fn message(root: &Path, options: &Options) -> Result<Option<String>> {
    // The script only knows Debian and similar systems; elsewhere each step reports what it lacks.
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let mut command = Command::new("sh");
    command.current_dir(root).arg(SCRIPT);
    if options.no_peers {
        command.arg("--no-peers");
    }
    let text = read(&mut command)?;
    let missing = parse(&text)?;
    Ok((!missing.is_empty()).then(|| format_message(&missing, options)))
}

/// Something that is missing.
#[derive(Debug, PartialEq, Eq)]
struct Missing<'a> {
    package: &'a str,
    what: &'a str,
}

fn parse(text: &str) -> Result<Vec<Missing<'_>>> {
    text.lines()
        .map(|line| {
            let (package, what) = line.split_once('\t').with_context(|| {
                format!("unexpected output of {SCRIPT}: {line:?} is not a package, a tab and a name")
            })?;
            Ok(Missing { package, what })
        })
        .collect()
}

fn format_message(missing: &[Missing<'_>], options: &Options) -> String {
    let mut lines = vec!["nothing was built or checked, because this machine lacks:".to_owned()];
    lines.extend(missing.iter().map(|one| format!("  {} (Debian package {})", one.what, one.package)));
    let mut packages: Vec<&str> = missing.iter().map(|one| one.package).collect();
    packages.sort_unstable();
    packages.dedup();
    lines.push(format!("install them with `apt-get install {}`, or let `.ci/run` do it", packages.join(" ")));
    if !options.no_peers {
        lines.push("`--no-peers` skips the tests against the peers and needs fewer programs".to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Options = Options { no_peers: false };
    const NO_PEERS: Options = Options { no_peers: true };

    #[test]
    fn the_message_names_each_program_and_its_package() {
        let missing = parse("gnome-keyring\tgnome-keyring-daemon\ndbus\tdbus-run-session\n").unwrap();
        assert_eq!(
            format_message(&missing, &ALL),
            "nothing was built or checked, because this machine lacks:\n\
             \x20 gnome-keyring-daemon (Debian package gnome-keyring)\n\
             \x20 dbus-run-session (Debian package dbus)\n\
             install them with `apt-get install dbus gnome-keyring`, or let `.ci/run` do it\n\
             `--no-peers` skips the tests against the peers and needs fewer programs"
        );
        assert!(!format_message(&missing, &NO_PEERS).contains("--no-peers"));
    }

    #[test]
    fn a_line_that_is_not_a_package_and_a_name_is_an_error() {
        assert_eq!(parse("").unwrap(), []);
        let error = parse("gcc cc\n").unwrap_err();
        assert!(error.to_string().contains(r#""gcc cc""#), "{error}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_script_finds_programs_that_are_not_on_the_path() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let folder = std::env::temp_dir().join(format!("xtask-missing-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let packages = |arguments: &[&str]| {
            // The path is empty; the script itself only needs shell built-ins.
            let mut command = Command::new("/bin/sh");
            command.current_dir(root).arg(SCRIPT).args(arguments).env("PATH", &folder);
            let text = read(command.env("SSL_CERT_FILE", "/dev/null")).unwrap();
            parse(&text).unwrap().iter().map(|one| one.package.to_owned()).collect::<Vec<_>>()
        };
        let (all, fewer) = (packages(&[]), packages(&["--no-peers"]));
        std::fs::remove_dir_all(&folder).unwrap();

        assert_eq!(fewer, ["gcc", "libc6-dev", "git", "python3"]);
        let for_peers =
            ["python3-venv", "dbus", "gnome-keyring", "libsecret-tools", "chromium", "nodejs", "npm"];
        assert_eq!(all, [&fewer.iter().map(String::as_str).collect::<Vec<_>>()[..], &for_peers].concat());
    }
}
