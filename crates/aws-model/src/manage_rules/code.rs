//! The code of a function.

use super::{
    function::check_kms_key,
    grammar,
    violation::{RuleViolation, Violations, length, matching, one_of},
};
use crate::Architecture;
use lamplight_domain::{CodeSource, FunctionCode};
use std::net::Ipv4Addr;

/// The largest package that is uploaded with a request, in bytes: 50 MB (Lambda quotas, "Deployment package size").
/// What is larger goes through S3.
pub const MAX_UPLOAD_BYTES: usize = 50 * 1_024 * 1_024;

/// One of the architectures that Lambda has.
pub fn check_architecture(text: &str) -> Result<(), RuleViolation> {
    one_of("Architectures", text, &Architecture::ALL.map(Architecture::as_str))
}

/// A container image in a private registry of ECR, which is all that Lambda takes (Lambda Developer Guide, "Create a
/// Lambda function using a container image"); the model has no pattern for it.
pub fn check_image_uri(text: &str) -> Result<(), RuleViolation> {
    matching(
        "ImageUri",
        text,
        grammar::is_ecr_image(text),
        "it looks like 123456789012.dkr.ecr.REGION.amazonaws.com/NAME:TAG",
    )
}

/// An object in S3, and how Lambda keeps it: `COPY` or `REFERENCE`.
pub fn check_s3_object(
    bucket: &str,
    key: &str,
    version: Option<&str>,
    mode: Option<&str>,
) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.note(length("S3Bucket", bucket, &(3..=63)));
    let holds =
        bucket.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)) && !bucket.ends_with('.');
    let rule = "only letters, digits and .-_ can stand in it, and no dot at its end";
    found.note(matching("S3Bucket", bucket, holds, rule));
    // Old buckets of us-east-1 may have capitals and '_', as the model has it; what follows no bucket has (Amazon S3 User
    // Guide, "General purpose bucket naming rules").
    if holds && !bucket.is_empty() {
        let ends = [bucket.bytes().next(), bucket.bytes().last()];
        let word = ends.iter().flatten().all(u8::is_ascii_alphanumeric);
        found.note(matching("S3Bucket", bucket, word, "it begins and ends with a letter or digit"));
        let dots = !bucket.contains("..");
        found.note(matching("S3Bucket", bucket, dots, "no two dots stand together in it"));
        let name = bucket.parse::<Ipv4Addr>().is_err();
        found.note(matching("S3Bucket", bucket, name, "it is a name and no IP address"));
    }
    let one_line = |text: &str| !text.contains(['\n', '\r']);
    found.note(length("S3Key", key, &(1..=1_024)));
    found.note(matching("S3Key", key, one_line(key), "it has one line"));
    found.check(version, |version| {
        length("S3ObjectVersion", version, &(1..=1_024))?;
        matching("S3ObjectVersion", version, one_line(version), "it has one line")
    });
    found.check(mode, |mode| one_of("S3ObjectStorageMode", mode, &["COPY", "REFERENCE"]));
    found.finish()
}

/// A package of at most [`MAX_UPLOAD_BYTES`], an object in S3 or an image, with architecture and key.
///
/// # Errors
/// Every rule that is broken.
pub fn check_code(code: &FunctionCode) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    match &code.source {
        CodeSource::Package(package) => found.note(check_upload(package.bytes().len())),
        CodeSource::StoredObject { bucket, key, version, mode } => {
            found.note_all(check_s3_object(bucket, key, version.as_deref(), mode.as_deref()));
        }
        CodeSource::Image(uri) => found.note(check_image_uri(uri)),
    }
    found.check(code.architecture.as_deref(), check_architecture);
    found.check(code.encryption_key.as_deref(), |key| check_kms_key("SourceKMSKeyArn", key));
    found.finish()
}

