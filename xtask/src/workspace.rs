//! Where the workspace is and what its crates declare, as `cargo metadata` tells it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::{MetadataCommand, Package};

/// The workspace that this tool belongs to.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where cargo builds; follows `CARGO_TARGET_DIR`.
    pub(crate) target: PathBuf,
    /// The member crates, sorted by name.
    pub(crate) packages: Vec<Package>,
    /// Whether somebody works on the crates here, so that cargo has built them step by step before.
    pub(crate) worked_on: bool,
}

impl Workspace {
    /// Reads the declarations only: nothing is resolved, so no network is needed.
    pub(crate) fn load() -> Result<Self> {
        let manifest =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the workspace")?;
        let metadata = MetadataCommand::new()
            .manifest_path(manifest.join("Cargo.toml"))
            .no_deps()
            .exec()
            .context("cannot read the workspace with `cargo metadata`")?;
        let mut packages = metadata.packages;
        packages.sort_by(|left, right| left.name.cmp(&right.name));
        let target = metadata.target_directory.into_std_path_buf();
        let worked_on = is_worked_on(&target.join("debug/incremental"));
        Ok(Self { root: metadata.workspace_root.into_std_path_buf(), target, packages, worked_on })
    }
}

/// Whether cargo keeps there what it would reuse of a crate; of this tool itself it always does.
fn is_worked_on(incremental: &Path) -> bool {
    let Ok(entries) = fs::read_dir(incremental) else { return false };
    let of_product = |name: &str| !name.starts_with("xtask-");
    entries.flatten().any(|entry| entry.file_name().to_str().is_some_and(of_product))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_folder_is_worked_on_once_it_holds_more_than_this_tool() {
        let folder = std::env::temp_dir().join(format!("xtask-worked-on-{}", std::process::id()));
        let mut found = vec![is_worked_on(&folder)];
        for name in ["xtask-1ab", "lamplight_domain-2cd"] {
            fs::create_dir_all(folder.join(name)).unwrap();
            found.push(is_worked_on(&folder));
        }
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, [false, false, true]);
    }
}
