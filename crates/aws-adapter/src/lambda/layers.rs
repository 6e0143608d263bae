//! Layers and their permissions at Lambda.

use crate::{
    error::{manage::managed_read_error, read::is_absent},
    lambda::{
        changes::{ChangeRequest, send_with},
        function::{non_empty, whole_number},
        permissions::policy,
    },
    session::Session,
};
use async_trait::async_trait;
use aws_sdk_lambda::{
    operation::get_layer_version::GetLayerVersionOutput,
    types::{Architecture, LayerVersionsListItem, LayersListItem, Runtime},
};
use lamplight_aws_model::{
    ManageSubject, Operation,
    manage_rules::{MAX_SHORT_PAGE, check_layer_region, check_layer_statement, check_page_size, check_rules},
};
use lamplight_domain::{ErrorCode, Layer, LayerVersion, PermissionPolicy, PermissionStatement};
use lamplight_ports::{
    ChangeError, Changed, Effect, LayerVersionRef, Layers, ListLayers, Page, PortError, PortErrorKind,
};
use std::sync::Arc;

/// [`Layers`] on Lambda's layer operations.
///
/// The presigned link to a layer's code, which `GetLayerVersion` returns and which is valid for ten minutes, is never read.
///
/// # Guarantees
/// - A change is sent once, regardless of retry settings in the environment or in profiles.
#[derive(Debug)]
pub struct AwsLayers {
    session: Arc<Session>,
}

impl AwsLayers {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    fn subject(&self, operation: Operation, of: &LayerVersionRef) -> ManageSubject {
        ManageSubject::layer(operation, &of.layer, Some(of.version), self.session.region(), None)
    }

    /// The broken rule if the layer is not in the connection's region.
    fn elsewhere(&self, layer: &str) -> Option<String> {
        check_layer_region(layer, self.session.region())
    }
}

/// A version number as Lambda's signed type. A number that is too large becomes the maximum, which is not an existing
/// version.
fn number(version: &LayerVersionRef) -> i64 {
    i64::try_from(version.version).unwrap_or(i64::MAX)
}

fn corrupt(message: &str) -> PortError {
    PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, message)
}

/// The reference and number of a version. An answer without them is an error, because the version cannot be identified.
fn identity(reference: Option<String>, version: i64) -> Result<(String, u64), PortError> {
    let version = u64::try_from(version).ok().filter(|version| *version != 0);
    non_empty(reference)
        .zip(version)
        .ok_or_else(|| corrupt("Lambda returned a layer version without its ARN or number"))
}

fn words<T: AsRef<str>>(words: Option<Vec<T>>) -> Vec<String> {
    words.unwrap_or_default().iter().map(|word| word.as_ref().to_owned()).collect()
}

fn listed(described: LayerVersionsListItem) -> Result<LayerVersion, PortError> {
    let (reference, version) = identity(described.layer_version_arn, described.version)?;
    Ok(LayerVersion {
        reference,
        version,
        description: non_empty(described.description),
        created: non_empty(described.created_date),
        runtimes: words(described.compatible_runtimes),
        architectures: words(described.compatible_architectures),
        license: non_empty(described.license_info),
        code_sha256: None,
        code_size: None,
    })
}

fn described(output: GetLayerVersionOutput) -> Result<LayerVersion, PortError> {
    let (reference, version) = identity(output.layer_version_arn, output.version)?;
    let (code_sha256, code_size) = output.content.map_or((None, None), |content| {
        (non_empty(content.code_sha256), u64::try_from(content.code_size).ok().filter(|bytes| *bytes != 0))
    });
    Ok(LayerVersion {
        reference,
        version,
        description: non_empty(output.description),
        created: non_empty(output.created_date),
        runtimes: words(output.compatible_runtimes),
        architectures: words(output.compatible_architectures),
        license: non_empty(output.license_info),
        code_sha256,
        code_size,
    })
}

fn layer(described: LayersListItem) -> Result<Layer, PortError> {
    Ok(Layer {
        name: non_empty(described.layer_name)
            .ok_or_else(|| corrupt("Lambda returned a layer without its name"))?,
        reference: described.layer_arn.unwrap_or_default(),
        latest: described.latest_matching_version.map(listed).transpose()?,
    })
}

