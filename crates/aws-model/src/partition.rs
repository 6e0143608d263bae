//! The partitions of AWS: groups of regions that share accounts, domain names and a console.

use std::{fmt, str::FromStr};

/// A partition of AWS.
///
/// ```
/// use lamplight_aws_model::Partition;
///
/// assert_eq!(Partition::of_region("us-gov-west-1"), Partition::AwsUsGov);
/// assert_eq!("aws-eusc".parse(), Ok(Partition::AwsEusc));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Partition {
    /// The commercial regions.
    Aws,
    /// China.
    AwsCn,
    /// AWS GovCloud (US).
    AwsUsGov,
    /// AWS European Sovereign Cloud.
    AwsEusc,
    /// AWS ISO (US).
    AwsIso,
    /// AWS ISOB (US).
    AwsIsoB,
    /// AWS ISOE (Europe).
    AwsIsoE,
    /// AWS ISOF.
    AwsIsoF,
}

/// A text that is not a [`Partition`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an AWS partition; the usual one is aws")]
pub struct UnknownPartition(pub String);

impl Partition {
    /// All partitions.
    pub const ALL: [Self; 8] = [
        Self::Aws,
        Self::AwsCn,
        Self::AwsUsGov,
        Self::AwsEusc,
        Self::AwsIso,
        Self::AwsIsoB,
        Self::AwsIsoE,
        Self::AwsIsoF,
    ];

    /// The partition of a region, known or not.
    ///
    /// As in the SDKs (botocore's `partitions.json`), a region that does not match another partition belongs to
    /// [`Partition::Aws`]: requests to a custom endpoint with an invented region must be signed too.
    pub fn of_region(region: &str) -> Self {
        const PREFIXES: [(&str, Partition); 7] = [
            ("cn-", Partition::AwsCn),
            ("us-gov-", Partition::AwsUsGov),
            ("eusc-", Partition::AwsEusc),
            ("us-iso-", Partition::AwsIso),
            ("us-isob-", Partition::AwsIsoB),
            ("eu-isoe-", Partition::AwsIsoE),
            ("us-isof-", Partition::AwsIsoF),
        ];
        PREFIXES
            .into_iter()
            .find(|(prefix, _)| region.starts_with(prefix))
            .map_or(Self::Aws, |(_, partition)| partition)
    }

    /// The partition as written in ARNs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
            Self::AwsEusc => "aws-eusc",
            Self::AwsIso => "aws-iso",
            Self::AwsIsoB => "aws-iso-b",
            Self::AwsIsoE => "aws-iso-e",
            Self::AwsIsoF => "aws-iso-f",
        }
    }

    /// The domain of the console: `<region>.<domain>`. `None` if the partition has no public console.
    pub fn console_domain(self) -> Option<&'static str> {
        match self {
            Self::Aws => Some("console.aws.amazon.com"),
            Self::AwsCn => Some("console.amazonaws.cn"),
            Self::AwsUsGov => Some("console.amazonaws-us-gov.com"),
            Self::AwsEusc => Some("console.amazonaws-eusc.eu"),
            Self::AwsIso | Self::AwsIsoB | Self::AwsIsoE | Self::AwsIsoF => None,
        }
    }

    /// The regions of the partition (botocore 1.44.5, `partitions.json`), without the pseudo-regions such as
    /// `aws-global`, which have no functions. Not every account has every region enabled.
    pub fn regions(self) -> &'static [&'static str] {
        match self {
            Self::Aws => &AWS_REGIONS,
            Self::AwsCn => &["cn-north-1", "cn-northwest-1"],
            Self::AwsUsGov => &["us-gov-east-1", "us-gov-west-1"],
            Self::AwsEusc => &["eusc-de-east-1"],
            Self::AwsIso => &["us-iso-east-1", "us-iso-west-1"],
            Self::AwsIsoB => &["us-isob-east-1", "us-isob-west-1"],
            Self::AwsIsoE => &["eu-isoe-west-1"],
            Self::AwsIsoF => &["us-isof-east-1", "us-isof-south-1"],
        }
    }
}

const AWS_REGIONS: [&str; 36] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "me-west-1",
    "mx-central-1",
    "sa-east-1",
    "sa-west-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// The domains of AWS's own endpoints (botocore's `partitions.json`).
const ENDPOINT_DOMAINS: [&str; 9] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.com.cn",
    "api.aws",
    "c2s.ic.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "sc2s.sgov.gov",
];

/// Whether a valid URL is one of AWS's own endpoints, such as a VPC endpoint.
pub fn is_aws_endpoint(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_ascii_lowercase();
    let is_below = |domain: &&str| host.strip_suffix(*domain).is_some_and(|rest| rest.ends_with('.'));
    ENDPOINT_DOMAINS.iter().any(is_below)
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Partition {
    type Err = UnknownPartition;

    fn from_str(text: &str) -> Result<Self, UnknownPartition> {
        Self::ALL
            .into_iter()
            .find(|partition| partition.id() == text)
            .ok_or_else(|| UnknownPartition(crate::text::excerpt(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_region_is_found_in_its_own_partition() {
        let mut seen = std::collections::BTreeSet::new();
        for partition in Partition::ALL {
            assert_eq!(partition.to_string().parse(), Ok(partition));
            for region in partition.regions() {
                assert_eq!(Partition::of_region(region), partition, "{region}");
                assert!(seen.insert(region), "{region} is listed twice");
            }
        }
        assert_eq!(Partition::of_region("xx-test-1"), Partition::Aws);
        assert_eq!(Partition::of_region(""), Partition::Aws);
        assert_eq!("aws-mars".parse::<Partition>(), Err(UnknownPartition("aws-mars".to_owned())));
    }
}
