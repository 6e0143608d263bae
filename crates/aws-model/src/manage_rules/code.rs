//! The code of a function.

use super::{
    function::check_kms_key,
    grammar,
    violation::{RuleViolation, Violations, length, matching, one_of},
};
use crate::Architecture;
use lamplight_domain::{CodeSource, FunctionCode};

/// The largest package that is uploaded with a request, in bytes: 50 MB (Lambda quotas, "Deployment package size").
/// What is larger goes through S3.
pub const MAX_UPLOAD_BYTES: usize = 50 * 1_024 * 1_024;

/// One of the architectures that Lambda has.
pub fn check_architecture(text: &str) -> Result<(), RuleViolation> {
    one_of("Architectures", text, &Architecture::ALL.map(Architecture::as_str))
}

/// A container image in ECR: one word; the model has no pattern for it.
pub fn check_image_uri(text: &str) -> Result<(), RuleViolation> {
    matching(
        "ImageUri",
        text,
        grammar::has_no_space(text),
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
