//! Snapshots of tests: each has a test that reads it.

use std::collections::BTreeMap;

use super::files::ends_with;

/// Every snapshot `…/snapshots/BINARY__MODULE__TEST.snap` whose module does not name its test.
pub(super) fn check(texts: &BTreeMap<String, String>) -> Vec<String> {
    let snapshots = texts.keys().filter(|name| ends_with(name, "snap"));
    let orphans = snapshots.filter(|name| !is_read(name, texts).unwrap_or_default());
    orphans.map(|name| format!("{name}: no test reads this snapshot; remove it")).collect()
}

fn is_read(snapshot: &str, texts: &BTreeMap<String, String>) -> Option<bool> {
    let (folder, file) = snapshot.strip_suffix(".snap")?.split_once("/snapshots/")?;
    let (modules, test) = file.split_once("__")?.1.rsplit_once("__")?;
    let source = texts.get(&format!("{folder}/{}.rs", modules.replace("__", "/")))?;
    let mut words = source.split(|c: char| !c.is_alphanumeric() && c != '_');
    Some(words.any(|word| word == test))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_without_its_test_is_found() {
        let text = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let mut texts = BTreeMap::from([
            text("tests/it/input.rs", "snapshots! { refused;\n    job_unknown: \"run x\";\n}\n"),
            text("tests/it/snapshots/it__input__job_unknown.snap", ""),
        ]);
        assert_eq!(check(&texts), Vec::<String>::new());
        for orphan in ["it__input__job.snap", "it__output__job_unknown.snap", "other.snap"] {
            texts.insert(format!("tests/it/snapshots/{orphan}"), String::new());
        }
        assert_eq!(check(&texts).len(), 3);
    }
}
