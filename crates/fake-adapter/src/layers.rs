//! Simulated layers, created by a builder, and their permissions.

use crate::{
    FakeProvider,
    change::{conflict, expect_revision, not_found},
    paging::page,
    preview::{self, Request, encoded},
    state::{KeptLayer, KeptPolicy, State, made_up_sha256},
};
use async_trait::async_trait;
use lamplight_aws_model::{
    ManageSubject, Operation,
    manage_rules::{MAX_SHORT_PAGE, check_layer_region, check_layer_statement, check_page_size, check_rules},
};
use lamplight_domain::{Layer, LayerVersion, PermissionPolicy, PermissionStatement};
use lamplight_ports::{ChangeError, Changed, Effect, LayerVersionRef, Layers, ListLayers, Page, PortError};

/// The largest page (Lambda API, `ListLayers`).
const LARGEST_PAGE: usize = 50;

impl FakeProvider {
    /// Adds a layer with these versions, numbered from 1. References and numbers are set here, and so are checksums and
    /// sizes that are not given.
    #[must_use]
    pub fn with_layer(self, name: &str, versions: impl IntoIterator<Item = LayerVersion>) -> Self {
        let mut layer = KeptLayer::default();
        for (number, version) in (1..).zip(versions) {
            let version = LayerVersion {
                reference: format!("{}:{number}", layer_arn(name)),
                version: number,
                created: version.created.or_else(|| Some("2026-01-01T00:00:00.000+0000".to_owned())),
                code_sha256: version
                    .code_sha256
                    .or_else(|| Some(made_up_sha256(&format!("{name}:{number}")))),
                code_size: version.code_size.or(Some(1024)),
                ..version
            };
            layer.versions.insert(number, version);
        }
        self.state().layers.insert(name.to_owned(), layer);
        self
    }
}

fn layer_arn(name: &str) -> String {
    format!("arn:aws:lambda:{}:{}:layer:{name}", FakeProvider::REGION, FakeProvider::ACCOUNT)
}

/// The layer with that name or full reference.
fn find<'a>(state: &'a State, reference: &'a str) -> Option<(&'a str, &'a KeptLayer)> {
    let name = name_of(reference);
    let layer = state.layers.get(name)?;
    (name == reference || layer_arn(name) == reference).then_some((name, layer))
}

fn name_of(reference: &str) -> &str {
    reference.rsplit(':').next().unwrap_or(reference)
}

fn about(operation: Operation, layer: &str, version: Option<u64>) -> ManageSubject {
    let account = Some(FakeProvider::ACCOUNT);
    ManageSubject::layer(operation, layer, version, FakeProvider::REGION, account)
}

/// The rule that a layer of another region breaks.
fn other_region(layer: &str) -> Option<String> {
    check_layer_region(layer, FakeProvider::REGION)
}

/// The version as a listing returns it.
fn listed(version: &LayerVersion) -> LayerVersion {
    LayerVersion { code_sha256: None, code_size: None, ..version.clone() }
}

fn fits(version: &LayerVersion, asked: &ListLayers) -> bool {
    // A version that names no runtime or architecture only matches a request without that filter.
    asked.runtime.as_ref().is_none_or(|runtime| version.runtimes.contains(runtime))
        && asked.architecture.as_ref().is_none_or(|kind| version.architectures.contains(kind))
}

/// The policy of an existing version, created if there is none yet.
fn policy_of<'a>(
    state: &'a mut State,
    version: &LayerVersionRef,
    asking: &ManageSubject,
) -> Result<&'a mut KeptPolicy, PortError> {
    let found =
        find(state, &version.layer).is_some_and(|(_, layer)| layer.versions.contains_key(&version.version));
    let layer = state.layers.get_mut(name_of(&version.layer)).filter(|_| found);
    let layer = layer.ok_or_else(|| not_found(asking))?;
    Ok(layer.policies.entry(version.version).or_insert_with(KeptPolicy::new))
}

fn policy_path(version: &LayerVersionRef, beneath: &str) -> String {
    format!("/2018-10-31/layers/{}/versions/{}/policy{beneath}", encoded(&version.layer), version.version)
}

