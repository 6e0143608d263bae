//! Packages of code: zip files, packed folders, and errors.

use lamplight_system_adapter::{LARGEST_UNPACKED, PackageError, ZipPackage, read_package};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::Path,
    process::Command,
    time::{Duration, SystemTime},
};
use tempfile::TempDir;

/// Lists zip files with Python's zip reader, one line per entry: which zip file, name, mode, time, contents.
const LISTING: &str = r#"
import sys, zipfile
for index, path in enumerate(sys.argv[1:]):
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        for entry in package.infolist():
            assert entry.create_system == 3
            print(index, entry.filename.encode().hex(), format(entry.external_attr >> 16, "o"),
                  "-".join(map(str, entry.date_time)), "0x" + package.read(entry).hex())
"#;

/// One entry as Python sees it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    name: String,
    mode: String,
    time: String,
    contents: Vec<u8>,
}

fn python(arguments: &[&str]) -> String {
    let output = Command::new("python3").args(["-I", "-c"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn unpacked(package: &ZipPackage) -> Vec<Seen> {
    all_unpacked(std::slice::from_ref(package)).remove(0)
}

/// All at once, because starting Python takes longer than reading.
fn all_unpacked(packages: &[ZipPackage]) -> Vec<Vec<Seen>> {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec![LISTING.to_owned()];
    for (index, package) in packages.iter().enumerate() {
        let file = folder.path().join(format!("{index}.zip"));
        fs::write(&file, &package.bytes).unwrap();
        arguments.push(file.to_str().unwrap().to_owned());
    }
    let mut all: Vec<Vec<Seen>> = packages.iter().map(|_| Vec::new()).collect();
    for line in python(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).lines() {
        let [index, name, mode, time, contents] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        all[index.parse::<usize>().unwrap()].push(Seen {
            name: String::from_utf8(from_hex(name)).unwrap(),
            mode: mode.to_owned(),
            time: time.to_owned(),
            contents: from_hex(contents.strip_prefix("0x").unwrap()),
        });
    }
    all
}

fn names(package: &ZipPackage) -> Vec<String> {
    unpacked(package).into_iter().map(|seen| seen.name).collect()
}

fn write(folder: &Path, name: &str, contents: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, contents).unwrap();
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A small tree with one of each kind of entry.
const FILES: [(&str, &str); 5] = [
    ("lib/helpers.py", "def help():\n    return 'help'\n"),
    ("lib-2.txt", "sorts before lib/, as its bytes do\n"),
    ("main.py", "def handler(event, context):\n    return event\n"),
    ("bootstrap", "#!/bin/sh\nexec main\n"),
    ("größe/日本.txt", "names are not ASCII alone\n"),
];

#[cfg(unix)]
fn small_tree(order: impl Iterator<Item = usize>, executable: u32, other: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, contents) in order.map(|index| FILES[index]) {
        write(folder.path(), name, contents);
        set_mode(&folder.path().join(name), if name == "bootstrap" { executable } else { other });
    }
    fs::create_dir_all(folder.path().join("cache/empty")).unwrap();
    folder
}

#[cfg(unix)]
#[test]
fn equal_trees_give_equal_bytes() {
    let one = small_tree(0..5, 0o755, 0o644);
    let other = small_tree((0..5).rev(), 0o700, 0o600);
    set_mode(&other.path().join("lib"), 0o700);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for (name, _) in FILES {
        let file = File::options().append(true).open(other.path().join(name)).unwrap();
        file.set_modified(long_ago).unwrap();
    }

    let one = read_package(one.path(), &[]).unwrap();
    let other = read_package(other.path(), &[]).unwrap();
    assert_eq!(one, other);
    // Another compressor, level or layout changes what every user uploads: say so in the change log.
    assert_eq!(one.sha256, "OhkiGgzfqlLbwKnIHEw+LMwBUTo2gFqtKtsivJrvVcE=");
}

#[cfg(unix)]
#[test]
fn another_reader_finds_the_files_in_order_with_their_modes() {
    let package = read_package(small_tree(0..5, 0o750, 0o664).path(), &[]).unwrap();
    let file = |name: &str, mode: &str| {
        let contents = FILES.iter().find(|(of, _)| *of == name).map_or("", |(_, contents)| contents);
        let (name, mode, time) = (name.to_owned(), mode.to_owned(), "1980-1-1-0-0-0".to_owned());
        Seen { name, mode, time, contents: contents.into() }
    };
    assert_eq!(
        unpacked(&package),
        [
            file("bootstrap", "100755"),
            file("cache/empty/", "40755"),
            file("größe/日本.txt", "100644"),
            file("lib-2.txt", "100644"),
            file("lib/helpers.py", "100644"),
            file("main.py", "100644"),
        ]
    );
    assert_eq!(package.entries, 6);
}

#[cfg(unix)]
#[test]
fn only_the_owner_makes_a_file_executable() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "tool", "x");
    set_mode(&folder.path().join("tool"), 0o655);
    let package = read_package(folder.path(), &[]).unwrap();
    assert_eq!(unpacked(&package)[0].mode, "100644");
}

