//! A simulated provider with everything that changes need, and requests for one function.

use lamplight_app::{
    AppError,
    manage::{ChangeContext, ChangeOutcome, PageLimits, create_function, list_versions, publish_version},
};
use lamplight_domain::{
    AsyncSettings, CodeSource, ErrorClass, Function, FunctionCode, FunctionRef, FunctionSettings, Package,
    PermissionStatement, RetryPolicy, Routing, Settings, Tags,
};
use lamplight_fake_adapter::{FakeProvider, ManualClock, SequentialIds};
use lamplight_ports::{
    Connection, CreateAlias, CreateFunction, Effect, Publish, PublishVersion, QualifiedFunction, TagChange,
    UpdateAlias, UpdateCode, UpdateSettings,
};
use std::ops::ControlFlow;

pub const ROLE: &str = "arn:aws:iam::000000000000:role/runner";

/// A provider and everything that changes need.
pub struct Desk {
    pub provider: FakeProvider,
    pub connection: Connection,
    pub clock: ManualClock,
    pub ids: SequentialIds,
    pub effect: Effect,
}

impl Desk {
    pub fn of(provider: FakeProvider) -> Self {
        let connection = provider.connection("here".parse().unwrap(), Settings::default());
        let (clock, ids) = (ManualClock::default(), SequentialIds::default());
        Self { provider, connection, clock, ids, effect: Effect::Make }
    }

    pub fn empty() -> Self {
        Self::of(FakeProvider::new([]))
    }

    /// With the function `adder` and its version 1.
    pub async fn with_adder() -> Self {
        let desk = Self::empty();
        create_function(&desk.changing(), &adder()).await.unwrap();
        publish_version(&desk.changing(), &version()).await.unwrap();
        desk
    }

    pub async fn versions(&self) -> Vec<String> {
        let mut versions = Vec::new();
        let mut keep = |page: Vec<Function>| {
            versions.extend(page.into_iter().filter_map(|version| version.version));
            ControlFlow::Continue(())
        };
        list_versions(&self.connection, &function(), &PageLimits::default(), &mut keep).await.unwrap();
        versions
    }

    pub fn changing(&self) -> ChangeContext<'_> {
        ChangeContext {
            connection: &self.connection,
            sleeper: &self.clock,
            ids: &self.ids,
            effect: self.effect,
            retries: RetryPolicy::new(3).unwrap(),
        }
    }
}

pub fn function() -> FunctionRef {
    FunctionRef::by_name("adder".parse().unwrap())
}

pub fn whole() -> QualifiedFunction {
    QualifiedFunction { function: function(), qualifier: None }
}

pub fn code(sha256: &str) -> FunctionCode {
    FunctionCode::new(CodeSource::Package(Package::new(sha256.as_bytes(), sha256)))
}

pub fn adder() -> CreateFunction {
    CreateFunction {
        name: "adder".parse().unwrap(),
        code: code("one"),
        settings: FunctionSettings {
            runtime: Some("python3.13".to_owned()),
            handler: Some("app.handler".to_owned()),
            role: Some(ROLE.to_owned()),
            ..FunctionSettings::default()
        },
        tags: Tags::new(),
        publish: Publish::No,
        code_signing: None,
        tenancy: None,
        watch: None,
    }
}

pub fn version() -> PublishVersion {
    PublishVersion {
        function: function(),
        description: None,
        if_code_sha256: None,
        if_revision: None,
        latest_published: false,
    }
}

pub fn new_code(sha256: &str) -> UpdateCode {
    UpdateCode {
        function: function(),
        code: code(sha256),
        publish: Publish::No,
        if_revision: None,
        watch: None,
    }
}

pub fn memory(mb: u32) -> UpdateSettings {
    let settings = FunctionSettings { memory_mb: Some(mb), ..FunctionSettings::default() };
    UpdateSettings { function: function(), settings, if_revision: None }
}

pub fn live(version: &str) -> CreateAlias {
    CreateAlias {
        function: function(),
        name: "live".to_owned(),
        version: version.to_owned(),
        description: None,
        routing: Routing::new(),
    }
}

pub fn relive(routing: Routing) -> UpdateAlias {
    UpdateAlias {
        function: function(),
        name: "live".to_owned(),
        version: None,
        description: None,
        routing: Some(routing),
        if_revision: None,
    }
}

pub fn statement() -> PermissionStatement {
    PermissionStatement {
        id: "events".to_owned(),
        action: "lambda:InvokeFunction".to_owned(),
        principal: "events.amazonaws.com".to_owned(),
        source_account: Some("123456789012".to_owned()),
        ..PermissionStatement::default()
    }
}

pub fn tags() -> TagChange {
    TagChange { set: [("team".to_owned(), "payments".to_owned())].into(), remove: Vec::new() }
}

pub fn retries(most: u32) -> AsyncSettings {
    AsyncSettings { max_retries: Some(most), ..AsyncSettings::default() }
}

pub fn made<T>(change: &ChangeOutcome<T>) -> bool {
    matches!(change, ChangeOutcome::Made(_))
}

pub fn found<T>(change: &ChangeOutcome<T>) -> bool {
    matches!(change, ChangeOutcome::Found(_))
}

pub fn class<T>(result: Result<T, AppError>) -> ErrorClass {
    result.map(drop).unwrap_err().class()
}
