//! Where the suites of managing work: a provider with what they need to make things, and the things they made, which are
//! taken away again.

use crate::{
    catalogue::{SECRET_KEY, SECRET_VALUE},
    samples::parsed,
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

/// Only shows what would be sent, without values of environment variables.
pub const SHOW: Effect = Effect::Show { secrets: false };

/// How long a function may take to get ready: so many looks, with a wait after each.
const LOOKS: (u32, Duration) = (600, Duration::from_millis(100));

/// What a provider is known not to do. A suite asserts that it still does not, where that can be told, so that a gap
/// which was closed does not stay on a list; else it leaves out what needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gap {
    /// The account's settings cannot be asked for.
    Account,
    /// Some of the account's usage and limits are not told.
    AccountFigures,
    /// Not every setting of a function is kept: disk and tracing are lost.
    EverySetting,
    /// An empty text or list does not take away what is set.
    TakingAway,
    /// Functions have no revisions that differ.
    Revisions,
    /// New code is taken for any revision.
    RevisionOfCode,
    /// New settings are taken for any revision.
    RevisionOfSettings,
    /// A version is published of any revision.
    RevisionOfPublish,
    /// An alias is changed from any revision.
    RevisionOfAlias,
    /// A function's policy is changed from any revision.
    RevisionOfPolicy,
    /// The policy of a layer's version is changed from any revision.
    RevisionOfLayerPolicy,
    /// Publishing the same again makes another version.
    RepeatedPublish,
    /// A version is published whatever its code's checksum was to be.
    ChecksumOfPublish,
    /// A published version changes with the function.
    FrozenVersions,
    /// A version can be deleted while an alias leads to it.
    VersionInUse,
    /// Deleting a version that is not there is no error.
    AbsentVersion,
    /// Listing the versions of a function that is not there is no error.
    VersionsOfTheAbsent,
    /// A function that is not there has tags, or takes them.
    TagsOfTheAbsent,
    /// A function that is not there has reserved concurrency, or takes it.
    ConcurrencyOfTheAbsent,
    /// The concurrency that is reserved is not kept.
    Concurrency,
    /// An alias is made for a version that is not there.
    AliasOfAbsentVersion,
    /// An alias keeps no weights.
    Routing,
    /// Listing the aliases of a function that is not there is no error.
    AliasesOfTheAbsent,
    /// Aliases are listed whatever version they lead to.
    AliasesByVersion,
    /// Where there is no policy, an empty one is given.
    EmptyPolicy,
    /// A statement cannot be removed by the revision that the policy is read with.
    RemovalByRevision,
    /// A version or alias has no policy of its own.
    QualifiedPolicies,
    /// The account and organisation of a function's statement are lost.
    EveryCondition,
    /// The organisation of a layer's statement is lost.
    OrganizationOfLayer,
    /// A second statement of the same id is taken.
    StatementTwice,
    /// Removing a statement that is not there is no error.
    AbsentStatement,
    /// Layers are listed whatever they are for.
    LayersByRuntime,
    /// A layer's version cannot be found by the layer's full reference.
    LayerByReference,
    /// A layer's versions are not listed newest first.
    LayerOrder,
    /// Layers and their versions come in one page, whatever is asked for.
    LayerPages,
    /// Versions and aliases come in one page, whatever is asked for.
    Pages,
    /// Asynchronous invocation settings come in one page, whatever is asked for.
    AsyncSettingsPages,
    /// Asynchronous invocation settings cannot be listed.
    AsyncSettingsListing,
    /// Asynchronous invocation settings that are put a second time do not replace the first.
    SecondPut,
    /// Some asynchronous invocation settings cannot be changed by themselves.
    AsyncSettingsUpdate,
    /// An empty text does not take a destination away.
    TakingDestinationAway,
    /// Layers have no policies.
    LayerPolicies,
    /// Changing some asynchronous invocation settings needs none to be set before.
    UpdateOfAbsentAsyncSettings,
    /// Deleting asynchronous invocation settings that are not there is no error.
    AbsentAsyncSettings,
    /// Asynchronous invocation settings are not kept by version and alias.
    QualifiedAsyncSettings,
    /// Listing the asynchronous invocation settings of a function that is not there is no error.
    AsyncSettingsOfTheAbsent,
}

