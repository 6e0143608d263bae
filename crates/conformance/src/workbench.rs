//! The basis of the management suites: a provider with everything that they need to create things, and a record of what
//! they created, which is removed at the end.

use crate::{
    catalogue::{SECRET_KEY, SECRET_VALUE},
    samples::parse_name,
};
use async_trait::async_trait;
use lamplight_domain::{
    EnvironmentVariable, ErrorCode, Function, FunctionCode, FunctionRef, FunctionSettings, Package,
    Qualifier, Readiness, Redacted,
};
use lamplight_ports::{
    Applied, ChangeError, Changed, CreateFunction, Effect, FunctionCatalogue, LayerVersionRef, Management,
    PortError, PortErrorKind, Publish, PublishVersion, QualifiedFunction, RequestPreview, Sleeper,
};
use std::{
    any::Any,
    error::Error,
    fmt::{self, Debug},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// A preview without values of environment variables.
pub const SHOW: Effect = Effect::Show { secrets: false };

/// How often to check whether a function is ready, and the wait after each check.
const LOOKS: (u32, Duration) = (600, Duration::from_millis(100));

/// Something that the provider is known not to do. Where possible, a suite asserts that it still does not, so that a
/// gap that was closed does not stay on the list; otherwise it skips what needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gap {
    /// The account's settings cannot be read.
    Account,
    /// Some of the account's limits and usage are not reported.
    AccountFigures,
    /// Not every setting of a function is stored: ephemeral storage and tracing are lost.
    EverySetting,
    /// An empty text or list does not remove a setting.
    TakingAway,
    /// Functions have no revisions, or the revision does not change.
    Revisions,
    /// New code is accepted for any revision.
    RevisionOfCode,
    /// New settings are accepted for any revision.
    RevisionOfSettings,
    /// A version is published for any revision.
    RevisionOfPublish,
    /// An alias is changed for any revision.
    RevisionOfAlias,
    /// A function's policy is changed for any revision.
    RevisionOfPolicy,
    /// The policy of a layer version is changed for any revision.
    RevisionOfLayerPolicy,
    /// Publishing twice without a change creates a second version.
    RepeatedPublish,
    /// A version is published even if the checksum of the code does not match.
    ChecksumOfPublish,
    /// A published version changes with the function.
    FrozenVersions,
    /// A version can be deleted while an alias points to it.
    VersionInUse,
    /// Deleting a version that does not exist is not an error.
    AbsentVersion,
    /// Listing the versions of a function that does not exist is not an error.
    VersionsOfTheAbsent,
    /// A function that does not exist has tags, or accepts them.
    TagsOfTheAbsent,
    /// A function that does not exist has reserved concurrency, or accepts it.
    ConcurrencyOfTheAbsent,
    /// Reserved concurrency is not stored.
    Concurrency,
    /// An alias is created for a version that does not exist.
    AliasOfAbsentVersion,
    /// An alias does not store weights.
    Routing,
    /// Listing the aliases of a function that does not exist is not an error.
    AliasesOfTheAbsent,
    /// Aliases are not filtered by version.
    AliasesByVersion,
    /// A function without a policy has an empty one.
    EmptyPolicy,
    /// The revision from reading the policy is refused when a statement is removed.
    RemovalByRevision,
    /// Versions and aliases have no policies of their own.
    QualifiedPolicies,
    /// The account and the organisation of a function's statement are lost.
    EveryCondition,
    /// The organisation of a layer's statement is lost.
    OrganizationOfLayer,
    /// A second statement with the same ID is accepted.
    StatementTwice,
    /// Removing a statement that does not exist is not an error.
    AbsentStatement,
    /// Layers are not filtered by runtime.
    LayersByRuntime,
    /// A layer version cannot be read by the layer's full reference.
    LayerByReference,
    /// Layer versions are not listed newest first.
    LayerOrder,
    /// Layers and their versions are returned in one page, whatever size is requested.
    LayerPages,
    /// Versions and aliases are returned in one page, whatever size is requested.
    Pages,
    /// Asynchronous invocation settings are returned in one page, whatever size is requested.
    AsyncSettingsPages,
    /// Asynchronous invocation settings cannot be listed.
    AsyncSettingsListing,
    /// Putting asynchronous invocation settings a second time does not replace the first.
    SecondPut,
    /// Some asynchronous invocation settings cannot be changed separately.
    AsyncSettingsUpdate,
    /// An empty text does not remove a destination.
    TakingDestinationAway,
    /// Layers have no policies.
    LayerPolicies,
    /// Asynchronous invocation settings that do not exist can be updated.
    UpdateOfAbsentAsyncSettings,
    /// Deleting asynchronous invocation settings that do not exist is not an error.
    AbsentAsyncSettings,
    /// Asynchronous invocation settings are not stored per version and alias.
    QualifiedAsyncSettings,
    /// Listing the asynchronous invocation settings of a function that does not exist is not an error.
    AsyncSettingsOfTheAbsent,
}

