//! The simulator as a function catalogue.

use crate::{
    FakeProvider,
    paging::{Place, page},
    state::Version,
};
use async_trait::async_trait;
use lamplight_aws_model::{
    ManageSubject, Operation,
    manage_rules::{MAX_PAGE, check_master_region, check_page_size, check_rules},
};
use lamplight_domain::{Function, FunctionRef, Qualifier};
use lamplight_ports::{FunctionCatalogue, ListFunctions, Page, PortError};

#[async_trait]
impl FunctionCatalogue for FakeProvider {
    async fn list(&self, request: ListFunctions) -> Result<Page<Function>, PortError> {
        self.admit(Operation::ListFunctions)?;
        let region = request.primary_region.as_deref();
        let asking = ManageSubject::account(Operation::ListFunctions, Self::REGION);
        let copies = check_master_region(region, request.all_versions);
        check_rules(&asking, check_page_size(request.page_size, MAX_PAGE).into_iter().chain(copies))?;
        let state = self.state();
        // No simulated function is a replica of a function in another region.
        let copies_alone = region.is_some_and(|region| region != "ALL");
        let functions = state.functions.iter().filter(|_| !copies_alone);
        let versions = functions.flat_map(|(name, function)| {
            let all = function.all_versions().take(if request.all_versions { usize::MAX } else { 1 });
            all.map(move |version| -> (Place<'_>, &Version) { ((name, version.number), version) })
        });
        let size = self.page_of(request.page_size);
        let page = page(versions, request.marker.as_deref(), size, Version::listed)?;
        Ok(page)
    }

    async fn get(
        &self,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError> {
        self.admit(Operation::GetFunction)?;
        let mut state = self.state();
        let Some(kept) = state.functions.get_mut(function.name.as_str()) else { return Ok(None) };
        let (reserved, tags) = (kept.reserved, kept.tags.clone());
        let Some(mut described) = kept.describe_and_count(qualifier.map(Qualifier::as_str)) else {
            return Ok(None);
        };
        described.reserved_concurrency = reserved;
        described.tags = Some(tags);
        Ok(Some(described))
    }

    async fn configuration(
        &self,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError> {
        self.admit(Operation::GetFunctionConfiguration)?;
        let mut state = self.state();
        let kept = state.functions.get_mut(function.name.as_str());
        Ok(kept.and_then(|kept| kept.describe_and_count(qualifier.map(Qualifier::as_str))))
    }
}
