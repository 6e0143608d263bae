//! What stays of settings that providers take as one thing, where only a part of them is asked for.

use lamplight_domain::FunctionSettings;

/// What is asked for, with the parts that are not asked for as they are: a provider may take the whole for what it is
/// given, and none may be lost.
pub(crate) fn with_kept_parts(asked: &FunctionSettings, found: &FunctionSettings) -> FunctionSettings {
    let mut whole = asked.clone();
    if let (Some(asked), Some(found)) = (&mut whole.image, &found.image) {
        asked.entry_point = asked.entry_point.take().or_else(|| found.entry_point.clone());
        asked.command = asked.command.take().or_else(|| found.command.clone());
        asked.working_directory = asked.working_directory.take().or_else(|| found.working_directory.clone());
    }
    if let (Some(asked), Some(found)) = (&mut whole.network, &found.network)
        // Without subnets the function is detached, which leaves nothing to keep.
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
    fn a_part_that_is_not_asked_for_stays() {
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
        let whole = with_kept_parts(&asked, &found);
        let image = whole.image.unwrap();
        assert_eq!((image.entry_point, image.command), (Some(words(&["node"])), Some(words(&["new.js"]))));
        assert_eq!(image.working_directory.as_deref(), Some(""));
        let network = whole.network.unwrap();
        assert_eq!((network.subnets, network.security_groups), (words(&["subnet-2"]), words(&["sg-1"])));
        assert_eq!(network.ipv6, Some(true));
    }

    #[test]
    fn what_is_taken_away_and_what_is_not_asked_for_is_not_brought_back() {
        let found = FunctionSettings {
            image: Some(ImageSettings { command: Some(words(&["old.js"])), ..ImageSettings::default() }),
            network: Some(Network { security_groups: words(&["sg-1"]), ..Network::default() }),
            ..FunctionSettings::default()
        };
        let asked = FunctionSettings { network: Some(Network::default()), ..FunctionSettings::default() };
        assert_eq!(with_kept_parts(&asked, &found), asked);
        assert_eq!(with_kept_parts(&FunctionSettings::default(), &found), FunctionSettings::default());
    }
}
