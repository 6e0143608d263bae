//! The patterns of the API model, as predicates over whole texts.

use crate::{
    Partition, Region,
    arn::is_account,
    text::{is_digits, is_word_character},
};

/// The parts of an ARN after `arn:`; none of them is looked at.
pub(super) struct Arn<'a> {
    pub(super) partition: &'a str,
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    pub(super) fn split(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        let mut next = || parts.next();
        Some(Self {
            partition: next()?,
            service: next()?,
            region: next()?,
            account: next()?,
            resource: next()?,
        })
    }

    /// Of Lambda, in a region and an account.
    fn of_lambda(text: &'a str) -> Option<Self> {
        Self::split(text).filter(|arn| {
            arn.service == "lambda"
                && is_partition(arn.partition)
                && is_region(arn.region)
                && is_account(arn.account)
        })
    }
}

/// `(aws[a-zA-Z-]*)?`
fn is_partition(text: &str) -> bool {
    text.is_empty() || starts_with_aws(text, |byte| byte.is_ascii_alphabetic() || byte == b'-')
}

fn starts_with_aws(text: &str, rest: impl Fn(u8) -> bool) -> bool {
    text.strip_prefix("aws").is_some_and(|tail| tail.bytes().all(rest))
}

/// `(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}`
pub(super) fn is_region(text: &str) -> bool {
    Region::parse_well_formed(text).is_ok()
}

/// `[a-zA-Z0-9-_]+`
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_word_character)
}

/// `[^\s]+`
pub(super) fn has_no_space(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

/// `.*`
fn is_one_line(text: &str) -> bool {
    !text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
}

/// `Arn`: `arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:(REGION)?:(\d{12})?:(.*)`
pub(super) fn is_arn(text: &str) -> bool {
    let service = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    Arn::split(text).is_some_and(|arn| {
        starts_with_aws(arn.partition, |byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && service(arn.service)
            && (arn.region.is_empty() || is_region(arn.region))
            && (arn.account.is_empty() || is_account(arn.account))
            && is_one_line(arn.resource)
    })
}

/// `KMSKeyArn` and `ResourceArn`: `arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*`
pub(super) fn is_any_arn(text: &str) -> bool {
    let service = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
    };
    let mut parts = text.splitn(4, ':');
    parts.next() == Some("arn")
        && parts.next().is_some_and(is_partition)
        && parts.next().is_some_and(service)
        && parts.next().is_some_and(is_one_line)
}

/// `RoleArn`: `arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`
pub(super) fn is_role(text: &str) -> bool {
    let name = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c))
    };
    Arn::split(text).is_some_and(|arn| {
        is_partition(arn.partition)
            && arn.service == "iam"
            && arn.region.is_empty()
            && is_account(arn.account)
            && arn.resource.strip_prefix("role").is_some_and(name)
    })
}

/// `LayerVersionArn`: one of an account, or one of AWS's own without region and account.
pub(super) fn is_layer_version(text: &str) -> bool {
    let own = Arn::of_lambda(text).is_some_and(|arn| {
        arn.resource
            .strip_prefix("layer:")
            .and_then(|rest| rest.split_once(':'))
            .is_some_and(|(name, version)| is_word(name) && is_digits(version))
    });
    own || Arn::split(text).is_some_and(|arn| {
        let partition = arn.partition.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        partition
            && !arn.partition.is_empty()
            && arn.service == "lambda"
            && arn.region.is_empty()
            && arn.account.is_empty()
            && arn.resource.strip_prefix("awslayer:").is_some_and(is_word)
    })
}

/// `LayerNameOrArn`: `[a-zA-Z0-9-_]{1,140}`, or an ARN that ends in one
pub(super) fn is_layer(text: &str) -> bool {
    let name = |text: &str| is_word(text) && text.len() <= 140;
    name(text)
        || Arn::of_lambda(text).is_some_and(|arn| arn.resource.strip_prefix("layer:").is_some_and(name))
}

/// `ACCOUNT.dkr.ecr.REGION.DOMAIN/NAME`, with `:TAG`, `@DIGEST` or both; the registry has a host for FIPS and one for IPv6
/// too (Amazon ECR User Guide, "Private registries"). Name and tag have the grammar of the ECR API (`RepositoryName`,
/// `ImageTag`).
pub(super) fn is_ecr_image(text: &str) -> bool {
    let Some((host, image)) = text.split_once('/') else { return false };
    let (image, digest) =
        image.split_once('@').map_or((image, None), |(image, digest)| (image, Some(digest)));
    let (name, tag) = image.split_once(':').map_or((image, None), |(name, tag)| (name, Some(tag)));
    let hash =
        |digest: &str| digest.strip_prefix("sha256:").is_some_and(|hash| hash.len() == 64 && is_hex(hash));
    is_ecr_registry(host)
        && (2..=256).contains(&name.len())
        && name.split('/').all(is_repository_part)
        && tag.is_none_or(is_image_tag)
        && digest.is_none_or(hash)
}