#[test]
fn a_zip_file_is_taken_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("made-elsewhere.zip");
    let make = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z:\n    z.writestr('main.py', 'x')\n    z.writestr('b/c', '')";
    python(&[make, file.to_str().unwrap()]);
    let package = read_package(&file, &[]).unwrap();
    assert_eq!((package.bytes, package.entries), (fs::read(&file).unwrap(), 2));
    let hash = "import sys, hashlib, base64\nprint(base64.b64encode(hashlib.sha256(open(sys.argv[1], 'rb').read()).digest()).decode(), end='')";
    assert_eq!(package.sha256, python(&[hash, file.to_str().unwrap()]));
}

#[test]
fn what_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent");
    let error = read_package(&absent, &[]).unwrap_err();
    assert!(matches!(error, PackageError::Missing { .. }), "{error:?}");
    assert_eq!(error.to_string(), format!("file or folder {} does not exist", absent.display()));
}

#[test]
fn the_code_is_not_shown_for_debugging() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "main.py", "x");
    let package = read_package(folder.path(), &[]).unwrap();
    let expected =
        format!("ZipPackage({} bytes, SHA-256 {}, 1 entries)", package.bytes.len(), package.sha256);
    assert_eq!(format!("{package:?}"), expected);
}

#[test]
fn repositories_secrets_and_caches_are_left_out_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        ".git/HEAD",
        "module/.git",
        ".env",
        ".env.local",
        ".gitignore",
        "lib/__pycache__/a.pyc",
        "lib/a.py",
        "lib/b.log",
    ] {
        write(folder.path(), name, "x");
    }
    let package = read_package(folder.path(), &[]).unwrap();
    let packed = package.packed.clone().unwrap();
    assert_eq!(names(&package), [".gitignore", "lib/a.py", "lib/b.log"]);
    assert_eq!((packed.names, packed.unpacked), (names(&package), 3));
    assert_eq!(packed.left_out, [".env", ".env.local", ".git", "lib/__pycache__", "module/.git"]);

    // In a linked work tree, `.git` is a file that contains a path of this machine.
    fs::remove_dir_all(folder.path().join(".git")).unwrap();
    write(folder.path(), ".git", "gitdir: /elsewhere");
    assert_eq!(read_package(folder.path(), &[]).unwrap(), package);

    let exclude = ["*.log".to_owned(), "!.env".to_owned()];
    assert_eq!(names(&read_package(folder.path(), &exclude).unwrap()), [".env", ".gitignore", "lib/a.py"]);
}

