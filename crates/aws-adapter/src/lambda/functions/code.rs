//! Converts a function's code to the SDK's types.

use crate::lambda::upload::blob;
use aws_sdk_lambda::types::{
    Architecture, FunctionCode as SdkCode, FunctionVersionLatestPublished, PackageType, S3ObjectStorageMode,
};
use lamplight_domain::{CodeSource, FunctionCode, Package};
use lamplight_ports::Publish;

/// The members for the location of the code. `CreateFunction` has them in an object of their own, `UpdateFunctionCode` has
/// them beside its other members.
#[derive(Default)]
pub(super) struct WireCode<'a> {
    pub(super) package: Option<&'a Package>,
    pub(super) bucket: Option<String>,
    pub(super) key: Option<String>,
    pub(super) object_version: Option<String>,
    pub(super) storage_mode: Option<S3ObjectStorageMode>,
    pub(super) image: Option<String>,
    pub(super) encryption_key: Option<String>,
}

impl<'a> WireCode<'a> {
    pub(super) fn of(code: &'a FunctionCode) -> Self {
        let encryption_key = code.encryption_key.clone();
        match &code.source {
            CodeSource::Package(package) => {
                Self { package: Some(package), encryption_key, ..Self::default() }
            }
            CodeSource::StoredObject { bucket, key, version, mode } => Self {
                bucket: Some(bucket.clone()),
                key: Some(key.clone()),
                object_version: version.clone(),
                storage_mode: mode.as_deref().map(S3ObjectStorageMode::from),
                encryption_key,
                ..Self::default()
            },
            CodeSource::Image(image) => {
                Self { image: Some(image.clone()), encryption_key, ..Self::default() }
            }
        }
    }
}

/// The code as one object, for `CreateFunction`.
pub(super) fn whole(code: &FunctionCode) -> SdkCode {
    let code = WireCode::of(code);
    SdkCode::builder()
        .set_zip_file(code.package.map(blob))
        .set_s3_bucket(code.bucket)
        .set_s3_key(code.key)
        .set_s3_object_version(code.object_version)
        .set_s3_object_storage_mode(code.storage_mode)
        .set_image_uri(code.image)
        .set_source_kms_key_arn(code.encryption_key)
        .build()
}

pub(super) fn package_type(code: &FunctionCode) -> PackageType {
    match code.source {
        CodeSource::Package(_) | CodeSource::StoredObject { .. } => PackageType::Zip,
        CodeSource::Image(_) => PackageType::Image,
    }
}

pub(super) fn architectures(code: &FunctionCode) -> Option<Vec<Architecture>> {
    code.architecture.as_deref().map(|architecture| vec![Architecture::from(architecture)])
}

/// Whether to publish a version; `None`, which is not sent, if not.
pub(super) fn publishes(publish: Publish) -> Option<bool> {
    match publish {
        Publish::No => None,
        Publish::Version | Publish::LatestPublished => Some(true),
    }
}

pub(super) fn latest_published(publish: Publish) -> Option<FunctionVersionLatestPublished> {
    match publish {
        Publish::No | Publish::Version => None,
        Publish::LatestPublished => Some(FunctionVersionLatestPublished::LatestPublished),
    }
}
