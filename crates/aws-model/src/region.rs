//! Region names: their grammar, which regions exist, and suggestions for misspelled names.

use crate::{
    Partition,
    text::{excerpt, is_lower_letters},
};
use std::fmt;

/// The name of a region.
///
/// Invariant: the grammar of the Lambda API, `(eusc-)?[a-z]{2}(-gov|-iso[a-z]?)?-[a-z]+-[0-9]`.
/// [`Region::parse_known`] also requires that the region exists; [`Region::parse_well_formed`] does not.
///
/// ```
/// use lamplight_aws_model::{Partition, Region, RegionError};
///
/// let region = Region::parse_known("eu-central-1")?;
/// assert_eq!(region.partition(), Partition::Aws);
/// let slip = Region::parse_known("eu-centrl-1");
/// assert!(matches!(slip, Err(RegionError::Unknown { nearest: Some("eu-central-1"), .. })));
/// # Ok::<(), RegionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(String);

/// Why a text is not a [`Region`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// No region can have this name.
    #[error("{text:?} is not a region name; {}", malformed_advice(*.nearest))]
    Malformed {
        /// The start of the text.
        text: String,
        /// The known region that was probably meant.
        nearest: Option<&'static str>,
    },
    /// The name is well formed, but no known region has it.
    #[error("region {text:?} is not known; {}", unknown_advice(*.nearest))]
    Unknown {
        /// The text.
        text: String,
        /// The known region that was probably meant.
        nearest: Option<&'static str>,
    },
}

fn malformed_advice(nearest: Option<&str>) -> String {
    match nearest {
        Some(region) => format!("did you mean {region}?"),
        None => "a region looks like us-east-1 or us-gov-west-1".to_owned(),
    }
}

fn unknown_advice(nearest: Option<&str>) -> String {
    match nearest {
        Some(region) => format!("did you mean {region}? (any other region needs an endpoint URL)"),
        None => "check its spelling, or set the endpoint URL that serves it".to_owned(),
    }
}

impl Region {
    /// Reads a region that exists (botocore 1.44.5). Use this for all regions whose AWS endpoints are called: a misspelled
    /// name would otherwise become a host name that does not exist.
    pub fn parse_known(text: &str) -> Result<Self, RegionError> {
        let region = Self::parse_well_formed(text)?;
        if region.is_known() {
            Ok(region)
        } else {
            Err(RegionError::Unknown { text: region.0, nearest: nearest(text) })
        }
    }

    /// Reads any well-formed name, known or not: for custom endpoints, and for ARNs that come from AWS itself.
    ///
    /// ```
    /// use lamplight_aws_model::Region;
    ///
    /// assert!(Region::parse_well_formed("xx-test-1").is_ok());
    /// assert!(Region::parse_well_formed("us-east-1a").is_err());
    /// ```
    pub fn parse_well_formed(text: &str) -> Result<Self, RegionError> {
        if is_well_formed(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RegionError::Malformed { text: excerpt(text), nearest: nearest(text) })
        }
    }

    /// All known regions, in the order of [`Partition::ALL`] and by name.
    pub fn all_known() -> impl Iterator<Item = &'static str> {
        Partition::ALL.into_iter().flat_map(Partition::regions).copied()
    }

    /// `us-east-1`, the region of simulators. It is never used as a default for calls to AWS.
    pub fn us_east_1() -> Self {
        Self("us-east-1".to_owned())
    }

    /// The region as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of [`Region::all_known`].
    pub fn is_known(&self) -> bool {
        self.partition().regions().contains(&self.as_str())
    }

    /// The partition it belongs to, or would belong to.
    pub fn partition(&self) -> Partition {
        Partition::of_region(&self.0)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Region {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

fn is_well_formed(text: &str) -> bool {
    let parts: Vec<&str> = text.strip_prefix("eusc-").unwrap_or(text).split('-').take(5).collect();
    let (country, infix, word, number) = match parts[..] {
        [country, word, number] => (country, None, word, number),
        [country, infix, word, number] => (country, Some(infix), word, number),
        _ => return false,
    };
    let is_infix = |infix: &str| match infix.strip_prefix("iso") {
        Some(rest) => rest.is_empty() || (rest.len() == 1 && is_lower_letters(rest)),
        None => infix == "gov",
    };
    country.len() == 2
        && is_lower_letters(country)
        && infix.is_none_or(is_infix)
        && is_lower_letters(word)
        && number.len() == 1
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The known region with the most similar name, if one is similar enough to be suggested.
fn nearest(text: &str) -> Option<&'static str> {
    // A longer text differs from every region by more edits than a suggestion may have.
    const LONGEST: usize = 32;
    let is_comparable = text.chars().count() <= LONGEST;
    lamplight_domain::nearest(text.trim(), Region::all_known().filter(|_| is_comparable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_region_is_read() {
        assert_eq!(Region::all_known().count(), 48);
        for text in Region::all_known() {
            assert_eq!(Region::parse_known(text).map(|region| region.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn typos_get_the_nearest_region_as_suggestion() {
        for (text, meant) in [
            ("us-esat-1", "us-east-1"),
            ("eu-centrl-1", "eu-central-1"),
            ("eusc-de-eest-1", "eusc-de-east-1"),
            ("us-gov-wes-1", "us-gov-west-1"),
        ] {
            let expected = RegionError::Unknown { text: text.to_owned(), nearest: Some(meant) };
            assert_eq!(Region::parse_known(text), Err(expected));
        }
        for (text, meant) in [
            ("us-east1", Some("us-east-1")),
            ("US-EAST-1", Some("us-east-1")),
            ("us-east-1a", Some("us-east-1")),
            (" us-west-2", Some("us-west-2")),
            ("eu-central", Some("eu-central-1")),
            ("aws-global", None),
            ("", None),
            ("local", None),
            ("us-east-1.example.com", None),
            (&"us-east-1-".repeat(1_000), None),
        ] {
            let expected = RegionError::Malformed { text: excerpt(text), nearest: meant };
            assert_eq!(Region::parse_known(text), Err(expected.clone()));
            assert_eq!(Region::parse_well_formed(text), Err(expected));
        }
    }

    #[test]
    fn errors_say_what_to_do() {
        let message = |text| Region::parse_known(text).unwrap_err().to_string();
        assert_eq!(
            message("us-esat-1"),
            "region \"us-esat-1\" is not known; did you mean us-east-1? (any other region needs an endpoint URL)"
        );
        assert_eq!(
            message("qq-nowhere-9"),
            "region \"qq-nowhere-9\" is not known; check its spelling, or set the endpoint URL that serves it"
        );
        assert_eq!(message("us-east1"), "\"us-east1\" is not a region name; did you mean us-east-1?");
        assert_eq!(
            message("local"),
            "\"local\" is not a region name; a region looks like us-east-1 or us-gov-west-1"
        );
    }

    #[test]
    fn the_grammar_is_that_of_the_api() {
        for text in ["us-gov-1", "xx-test-1", "us-iso-east-1", "us-isoz-east-1", "eusc-de-gov-east-1"] {
            assert!(Region::parse_well_formed(text).is_ok(), "{text}");
        }
        for text in [
            "us-isozz-east-1",
            "usa-east-1",
            "us-east-10",
            "us-east-x",
            "us--1",
            "eusc-eusc-de-east-1",
            "us-a-b-c-1",
        ] {
            assert!(Region::parse_well_formed(text).is_err(), "{text}");
        }
    }
}
