//! The output for programs: one typed view for each thing, the same for every front.
//!
//! A view is plain data that is only written, never read. It borrows from values of the domain and the ports, and its
//! schema ([`schemas()`]) is generated from the same type. Hints are in the words of the front that shows the view. The
//! keys are written in the order of the fields; neither keys nor order change, which is why some views are
//! alphabetical.
//!
//! What fronts share to show texts and sizes to people is here, too: [`harmless()`], [`size()`].
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod account;
mod alias;
mod asynchronous;
mod check;
mod connection;
mod discovery;
mod error;
mod evidence;
mod function;
mod functions;
mod harmless;
mod history;
mod job;
mod layer;
mod manage;
mod permission;
mod problem;
mod raw;
mod run;
mod runs;
mod schemas;
mod size;
mod words;

pub use access::{AuditEntryView, AuditView, NewTokenView, RoleWord, TokenView, TokensView};
pub use account::{QuotaView, QuotasView, UnitWord};
pub use alias::{AliasView, AliasesView};
pub use asynchronous::{AsyncListView, AsyncView};
pub use check::{CheckView, CheckWord, ChecksView};
pub use connection::{ConnectionSettingsView, ConnectionView, ConnectionsView, SettingView};
pub use discovery::{
    DiscoveryView, FoundFunctionView, ImportActionWord, ImportChangeView, ImportView, ImportWord,
};
pub use error::{ErrorView, FailureView};
pub use evidence::{EvidenceView, WarningAbout, WarningView};
pub use function::{
    CapacityView, DurableView, FileSystemView, FunctionView, ImageView, LoggingView, NetworkView,
};
pub use functions::{FunctionsView, VersionsView};
pub use harmless::{harmless, harmless_json, is_harmful, one_line};
pub use history::{
    ChartBucketView, ChartView, JobOverviewView, JobPageView, NoteView, NotesView, SubmittedRunView,
};
pub use job::{
    AppliedJobView, AppliedJobsView, AppliedWord, JobView, JobsView, OverridesView, ParameterView,
};
pub use layer::{LayerVersionView, LayerVersionsView, LayerView, LayersView};
pub use manage::{
    ChangeView, ChangeWord, ConcurrencyView, PreviewView, RemovedAliasView, RemovedLayerPermissionView,
    RemovedPermissionView, SubjectView, TagsView,
};
pub use permission::{PermissionView, PolicyView};
pub use problem::{ClassWord, ProblemView};
pub use raw::{Outputs, Response, ResponseKind};
pub use run::{ArgumentView, EffectiveValue, EffectiveView, ReportView, RunErrorView, RunView};
pub use runs::{CancelView, DamagedView, MonitorView, RunSummaryView, RunsView, StatusView};
pub use schemas::schemas;
pub use size::size;
pub use words::{
    DataTypeWord, DirectionWord, EvidenceWord, InvocationTypeWord, JsonKindWord, LevelWord, StateWord,
    StatusWord,
};
