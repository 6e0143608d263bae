//! A provider at which nothing can be managed, only called.

use crate::{
    Aliases, ChangeError, Changed, CreateAlias, CreateFunction, Effect, FunctionManager, FunctionPage,
    LayerVersionRef, Layers, ListAliases, ListLayers, ListVersions, Page, Permissions, PortError,
    PortErrorKind, PublishVersion, QualifiedFunction, Queues, TagChange, UpdateAlias, UpdateCode,
    UpdateSettings,
};
use async_trait::async_trait;
use lamplight_domain::{
    Alias, DescribedQueue, Function, FunctionRef, Layer, LayerVersion, PermissionPolicy, PermissionStatement,
    Qualifier, QueueSettings, Tags,
};

/// Refuses everything as [`Unsupported`](PortErrorKind::Unsupported).
#[derive(Debug, Clone, Copy, Default)]
pub struct Unmanaged;

fn refused() -> PortError {
    PortError::new(PortErrorKind::Unsupported, "unsupported", "this provider manages nothing")
}

#[async_trait]
impl FunctionManager for Unmanaged {
    async fn create(&self, _: CreateFunction, _: Effect) -> Result<Changed<Function>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn update_code(&self, _: UpdateCode, _: Effect) -> Result<Changed<Function>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn update_settings(&self, _: UpdateSettings, _: Effect) -> Result<Changed<Function>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn publish(&self, _: PublishVersion, _: Effect) -> Result<Changed<Function>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn delete(
        &self,
        _: &FunctionRef,
        _: Option<&Qualifier>,
        _: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn versions(&self, _: ListVersions) -> Result<FunctionPage, PortError> {
        Err(refused())
    }
    async fn tags(&self, _: &FunctionRef) -> Result<Tags, PortError> {
        Err(refused())
    }
    async fn tag(&self, _: &FunctionRef, _: TagChange, _: Effect) -> Result<Changed<()>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn reserved_concurrency(&self, _: &FunctionRef) -> Result<Option<u32>, PortError> {
        Err(refused())
    }
    async fn reserve_concurrency(
        &self,
        _: &FunctionRef,
        _: Option<u32>,
        _: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
}

#[async_trait]
impl Aliases for Unmanaged {
    async fn get(&self, _: &FunctionRef, _: &str) -> Result<Option<Alias>, PortError> {
        Err(refused())
    }
    async fn list(&self, _: ListAliases) -> Result<Page<Alias>, PortError> {
        Err(refused())
    }
    async fn create(&self, _: CreateAlias, _: Effect) -> Result<Changed<Alias>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn update(&self, _: UpdateAlias, _: Effect) -> Result<Changed<Alias>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn delete(&self, _: &FunctionRef, _: &str, _: Effect) -> Result<Changed<()>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
}

#[async_trait]
impl Permissions for Unmanaged {
    async fn policy(&self, _: &QualifiedFunction) -> Result<Option<PermissionPolicy>, PortError> {
        Err(refused())
    }
    async fn add(
        &self,
        _: &QualifiedFunction,
        _: &PermissionStatement,
        _: Option<&str>,
        _: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn remove(
        &self,
        _: &QualifiedFunction,
        _: &str,
        _: Option<&str>,
        _: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
}

#[async_trait]
impl Layers for Unmanaged {
    async fn list(&self, _: ListLayers) -> Result<Page<Layer>, PortError> {
        Err(refused())
    }
    async fn versions(&self, _: &str, _: ListLayers) -> Result<Page<LayerVersion>, PortError> {
        Err(refused())
    }
    async fn get(&self, _: &LayerVersionRef) -> Result<Option<LayerVersion>, PortError> {
        Err(refused())
    }
    async fn policy(&self, _: &LayerVersionRef) -> Result<Option<PermissionPolicy>, PortError> {
        Err(refused())
    }
    async fn add_permission(
        &self,
        _: &LayerVersionRef,
        _: &PermissionStatement,
        _: Option<&str>,
        _: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn remove_permission(
        &self,
        _: &LayerVersionRef,
        _: &str,
        _: Option<&str>,
        _: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
}

#[async_trait]
impl Queues for Unmanaged {
    async fn get(&self, _: &QualifiedFunction) -> Result<Option<DescribedQueue>, PortError> {
        Err(refused())
    }
    async fn list(
        &self,
        _: &FunctionRef,
        _: Option<String>,
        _: Option<u32>,
    ) -> Result<Page<DescribedQueue>, PortError> {
        Err(refused())
    }
    async fn put(
        &self,
        _: &QualifiedFunction,
        _: &QueueSettings,
        _: Effect,
    ) -> Result<Changed<DescribedQueue>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn update(
        &self,
        _: &QualifiedFunction,
        _: &QueueSettings,
        _: Effect,
    ) -> Result<Changed<DescribedQueue>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
    async fn delete(&self, _: &QualifiedFunction, _: Effect) -> Result<Changed<()>, ChangeError> {
        Err(ChangeError::refused(refused()))
    }
}
