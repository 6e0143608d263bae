//! The root of the workspace and its crates, from `cargo metadata`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::{MetadataCommand, Package};

/// The workspace of this tool.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder that contains the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The build folder; follows `CARGO_TARGET_DIR`.
    pub(crate) target: PathBuf,
    /// The crates of the workspace, sorted by name.
    pub(crate) packages: Vec<Package>,
    /// clippy's driver, if it compiles the member crates. It is rustc, and checks clippy's lints on the way: after
    /// `cargo clippy`, which compiles nothing, the tests would need all crates and dependencies a second time.
    pub(crate) compiler: Option<PathBuf>,
}

impl Workspace {
    /// Reads only the manifests: dependencies are not resolved, so no network is needed.
    pub(crate) fn load() -> Result<Self> {
        let manifest =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is not in a workspace")?;
        let metadata = MetadataCommand::new()
            .manifest_path(manifest.join("Cargo.toml"))
            .no_deps()
            .exec()
            .context("cannot read the workspace with `cargo metadata`")?;
        let mut packages = metadata.packages;
        packages.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(Self {
            root: metadata.workspace_root.into_std_path_buf(),
            target: metadata.target_directory.into_std_path_buf(),
            packages,
            compiler: None,
        })
    }

    /// A command that runs in the root; if it is cargo, it uses the [`compiler`](Self::compiler).
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        if let Some(compiler) = &self.compiler {
            command.env("RUSTC_WORKSPACE_WRAPPER", compiler);
            // As `cargo clippy -- -D warnings` says it.
            command.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
        }
        command
    }
}