#[test]
fn private_keys_are_left_out_by_their_contents_and_certificates_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let key = ["-----BEGIN RSA PRIVATE", " KEY-----\nMII\n-----END RSA PRIVATE", " KEY-----\n"].concat();
    let certificate = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";
    for (name, contents) in [
        ("main.py", "x"),
        ("lib/cacert.pem", certificate),
        ("lib/README.key", "about keys"),
        ("tls/server.PEM", &format!("{certificate}{key}")),
        ("tls/server.key", &key),
        ("id_rsa", "x"),
        ("id_rsa.pub", "x"),
        (".ENV", "x"),
    ] {
        write(folder.path(), name, contents);
    }
    let package = read_package(folder.path(), &[]).unwrap();
    assert_eq!(names(&package), ["id_rsa.pub", "lib/README.key", "lib/cacert.pem", "main.py"]);
    assert_eq!(package.packed.unwrap().left_out, [".ENV", "id_rsa", "tls/server.PEM", "tls/server.key"]);
    let package = read_package(folder.path(), &["!server.key".to_owned(), "lib/".to_owned()]).unwrap();
    assert_eq!(names(&package), ["id_rsa.pub", "main.py", "tls/server.key"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_what_is_left_out_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "main.py", "x");
    write(folder.path(), "config/.env", "x");
    std::os::unix::fs::symlink("config/.env", folder.path().join("settings")).unwrap();
    let package = read_package(folder.path(), &[]).unwrap();
    assert_eq!(names(&package), ["main.py"]);
    assert_eq!(package.packed.unwrap().left_out, ["config/.env", "settings"]);
    assert_eq!(
        names(&read_package(folder.path(), &["!settings".to_owned()]).unwrap()),
        ["main.py", "settings"]
    );
}

#[cfg(unix)]
#[test]
fn what_is_left_out_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "main.py", "x");
    write(folder.path(), ".venv/x", "x");
    std::os::unix::fs::symlink("/usr/bin/python3", folder.path().join("python")).unwrap();
    set_mode(&folder.path().join(".venv"), 0o000);
    let package = read_package(folder.path(), &["python".to_owned()]).unwrap();
    assert_eq!(names(&package), ["main.py"]);
    set_mode(&folder.path().join(".venv"), 0o755);
}

#[test]
fn parts_of_a_zip_file_cannot_be_left_out() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = read_package(file.path(), &["*.log".to_owned()]).unwrap_err();
    assert!(matches!(error, PackageError::LeftOutOfFile { .. }), "{error:?}");
}

#[test]
fn nothing_to_pack_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let zip = tempfile::NamedTempFile::new().unwrap();
    let make = "import sys, zipfile\nzipfile.ZipFile(sys.argv[1], 'w').close()";
    python(&[make, zip.path().to_str().unwrap()]);
    let message = |path: &Path| {
        let error = read_package(path, &[]).unwrap_err();
        assert!(matches!(error, PackageError::Empty { .. }), "{error:?}");
        error.to_string()
    };
    let expected = format!("nothing to pack: {} contains no files", folder.path().display());
    assert_eq!(message(folder.path()), expected);
    fs::create_dir(folder.path().join("empty")).unwrap();
    write(folder.path(), ".git/HEAD", "x");
    assert_eq!(message(folder.path()), expected);
    assert!(message(zip.path()).starts_with("nothing to pack"));
}