/// A layer that exists already, because the port cannot create layers.
#[derive(Debug, Clone)]
pub struct ArrangedLayer {
    /// The layer's name. It has exactly the versions 1 and 2, and no policies.
    pub name: String,
    /// A runtime that the versions are compatible with.
    pub runtime: String,
    /// A runtime that the versions are not compatible with.
    pub other_runtime: String,
}

/// The provider that a harness arranges.
pub struct Arrangement {
    /// The beginning of every name that the suite uses, unique to this arrangement. At most 40 letters, digits and `-`.
    pub prefix: String,
    /// Reads what exists.
    pub catalogue: Arc<dyn FunctionCatalogue>,
    /// Changes what exists.
    pub management: Management,
    /// Waits until functions are ready.
    pub sleeper: Arc<dyn Sleeper>,
    /// Two different packages of the same function.
    pub packages: [Package; 2],
    /// The runtime of the packages.
    pub runtime: String,
    /// The entry point of the packages.
    pub handler: String,
    /// The execution role of functions.
    pub role: String,
    /// Two destinations for records of asynchronous invocations, as provider references.
    pub destinations: [String; 2],
    /// An existing layer; only the layer suite needs it.
    pub layer: Option<ArrangedLayer>,
    /// What the provider is known not to do.
    pub lacks: &'static [Gap],
    /// What must stay alive while the provider is used: a server, a temporary folder.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// Arranges providers for the management suites.
#[async_trait]
pub trait WorkbenchHarness: Send + Sync {
    /// Arranges a provider. It may be shared with others: a suite reads only what it has created, and the layer.
    async fn arrange(&self) -> Arrangement;
}

/// An arrangement, and what a suite has created with it.
pub struct Workbench {
    arranged: Arrangement,
    names: AtomicU32,
    made: Mutex<Vec<FunctionRef>>,
    shared: Mutex<Vec<(LayerVersionRef, String)>>,
}

impl Debug for Workbench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workbench").field("prefix", &self.arranged.prefix).finish_non_exhaustive()
    }
}

impl std::ops::Deref for Workbench {
    type Target = Arrangement;

    fn deref(&self) -> &Arrangement {
        &self.arranged
    }
}

/// Checks one guarantee of a provider, and then removes what was created, even if the guarantee does not hold.
pub async fn check_guarantee<G, F>(harness: &dyn WorkbenchHarness, guarantee: G)
where
    G: FnOnce(Arc<Workbench>) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let bench = Arc::new(Workbench {
        arranged: harness.arrange().await,
        names: AtomicU32::new(0),
        made: Mutex::default(),
        shared: Mutex::default(),
    });
    let outcome = tokio::spawn(guarantee(Arc::clone(&bench))).await;
    bench.clean_up().await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

impl Workbench {
    /// Whether the provider is known not to do this.
    pub fn lacks(&self, gap: Gap) -> bool {
        self.arranged.lacks.contains(&gap)
    }

    /// Fails if something does not hold that should, and if something holds that is listed as a gap.
    pub fn expect(&self, gap: Gap, holds: bool, what: &dyn Debug) {
        if self.lacks(gap) {
            assert!(!holds, "{gap:?} is no longer a gap: remove it from the list ({what:?})");
        } else {
            assert!(holds, "{gap:?}: {what:?}");
        }
    }

    /// A reference to a function that does not exist yet; the function is removed at the end.
    pub fn new_function_ref(&self) -> FunctionRef {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        let function = FunctionRef::by_name(parse_name(&format!("{}-{number}", self.prefix)));
        self.made.lock().unwrap().push(function.clone());
        function
    }