/// A layer that is there already: a port can only read layers.
#[derive(Debug, Clone)]
pub struct ArrangedLayer {
    /// Its name. It has exactly the versions 1 and 2, and no policies.
    pub name: String,
    /// A runtime that its versions are for.
    pub runtime: String,
    /// A runtime that they are not for.
    pub other_runtime: String,
}

/// What a harness arranges.
pub struct Arrangement {
    /// Begins the name of everything that is made: no other arrangement has it. At most 40 letters, digits and `-`.
    pub prefix: String,
    /// What is there.
    pub catalogue: Arc<dyn FunctionCatalogue>,
    /// What is managed.
    pub management: Management,
    /// Waiting for what gets ready.
    pub sleeper: Arc<dyn Sleeper>,
    /// Two packages of the same function that differ.
    pub packages: [Package; 2],
    /// The runtime of the packages.
    pub runtime: String,
    /// The entry point of the packages.
    pub handler: String,
    /// The identity that functions run as.
    pub role: String,
    /// Two places where records of queued calls can go, by the provider's references.
    pub destinations: [String; 2],
    /// A layer; only the suite of layers needs one.
    pub layer: Option<ArrangedLayer>,
    /// What the provider is known not to do.
    pub lacks: &'static [Gap],
    /// What must live as long: a server, a temporary folder.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// Arranges a provider at which things are managed.
#[async_trait]
pub trait WorkbenchHarness: Send + Sync {
    /// A provider. It may be shared with others: a suite looks at nothing that it has not made, but for the layer.
    async fn arrange(&self) -> Arrangement;
}

/// An arrangement with what was made on it.
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

/// Holds a provider to one guarantee, and takes away what was made for it, also where it does not hold.
pub async fn hold<G, F>(harness: &dyn WorkbenchHarness, guarantee: G)
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
    bench.clean().await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

impl Workbench {
    /// Whether the provider is known not to do this.
    pub fn lacks(&self, gap: Gap) -> bool {
        self.arranged.lacks.contains(&gap)
    }

    /// Fails where something does not hold that should, and where something holds that is said not to.
    pub fn expect(&self, gap: Gap, holds: bool, what: &dyn Debug) {
        if self.lacks(gap) {
            assert!(!holds, "{gap:?} is no gap any more: take it off the list ({what:?})");
        } else {
            assert!(holds, "{gap:?}: {what:?}");
        }
    }

    /// A function that there is none of yet.
    pub fn unmade(&self) -> FunctionRef {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        let function = FunctionRef::by_name(parsed(&format!("{}-{number}", self.prefix)));
        self.made.lock().unwrap().push(function.clone());
        function
    }

