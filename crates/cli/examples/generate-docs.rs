//! Writes the generated pages of the command line to a folder: `generate-docs FOLDER`.

use std::{error::Error, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("usage: generate-docs FOLDER")?;
    std::fs::create_dir_all(&folder)?;
    for (name, page) in lamplight_cli::pages() {
        std::fs::write(folder.join(name), page)?;
    }
    Ok(())
}