#[test]
fn a_file_that_is_not_a_zip_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "main.py", "print('hello')\n");
    let whole = read_package(folder.path(), &[]).unwrap().bytes;
    write(folder.path(), "cut.zip", &whole[..whole.len() - 10]);
    write(folder.path(), "empty.zip", "");
    for name in ["main.py", "cut.zip", "empty.zip"] {
        let path = folder.path().join(name);
        let error = read_package(&path, &[]).unwrap_err();
        assert!(matches!(error, PackageError::NotAZip { .. }), "{name}: {error:?}");
        let expected = format!(
            "{} is not a valid zip file; give a zip file, or a folder, which is zipped for you",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn more_than_fits_is_refused_before_it_is_read() {
    const HUGE: u64 = 1 << 40;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "main.py", "x");
    let sparse = folder.path().join("model.bin");
    File::create(&sparse).unwrap().set_len(HUGE).unwrap();
    for path in [folder.path(), sparse.as_path()] {
        let error = read_package(path, &[]).unwrap_err();
        assert!(matches!(error, PackageError::TooLarge { .. }), "{error:?}");
        let expected = format!(
            "{} is more than 262144000 bytes (250 MiB) unpacked, which is Lambda's limit; put large files \
             into S3 and download them in the function, or use a container image",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
    }

    // Each file is small enough, but all together are not.
    for name in ["model.bin", "other.bin"] {
        File::create(folder.path().join(name)).unwrap().set_len(LARGEST_UNPACKED / 2).unwrap();
    }
    let error = read_package(folder.path(), &[]).unwrap_err();
    assert!(matches!(error, PackageError::TooLarge { .. }), "{error:?}");
}

#[test]
fn a_zip_file_that_unpacks_to_too_much_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "main.py", "x");
    let mut bytes = read_package(folder.path(), &[]).unwrap().bytes;
    // The unpacked size in the table of contents.
    let table = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let mut with_size = |size: u64| {
        bytes[table + 24..table + 28].copy_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
        let file = folder.path().join("package.zip");
        fs::write(&file, &bytes).unwrap();
        read_package(&file, &[])
    };
    assert_eq!(with_size(LARGEST_UNPACKED).unwrap().entries, 1);
    let error = with_size(LARGEST_UNPACKED + 1).unwrap_err();
    assert!(matches!(error, PackageError::TooLarge { .. }), "{error:?}");
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_inside_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "lib/real.py", "real");
        symlink("lib/real.py", folder.path().join("file.py")).unwrap();
        symlink("file.py", folder.path().join("again.py")).unwrap();
        symlink(folder.path().join("lib"), folder.path().join("folder")).unwrap();
        symlink("../lib/real.py", folder.path().join("lib/round.py")).unwrap();
        let package = read_package(folder.path(), &[]).unwrap();
        let seen = unpacked(&package);
        assert!(seen.iter().all(|seen| seen.contents == b"real" && seen.mode == "100644"), "{seen:?}");
        let expected =
            ["again.py", "file.py", "folder/real.py", "folder/round.py", "lib/real.py", "lib/round.py"];
        assert_eq!(names(&package), expected);
    }

    #[test]
    fn the_folder_itself_may_be_a_link() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "real/main.py", "x");
        let link = folder.path().join("link");
        symlink("real", &link).unwrap();
        let real = folder.path().join("real");
        assert_eq!(read_package(&link, &[]).unwrap(), read_package(&real, &[]).unwrap());
    }

    #[test]
    fn links_outside_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        // A sibling whose name begins with the folder's name is outside too.
        write(folder.path(), "code-secret/key", "secret");
        write(folder.path(), "code/main.py", "x");
        let code = folder.path().join("code");
        for target in ["../code-secret/key", "../code-secret", "/", ".."] {
            let link = code.join("link");
            symlink(target, &link).unwrap();
            let error = read_package(&code, &[]).unwrap_err();
            assert!(matches!(error, PackageError::LeadsOutside { .. }), "{target}: {error:?}");
            assert!(error.to_string().contains(&link.display().to_string()), "{error}");
            fs::remove_file(link).unwrap();
        }
    }

    #[test]
    fn link_cycles_are_refused() {
        for (link, target) in
            [("self", "self"), ("a/top", ".."), ("a/b/up", "../../a"), ("a/here", "."), ("one", "two")]
        {
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), "a/b/main.py", "x");
            symlink("one", folder.path().join("two")).unwrap();
            if link != "one" {
                fs::remove_file(folder.path().join("two")).unwrap();
            }
            symlink(target, folder.path().join(link)).unwrap();
            let error = read_package(folder.path(), &[]).unwrap_err();
            assert!(matches!(error, PackageError::Circle { .. }), "{link}: {error:?}");
            assert!(error.to_string().contains("is part of a loop"), "{error}");
        }
        // Two folders that contain links to each other.
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a/main.py", "x");
        write(folder.path(), "b/main.py", "x");
        symlink("../b", folder.path().join("a/b")).unwrap();
        symlink("../a", folder.path().join("b/a")).unwrap();
        let error = read_package(folder.path(), &[]).unwrap_err();
        let PackageError::Circle { path } = error else { panic!("{error:?}") };
        assert_eq!(path, folder.path().join("a/b/a"));
    }

    #[test]
    fn too_many_files_through_links_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for index in 0..257 {
            write(folder.path(), &format!("many/{index}"), "");
            symlink("many", folder.path().join(format!("again-{index}"))).unwrap();
        }
        let error = read_package(folder.path(), &[]).unwrap_err();
        assert!(matches!(error, PackageError::TooMany { .. }), "{error:?}");
        assert!(error.to_string().contains("more than 65535 files"), "{error}");
    }

    #[test]
    fn links_to_nothing_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        symlink("absent", folder.path().join("link")).unwrap();
        let error = read_package(folder.path(), &[]).unwrap_err();
        assert!(matches!(error, PackageError::Dangling { .. }), "{error:?}");
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_sockets_are_refused_without_being_opened() {
    use std::{os::unix::net::UnixListener, sync::mpsc, thread};

    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "main.py", "x");
    let pipe = folder.path().join("pipe");
    python(&["import os, sys\nos.mkfifo(sys.argv[1])", pipe.to_str().unwrap()]);
    let (tell, told) = mpsc::channel();
    let paths = [folder.path().to_owned(), pipe.clone()];
    // Opening a pipe that nobody writes to would block forever.
    let reader = thread::spawn(move || {
        for path in paths {
            tell.send(read_package(&path, &[])).unwrap();
        }
    });
    for _ in 0..2 {
        let error = told.recv_timeout(Duration::from_secs(30)).expect("nothing waits").unwrap_err();
        let expected = format!(
            "{} is a named pipe; only files, folders and links to them can be packed",
            pipe.display()
        );
        assert_eq!(error.to_string(), expected);
    }
    reader.join().unwrap();

    fs::remove_file(&pipe).unwrap();
    let _socket = UnixListener::bind(folder.path().join("socket")).unwrap();
    let error = read_package(folder.path(), &[]).unwrap_err();
    assert!(matches!(error, PackageError::Special { kind: "a socket", .. }), "{error:?}");
}

