//! Aliases of simulated functions.

use crate::{
    FakeProvider,
    change::{conflict, expect_revision, invalid, no_function, not_found},
    paging::page,
    preview::{Request, encoded},
    state::{KeptAlias, KeptFunction},
};
use async_trait::async_trait;
use lamplight_aws_model::{
    ManageSubject, Operation,
    manage_rules::{MAX_PAGE, check_page_size, check_routing, check_rules},
};
use lamplight_domain::{Alias, FunctionRef, Routing};
use lamplight_ports::{
    Aliases, ChangeError, Changed, CreateAlias, Effect, ListAliases, Page, PortError, UpdateAlias,
};
use serde_json::{Value, json};

fn about(operation: Operation, function: &FunctionRef, alias: &str) -> ManageSubject {
    let account = Some(FakeProvider::ACCOUNT);
    ManageSubject::alias(operation, function.name.as_str(), alias, FakeProvider::REGION, account)
}

/// Checks that every version that an alias points to exists.
fn check_targets(
    asking: &ManageSubject,
    function: &KeptFunction,
    version: &str,
    routing: &Routing,
) -> Result<(), PortError> {
    if routing.len() > 1 {
        return Err(invalid(asking, "an alias can route calls to at most 1 other version"));
    }
    if routing.contains_key(version) {
        return Err(invalid(asking, "the other version is the one that the alias points to"));
    }
    let mut versions = routing.keys().map(String::as_str).chain([version]);
    if versions.all(|version| function.number_of_version(version).is_some()) {
        Ok(())
    } else {
        Err(not_found(asking))
    }
}

fn weights(routing: &Routing) -> Value {
    json!({ "AdditionalVersionWeights": routing })
}

#[async_trait]
impl Aliases for FakeProvider {
    async fn get(&self, function: &FunctionRef, name: &str) -> Result<Option<Alias>, PortError> {
        self.admit(Operation::GetAlias)?;
        let state = self.state();
        let asking = about(Operation::GetAlias, function, name);
        let kept = state.functions.get(function.name.as_str()).ok_or_else(|| no_function(&asking))?;
        Ok(kept.aliases.get(name).map(|kept| kept.describe(&function.name, name)))
    }

    async fn list(&self, request: ListAliases) -> Result<Page<Alias>, PortError> {
        let asking = Self::asking(Operation::ListAliases, &request.function, None);
        check_rules(&asking, check_page_size(request.page_size, MAX_PAGE))?;
        self.admit(asking.operation)?;
        let state = self.state();
        let function = &request.function.name;
        let kept = state.functions.get(function.as_str()).ok_or_else(|| no_function(&asking))?;
        let wanted = |alias: &KeptAlias| request.version.as_ref().is_none_or(|version| alias.uses(version));
        let aliases = kept.aliases.iter().filter(|(_, alias)| wanted(alias));
        let aliases = aliases.map(|(name, alias)| ((name.as_str(), 0), (name, alias)));
        let size = self.page_of(request.page_size);
        page(aliases, request.marker.as_deref(), size, |(name, alias)| alias.describe(function, name))
    }

    async fn create(&self, request: CreateAlias, effect: Effect) -> Result<Changed<Alias>, ChangeError> {
        let CreateAlias { function, name, version, description, routing } = request;
        let asking = about(Operation::CreateAlias, &function, &name);
        check_rules(&asking, check_routing(&routing, Some(&version))).map_err(ChangeError::refused)?;
        let shown = Request::function("POST", "2015-03-31", &function, "/aliases").with_body(json!({
            "Name": name,
            "FunctionVersion": version,
            "Description": description,
            "RoutingConfig": (!routing.is_empty()).then(|| weights(&routing)),
        }));
        self.change(&asking, effect, &shown, |state, stamp| {
            let kept = state.functions.get_mut(function.name.as_str()).ok_or_else(|| no_function(&asking))?;
            if name.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(invalid(&asking, "digits alone name a version, not an alias"));
            }
            check_targets(&asking, kept, &version, &routing)?;
            if kept.aliases.contains_key(&name) {
                return Err(conflict(&asking));
            }
            let description = description.filter(|text| !text.is_empty());
            let alias = KeptAlias { version, description, routing, revision: stamp.revision, calls: 0 };
            let described = alias.describe(&function.name, &name);
            kept.aliases.insert(name.clone(), alias);
            Ok(described)
        })
    }

    async fn update(&self, request: UpdateAlias, effect: Effect) -> Result<Changed<Alias>, ChangeError> {
        let UpdateAlias { function, name, version, description, routing, if_revision } = request;
        let asking = about(Operation::UpdateAlias, &function, &name);
        let broken = routing.as_ref().and_then(|routing| check_routing(routing, version.as_deref()));
        check_rules(&asking, broken).map_err(ChangeError::refused)?;
        let beneath = format!("/aliases/{}", encoded(&name));
        let shown = Request::function("PUT", "2015-03-31", &function, &beneath).with_body(json!({
            "FunctionVersion": version,
            "Description": description,
            "RoutingConfig": routing.as_ref().map(weights),
            "RevisionId": if_revision,
        }));
        self.change(&asking, effect, &shown, |state, stamp| {
            let kept = state.functions.get_mut(function.name.as_str());
            let kept = kept.ok_or_else(|| no_function(&asking))?;
            let before = kept.aliases.get(&name).ok_or_else(|| not_found(&asking))?;
            expect_revision(&asking, if_revision.as_deref(), Some(&before.revision))?;
            let rerouted = routing.as_ref().is_some_and(|routing| *routing != before.routing);
            let alias = KeptAlias {
                version: version.unwrap_or_else(|| before.version.clone()),
                description: description
                    .or_else(|| before.description.clone())
                    .filter(|text| !text.is_empty()),
                routing: routing.unwrap_or_else(|| before.routing.clone()),
                revision: stamp.revision,
                calls: if rerouted { 0 } else { before.calls },
            };
            check_targets(&asking, kept, &alias.version, &alias.routing)?;
            let described = alias.describe(&function.name, &name);
            kept.aliases.insert(name.clone(), alias);
            Ok(described)
        })
    }

    async fn delete(
        &self,
        function: &FunctionRef,
        name: &str,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let asking = about(Operation::DeleteAlias, function, name);
        let beneath = format!("/aliases/{}", encoded(name));
        let request = Request::function("DELETE", "2015-03-31", function, &beneath);
        self.change(&asking, effect, &request, |state, _| {
            let kept = state.functions.get_mut(function.name.as_str());
            let kept = kept.ok_or_else(|| no_function(&asking))?;
            kept.aliases.remove(name).ok_or_else(|| not_found(&asking))?;
            kept.remove_qualifier(name);
            Ok(())
        })
    }
}