    /// What asks for a function of the first package, with every setting that any provider has. Its environment holds
    /// [`SECRET_VALUE`].
    pub fn wanted(&self, function: &FunctionRef) -> CreateFunction {
        CreateFunction {
            name: function.name.clone(),
            code: self.code(0),
            settings: FunctionSettings {
                description: Some("made by the suite".to_owned()),
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

    /// One of the two packages.
    pub fn code(&self, package: usize) -> FunctionCode {
        FunctionCode::new(lamplight_domain::CodeSource::Package(self.packages[package].clone()))
    }

    /// Makes a function as [`wanted`](Self::wanted) asks for it, and waits until it is ready.
    pub async fn function(&self) -> FunctionRef {
        let function = self.unmade();
        made(self.management.functions.create(self.wanted(&function), Effect::Make).await);
        self.ready(&function).await;
        function
    }

    /// Publishes a version, with other settings than any version before it, and gives its number.
    pub async fn version(&self, function: &FunctionRef) -> String {
        let memory = self.now(function).await.settings.memory_mb.unwrap_or(128) + 64;
        let settings = FunctionSettings { memory_mb: Some(memory), ..FunctionSettings::default() };
        let update = update_settings(function, settings);
        made(self.management.functions.update_settings(update, Effect::Make).await);
        self.ready(function).await;
        let version = made(self.management.functions.publish(publish(function), Effect::Make).await);
        self.ready(function).await;
        version.version.expect("a version has a number")
    }

    /// Waits until a function is ready, and describes it.
    pub async fn ready(&self, function: &FunctionRef) -> Function {
        for _ in 0..LOOKS.0 {
            let described = self.now(function).await;
            match described.readiness {
                Some(Readiness::Pending) => self.sleeper.sleep(LOOKS.1).await,
                Some(Readiness::Failed) => panic!("{described:?}"),
                Some(Readiness::Ready | Readiness::Asleep) | None => return described,
            }
        }
        panic!("{} never gets ready", function.name);
    }

    /// A function as it is now.
    pub async fn now(&self, function: &FunctionRef) -> Function {
        self.look(function, None).await.unwrap_or_else(|| panic!("{} is not there", function.name))
    }

    /// A function, version or alias as it is now, where there is one.
    pub async fn look(&self, function: &FunctionRef, qualifier: Option<&str>) -> Option<Function> {
        let qualifier = qualifier.map(parsed::<Qualifier>);
        read(self.catalogue.configuration(function, qualifier.as_ref()).await)
    }

    /// The layer that is there.
    pub fn arranged_layer(&self) -> &ArrangedLayer {
        self.layer.as_ref().expect("the suite of layers needs a layer")
    }

    /// A statement of the layer's version 1 that is to be taken away in the end.
    pub fn statement_of_layer(&self, id: &str) -> (LayerVersionRef, String) {
        let version = LayerVersionRef { layer: self.arranged_layer().name.clone(), version: 1 };
        let id = format!("{}-{id}", self.prefix);
        self.shared.lock().unwrap().push((version.clone(), id.clone()));
        (version, id)
    }

    /// Takes away what was made. What is gone already, or cannot be taken away, is no failure of a guarantee.
    async fn clean(&self) {
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

/// A change of settings from any revision.
pub fn update_settings(
    function: &FunctionRef,
    settings: FunctionSettings,
) -> lamplight_ports::UpdateSettings {
    lamplight_ports::UpdateSettings { function: function.clone(), settings, if_revision: None }
}

/// A version of whatever the function is.
pub fn publish(function: &FunctionRef) -> PublishVersion {
    PublishVersion {
        function: function.clone(),
        description: None,
        if_code_sha256: None,
        if_revision: None,
        latest_published: false,
    }
}

/// A function, version or alias.
pub fn subject(function: &FunctionRef, qualifier: Option<&str>) -> QualifiedFunction {
    QualifiedFunction { function: function.clone(), qualifier: qualifier.map(parsed) }
}

/// What was made.
pub fn made<T: Debug>(outcome: Result<Changed<T>, ChangeError>) -> T {
    match outcome {
        Ok(Changed::Made(made)) => made,
        other => panic!("it should be made: {other:?}"),
    }
}

/// What was only shown: a whole request, without secrets and without code.
pub fn shown<T: Debug>(outcome: Result<Changed<T>, ChangeError>, about: &str) -> RequestPreview {
    let preview = match outcome {
        Ok(Changed::Shown(preview)) => preview,
        other => panic!("it should be shown: {other:?}"),
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

/// What was read.
pub fn read<T>(outcome: Result<T, PortError>) -> T {
    match outcome {
        Ok(read) => read,
        Err(error) => panic!("it should be read: {error:?}"),
    }
}

/// Whether a change was refused as this kind, with the proof that nothing was changed.
pub fn is_refused<T>(outcome: &Result<Changed<T>, ChangeError>, kind: PortErrorKind) -> bool {
    outcome.as_ref().is_err_and(|error| error.error.kind == kind && error.applied == Applied::No)
}

/// A change that was refused as this kind, with the proof that nothing was changed.
pub fn refused<T: Debug>(outcome: Result<Changed<T>, ChangeError>, kind: PortErrorKind) -> ChangeError {
    let error = match outcome {
        Ok(changed) => panic!("it should be refused as {kind:?}: {changed:?}"),
        Err(error) => error,
    };
    assert_eq!((error.error.kind, error.applied), (kind, Applied::No), "{error:?}");
    check_texts(&error.error);
    error
}

/// A read of what hangs on a function that is not there: nothing, or a word about the function, where the provider tells.
pub fn none_or_no_function<T: Debug>(outcome: Result<Option<T>, PortError>) {
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

/// What every error promises.
pub fn check_texts(error: &PortError) {
    assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error:?}");
    assert!(error.code.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{error:?}");
    let texts = all_texts(error);
    assert!(!texts.contains(SECRET_VALUE), "{texts}");
}

/// All that an error says, with its causes.
pub fn all_texts(error: &PortError) -> String {
    let mut texts = vec![format!("{error} {error:?} {:?}", error.hint)];
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(format!("{cause} {cause:?}"));
        source = cause.source();
    }
    texts.join(" <- ")
}
