//! Regions: every well-formed name is read, and misspelled names get a suggestion.

use crate::strategies;
use lamplight_aws_model::{Region, RegionError};
use proptest::{prelude::*, sample::select};

proptest! {
    #[test]
    fn well_formed_regions_round_trip(text in strategies::region()) {
        let region = Region::parse_well_formed(&text).unwrap();
        prop_assert_eq!(region.as_str(), text.as_str());
        prop_assert_eq!(Region::parse_known(&text).is_ok(), region.is_known());
    }

    #[test]
    fn a_region_with_a_missing_letter_is_suggested(
        region in select(Region::all_known().collect::<Vec<_>>()),
        place in any::<prop::sample::Index>(),
    ) {
        let mut slip = region.to_owned();
        slip.remove(place.index(region.len()));
        match Region::parse_known(&slip) {
            // Several regions can differ by one letter, but one of them is always suggested.
            Err(RegionError::Malformed { nearest, .. } | RegionError::Unknown { nearest, .. }) => {
                prop_assert!(nearest.is_some(), "{}", slip);
            }
            Ok(found) => prop_assert!(found.is_known()),
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        match Region::parse_known(&text) {
            Ok(region) => prop_assert!(Region::all_known().any(|known| known == region.as_str())),
            Err(error) => prop_assert!(error.to_string().chars().count() < 3_000),
        }
    }
}
