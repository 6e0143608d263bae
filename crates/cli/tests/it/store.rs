//! Stores that cannot be used: a clear error, and what was there stays as it was.

use crate::{cases::each, lamplight::Lamplight};

#[test]
fn a_file_that_is_not_a_store_is_left_unchanged() {
    let lamplight = Lamplight::new();
    std::fs::create_dir_all(lamplight.data()).unwrap();
    let path = lamplight.data().join("lamplight.db");
    let text = "this is a letter to my grandmother\n".repeat(200);
    std::fs::write(&path, &text).unwrap();
    let done = lamplight.run(&["run", "adder", "-c", "demo", "-p", "a:=1", "-p", "b:=1"]);
    assert_eq!(done.code, 1, "{done:#?}");
    assert!(done.stderr.contains("lamplight.db"), "{}", done.stderr);
    assert_eq!(done.stdout, "", "nothing was called");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

fn names_the_folder(folder: &str) {
    let lamplight = Lamplight::new();
    lamplight.file("file", "");
    let done = lamplight.line(&format!("run lost -c demo --data-dir {folder}"));
    assert_eq!(done.code, 1, "{done:#?}");
    assert!(done.stderr.contains(folder), "{}", done.stderr);
}

// Not even root can make a folder below a file, or in /proc.
each! { names_the_folder;
    a_folder_below_a_file: "file/data";
    a_folder_that_the_system_forbids: "/proc/lamplight";
}

#[test]
fn commands_that_need_no_store_do_not_create_one() {
    let lamplight = Lamplight::new();
    lamplight.good(&["discover", "-c", "demo"]);
    lamplight.good(&["completions", "bash"]);
    assert!(!lamplight.data().exists());
}
