//! The simulated provider as a catalogue.

use crate::{FakeFunction, FakeProvider};
use async_trait::async_trait;
use lamplight_domain::{EnvironmentVariable, Function, FunctionRef, Qualifier, Readiness, Redacted};
use lamplight_ports::{FunctionCatalogue, FunctionPage, ListFunctions, PortError, PortErrorKind};

#[async_trait]
impl FunctionCatalogue for FakeProvider {
    async fn list(&self, request: ListFunctions) -> Result<FunctionPage, PortError> {
        if self.refusing {
            return Err(Self::refusal("lambda:ListFunctions"));
        }
        let begin = match &request.marker {
            None => 0,
            Some(marker) => marker
                .strip_prefix("after-")
                .and_then(|number| number.parse::<usize>().ok())
                .filter(|number| *number <= self.functions.len())
                .ok_or_else(|| {
                    let message = format!("marker {marker:?} was not given by this provider");
                    PortError::new(PortErrorKind::InvalidRequest, "invalid_request", message)
                })?,
        };
        let asked =
            request.page_size.map_or(self.page_size, |size| usize::try_from(size).unwrap_or(usize::MAX));
        let size = asked.clamp(1, self.page_size);
        let functions = self.functions.values().skip(begin).take(size).map(describe).collect();
        let end = begin.saturating_add(size);
        let next_marker = (end < self.functions.len()).then(|| format!("after-{end}"));
        Ok(FunctionPage { functions, next_marker })
    }

    async fn get(
        &self,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError> {
        if self.refusing {
            return Err(Self::refusal("lambda:GetFunction"));
        }
        Ok(self.find(function, qualifier).map(|(function, version)| {
            let mut described = describe(function);
            described.version = Some(version);
            described.state = Some("Active".to_owned());
            described.readiness = Some(Readiness::Ready);
            described
        }))
    }

    async fn configuration(
        &self,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError> {
        self.get(function, qualifier).await
    }
}

impl FakeProvider {
    /// The function and the version that a qualifier leads to.
    pub(crate) fn find(
        &self,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Option<(&FakeFunction, String)> {
        let found = self.functions.get(function.name.as_str())?;
        let version = match qualifier.map(Qualifier::as_str) {
            None | Some("$LATEST") => "$LATEST".to_owned(),
            Some(alias) => found
                .aliases
                .get(alias)
                .cloned()
                .or_else(|| found.aliases.values().find(|version| *version == alias).cloned())?,
        };
        Some((found, version))
    }
}

fn describe(function: &FakeFunction) -> Function {
    let mut described = Function::new(function.name.clone(), FakeProvider::arn(&function.name));
    described.version = Some("$LATEST".to_owned());
    described.settings.description = Some(function.description.clone()).filter(|text| !text.is_empty());
    described.settings.runtime = Some(function.runtime.clone());
    described.settings.timeout_seconds = Some(function.timeout_seconds);
    described.settings.memory_mb = Some(function.memory_mb);
    described.architecture = Some("x86_64".to_owned());
    described.package_type = Some("Zip".to_owned());
    let variables = function.environment.iter();
    described.settings.environment = Some(
        variables
            .map(|(key, value)| EnvironmentVariable { key: key.clone(), value: Redacted::new(value.clone()) })
            .collect(),
    );
    described
}