    /// The request to create a function from the first package, with settings that every provider supports. Its
    /// environment holds [`SECRET_VALUE`].
    pub fn creation_request(&self, function: &FunctionRef) -> CreateFunction {
        CreateFunction {
            name: function.name.clone(),
            code: self.code(0),
            settings: FunctionSettings {
                description: Some("created by the suite".to_owned()),
                runtime: Some(self.runtime.clone()),
                handler: Some(self.handler.clone()),
                role: Some(self.role.clone()),
                timeout_seconds: Some(7),
                memory_mb: Some(256),
                environment: Some(vec![variable(SECRET_KEY, SECRET_VALUE), variable("PLAIN", "text")]),
                ..FunctionSettings::default()
            },
            tags: [("suite".to_owned(), "conformance".to_owned())].into(),
            publish: Publish::No,
            code_signing: None,
            tenancy: None,
            watch: None,
        }
    }

    /// The code of one of the two packages.
    pub fn code(&self, package: usize) -> FunctionCode {
        FunctionCode::new(lamplight_domain::CodeSource::Package(self.packages[package].clone()))
    }

    /// Creates a function as [`creation_request`](Self::creation_request) describes it, and waits until it is ready.
    pub async fn function(&self) -> FunctionRef {
        let function = self.new_function_ref();
        expect_made(self.management.functions.create(self.creation_request(&function), Effect::Make).await);
        self.wait_until_ready(&function).await;
        function
    }

    /// Publishes a version with other settings than any version before it, and returns its number.
    pub async fn version(&self, function: &FunctionRef) -> String {
        let memory = self.current(function).await.settings.memory_mb.unwrap_or(128) + 64;
        let settings = FunctionSettings { memory_mb: Some(memory), ..FunctionSettings::default() };
        let update = update_settings(function, settings);
        expect_made(self.management.functions.update_settings(update, Effect::Make).await);
        self.wait_until_ready(function).await;
        let version = expect_made(self.management.functions.publish(publish(function), Effect::Make).await);
        self.wait_until_ready(function).await;
        version.version.expect("a version has a number")
    }

    /// Waits until a function is ready, and returns its description.
    pub async fn wait_until_ready(&self, function: &FunctionRef) -> Function {
        for _ in 0..LOOKS.0 {
            let described = self.current(function).await;
            match described.readiness {
                Some(Readiness::Pending) => self.sleeper.sleep(LOOKS.1).await,
                Some(Readiness::Failed) => panic!("{described:?}"),
                Some(Readiness::Ready | Readiness::Asleep) | None => return described,
            }
        }
        panic!("{} does not become ready", function.name);
    }

    /// The current description of a function.
    pub async fn current(&self, function: &FunctionRef) -> Function {
        self.find_function(function, None).await.unwrap_or_else(|| panic!("{} does not exist", function.name))
    }

    /// The current description of a function, version or alias, if it exists.
    pub async fn find_function(&self, function: &FunctionRef, qualifier: Option<&str>) -> Option<Function> {
        let qualifier = qualifier.map(parse_name::<Qualifier>);
        expect_read(self.catalogue.configuration(function, qualifier.as_ref()).await)
    }

    /// The layer that exists already.
    pub fn arranged_layer(&self) -> &ArrangedLayer {
        self.layer.as_ref().expect("the layer suite needs a layer")
    }

    /// A new statement ID for version 1 of the layer; the statement is removed at the end.
    pub fn statement_of_layer(&self, id: &str) -> (LayerVersionRef, String) {
        let version = LayerVersionRef { layer: self.arranged_layer().name.clone(), version: 1 };
        let id = format!("{}-{id}", self.prefix);
        self.shared.lock().unwrap().push((version.clone(), id.clone()));
        (version, id)
    }

    /// Removes what was created. Something that is already gone, or cannot be removed, does not fail the guarantee.
    async fn clean_up(&self) {
        let functions = std::mem::take(&mut *self.made.lock().unwrap());
        for function in functions {
            let _gone = self.management.functions.delete(&function, None, Effect::Make).await;
        }
        let statements = std::mem::take(&mut *self.shared.lock().unwrap());
        for (version, id) in statements {
            let _gone = self.management.layers.remove_permission(&version, &id, None, Effect::Make).await;
        }
    }
}