fn check_upload(bytes: usize) -> Result<(), RuleViolation> {
    if bytes == 0 {
        Err(RuleViolation::new("ZipFile", "cannot be empty"))
    } else if bytes > MAX_UPLOAD_BYTES {
        let problem =
            format!("has {bytes} bytes; at most {MAX_UPLOAD_BYTES} can be uploaded, more goes through S3");
        Err(RuleViolation::new("ZipFile", problem))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::Package;

    fn members(checked: Result<(), Vec<RuleViolation>>) -> Vec<&'static str> {
        checked.err().into_iter().flatten().map(|one| one.member).collect()
    }

    #[test]
    fn fifty_megabytes_are_uploaded_and_more_goes_through_s3() {
        for (bytes, fits) in [(0, false), (1, true), (52_428_800, true), (52_428_801, false)] {
            assert_eq!(check_upload(bytes).is_ok(), fits, "{bytes}");
        }
        assert_eq!(
            check_upload(52_428_801).unwrap_err().message,
            "ZipFile has 52428801 bytes; at most 52428800 can be uploaded, more goes through S3"
        );
        let empty = FunctionCode::new(CodeSource::Package(Package::new(Vec::new(), "")));
        assert_eq!(members(check_code(&empty)), ["ZipFile"]);
    }

    #[test]
    fn objects_in_s3_have_their_ranges() {
        for (bucket, fits) in [
            ("abc", true),
            ("My_old.bucket-1", true),
            ("ab", false),
            ("bucket.", false),
            ("a/b", false),
            ("-bucket", false),
            ("bucket_", false),
            (".bucket", false),
            ("my..bucket", false),
            ("192.168.5.4", false),
            ("192.168.5.4.old", true),
            ("my bucket", false),
            (&"x".repeat(63), true),
            (&"x".repeat(64), false),
        ] {
            assert_eq!(check_s3_object(bucket, "k", None, None).is_ok(), fits, "{bucket}");
        }
        let long = "x".repeat(1_025);
        assert_eq!(
            members(check_s3_object("abc", "", Some(&long), Some("copy"))),
            ["S3Key", "S3ObjectVersion", "S3ObjectStorageMode"]
        );
        assert_eq!(check_s3_object("abc", "a b/ä.zip", Some("null"), Some("REFERENCE")), Ok(()));
        assert_eq!(members(check_s3_object("abc", "a\nb", None, None)), ["S3Key"]);
    }

    #[test]
    fn images_are_those_of_a_registry_of_ecr() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for good in [
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder:latest",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/sums/adder:v1.0_a-B",
            &format!("123456789012.dkr.ecr.us-gov-west-1.amazonaws.com/adder@{digest}"),
            &format!("123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder:1@{digest}"),
            "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/adder:1",
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/adder:1",
            "123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu/adder:1",
            "123456789012.dkr-ecr.eu-west-1.on.aws/adder:1",
        ] {
            assert_eq!(check_image_uri(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "adder:1",
            "public.ecr.aws/lambda/python:3.13",
            "docker.io/library/python:3.13",
            "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder:1",
            "12345678901.dkr.ecr.eu-west-1.amazonaws.com/adder:1",
            "123456789012.dkr.ecr.eu-west.amazonaws.com/adder:1",
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com/adder:1",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example/adder:1",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/Adder:1",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a//b:1",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder:",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder:a b",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder@sha256:0a",
        ] {
            assert!(check_image_uri(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn architecture_key_and_image_are_checked_together() {
        let code = FunctionCode {
            source: CodeSource::Image(" ".to_owned()),
            architecture: Some("amd64".to_owned()),
            encryption_key: Some("key".to_owned()),
        };
        assert_eq!(members(check_code(&code)), ["ImageUri", "Architectures", "SourceKMSKeyArn"]);
        let code = FunctionCode {
            source: CodeSource::Image("123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder:1".to_owned()),
            architecture: Some("arm64".to_owned()),
            encryption_key: Some(String::new()),
        };
        assert_eq!(check_code(&code), Ok(()));
    }
}