fn is_ecr_registry(host: &str) -> bool {
    let Some((account, rest)) = host.split_once('.') else { return false };
    let place = ["dkr.ecr.", "dkr.ecr-fips."].iter().find_map(|kind| rest.strip_prefix(kind));
    let dual = ["dkr-ecr.", "dkr-ecr-fips."].iter().find_map(|kind| rest.strip_prefix(kind));
    let fits = |place: &str, domain: fn(Partition) -> &'static str| {
        place
            .split_once('.')
            .is_some_and(|(region, rest)| is_region(region) && rest == domain(Partition::of_region(region)))
    };
    let dual_domain = |partition| match partition {
        Partition::AwsCn => "on.amazonwebservices.com.cn",
        _ => "on.aws",
    };
    is_account(account)
        && (place.is_some_and(|place| fits(place, Partition::dns_suffix))
            || dual.is_some_and(|place| fits(place, dual_domain)))
}

/// `[a-z0-9]+(?:[._-][a-z0-9]+)*`, with any run of separators: ECR tells where there is one too many.
fn is_repository_part(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = [text.bytes().next(), text.bytes().last()];
    ends.iter().all(|end| end.is_some_and(word))
        && text.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'_' | b'-'))
}

/// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`
fn is_image_tag(text: &str) -> bool {
    text.len() <= 128
        && text.chars().next().is_some_and(|first| first.is_ascii_alphanumeric() || first == '_')
        && text.chars().all(|c| is_word_character(c) || c == '.')
}

/// `CodeSigningConfigArn`
pub(super) fn is_code_signing_config(text: &str) -> bool {
    let id = |text: &str| {
        text.len() == 17 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    Arn::of_lambda(text)
        .is_some_and(|arn| arn.resource.strip_prefix("code-signing-config:csc-").is_some_and(id))
}

/// `CapacityProviderArn`
pub(super) fn is_capacity_provider(text: &str) -> bool {
    Arn::of_lambda(text).is_some_and(|arn| {
        !arn.partition.is_empty() && arn.resource.strip_prefix("capacity-provider:").is_some_and(is_word)
    })
}

/// `FileSystemArn`: an access point of EFS or of S3 Files
pub(super) fn is_file_system(text: &str) -> bool {
    is_efs_access_point(text) || is_s3_files_access_point(text)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// `arn:aws[a-zA-Z-]*:elasticfilesystem:REGION:\d{12}:access-point/fsap-[a-f0-9]{17}`
fn is_efs_access_point(text: &str) -> bool {
    Arn::split(text).is_some_and(|arn| {
        is_partition(arn.partition)
            && !arn.partition.is_empty()
            && arn.service == "elasticfilesystem"
            && is_region(arn.region)
            && is_account(arn.account)
            && arn.resource.strip_prefix("access-point/fsap-").is_some_and(|id| id.len() == 17 && is_hex(id))
    })
}

/// `arn:aws[-a-z]*:s3files:[0-9a-z-:]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}`
fn is_s3_files_access_point(text: &str) -> bool {
    let place = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b':'))
    };
    let id = |text: &str| (17..=40).contains(&text.len()) && is_hex(text);
    let Some((partition, rest)) = text.strip_prefix("arn:").and_then(|rest| rest.split_once(":s3files:"))
    else {
        return false;
    };
    let Some((found, ids)) = rest.split_once(":file-system/fs-") else { return false };
    starts_with_aws(partition, |byte| byte.is_ascii_lowercase() || byte == b'-')
        && place(found)
        && ids.split_once("/access-point/fsap-").is_some_and(|(system, point)| id(system) && id(point))
}

/// `DestinationArn` save the empty one: an ARN, or `kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))`
pub(super) fn is_destination(text: &str) -> bool {
    match text.strip_prefix("kafka://") {
        Some(topic) => {
            let mut characters = topic.chars();
            characters.next().is_some_and(|first| first != '.' && !first.is_whitespace())
                && topic.chars().count() <= 249
                && characters.all(|c| is_word_character(c) || c == '.')
        }
        None => is_arn(text),
    }
}