/// An environment variable.
pub fn variable(key: &str, value: &str) -> EnvironmentVariable {
    EnvironmentVariable { key: key.to_owned(), value: Redacted::new(value.to_owned()) }
}

/// A change of settings for any revision.
pub fn update_settings(
    function: &FunctionRef,
    settings: FunctionSettings,
) -> lamplight_ports::UpdateSettings {
    lamplight_ports::UpdateSettings { function: function.clone(), settings, if_revision: None }
}

/// Publishes a version of the function as it is.
pub fn publish(function: &FunctionRef) -> PublishVersion {
    PublishVersion {
        function: function.clone(),
        description: None,
        if_code_sha256: None,
        if_revision: None,
        latest_published: false,
    }
}

/// A function, or one of its versions or aliases.
pub fn subject(function: &FunctionRef, qualifier: Option<&str>) -> QualifiedFunction {
    QualifiedFunction { function: function.clone(), qualifier: qualifier.map(parse_name) }
}

/// The result of a change that must be made.
pub fn expect_made<T: Debug>(outcome: Result<Changed<T>, ChangeError>) -> T {
    match outcome {
        Ok(Changed::Made(made)) => made,
        other => panic!("expected the change to be made: {other:?}"),
    }
}

/// The preview of a change that must only be shown: a complete request without secrets and code.
pub fn expect_shown<T: Debug>(outcome: Result<Changed<T>, ChangeError>, about: &str) -> RequestPreview {
    let preview = match outcome {
        Ok(Changed::Shown(preview)) => preview,
        other => panic!("expected a preview: {other:?}"),
    };
    assert!(!preview.operation.is_empty() && !preview.method.is_empty(), "{preview:?}");
    assert!(preview.url.starts_with("http"), "{preview:?}");
    assert!(format!("{} {:?}", preview.url, preview.body).contains(about), "{about} is not in {preview:?}");
    if let Some(body) = &preview.body {
        assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{body}");
    }
    assert!(!format!("{preview:?}").contains(SECRET_VALUE), "{preview:?}");
    preview
}

/// The result of a read that must succeed.
pub fn expect_read<T>(outcome: Result<T, PortError>) -> T {
    match outcome {
        Ok(read) => read,
        Err(error) => panic!("expected the read to succeed: {error:?}"),
    }
}

/// Whether a change was refused with this kind, and certainly not made.
pub fn is_refused<T>(outcome: &Result<Changed<T>, ChangeError>, kind: PortErrorKind) -> bool {
    outcome.as_ref().is_err_and(|error| error.error.kind == kind && error.applied == Applied::No)
}

/// The error of a change that must be refused with this kind, and certainly not made.
pub fn expect_refused<T: Debug>(
    outcome: Result<Changed<T>, ChangeError>,
    kind: PortErrorKind,
) -> ChangeError {
    let error = match outcome {
        Ok(changed) => panic!("expected it to be refused as {kind:?}: {changed:?}"),
        Err(error) => error,
    };
    assert_eq!((error.error.kind, error.applied), (kind, Applied::No), "{error:?}");
    check_texts(&error.error);
    error
}

/// Checks a read about a function that does not exist: it returns `None`, or an error that says that the function does
/// not exist.
pub fn check_absent<T: Debug>(outcome: Result<Option<T>, PortError>) {
    match outcome {
        Ok(found) => assert!(found.is_none(), "{found:?}"),
        Err(error) => {
            check_texts(&error);
            assert_eq!(
                (error.kind, error.code.clone()),
                (PortErrorKind::NotFound, ErrorCode::FunctionNotFound),
                "{error:?}"
            );
            assert!(error.hint.is_some(), "{error:?}");
        }
    }
}

/// Checks what every error promises.
pub fn check_texts(error: &PortError) {
    assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error:?}");
    assert!(error.code.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{error:?}");
    let texts = all_texts(error);
    assert!(!texts.contains(SECRET_VALUE), "{texts}");
}

/// All texts of an error, with its causes.
pub fn all_texts(error: &PortError) -> String {
    let mut texts = vec![format!("{error} {error:?} {:?}", error.hint)];
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(format!("{cause} {cause:?}"));
        source = cause.source();
    }
    texts.join(" <- ")
}
