//! Rules for every Rust file.

/// The maximum number of lines of a file.
const LONGEST: usize = 800;
/// The same for test files, which grow by cases and not by ideas.
const LONGEST_TEST: usize = 1200;

/// Text that is forbidden outside of comments, and why. Split into halves, because this file is checked too.
const FORBIDDEN: [(&str, &str); 5] = [
    (concat!("#[ign", "ore"), "a test runs, or it is deleted"),
    (concat!("should_", "panic"), "assert on what is returned; any panic at all would pass"),
    (concat!("to", "do!("), "finish it or leave it out"),
    (concat!("thread::", "sleep"), "wait for what happens, not for a time"),
    (concat!("time::", "sleep("), "waiting is a port; only its adapter sleeps"),
];

/// Files that may sleep: the adapter of the port, the loop that polls servers of the build, and the server of a
/// benchmark that imitates a slow network.
const SLEEPERS: [&str; 3] =
    ["crates/system-adapter/src/time.rs", "xtask/src/ambient.rs", "benches/src/pages.rs"];

/// The problems of one file.
pub(super) fn check(name: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    if !text.starts_with("//!") {
        findings
            .push(format!("{name}: the first line must be a `//!` comment that says what the file is for"));
    }
    let longest = if is_test(name) { LONGEST_TEST } else { LONGEST };
    let lines = text.lines().count();
    if lines > longest {
        findings.push(format!("{name}: {lines} lines, but at most {longest} are allowed; split it"));
    }
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("//") {
            continue;
        }
        for (pattern, reason) in FORBIDDEN {
            let sleeps = pattern.contains("sleep") && SLEEPERS.contains(&name);
            if line.contains(pattern) && !sleeps {
                findings.push(format!("{name}:{}: `{pattern}`: {reason}", number + 1));
            }
        }
    }
    findings
}

fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_lines(count: usize) -> String {
        let mut text = "//! Counts.\n".to_owned();
        text.extend(std::iter::repeat_n("// line\n", count - 1));
        text
    }

    #[test]
    fn a_good_file_passes() {
        assert_eq!(check("crates/x/src/a.rs", "//! Adds.\nfn add() {}\n"), Vec::<String>::new());
    }

    #[test]
    fn a_file_begins_with_its_purpose() {
        assert_eq!(check("a.rs", "fn add() {}\n").len(), 1);
        assert_eq!(check("a.rs", "// Adds.\n").len(), 1);
    }

    #[test]
    fn long_files_are_refused_and_tests_may_be_longer() {
        assert_eq!(check("crates/x/src/a.rs", &of_lines(800)), Vec::<String>::new());
        assert_eq!(
            check("crates/x/src/a.rs", &of_lines(801)),
            ["crates/x/src/a.rs: 801 lines, but at most 800 are allowed; split it"]
        );
        assert_eq!(check("crates/x/tests/it/a.rs", &of_lines(1200)), Vec::<String>::new());
        assert_eq!(check("crates/x/tests/it/a.rs", &of_lines(1201)).len(), 1);
    }

    #[test]
    fn every_forbidden_word_is_found_with_its_line() {
        for (pattern, reason) in FORBIDDEN {
            let text = format!("//! Bad.\n    {pattern}\n");
            assert!(
                check("a.rs", &text).contains(&format!("a.rs:2: `{pattern}`: {reason}")),
                "{pattern} is not found"
            );
            assert_eq!(check("a.rs", &format!("//! Good.\n// {pattern}\n")), Vec::<String>::new());
        }
    }

    #[test]
    fn the_adapter_of_waiting_may_sleep_and_nothing_else() {
        let text = format!("//! Waits.\ntokio::{}1)\n", FORBIDDEN[4].0);
        assert_eq!(check("crates/system-adapter/src/time.rs", &text), Vec::<String>::new());
        assert_eq!(check("crates/app/src/time.rs", &text).len(), 1);
    }
}
