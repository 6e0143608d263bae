//! The simulator: its setup, its counters, and the caller's identity.

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

/// Counters that change when functions are called.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// How often each function was executed.
    pub(crate) executions: BTreeMap<String, u64>,
    /// The calls that started a function, if they are recorded.
    pub(crate) calls: Option<Vec<Call>>,
    /// How many calls of each function were throttled.
    pub(crate) throttled: BTreeMap<String, u32>,
    /// How many connections for each function were refused.
    pub(crate) refused: BTreeMap<String, u32>,
    /// The function of each accepted event, by request ID.
    pub(crate) accepted: BTreeMap<String, String>,
}

/// A simulated provider. Clones share its state.
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

    /// A provider of these functions, with a manual clock and sequential IDs.
    pub fn new(functions: impl IntoIterator<Item = FakeFunction>) -> Self {
        let mut state = State::default();
        for function in functions {
            state.add_script(function);
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

    /// Uses another sleeper for delays and another source of IDs; the demo uses the real ones.
    #[must_use]
    pub fn with_system(mut self, sleeper: Arc<dyn Sleeper>, ids: Arc<dyn IdSource>) -> Self {
        self.sleeper = sleeper;
        self.ids = ids;
        self
    }

    /// Uses another clock for the times of changes.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Limits pages to `page_size` items, whatever is requested.
    #[must_use]
    pub fn with_page_size(mut self, page_size: usize) -> Self {
        self.page_size = page_size.max(1);
        self
    }

    /// Refuses every request, as for a caller without permissions.
    #[must_use]
    pub fn refusing(mut self) -> Self {
        self.refusing = true;
        self
    }

    /// Confirms the cancellation of accepted events.
    #[must_use]
    pub fn cancelling(mut self) -> Self {
        self.cancels = true;
        self
    }

    /// Records every call with its event for as long as the provider lives.
    #[must_use]
    pub fn with_recorded_calls(self) -> Self {
        self.counters().calls.get_or_insert_default();
        self
    }

    /// The error for a caller who is not allowed to perform `action`.
    pub(crate) fn refusal(action: &str) -> PortError {
        let message = format!("the caller has no permission for {action}");
        PortError::new(PortErrorKind::Denied, ErrorCode::AccessDenied, message)
            .with_hint(format!("ask an administrator for the permission: {action}"))
    }

    /// How often a function was executed.
    pub fn executions(&self, function: &str) -> u64 {
        self.counters().executions.get(function).copied().unwrap_or_default()
    }

    /// The calls that started a function, in order; empty without [`with_recorded_calls`](Self::with_recorded_calls).
    pub fn calls(&self) -> Vec<Call> {
        self.counters().calls.clone().unwrap_or_default()
    }

    pub(crate) fn counters(&self) -> MutexGuard<'_, Counters> {
        // Nothing panics while the lock is held; if it ever did, the counts would still be valid.
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // As with the counters: every change is made completely or not at all.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of items on a page.
    pub(crate) fn page_of(&self, asked: Option<u32>) -> usize {
        let asked = asked.map_or(self.page_size, |size| usize::try_from(size).unwrap_or(usize::MAX));
        asked.clamp(1, self.page_size)
    }

    pub(crate) fn arn(function: &FunctionName) -> String {
        format!("arn:aws:lambda:{}:{}:function:{function}", Self::REGION, Self::ACCOUNT)
    }
}

/// Shows functions by name only, because environment variables may contain secrets.
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
            return Err(Self::refusal("cancelling executions"));
        }
        let counters = self.counters();
        let accepted = counters.accepted.get(request_id);
        Ok(match accepted {
            Some(name) if name == function.name.as_str() => Cancellation::Cancelled,
            _ => Cancellation::Refused {
                reason: "the simulator has no execution with this request ID".to_owned(),
            },
        })
    }
}
