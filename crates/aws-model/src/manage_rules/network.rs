//! The private network and the file systems of a function.

use super::{
    grammar,
    violation::{RuleViolation, Violations, at_most, length, matching},
};
use crate::text::is_word_character;
use lamplight_domain::{FileSystemMount, Network};

/// At most 16 subnets and 5 security groups. Either is of no use without the other, and neither detaches the function
/// (Lambda API, `VpcConfig`).
pub fn check_network(network: &Network) -> Result<(), Vec<RuleViolation>> {
    const SUBNETS: &str = "VpcConfig.SubnetIds";
    const GROUPS: &str = "VpcConfig.SecurityGroupIds";
    let mut found = Violations::default();
    found.note(at_most(SUBNETS, network.subnets.len(), 16));
    for subnet in &network.subnets {
        let holds = id(subnet, "subnet-", |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        found.note(matching(SUBNETS, subnet, holds, "a subnet looks like subnet-0123456789abcdef0"));
    }
    found.note(at_most(GROUPS, network.security_groups.len(), 5));
    for group in &network.security_groups {
        let holds = id(group, "sg-", |byte| byte.is_ascii_alphanumeric());
        found.note(matching(GROUPS, group, holds, "a security group looks like sg-0123456789abcdef0"));
    }
    match (network.subnets.is_empty(), network.security_groups.is_empty()) {
        (false, true) => {
            found.broken(GROUPS, "cannot be empty where there are subnets");
        }
        (true, false) => {
            found.broken(SUBNETS, "cannot be empty where there are security groups");
        }
        _ => {}
    }
    found.finish()
}

/// `PREFIX[…]*`, of at most 1,024 characters
fn id(text: &str, prefix: &str, holds: impl Fn(u8) -> bool) -> bool {
    text.len() <= 1_024 && text.strip_prefix(prefix).is_some_and(|rest| rest.bytes().all(holds))
}

/// At most one access point of EFS or S3 Files, mounted below `/mnt/`.
pub fn check_file_systems(mounts: &[FileSystemMount]) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.note(at_most("FileSystemConfigs", mounts.len(), 1));
    for FileSystemMount { reference, path } in mounts {
        found.note(matching(
            "FileSystemConfigs.Arn",
            reference,
            reference.len() <= 256 && grammar::is_file_system(reference),
            "it is the ARN of an access point of EFS or S3 Files",
        ));
        found.note(length("FileSystemConfigs.LocalMountPath", path, &(0..=160)));
        let below = |rest: &str| !rest.is_empty() && rest.chars().all(|c| is_word_character(c) || c == '.');
        found.note(matching(
            "FileSystemConfigs.LocalMountPath",
            path,
            path.strip_prefix("/mnt/").is_some_and(below),
            "it is /mnt/ and a name of letters, digits and -_.",
        ));
    }
    found.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(subnets: usize, groups: usize) -> Network {
        Network {
            subnets: (0..subnets).map(|n| format!("subnet-0{n}a")).collect(),
            security_groups: (0..groups).map(|n| format!("sg-0{n}A")).collect(),
            ipv6: None,
        }
    }

    fn members(checked: Result<(), Vec<RuleViolation>>) -> Vec<&'static str> {
        checked.err().into_iter().flatten().map(|one| one.member).collect()
    }

    #[test]
    fn subnets_and_groups_are_counted_and_come_together() {
        for (subnets, groups, broken) in [
            (0, 0, vec![]),
            (1, 1, vec![]),
            (16, 5, vec![]),
            (17, 6, vec!["VpcConfig.SubnetIds", "VpcConfig.SecurityGroupIds"]),
            (1, 0, vec!["VpcConfig.SecurityGroupIds"]),
            (0, 1, vec!["VpcConfig.SubnetIds"]),
        ] {
            assert_eq!(members(check_network(&network(subnets, groups))), broken, "{subnets} {groups}");
        }
        let mut wrong = network(1, 1);
        wrong.subnets[0] = "subnet-A".to_owned();
        wrong.security_groups[0] = "default".to_owned();
        assert_eq!(members(check_network(&wrong)), ["VpcConfig.SubnetIds", "VpcConfig.SecurityGroupIds"]);
    }

    #[test]
    fn one_file_system_is_mounted_below_mnt() {
        let mount = |path: &str| FileSystemMount {
            reference: "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0"
                .to_owned(),
            path: path.to_owned(),
        };
        for good in ["/mnt/data", "/mnt/.a-b_c", &format!("/mnt/{}", "x".repeat(155))] {
            assert_eq!(check_file_systems(&[mount(good)]), Ok(()), "{good}");
        }
        for bad in ["", "/mnt/", "/data", "/mnt/a/b", "mnt/a", &format!("/mnt/{}", "x".repeat(156))] {
            let found = members(check_file_systems(&[mount(bad)]));
            assert_eq!(found, ["FileSystemConfigs.LocalMountPath"], "{bad}");
        }
        assert_eq!(members(check_file_systems(&[mount("/mnt/a"), mount("/mnt/b")])), ["FileSystemConfigs"]);
    }
}