/// `o-[a-z0-9]{10,32}`
pub(super) fn is_organization(text: &str) -> bool {
    text.strip_prefix("o-").is_some_and(|id| {
        (10..=32).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REGION: &str = "(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]{1,9}-[0-9]";

    type Holds = fn(&str) -> bool;

    /// Every text of a pattern of the model holds; a text with a character in it that no pattern has does not.
    fn all_hold(pattern: &str, holds: Holds) {
        let texts = proptest::string::string_regex(&pattern.replace("REGION", REGION)).unwrap();
        proptest!(|(text in texts, place in any::<prop::sample::Index>())| {
            prop_assert!(holds(&text), "{text}");
            let mut broken: Vec<char> = text.chars().collect();
            broken.insert(place.index(broken.len() + 1), '\n');
            let broken: String = broken.into_iter().collect();
            prop_assert!(!holds(&broken), "{broken:?}");
        });
    }

    #[test]
    fn every_text_of_the_models_patterns_holds() {
        const LAMBDA: &str = "arn:(aws[a-zA-Z-]{0,9})?:lambda:REGION:[0-9]{12}:";
        let of_lambda = |rest: &str| format!("{LAMBDA}{rest}");
        let cases: [(String, Holds); 16] = [
            (
                "arn:(aws[a-zA-Z0-9-]{0,9}):([a-zA-Z0-9-]){1,9}:(REGION)?:([0-9]{12})?:([ -~]{0,30})"
                    .to_owned(),
                is_arn,
            ),
            ("arn:(aws[a-zA-Z-]{0,9})?:[a-z0-9.-]{1,9}:[ -~]{0,30}".to_owned(), is_any_arn),
            ("arn:(aws[a-zA-Z-]{0,9})?:iam::[0-9]{12}:role/?[a-zA-Z_0-9+=,.@/-]{1,60}".to_owned(), is_role),
            (of_lambda("layer:[a-zA-Z0-9_-]{1,140}:[0-9]{1,9}"), is_layer_version),
            ("arn:[a-zA-Z0-9-]{1,9}:lambda:::awslayer:[a-zA-Z0-9_-]{1,30}".to_owned(), is_layer_version),
            (of_lambda("layer:[a-zA-Z0-9_-]{1,140}"), is_layer),
            ("[a-zA-Z0-9_-]{1,140}".to_owned(), is_layer),
            (of_lambda("code-signing-config:csc-[a-z0-9]{17}"), is_code_signing_config),
            (
                "arn:aws[a-zA-Z-]{0,9}:lambda:REGION:[0-9]{12}:capacity-provider:[a-zA-Z0-9_-]{1,64}"
                    .to_owned(),
                is_capacity_provider,
            ),
            (
                "arn:aws[a-zA-Z-]{0,9}:elasticfilesystem:REGION:[0-9]{12}:access-point/fsap-[a-f0-9]{17}"
                    .to_owned(),
                is_file_system,
            ),
            (
                "arn:aws[a-z-]{0,9}:s3files:[0-9a-z:-]{1,20}:file-system/fs-[0-9a-f]{17,40}\
                 /access-point/fsap-[0-9a-f]{17,40}"
                    .to_owned(),
                is_file_system,
            ),
            ("kafka://[a-zA-Z0-9_-]([a-zA-Z0-9_.-]{0,248})".to_owned(), is_destination),
            ("arn:aws:sqs:REGION:[0-9]{12}:[a-z]{1,20}".to_owned(), is_destination),
            ("o-[a-z0-9]{10,32}".to_owned(), is_organization),
            ("[!-~]{1,128}".to_owned(), has_no_space),
            (REGION.to_owned(), is_region),
        ];
        for (pattern, holds) in cases {
            all_hold(&pattern, holds);
        }
    }

    #[test]
    fn near_misses_do_not_hold() {
        let refuse = |holds: Holds, texts: &[&str]| {
            for text in texts {
                assert!(!holds(text), "{text}");
            }
        };
        refuse(is_arn, &["", "arn:aws:s3", "arn:gcp:s3:::bucket", "arn:aws::::x", "arn:aws:s3:us-east1::x"]);
        refuse(is_any_arn, &["", "arn:aws:kms", "arn:gcp:kms:x", "arn:aws:KMS:x", "key/1234", "alias/x"]);
        refuse(
            is_role,
            &[
                "adder",
                "arn:aws:iam::123456789012:role",
                "arn:aws:iam::123456789012:user/x",
                "arn:aws:iam::12345678901:role/x",
                "arn:aws:iam:us-east-1:123456789012:role/x",
                "arn:aws:iam::123456789012:role/x y",
            ],
        );
        refuse(
            is_layer_version,
            &[
                "common:3",
                "arn:aws:lambda:us-east-1:123456789012:layer:common",
                "arn:aws:lambda:us-east-1:123456789012:layer:common:x",
                "arn:aws:lambda:us-east-1:123456789012:function:common:3",
                "arn:aws:lambda:::awslayer:",
            ],
        );
        let long = "x".repeat(141);
        refuse(is_layer, &["", "a.b", &long, "arn:aws:lambda:us-east-1:123456789012:layer:common:3"]);
        refuse(
            is_code_signing_config,
            &["csc-0123456789abcdef0", "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123"],
        );
        refuse(is_capacity_provider, &["arn::lambda:us-east-1:123456789012:capacity-provider:x"]);
        refuse(
            is_file_system,
            &[
                "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0123456789abcdef0",
                "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdefg",
                "arn:aws:s3files:us-east-1:123456789012:file-system/fs-0123456789abcdef0",
            ],
        );
        let topic = format!("kafka://{}", "x".repeat(250));
        refuse(is_destination, &["", "kafka://", "kafka://.x", &topic, "sqs://x", "queue"]);
        refuse(is_organization, &["o-123456789", "o-ABCDEFGHIJ", "r-1234567890"]);
        refuse(is_word, &["", "a.b", "ä"]);
        refuse(has_no_space, &["", " ", "a\tb"]);
    }
}
