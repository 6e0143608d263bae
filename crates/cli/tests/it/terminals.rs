//! Texts from outside cannot steer a terminal, and are stored whole.

use crate::{lamplight::Lamplight, pty::seen};
use serde_json::json;

/// Control characters, C1, bidirectional and zero-width signs, and line separators.
const HOSTILE: &str =
    "a\u{1b}[2J\u{7}\u{8}\u{9b}31m\u{85}\u{202e}\u{2066}\u{200b}\u{200d}\u{2028}\u{2029}\u{feff}\u{7f}z";

fn is_harmful(c: char) -> bool {
    HOSTILE.contains(c) && !c.is_ascii_graphic()
}

/// A simulator whose texts are hostile.
fn place() -> Lamplight {
    let lamplight = Lamplight::new();
    let script = json!({ "functions": {
        "says": { "description": HOSTILE, "environment": { "A": HOSTILE }, "log": [HOSTILE], "answer": { "return": HOSTILE } },
        "fails": { "answer": { "error": { "type": HOSTILE, "message": HOSTILE, "stack": [HOSTILE] } } },
    } });
    // YAML, which scripts are, does not allow these characters outside of escapes.
    let escape = |c: char| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) };
    let script: String = script.to_string().chars().map(escape).collect();
    lamplight.file("functions.json", &script.replace('\u{7f}', "\\u007f"));
    lamplight.file("lamplight.toml", "[connections.sim]\nprovider = \"fake\"\nscript = \"functions.json\"\n");
    lamplight
}

#[test]
fn no_command_shows_what_steers_a_terminal() {
    let lamplight = place();
    lamplight.good(&["discover", "-c", "sim", "--import"]);
    lamplight.good(&[
        "jobs",
        "edit",
        "says",
        "--describe",
        &format!("A={HOSTILE}"),
        "--description",
        HOSTILE,
    ]);
    for line in [
        "run says",
        "run says -o json",
        "run says -o yaml",
        "run fails",
        "runs show latest",
        "runs show latest -o json",
        "runs list",
        "status latest",
        "discover -c sim",
        "discover -c sim -o json",
        "functions list -c sim",
        "functions get says -c sim",
        "functions list -c sim -o yaml",
        "jobs list",
        "jobs show says",
        "jobs export says",
        "discover -c sim --import --dry-run",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let (seen, _) = seen(lamplight.command(&words));
        let shown = seen.replace("\r\n", "\n");
        // The spinner moves the cursor and erases its own line.
        let shown = shown.replace("\u{1b}[2K", "").replace("\u{1b}[1A", "").replace('\r', "");
        assert!(!shown.contains(is_harmful), "{line}: {shown:?}");
        // What goes elsewhere than to a terminal is safe for people, too, unless it is data.
        let piped = lamplight.run(&words);
        assert!(!piped.stderr.contains(is_harmful), "{line}: {piped:?}");
    }
}

#[test]
fn errors_and_their_causes_are_harmless() {
    let lamplight = place();
    lamplight.file("hostile", "x");
    let hostile = format!("nothing{}", HOSTILE.replace('\u{1b}', ""));
    for words in [
        vec!["run", "says", "-c", hostile.as_str()],
        vec!["jobs", "show", hostile.as_str()],
        vec!["run", "mirror", "-c", "demo", "--invocation-type", HOSTILE],
        vec![HOSTILE],
        vec!["run", "mirror", "-c", "demo", "--params-file", hostile.as_str()],
    ] {
        let done = lamplight.run(&words);
        assert!(done.code != 0 && !done.stderr.contains(is_harmful), "{words:?}: {done:?}");
    }
}

#[test]
fn what_is_stored_and_piped_is_whole() {
    let lamplight = place();
    let run = lamplight.json(&["run", "says", "-c", "sim"]);
    assert_eq!(run["response"], HOSTILE);
    assert!(run["log_tail"].as_str().unwrap().contains(HOSTILE));
    assert_eq!(lamplight.json(&["runs", "show", "latest"]), run);
    let failed = lamplight.json(&["run", "fails", "-c", "sim"]);
    assert_eq!(failed["error"]["message"], HOSTILE);
    let piped = lamplight.good(&["run", "says", "-c", "sim", "--quiet"]).stdout;
    assert_eq!(serde_json::from_str::<String>(&piped).unwrap(), HOSTILE);
}

#[test]
fn a_terminal_gets_json_of_the_same_value() {
    let lamplight = place();
    let run = lamplight.json(&["run", "says", "-c", "sim"]);
    let (shown, _) = seen(lamplight.command(&["runs", "show", "latest", "-o", "json"]));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), run);
}
