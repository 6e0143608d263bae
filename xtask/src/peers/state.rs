//! What is remembered of the peers in the background, and the variables under which tests find peers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::servers::{Ports, group_lives};

/// The variables, as a file for a shell.
pub(super) const VARIABLES: &str = "peers.env";
/// The process group and the ports: three numbers in a line.
const STATE: &str = "peers.state";

/// How tests reach the peers and with which credentials; nothing of the developer's own is left.
pub(super) fn variables(programs: &Path, folder: &Path, ports: Ports) -> Vec<(&'static str, String)> {
    let [ministack, moto] = ports.urls();
    let absent = |name: &str| folder.join(name).display().to_string();
    vec![
        ("LAMPLIGHT_TEST_MINISTACK_URL", ministack),
        ("LAMPLIGHT_TEST_MOTO_URL", moto),
        ("LAMPLIGHT_TEST_AWS_CLI", programs.join("aws").display().to_string()),
        ("LAMPLIGHT_TEST_FUNCTIONS_FRAMEWORK", programs.join("functions-framework").display().to_string()),
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

/// Remembers peers that will outlive this process.
pub(super) fn write(folder: &Path, pid: u32, ports: Ports, variables: &[(&str, String)]) -> Result<()> {
    let state = folder.join(STATE);
    fs::write(&state, format!("{pid} {} {}\n", ports.ministack, ports.moto))
        .with_context(|| format!("cannot write {}", state.display()))?;
    let mut lines = String::new();
    for (name, value) in variables {
        lines.extend(["export ", name, "=", &quoted(value), "\n"]);
    }
    let file = folder.join(VARIABLES);
    fs::write(&file, lines).with_context(|| format!("cannot write {}", file.display()))
}

/// Forgets them.
pub(super) fn forget(folder: &Path) {
    // What cannot be removed names a group that is gone; it is seen through the next time.
    let _ = fs::remove_file(folder.join(STATE));
}

/// The process group and the ports of the peers that run in the background.
pub(super) fn running(folder: &Path) -> Option<(u32, Ports)> {
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

/// After a restart of the machine the number may belong to anybody. Where there is no `/proc` it is believed.
fn is_ours(pid: u32, folder: &Path) -> bool {
    let line = PathBuf::from(format!("/proc/{pid}/cmdline"));
    match fs::read(line) {
        Ok(line) => String::from_utf8_lossy(&line).contains(&folder.display().to_string()),
        Err(_) => !Path::new("/proc/self").exists(),
    }
}

/// A value as one word of a shell.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_read_back_and_anything_else_is_nothing() {
        let folder = std::env::temp_dir().join(format!("xtask-state-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let ports = Ports { ministack: 4566, moto: 5555 };
        // Our own process leads no group whose command line names the folder: the number was used again.
        write(&folder, std::process::id(), ports, &[("KEY", "it's".to_owned())]).unwrap();
        let (state, file) =
            (fs::read_to_string(folder.join(STATE)), fs::read_to_string(folder.join(VARIABLES)));
        let before = running(&folder);
        forget(&folder);
        let gone = running(&folder);
        fs::remove_dir_all(&folder).unwrap();

        assert_eq!(parse(&state.unwrap()), Some((std::process::id(), ports)));
        assert_eq!(file.unwrap(), "export KEY='it'\\''s'\n");
        assert_eq!((before, gone), (None, None));
        for text in ["", "12", "12 1 2 3", "x 1 2", "-1 1 2", "12 1 70000"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
