//! The record of the peers that run in the background, and the environment variables for tests.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::servers::{Ports, group_lives};

/// The environment variables, as a file for a shell.
pub(super) const VARIABLES: &str = "peers.env";
/// The process group and the two ports: three numbers on one line.
const STATE: &str = "peers.state";

/// The addresses and credentials of the peers; no settings of the developer are used.
pub(super) fn variables(
    programs: &Path,
    browser: &Path,
    folder: &Path,
    ports: Ports,
) -> Vec<(&'static str, String)> {
    let [ministack, moto] = ports.urls();
    let absent = |name: &str| folder.join(name).display().to_string();
    vec![
        ("LAMPLIGHT_TEST_MINISTACK_URL", ministack),
        ("LAMPLIGHT_TEST_MOTO_URL", moto),
        ("LAMPLIGHT_TEST_AWS_CLI", programs.join("aws").display().to_string()),
        ("LAMPLIGHT_TEST_FUNCTIONS_FRAMEWORK", programs.join("functions-framework").display().to_string()),
        ("LAMPLIGHT_TEST_SCHEMATHESIS", programs.join("schemathesis").display().to_string()),
        ("LAMPLIGHT_TEST_PYTHON", programs.join("python").display().to_string()),
        ("LAMPLIGHT_TEST_BROWSER_MODULES", browser.join("node_modules").display().to_string()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        // The AWS command line reads only this one.
        ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
        ("AWS_CONFIG_FILE", absent("no-aws-config")),
        ("AWS_SHARED_CREDENTIALS_FILE", absent("no-aws-credentials")),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("AWS_PAGER", String::new()),
        ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
        ("no_proxy", "127.0.0.1,localhost".to_owned()),
    ]
}

/// Records peers that will outlive this process.
pub(super) fn write(folder: &Path, pid: u32, ports: Ports, variables: &[(&str, String)]) -> Result<()> {
    let state = folder.join(STATE);
    fs::write(&state, format!("{pid} {} {}\n", ports.ministack, ports.moto))
        .with_context(|| format!("cannot write {}", state.display()))?;
    let mut lines = String::new();
    for (name, value) in variables {
        lines.extend(["export ", name, "=", &shell_quote(value), "\n"]);
    }
    let file = folder.join(VARIABLES);
    fs::write(&file, lines).with_context(|| format!("cannot write {}", file.display()))
}

/// Removes the record.
pub(super) fn remove(folder: &Path) {
    // If this fails, the record names a process group that no longer exists, which the next read notices.
    let _ = fs::remove_file(folder.join(STATE));
}

/// The process group and the ports of the peers that run in the background.
pub(super) fn find_running(folder: &Path) -> Option<(u32, Ports)> {
    let (pid, ports) = parse(&fs::read_to_string(folder.join(STATE)).ok()?)?;
    (group_lives(pid) && is_ours(pid, folder)).then_some((pid, ports))
}

fn parse(text: &str) -> Option<(u32, Ports)> {
    let mut numbers = text.split_whitespace();
    let pid = numbers.next()?.parse().ok()?;
    let ministack = numbers.next()?.parse().ok()?;
    let moto = numbers.next()?.parse().ok()?;
    numbers.next().is_none().then_some((pid, Ports { ministack, moto }))
}

/// After a restart of the machine, another process may have the number. Without `/proc` the number is trusted.
fn is_ours(pid: u32, folder: &Path) -> bool {
    let line = PathBuf::from(format!("/proc/{pid}/cmdline"));
    match fs::read(line) {
        Ok(line) => String::from_utf8_lossy(&line).contains(&folder.display().to_string()),
        Err(_) => !Path::new("/proc/self").exists(),
    }
}

/// Quotes a value as one word for a shell.
fn shell_quote(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_read_back_and_other_text_is_ignored() {
        let folder = std::env::temp_dir().join(format!("xtask-state-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let ports = Ports { ministack: 4566, moto: 5555 };
        // The command line of our own process does not name the folder, as if the number had been reused.
        write(&folder, std::process::id(), ports, &[("KEY", "it's".to_owned())]).unwrap();
        let (state, file) =
            (fs::read_to_string(folder.join(STATE)), fs::read_to_string(folder.join(VARIABLES)));
        let before = find_running(&folder);
        remove(&folder);
        let gone = find_running(&folder);
        fs::remove_dir_all(&folder).unwrap();

        assert_eq!(parse(&state.unwrap()), Some((std::process::id(), ports)));
        assert_eq!(file.unwrap(), "export KEY='it'\\''s'\n");
        assert_eq!((before, gone), (None, None));
        for text in ["", "12", "12 1 2 3", "x 1 2", "-1 1 2", "12 1 70000"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
