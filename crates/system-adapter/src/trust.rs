//! Whether users other than those who are trusted can change a file: the file itself, or a folder on the way to it.

use crate::Environment;
use std::path::Path;

#[cfg(unix)]
pub(crate) use unix::{find_distrust, owner};

#[cfg(not(unix))]
/// Other systems have access control lists, which are not checked.
pub(crate) fn find_distrust(_: &Path, _: &Environment) -> Option<String> {
    None
}

#[cfg(not(unix))]
pub(crate) fn owner(_: &Path) -> Option<u32> {
    None
}

#[cfg(unix)]
mod unix {
    use super::{Environment, Path};
    use std::{collections::BTreeSet, fs, io, os::unix::fs::MetadataExt, path::PathBuf};

    /// The owner of a file or folder.
    pub(crate) fn owner(path: &Path) -> Option<u32> {
        fs::metadata(path).ok().map(|metadata| metadata.uid())
    }

    /// What users who are not trusted can change, as a clause; `None` if nothing.
    pub(crate) fn find_distrust(file: &Path, environment: &Environment) -> Option<String> {
        let trusted = trusted_owners(environment);
        match entries(file) {
            Ok(entries) => entries.iter().find_map(|entry| judge(entry, &trusted, is_private)),
            // A link that leads nowhere; reading it tells the user.
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => Some(format!("its permissions could not be read: {error}")),
        }
    }

    /// The user; root; and, for root, the user who called sudo.
    fn trusted_owners(environment: &Environment) -> BTreeSet<u32> {
        let user = rustix::process::geteuid().as_raw();
        let caller = environment.get("SUDO_UID").filter(|_| user == 0).and_then(|id| id.parse().ok());
        [Some(user), Some(0), caller].into_iter().flatten().collect()
    }

    /// A file, a link or a folder.
    #[derive(Debug, Clone)]
    struct Entry {
        path: PathBuf,
        owner: u32,
        group: u32,
        mode: u32,
        is_folder: bool,
        /// The permissions of a link have no meaning.
        is_link: bool,
    }

    impl Entry {
        fn of(path: &Path) -> io::Result<Self> {
            let metadata = fs::symlink_metadata(path)?;
            Ok(Self {
                path: path.to_owned(),
                owner: metadata.uid(),
                group: metadata.gid(),
                mode: metadata.mode(),
                is_folder: metadata.is_dir(),
                is_link: metadata.is_symlink(),
            })
        }
    }

    /// The file, the target of a link, and all folders above both.
    fn entries(file: &Path) -> io::Result<Vec<Entry>> {
        let (folder, name) = (file.parent().unwrap_or(Path::new("/")), file.file_name().unwrap_or_default());
        let own = fs::canonicalize(folder)?.join(name);
        let target = fs::canonicalize(&own)?;
        let paths: BTreeSet<&Path> = own.ancestors().chain(target.ancestors()).collect();
        // The file first: it is what the user can fix most easily.
        paths.into_iter().rev().map(Entry::of).collect()
    }

    fn judge(
        entry: &Entry,
        trusted: &BTreeSet<u32>,
        is_private: impl Fn(u32, u32) -> bool,
    ) -> Option<String> {
        const WRITABLE_BY_GROUP: u32 = 0o020;
        const WRITABLE_BY_ALL: u32 = 0o002;
        const STICKY: u32 = 0o1000;
        let shown = entry.path.display();
        if !trusted.contains(&entry.owner) {
            return Some(format!("{shown} belongs to another user (uid {})", entry.owner));
        }
        // In a sticky folder, as /tmp is, nobody can replace the files of others.
        let is_protected = entry.is_link || (entry.is_folder && entry.mode & STICKY != 0);
        let by_group = entry.mode & WRITABLE_BY_GROUP != 0 && !is_private(entry.owner, entry.group);
        let by_others = by_group || entry.mode & WRITABLE_BY_ALL != 0;
        (by_others && !is_protected).then(|| format!("{shown} can be changed by other users"))
    }

    /// Whether the group has no other member than the owner, as the group that many systems create for each user.
    fn is_private(owner: u32, group: u32) -> bool {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        is_private_in(&read("/etc/passwd"), &read("/etc/group"), owner, group)
    }

