//! Aliases of Lambda functions.

use crate::{
    error::{manage::managed_read_error, read::is_absent_from_its_function},
    lambda::{
        changes::{ChangeRequest, account_of, convert_output, function_subject, send_with},
        function::{non_empty, whole_number},
    },
    session::Session,
};
use async_trait::async_trait;
use aws_sdk_lambda::types::{AliasConfiguration, AliasRoutingConfiguration};
use lamplight_aws_model::{
    ManageSubject, Operation,
    manage_rules::{MAX_PAGE, check_page_size, check_routing, check_rules},
};
use lamplight_domain::{Alias, ErrorCode, FunctionRef, Routing};
use lamplight_ports::{
    Aliases, ChangeError, Changed, CreateAlias, Effect, ListAliases, Page, PortError, PortErrorKind,
    UpdateAlias,
};
use std::sync::Arc;

/// [`Aliases`] on Lambda's alias operations.
///
/// # Guarantees
/// - A change is sent once, regardless of retry settings in the environment or in profiles.
#[derive(Debug)]
pub struct AwsAliases {
    session: Arc<Session>,
}

/// Converts an answer with the members of an alias into an [`AliasConfiguration`]. The SDK has a separate output type for
/// each operation.
macro_rules! alias_of {
    ($output:expr) => {{
        let output = $output;
        AliasConfiguration::builder()
            .set_alias_arn(output.alias_arn)
            .set_name(output.name)
            .set_function_version(output.function_version)
            .set_description(output.description)
            .set_routing_config(output.routing_config)
            .set_revision_id(output.revision_id)
            .build()
    }};
}

impl AwsAliases {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    fn subject(&self, operation: Operation, function: &FunctionRef, name: &str) -> ManageSubject {
        let account = account_of(function);
        let region = self.session.region();
        ManageSubject::alias(operation, function.name.as_str(), name, region, account.as_deref())
    }
}

/// The routing for the request. An empty map removes the alias's routing.
fn routing_on_the_wire(routing: Routing) -> AliasRoutingConfiguration {
    let weights = routing.into_iter().collect();
    AliasRoutingConfiguration::builder().set_additional_version_weights(Some(weights)).build()
}

fn alias(described: AliasConfiguration) -> Result<Alias, PortError> {
    let reference = described.alias_arn.unwrap_or_default();
    let (Some(name), Some(version)) = (non_empty(described.name), non_empty(described.function_version))
    else {
        let message = format!("Lambda returned an alias without name or version, ARN {reference:?}");
        return Err(PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, message));
    };
    Ok(Alias {
        name,
        reference,
        version,
        description: non_empty(described.description),
        routing: described
            .routing_config
            .and_then(|routing| routing.additional_version_weights)
            .unwrap_or_default()
            .into_iter()
            .collect(),
        revision: non_empty(described.revision_id),
    })
}

#[async_trait]
impl Aliases for AwsAliases {
    async fn get(&self, function: &FunctionRef, name: &str) -> Result<Option<Alias>, PortError> {
        let subject = self.subject(Operation::GetAlias, function, name);
        let client = self.session.reading();
        let sent = client.get_alias().function_name(&function.reference).name(name).send().await;
        match sent {
            Ok(output) => alias(alias_of!(output)).map(Some),
            Err(error) if is_absent_from_its_function(&error) => Ok(None),
            Err(error) => Err(managed_read_error(&error, &subject)),
        }
    }

    async fn list(&self, request: ListAliases) -> Result<Page<Alias>, PortError> {
        let ListAliases { function, version, marker, page_size } = request;
        let subject = function_subject(Operation::ListAliases, &function, None, self.session.region());
        check_rules(&subject, check_page_size(page_size, MAX_PAGE))?;
        let sent = self
            .session
            .reading()
            .list_aliases()
            .function_name(&function.reference)
            .set_function_version(version)
            .set_marker(marker)
            .set_max_items(page_size.map(whole_number))
            .send()
            .await;
        let output = sent.map_err(|error| managed_read_error(&error, &subject))?;
        let items = output.aliases.unwrap_or_default().into_iter().map(alias).collect::<Result<_, _>>()?;
        Ok(Page { items, next_marker: non_empty(output.next_marker) })
    }

    async fn create(&self, request: CreateAlias, effect: Effect) -> Result<Changed<Alias>, ChangeError> {
        let CreateAlias { function, name, version, description, routing } = request;
        let change_request = ChangeRequest::new(self.subject(Operation::CreateAlias, &function, &name));
        check_rules(&change_request.subject, check_routing(&routing, Some(&version)))
            .map_err(ChangeError::refused)?;
        let builder = self
            .session
            .calling()
            .create_alias()
            .function_name(function.reference)
            .name(name)
            .function_version(version)
            .set_description(description)
            .set_routing_config((!routing.is_empty()).then(|| routing_on_the_wire(routing)));
        let changed = self.session.change(&change_request, effect, send_with!(builder)).await?;
        convert_output(changed, |output| alias(alias_of!(output)))
    }

    async fn update(&self, request: UpdateAlias, effect: Effect) -> Result<Changed<Alias>, ChangeError> {
        let UpdateAlias { function, name, version, description, routing, if_revision } = request;
        let change_request = ChangeRequest::new(self.subject(Operation::UpdateAlias, &function, &name));
        let broken = routing.as_ref().and_then(|routing| check_routing(routing, version.as_deref()));
        check_rules(&change_request.subject, broken).map_err(ChangeError::refused)?;
        let builder = self
            .session
            .calling()
            .update_alias()
            .function_name(function.reference)
            .name(name)
            .set_function_version(version)
            .set_description(description)
            .set_routing_config(routing.map(routing_on_the_wire))
            .set_revision_id(if_revision);
        let changed = self.session.change(&change_request, effect, send_with!(builder)).await?;
        convert_output(changed, |output| alias(alias_of!(output)))
    }

    async fn delete(
        &self,
        function: &FunctionRef,
        name: &str,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let change_request = ChangeRequest::new(self.subject(Operation::DeleteAlias, function, name));
        let builder = self.session.calling().delete_alias().function_name(&function.reference).name(name);
        Ok(self.session.change(&change_request, effect, send_with!(builder)).await?.map(|_| ()))
    }
}
