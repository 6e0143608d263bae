//! Completes groups of settings of which only a part is requested.

use lamplight_domain::FunctionSettings;

/// The requested settings, with missing parts of a group taken from the existing ones. Providers replace a group as a
/// whole, which would reset the missing parts.
pub(crate) fn complete_groups(asked: &FunctionSettings, found: &FunctionSettings) -> FunctionSettings {
    let mut whole = asked.clone();
    if let (Some(asked), Some(found)) = (&mut whole.image, &found.image) {
        asked.entry_point = asked.entry_point.take().or_else(|| found.entry_point.clone());
        asked.command = asked.command.take().or_else(|| found.command.clone());
        asked.working_directory = asked.working_directory.take().or_else(|| found.working_directory.clone());
    }
    if let (Some(asked), Some(found)) = (&mut whole.network, &found.network)
        // Without subnets the function is detached from its network.
        && !asked.subnets.is_empty()
    {
        if asked.security_groups.is_empty() {
            asked.security_groups.clone_from(&found.security_groups);
        }
        asked.ipv6 = asked.ipv6.or(found.ipv6);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::{ImageSettings, Network};

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_part_that_is_not_requested_is_kept() {
        let found = FunctionSettings {
            image: Some(ImageSettings {
                entry_point: Some(words(&["node"])),
                command: Some(words(&["old.js"])),
                working_directory: Some("/work".to_owned()),
            }),
            network: Some(Network {
                subnets: words(&["subnet-1"]),
                security_groups: words(&["sg-1"]),
                ipv6: Some(true),
            }),
            ..FunctionSettings::default()
        };
        let asked = FunctionSettings {
            image: Some(ImageSettings {
                command: Some(words(&["new.js"])),
                working_directory: Some(String::new()),
                ..ImageSettings::default()
            }),
            network: Some(Network { subnets: words(&["subnet-2"]), ..Network::default() }),
            ..FunctionSettings::default()
        };
        let whole = complete_groups(&asked, &found);
        let image = whole.image.unwrap();
        assert_eq!((image.entry_point, image.command), (Some(words(&["node"])), Some(words(&["new.js"]))));
        assert_eq!(image.working_directory.as_deref(), Some(""));
        let network = whole.network.unwrap();
        assert_eq!((network.subnets, network.security_groups), (words(&["subnet-2"]), words(&["sg-1"])));
        assert_eq!(network.ipv6, Some(true));
    }

    #[test]
    fn what_is_removed_or_not_requested_is_not_restored() {
        let found = FunctionSettings {
            image: Some(ImageSettings { command: Some(words(&["old.js"])), ..ImageSettings::default() }),
            network: Some(Network { security_groups: words(&["sg-1"]), ..Network::default() }),
            ..FunctionSettings::default()
        };
        let asked = FunctionSettings { network: Some(Network::default()), ..FunctionSettings::default() };
        assert_eq!(complete_groups(&asked, &found), asked);
        assert_eq!(complete_groups(&FunctionSettings::default(), &found), FunctionSettings::default());
    }
}
