//! A configuration that was only found is refused if others could have written it, and one from elsewhere is named.
#![cfg(unix)]

use crate::lamplight::Lamplight;
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

const FILE: &str = "default_connection = 'sim'\n[connections.sim]\nprovider = 'fake'\n";

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Runs `connections list` in the folder, and returns the exit code and what was said.
fn listed(home: &Lamplight, folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let all = [&["connections", "list"], arguments].concat();
    let output = home.command(&all).current_dir(folder).envs(variables.iter().copied()).output().unwrap();
    let done = crate::lamplight::done(output);
    (done.code, done.stdout + &done.stderr)
}

#[test]
fn a_found_file_that_others_can_change_is_refused_with_the_way_to_trust_it() {
    let home = Lamplight::new();
    let file = home.file("team/lamplight.toml", FILE);
    let team = file.parent().unwrap().to_owned();
    let below = team.join("a/b");
    fs::create_dir_all(&below).unwrap();
    set_mode(&team, 0o755);
    for (path, mode) in [(&file, 0o646), (&file, 0o662), (&team, 0o757)] {
        let before = fs::metadata(path).unwrap().permissions().mode();
        set_mode(path, mode);
        for folder in [&team, &below] {
            let (code, told) = listed(&home, folder, &[], &[]);
            assert!(code == 2 && told.contains("lamplight.toml is not trusted"), "{mode:o} {code}: {told}");
            assert!(told.contains("can be changed by other users"), "{told}");
            assert!(told.contains("LAMPLIGHT_TRUSTED_FOLDERS") && told.contains("--config"), "{told}");
            // What is written there would go into the same file.
            let add = home.command(&["connections", "add", "x"]).current_dir(folder).output().unwrap();
            assert_eq!(add.status.code(), Some(2), "{add:?}");
            let shown = team.to_str().unwrap();
            assert_eq!(listed(&home, folder, &[], &[("LAMPLIGHT_TRUSTED_FOLDERS", shown)]).0, 0);
            assert_eq!(listed(&home, folder, &["--config", file.to_str().unwrap()], &[]).0, 0);
            assert_eq!(listed(&home, folder, &[], &[("LAMPLIGHT_CONFIG", file.to_str().unwrap())]).0, 0);
        }
        set_mode(path, before);
    }
    assert_eq!(listed(&home, &below, &[], &[]).0, 0);
    // In a sticky folder nobody can replace the files of others.
    set_mode(&team, 0o1777);
    assert_eq!(listed(&home, &below, &[], &[]).0, 0);
}

#[test]
fn a_link_that_leads_nowhere_and_a_file_that_cannot_be_read_are_named() {
    let home = Lamplight::new();
    let file = home.path().join("lamplight.toml");
    std::os::unix::fs::symlink("nowhere.toml", &file).unwrap();
    let (code, told) = listed(&home, home.path(), &[], &[]);
    assert!(code == 2 && told.contains("could not read the configuration file"), "{code}: {told}");
    fs::remove_file(&file).unwrap();
    fs::write(&file, "[connections.x\n").unwrap();
    for line in ["run f", "discover", "jobs list", "connections list"] {
        let done = home.line(line);
        let is_told = done.stderr.contains("lamplight.toml:1:");
        assert!(is_told == (done.code == 2), "{line}: {done:#?}");
        assert!(!done.stderr.contains("job f"), "{line}: {done:#?}");
    }
}

/// Runs a command in the folder with a terminal for stderr, and returns what was said there.
fn on_a_terminal(home: &Lamplight, folder: &Path, arguments: &[&str]) -> String {
    let (ours, theirs) = terminal();
    let mut child = home.command(arguments).current_dir(folder).stderr(theirs).spawn().unwrap();
    assert!(child.wait().unwrap().success());
    drop(child);
    read_all(ours)
}

fn terminal() -> (fs::File, fs::File) {
    let controller =
        rustix::pty::openpt(rustix::pty::OpenptFlags::RDWR | rustix::pty::OpenptFlags::NOCTTY).unwrap();
    rustix::pty::grantpt(&controller).unwrap();
    rustix::pty::unlockpt(&controller).unwrap();
    let name = rustix::pty::ptsname(&controller, Vec::new()).unwrap();
    let user = fs::File::options().read(true).write(true).open(Path::new(name.to_str().unwrap())).unwrap();
    (controller.into(), user)
}

/// Reads until the other end is closed, which the system reports as an error.
fn read_all(mut terminal: fs::File) -> String {
    use std::io::Read;
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(read) = terminal.read(&mut buffer) {
        if read == 0 {
            break;
        }
        text.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn a_run_on_a_terminal_names_a_configuration_from_elsewhere() {
    let home = Lamplight::new();
    let file = home.file("team/lamplight.toml", FILE);
    let team = file.parent().unwrap().to_owned();
    let below = team.join("a");
    fs::create_dir_all(&below).unwrap();
    let run = ["run", "adder", "-p", "a:=2", "-p", "b:=40"];
    let told = on_a_terminal(&home, &below, &run);
    assert!(told.contains(&format!("using the configuration {}", file.display())), "{told}");
    assert!(!on_a_terminal(&home, &team, &run).contains("using the configuration"));
    let without = home.command(&run).current_dir(&below).output().unwrap();
    assert!(!String::from_utf8(without.stderr).unwrap().contains("using the configuration"), "no terminal");
}
