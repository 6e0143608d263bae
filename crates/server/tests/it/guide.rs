//! The commands of the pages about the server do what the pages say.

use crate::process::Home;
use std::{fs, path::Path, process::Command};

/// The commands of a page: the lines of its blocks for a shell.
fn commands(page: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let text = fs::read_to_string(path).unwrap();
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.flat_map(str::lines).map(str::to_owned).collect()
}

#[test]
fn every_command_of_the_pages_works() {
    let home = Home::new("");
    let server = home.start(&[]);
    let token = home.token();
    let (mut count, program) = (0, env!("CARGO_BIN_EXE_lamplight-server"));
    for line in commands("server.md").into_iter().chain(commands("operating.md")) {
        // The test's own server is the one that this line starts.
        if line == "cargo run -p lamplight-server" {
            continue;
        }
        let line = line.replace("lamplight-server", program).replace("curl ", "curl -sf ");
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).current_dir(home.path()).env("HOME", home.path());
        shell.env("LAMPLIGHT_DATA_DIR", home.path().join("data")).env("NO_PROXY", "127.0.0.1");
        shell.env("SERVER", format!("http://{}", server.address)).env("TOKEN", &token);
        let done = shell.output().unwrap();
        assert!(done.status.success(), "{line}: {done:?}");
        count += 1;
    }
    assert_eq!(count, 5);
}

#[test]
fn every_table_of_the_pages_is_a_valid_configuration() {
    for page in ["server.md", "operating.md"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
        let text = fs::read_to_string(path).unwrap();
        for block in text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
            let home = Home::new(block);
            let done = home.run(&["token", "a"]);
            assert!(done.status.success(), "{block}: {done:?}");
        }
    }
}
