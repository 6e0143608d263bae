//! Every input has a maximum size and wait, and is read whatever wrote it.

use crate::{cases::each, lamplight::Lamplight};

/// A file of a text as another program writes it.
fn written(encode: fn(&str) -> Vec<u8>, option: &str, text: &str, expected: &str) {
    let lamplight = Lamplight::new();
    std::fs::write(lamplight.path().join("given"), encode(text)).unwrap();
    let done = lamplight.good(&["run", "mirror", "-c", "demo", "--quiet", option, "@given"]);
    assert_eq!(done.stdout, expected);
}

/// The option takes the name of a file without `@`.
fn written_values(encode: fn(&str) -> Vec<u8>, text: &str) {
    let lamplight = Lamplight::new();
    std::fs::write(lamplight.path().join("given"), encode(text)).unwrap();
    let done = lamplight.good(&["run", "mirror", "-c", "demo", "--quiet", "--params-file", "given"]);
    assert_eq!(done.stdout, "{\"a\":\"ä\"}");
}

fn marked(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").into_bytes()
}

fn little_endian(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn big_endian(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect()
}

each! { written;
    payload_with_a_mark: marked, "--payload", "{\"a\":\"ä\"}", "{\"a\":\"ä\"}";
    payload_in_utf_16: little_endian, "--payload", "{\"a\":\"ä\"}", "{\"a\":\"ä\"}";
    payload_in_big_endian_utf_16: big_endian, "--payload", "{\"a\":\"ä\"}", "{\"a\":\"ä\"}";
}

each! { written_values;
    json_values_with_a_mark: marked, "{\"a\":\"ä\"}";
    json_values_in_utf_16: little_endian, "{\"a\":\"ä\"}";
    yaml_values_with_a_mark: marked, "a: ä\n";
    yaml_values_in_utf_16: big_endian, "a: ä\n";
}

#[test]
fn other_files_may_have_a_mark_or_are_named() {
    let lamplight = Lamplight::new();
    lamplight.file("job.yaml", "\u{feff}name: a\nconnection: demo\nfunction: mirror\n");
    lamplight.good(&["jobs", "apply", "-f", "job.yaml"]);
    lamplight.file("functions.yaml", "\u{feff}functions: {hello: {answer: {return: hi}}}\n");
    let toml = "[connections.sim]\nprovider = \"fake\"\nscript = \"functions.yaml\"\n";
    lamplight.file("lamplight.toml", &format!("\u{feff}{toml}"));
    assert_eq!(lamplight.good(&["run", "hello", "-c", "sim", "--quiet"]).stdout, "\"hi\"");
    std::fs::write(lamplight.path().join("lamplight.toml"), little_endian(toml)).unwrap();
    let refused = lamplight.refused("run hello -c sim");
    assert!(refused.contains("is UTF-16") && refused.contains("save the file as UTF-8"), "{refused}");
    lamplight.file("lamplight.toml", "");
    std::fs::write(lamplight.path().join("latin1"), b"caf\xe9").unwrap();
    let refused = lamplight.refused("run mirror -c demo -p a=@latin1");
    assert!(refused.contains("latin1 is not valid UTF-8 at byte 3"), "{refused}");
}

#[cfg(unix)]
mod special {
    use super::*;
    use std::{path::PathBuf, process::Stdio};

    fn pipe(lamplight: &Lamplight) -> PathBuf {
        let path = lamplight.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    /// An endless input is refused, and the function is not called.
    fn endless(line: &str) {
        let lamplight = Lamplight::new();
        let refused = lamplight.refused(line);
        assert!(refused.contains("exit code 2") && refused.contains("larger than"), "{refused}");
        assert!(lamplight.json(&["runs", "list"])["runs"].as_array().unwrap().is_empty());
    }

    each! { endless;
        endless_text: "run mirror -c demo -p a=@/dev/zero";
        endless_payload: "run mirror -c demo --payload @/dev/zero";
        endless_values: "run mirror -c demo --params-file /dev/zero";
        endless_client_context: "run mirror -c demo --client-context @/dev/zero";
        endless_jobs: "jobs apply -f /dev/zero";
    }

    #[test]
    fn reading_a_pipe_without_a_writer_times_out() {
        let lamplight = Lamplight::new();
        pipe(&lamplight);
        let given_up = |line: &[&str], from: &str| {
            let mut command = lamplight.command(&[&["run", "mirror", "-c", "demo"], line].concat());
            // The other end stays open, and nothing comes.
            let (reader, writer) = std::io::pipe().unwrap();
            let child = command.stdin(Stdio::from(reader)).spawn().unwrap();
            let from = from.to_owned();
            move || {
                let done = crate::lamplight::done(child.wait_with_output().unwrap());
                drop(writer);
                assert_eq!(done.code, 2, "{done:?}");
                assert!(
                    done.stderr.contains(&format!("nothing could be read from {from} for 30 s")),
                    "{done:?}"
                );
            }
        };
        // They wait at the same time.
        let all: [Box<dyn FnOnce()>; 3] = [
            Box::new(given_up(&["-p", "a=@pipe"], "pipe")),
            Box::new(given_up(&["--payload", "-"], "stdin")),
            Box::new(given_up(&["--params-file", "pipe"], "pipe")),
        ];
        for check in all {
            check();
        }
    }

    /// A file of the kernel has no size, whatever it contains, so it is read as a pipe is.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_without_a_size_is_read() {
        let lamplight = Lamplight::new();
        let version = std::fs::read_to_string("/proc/version").unwrap();
        let done = lamplight.good(&["run", "mirror", "-c", "demo", "--quiet", "-p", "a=@/proc/version"]);
        let returned: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!(returned["a"].as_str().map(str::trim), Some(version.trim()));
    }

    #[test]
    fn a_pipe_that_somebody_writes_to_is_read() {
        let lamplight = Lamplight::new();
        let path = pipe(&lamplight);
        let child =
            lamplight.command(&["run", "mirror", "-c", "demo", "--payload", "@pipe"]).spawn().unwrap();
        std::fs::write(path, "[1]").unwrap();
        assert_eq!(crate::lamplight::done(child.wait_with_output().unwrap()).stdout, "[1]");
    }
}
