//! The configuration file is replaced in one step, and no other file is written.

use lamplight_domain::ErrorCode;
use lamplight_ports::{PortError, PortErrorKind};
use lamplight_wiring::edit;
use std::{fs, path::Path};

/// Replaces the content of the file with `text`.
fn write(path: &Path, text: &str) {
    edit(path, |_| Ok::<_, PortError>((text.to_owned(), ()))).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_write_leaves_no_temporary_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lamplight.toml");
    for text in ["a longer text", "short"] {
        write(&path, text);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    let refused = edit(&path, |text| {
        assert_eq!(text.as_deref(), Some("short"));
        Err::<(String, ()), _>(PortError::new(PortErrorKind::Conflict, ErrorCode::InvalidConfig, "no"))
    });
    assert_eq!(refused.unwrap_err().kind, PortErrorKind::Conflict);
    assert_eq!(fs::read_to_string(&path).unwrap(), "short");
    let left = names(folder.path());
    assert!(
        left.iter().all(|name| ["lamplight.toml", ".lamplight.toml.lock"].contains(&name.as_str())),
        "{left:?}"
    );
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_link_at_the_temporary_path_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, victim) = (folder.path().join("lamplight.toml"), folder.path().join("victim"));
        fs::write(&victim, "precious").unwrap();
        symlink(&victim, folder.path().join(".lamplight.toml.tmp")).unwrap();
        write(&path, "# ours");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
        assert_eq!(fs::read_to_string(&path).unwrap(), "# ours");
        assert!(!path.is_symlink());
    }

    #[test]
    fn a_file_keeps_its_mode_and_a_new_one_has_that_of_any_new_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("lamplight.toml"), folder.path().join("other"));
        write(&path, "# new");
        fs::File::create(&other).unwrap();
        assert_eq!(mode(&path), mode(&other));
        for own in [0o600, 0o640, 0o664] {
            fs::set_permissions(&path, fs::Permissions::from_mode(own)).unwrap();
            write(&path, "# again");
            assert_eq!(mode(&path), own);
        }
    }
}