#[async_trait]
impl Layers for FakeProvider {
    async fn list(&self, request: ListLayers) -> Result<Page<Layer>, PortError> {
        let asking = ManageSubject::account(Operation::ListLayers, Self::REGION);
        check_rules(&asking, check_page_size(request.page_size, MAX_SHORT_PAGE))?;
        self.admit(asking.operation)?;
        let state = self.state();
        let layers = state.layers.iter().filter_map(|(name, layer)| {
            let newest = layer.versions.values().rev().find(|version| fits(version, &request))?;
            Some(((name.as_str(), 0), (name, newest)))
        });
        let size = self.page_of(request.page_size).min(LARGEST_PAGE);
        page(layers, request.marker.as_deref(), size, |(name, newest)| Layer {
            name: name.clone(),
            reference: layer_arn(name),
            latest: Some(listed(newest)),
        })
    }

    async fn versions(&self, layer: &str, request: ListLayers) -> Result<Page<LayerVersion>, PortError> {
        let asking = about(Operation::ListLayerVersions, layer, None);
        let sized = check_page_size(request.page_size, MAX_SHORT_PAGE);
        check_rules(&asking, other_region(layer).into_iter().chain(sized))?;
        self.admit(asking.operation)?;
        let state = self.state();
        // AWS returns an empty list for a layer that does not exist, not an error.
        let versions = find(&state, layer).into_iter().flat_map(|(_, layer)| layer.versions.values().rev());
        let versions = versions.filter(|version| fits(version, &request));
        // Newest first.
        let places = versions.map(|version| (("", u64::MAX - version.version), version));
        page(places, request.marker.as_deref(), self.page_of(request.page_size).min(LARGEST_PAGE), listed)
    }

    async fn get(&self, version: &LayerVersionRef) -> Result<Option<LayerVersion>, PortError> {
        let asking = about(Operation::GetLayerVersion, &version.layer, Some(version.version));
        check_rules(&asking, other_region(&version.layer))?;
        self.admit(asking.operation)?;
        let state = self.state();
        let layer = find(&state, &version.layer);
        Ok(layer.and_then(|(_, layer)| layer.versions.get(&version.version)).cloned())
    }

    async fn policy(&self, version: &LayerVersionRef) -> Result<Option<PermissionPolicy>, PortError> {
        self.admit(Operation::GetLayerVersionPolicy)?;
        let state = self.state();
        let found = find(&state, &version.layer);
        let Some((name, policy)) =
            found.and_then(|(name, layer)| Some((name, layer.policies.get(&version.version)?)))
        else {
            return Ok(None);
        };
        policy.read(&format!("{}:{}", layer_arn(name), version.version))
    }

    async fn add_permission(
        &self,
        version: &LayerVersionRef,
        statement: &PermissionStatement,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let asking = about(Operation::AddLayerVersionPermission, &version.layer, Some(version.version))
            .statement(&statement.id);
        let broken = other_region(&version.layer).into_iter().chain(check_layer_statement(statement));
        check_rules(&asking, broken).map_err(ChangeError::refused)?;
        let request = Request::new("POST", policy_path(version, ""))
            .with_query("RevisionId", if_revision)
            .with_body(preview::statement(statement, "OrganizationId"));
        self.change(&asking, effect, &request, |state, stamp| {
            let policy = policy_of(state, version, &asking)?;
            expect_revision(&asking, if_revision, policy.revision.as_deref())?;
            if policy.add(statement, stamp) { Ok(()) } else { Err(conflict(&asking)) }
        })
    }

    async fn remove_permission(
        &self,
        version: &LayerVersionRef,
        statement: &str,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let asking = about(Operation::RemoveLayerVersionPermission, &version.layer, Some(version.version))
            .statement(statement);
        check_rules(&asking, other_region(&version.layer)).map_err(ChangeError::refused)?;
        let request = Request::new("DELETE", policy_path(version, &format!("/{}", encoded(statement))))
            .with_query("RevisionId", if_revision);
        self.change(&asking, effect, &request, |state, stamp| {
            let policy = policy_of(state, version, &asking)?;
            if policy.statements.iter().all(|kept| kept.id != statement) {
                return Err(not_found(&asking));
            }
            expect_revision(&asking, if_revision, policy.revision.as_deref())?;
            policy.remove(statement, stamp);
            Ok(())
        })
    }
}