#[async_trait]
impl Layers for AwsLayers {
    async fn list(&self, request: ListLayers) -> Result<Page<Layer>, PortError> {
        let subject = ManageSubject::account(Operation::ListLayers, self.session.region());
        check_rules(&subject, check_page_size(request.page_size, MAX_SHORT_PAGE))?;
        let sent = self
            .session
            .reading()
            .list_layers()
            .set_max_items(request.page_size.map(whole_number))
            .set_compatible_runtime(request.runtime.as_deref().map(Runtime::from))
            .set_compatible_architecture(request.architecture.as_deref().map(Architecture::from))
            .set_marker(request.marker)
            .send()
            .await;
        let output = sent.map_err(|error| managed_read_error(&error, &subject))?;
        let items = output.layers.unwrap_or_default().into_iter().map(layer).collect::<Result<_, _>>()?;
        Ok(Page { items, next_marker: non_empty(output.next_marker) })
    }

    async fn versions(&self, layer: &str, request: ListLayers) -> Result<Page<LayerVersion>, PortError> {
        let region = self.session.region();
        let subject = ManageSubject::layer(Operation::ListLayerVersions, layer, None, region, None);
        let page = check_page_size(request.page_size, MAX_SHORT_PAGE);
        check_rules(&subject, self.elsewhere(layer).into_iter().chain(page))?;
        let sent = self
            .session
            .reading()
            .list_layer_versions()
            .layer_name(layer)
            .set_max_items(request.page_size.map(whole_number))
            .set_compatible_runtime(request.runtime.as_deref().map(Runtime::from))
            .set_compatible_architecture(request.architecture.as_deref().map(Architecture::from))
            .set_marker(request.marker)
            .send()
            .await;
        let output = sent.map_err(|error| managed_read_error(&error, &subject))?;
        let items = output.layer_versions.unwrap_or_default();
        let items = items.into_iter().map(listed).collect::<Result<_, _>>()?;
        Ok(Page { items, next_marker: non_empty(output.next_marker) })
    }

    /// `GetLayerVersion` accepts both the layer's name and its ARN (Lambda API), so `GetLayerVersionByArn` is not needed.
    async fn get(&self, version: &LayerVersionRef) -> Result<Option<LayerVersion>, PortError> {
        let subject = self.subject(Operation::GetLayerVersion, version);
        check_rules(&subject, self.elsewhere(&version.layer))?;
        let sent = self
            .session
            .reading()
            .get_layer_version()
            .layer_name(&version.layer)
            .version_number(number(version))
            .send()
            .await;
        match sent {
            Ok(output) => described(output).map(Some),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(managed_read_error(&error, &subject)),
        }
    }

    async fn policy(&self, version: &LayerVersionRef) -> Result<Option<PermissionPolicy>, PortError> {
        let subject = self.subject(Operation::GetLayerVersionPolicy, version);
        check_rules(&subject, self.elsewhere(&version.layer))?;
        let sent = self
            .session
            .reading()
            .get_layer_version_policy()
            .layer_name(&version.layer)
            .version_number(number(version))
            .send()
            .await;
        match sent {
            Ok(output) => policy(output.policy, output.revision_id, &subject).map(Some),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(managed_read_error(&error, &subject)),
        }
    }

    async fn add_permission(
        &self,
        version: &LayerVersionRef,
        statement: &PermissionStatement,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let subject = self.subject(Operation::AddLayerVersionPermission, version);
        let change_request = ChangeRequest::new(subject.statement(&statement.id));
        let elsewhere = self.elsewhere(&version.layer).into_iter();
        check_rules(&change_request.subject, elsewhere.chain(check_layer_statement(statement)))
            .map_err(ChangeError::refused)?;
        let builder = self
            .session
            .calling()
            .add_layer_version_permission()
            .layer_name(&version.layer)
            .version_number(number(version))
            .statement_id(&statement.id)
            .action(&statement.action)
            .principal(&statement.principal)
            .set_organization_id(statement.organization.clone())
            .set_revision_id(if_revision.map(str::to_owned));
        Ok(self.session.change(&change_request, effect, send_with!(builder)).await?.map(|_| ()))
    }

    async fn remove_permission(
        &self,
        version: &LayerVersionRef,
        statement: &str,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let subject = self.subject(Operation::RemoveLayerVersionPermission, version);
        let change_request = ChangeRequest::new(subject.statement(statement));
        check_rules(&change_request.subject, self.elsewhere(&version.layer)).map_err(ChangeError::refused)?;
        let builder = self
            .session
            .calling()
            .remove_layer_version_permission()
            .layer_name(&version.layer)
            .version_number(number(version))
            .statement_id(statement)
            .set_revision_id(if_revision.map(str::to_owned));
        Ok(self.session.change(&change_request, effect, send_with!(builder)).await?.map(|_| ()))
    }
}