    /// The same with the content of `/etc/passwd` and `/etc/group`. A group that is in neither file, as in a container, is
    /// private if it has the number of its owner.
    fn is_private_in(passwd: &str, groups: &str, owner: u32, group: u32) -> bool {
        let fields = |line: &str| line.split(':').map(str::to_owned).collect::<Vec<_>>();
        let users: Vec<Vec<String>> = passwd.lines().map(fields).collect();
        let is = |field: Option<&String>, id: u32| field.is_some_and(|text| text.parse() == Ok(id));
        let name = users.iter().find(|user| is(user.get(2), owner)).and_then(|user| user.first());
        let found = groups.lines().map(fields).find(|own| is(own.get(2), group));
        let has_other_user = users.iter().any(|user| is(user.get(3), group) && !is(user.get(2), owner));
        let Some(found) = found else { return group == owner && !has_other_user };
        let members = found.get(3).map(String::as_str).unwrap_or_default().split(',');
        let has_other_member = members
            .filter(|member| !member.is_empty())
            .any(|member| Some(member) != name.map(String::as_str));
        let is_own = group == owner || found.first().is_some_and(|group| Some(group) == name);
        is_own && !has_other_user && !has_other_member
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn an_owner_must_be_trusted_and_others_must_not_write() {
            let entry = |owner, mode, is_folder| Entry {
                path: "/x".into(),
                owner,
                group: 7,
                mode,
                is_folder,
                is_link: false,
            };
            let trusted = BTreeSet::from([0, 1000]);
            for (entry, group_is_private, told) in [
                (entry(1000, 0o644, false), false, None),
                (entry(0, 0o644, false), false, None),
                (entry(1001, 0o644, false), false, Some("/x belongs to another user (uid 1001)")),
                (entry(1001, 0o1777, true), true, Some("/x belongs to another user (uid 1001)")),
                (entry(1000, 0o664, false), true, None),
                (entry(1000, 0o664, false), false, Some("/x can be changed by other users")),
                (entry(1000, 0o646, false), true, Some("/x can be changed by other users")),
                (entry(1000, 0o1666, false), true, Some("/x can be changed by other users")),
                (entry(0, 0o1777, true), false, None),
                (entry(0, 0o777, true), false, Some("/x can be changed by other users")),
                (entry(1000, 0o775, true), true, None),
                (entry(1000, 0o775, true), false, Some("/x can be changed by other users")),
                (Entry { is_link: true, ..entry(1000, 0o777, false) }, false, None),
                (
                    Entry { is_link: true, ..entry(1001, 0o777, false) },
                    false,
                    Some("/x belongs to another user (uid 1001)"),
                ),
            ] {
                let found = judge(&entry, &trusted, |_, _| group_is_private);
                assert_eq!(found.as_deref(), told, "{entry:?}");
            }
        }

        #[test]
        fn a_private_group_has_only_its_owner() {
            let passwd = "root:x:0:0::/root:\nada:x:1000:1000::/h:\nbob:x:1001:100::/h:\neve:x:1002:1000::/h:\nkim:x:1003:1003::/h:";
            let groups =
                "root:x:0:\nada:x:1000:\nusers:x:100:\nkim:x:1003:kim\nstaff:x:50:ada\nbob:x:1001:bob,ada";
            for (owner, group, expected) in [
                (0, 0, true),
                // It is eve's group too.
                (1000, 1000, false),
                (1003, 1003, true),
                (1001, 1001, false),
                (1001, 100, false),
                (1000, 50, false),
                (5000, 5000, true),
                (5000, 5001, false),
            ] {
                assert_eq!(is_private_in(passwd, groups, owner, group), expected, "{owner} {group}");
            }
        }

        #[test]
        fn every_folder_on_the_way_counts() {
            use std::os::unix::fs::PermissionsExt;
            let root = tempfile::tempdir().unwrap();
            let folder = root.path().join("a/b");
            fs::create_dir_all(&folder).unwrap();
            let file = folder.join("lamplight.toml");
            fs::write(&file, "").unwrap();
            let environment = Environment::default();
            let set =
                |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            for path in [&file, &folder, &root.path().join("a")] {
                set(path, if path.is_dir() { 0o755 } else { 0o644 });
            }
            assert_eq!(find_distrust(&file, &environment), None);
            for path in [file.clone(), folder.clone(), root.path().join("a")] {
                let before = fs::metadata(&path).unwrap().mode();
                set(&path, 0o777);
                let told = find_distrust(&file, &environment).unwrap();
                assert!(told.contains(path.file_name().unwrap().to_str().unwrap()), "{told}");
                set(&path, before);
            }
            // A link into a folder that others can write is as good as a file there.
            let open = root.path().join("open");
            fs::create_dir(&open).unwrap();
            fs::write(open.join("x"), "").unwrap();
            set(&open, 0o777);
            fs::remove_file(&file).unwrap();
            std::os::unix::fs::symlink(open.join("x"), &file).unwrap();
            assert!(find_distrust(&file, &environment).unwrap().contains("/open"));
        }
    }
}