// Other systems do not allow such a name.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_text_are_refused() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(OsStr::from_bytes(b"caf\xe9.txt")), "x").unwrap();
    let error = read_package(folder.path(), &[]).unwrap_err();
    assert!(matches!(error, PackageError::NotUtf8 { .. }), "{error:?}");
    assert!(error.to_string().contains("caf\u{fffd}.txt is not valid UTF-8"), "{error}");
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // An error that occurs even for root.
    let below_a_file = folder.path().join("file/code");
    write(folder.path(), "file", "x");
    let error = read_package(&below_a_file, &[]).unwrap_err();
    assert!(matches!(error, PackageError::Unreadable { .. }), "{error:?}");
    assert_eq!(error.to_string(), format!("cannot read {}", below_a_file.display()));
}

/// A path of one to three parts. The last begins with f and the others with d, so that a file never has the path of a
/// folder.
fn file_name() -> impl Strategy<Value = String> {
    let part = "[ -.0-9A-Za-z\\\\äß日]{0,6}";
    (vec(part, 0..3), part).prop_map(|(folders, file)| {
        let mut parts: Vec<_> = folders.iter().map(|folder| format!("d{folder}")).collect();
        parts.push(format!("f{file}"));
        parts.join("/")
    })
}

proptest! {
    // Each case starts Python.
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[cfg(unix)]
    #[test]
    fn any_small_tree_round_trips(
        trees in vec(btree_map(file_name(), (vec(any::<u8>(), 0..300), any::<bool>()), 1..12), 1..16),
    ) {
        let packages: Vec<_> = trees.iter().map(|files| {
            let folder = tempfile::tempdir().unwrap();
            for (name, (contents, executable)) in files {
                write(folder.path(), name, contents);
                set_mode(&folder.path().join(name), if *executable { 0o700 } else { 0o600 });
            }
            read_package(folder.path(), &[]).unwrap()
        }).collect();
        for ((files, package), seen) in trees.into_iter().zip(&packages).zip(all_unpacked(&packages)) {
            prop_assert!(seen.is_sorted_by(|one, other| one.name.as_bytes() < other.name.as_bytes()));
            prop_assert_eq!(package.entries, files.len());
            let out: BTreeMap<_, _> =
                seen.into_iter().map(|seen| (seen.name, (seen.contents, seen.mode == "100755"))).collect();
            prop_assert_eq!(out, files);
        }
    }
}
