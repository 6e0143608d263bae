//! The simulated provider: how it is set up, who has run how often, and who we are to it.

use crate::{Call, FakeFunction, ManualClock, Script, SequentialIds, state::State};
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, FunctionName, FunctionRef};
use lamplight_ports::{
    Cancellation, Canceller, Clock, CredentialsSummary, IdSource, Identity, PortError, PortErrorKind,
    Principal, Reachability, Sleeper,
};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What changes while functions are called.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// How often each function was executed.
    pub(crate) executions: BTreeMap<String, u64>,
    /// The calls that started a function, where they are remembered.
    pub(crate) calls: Option<Vec<Call>>,
    /// How many calls of each function were throttled.
    pub(crate) throttled: BTreeMap<String, u32>,
    /// How many connections for each function were refused.
    pub(crate) refused: BTreeMap<String, u32>,
    /// The function of each queued event, by request id.
    pub(crate) accepted: BTreeMap<String, String>,
}

/// A simulated provider. Clones share their state.
#[derive(Clone)]
pub struct FakeProvider {
    state: Arc<Mutex<State>>,
    counters: Arc<Mutex<Counters>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sleeper: Arc<dyn Sleeper>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) page_size: usize,
    pub(crate) refusing: bool,
    pub(crate) cancels: bool,
}

impl FakeProvider {
    /// The account that the simulated functions belong to.
    pub const ACCOUNT: &str = "000000000000";
    /// The region that the simulated functions are in.
    pub const REGION: &str = "us-east-1";

    /// A provider of these functions, on a manual clock, with ids that count.
    pub fn new(functions: impl IntoIterator<Item = FakeFunction>) -> Self {
        let mut state = State::default();
        for function in functions {
            state.script(function);
        }
        let clock = Arc::new(ManualClock::default());
        Self {
            state: Arc::new(Mutex::new(state)),
            counters: Arc::default(),
            clock: clock.clone(),
            sleeper: clock,
            ids: Arc::new(SequentialIds::default()),
            page_size: 50,
            refusing: false,
            cancels: false,
        }
    }

    /// A provider of scripted functions.
    pub fn from_script(script: Script) -> Self {
        Self::new(script.functions)
    }

    /// The same provider with another clock to delay on and other ids, as the demo uses the real ones.
    #[must_use]
    pub fn with_system(mut self, sleeper: Arc<dyn Sleeper>, ids: Arc<dyn IdSource>) -> Self {
        self.sleeper = sleeper;
        self.ids = ids;
        self
    }

    /// The same provider with another clock to tell when things were changed.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The same provider with pages of at most `page_size` things, whatever is asked for.
    #[must_use]
    pub fn with_page_size(mut self, page_size: usize) -> Self {
        self.page_size = page_size.max(1);
        self
    }

    /// The same provider with a caller who may do nothing.
    #[must_use]
    pub fn refusing(mut self) -> Self {
        self.refusing = true;
        self
    }

    /// The same provider as one that says of queued events that it has stopped them.
    #[must_use]
    pub fn cancelling(mut self) -> Self {
        self.cancels = true;
        self
    }

    /// The same provider as one that remembers every call with its event, for as long as it lives.
    #[must_use]
    pub fn with_recorded_calls(self) -> Self {
        self.counters().calls.get_or_insert_default();
        self
    }

    /// An error for a caller who may not do what `action` says.
    pub(crate) fn refusal(action: &str) -> PortError {
        let message = format!("the caller may not {action}");
        PortError::new(PortErrorKind::Denied, ErrorCode::AccessDenied, message)
            .with_hint(format!("ask for {action}"))
    }

    /// How often a function was executed.
    pub fn executions(&self, function: &str) -> u64 {
        self.counters().executions.get(function).copied().unwrap_or_default()
    }

    /// The calls that started a function, in their order; none are remembered without
    /// [`with_recorded_calls`](Self::with_recorded_calls).
    pub fn calls(&self) -> Vec<Call> {
        self.counters().calls.clone().unwrap_or_default()
    }

    pub(crate) fn counters(&self) -> MutexGuard<'_, Counters> {
        // Nothing can panic while the lock is held; were it ever so, counts are still counts.
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // As with the counts: every change is made as a whole or not at all.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many things a page has at the most.
    pub(crate) fn page_of(&self, asked: Option<u32>) -> usize {
        let asked = asked.map_or(self.page_size, |size| usize::try_from(size).unwrap_or(usize::MAX));
        asked.clamp(1, self.page_size)
    }

    pub(crate) fn arn(function: &FunctionName) -> String {
        format!("arn:aws:lambda:{}:{}:function:{function}", Self::REGION, Self::ACCOUNT)
    }
}

/// The functions by name; their environments may hold secrets.
impl fmt::Debug for FakeProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let names: Vec<&String> = state.functions.keys().collect();
        f.debug_struct("FakeProvider").field("functions", &names).finish_non_exhaustive()
    }
}

#[async_trait]
impl Reachability for FakeProvider {
    async fn reach(&self, _: Option<&FunctionRef>) -> Result<String, PortError> {
        Ok("the simulator".to_owned())
    }
}

#[async_trait]
impl Identity for FakeProvider {
    async fn credentials(&self) -> Result<CredentialsSummary, PortError> {
        Ok(CredentialsSummary { source: "the simulator".to_owned(), expires_at: None })
    }

    async fn who_am_i(&self) -> Result<Option<Principal>, PortError> {
        if self.refusing {
            return Err(Self::refusal("sts:GetCallerIdentity"));
        }
        let reference = format!("arn:aws:iam::{}:user/demo", Self::ACCOUNT);
        Ok(Some(Principal { account: Some(Self::ACCOUNT.to_owned()), reference }))
    }
}

#[async_trait]
impl Canceller for FakeProvider {
    async fn cancel(&self, function: &FunctionRef, request_id: &str) -> Result<Cancellation, PortError> {
        if self.refusing {
            return Err(Self::refusal("cancel executions"));
        }
        let counters = self.counters();
        let accepted = counters.accepted.get(request_id);
        Ok(match accepted {
            Some(name) if name == function.name.as_str() => Cancellation::Cancelled,
            _ => Cancellation::Refused { reason: "the simulator knows no such execution".to_owned() },
        })
    }
}
