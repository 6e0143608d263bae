//! The simulated provider: its functions, who has run how often, and who we are to it.

use crate::{FakeFunction, ManualClock, Script, SequentialIds};
use async_trait::async_trait;
use lamplight_domain::FunctionName;
use lamplight_ports::{
    Account, AccountLimits, AccountSettings, AccountUsage, CredentialsSummary, IdSource, Identity, PortError,
    PortErrorKind, Principal, Reachability, Sleeper,
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
    /// How many calls of each function were throttled.
    pub(crate) throttled: BTreeMap<String, u32>,
    /// How many connections for each function were refused.
    pub(crate) refused: BTreeMap<String, u32>,
}

/// A simulated provider. Clones share their state.
#[derive(Clone)]
pub struct FakeProvider {
    pub(crate) functions: Arc<BTreeMap<String, FakeFunction>>,
    pub(crate) counters: Arc<Mutex<Counters>>,
    pub(crate) sleeper: Arc<dyn Sleeper>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) page_size: usize,
    pub(crate) refusing: bool,
}

impl FakeProvider {
    /// The account that the simulated functions belong to.
    pub const ACCOUNT: &str = "000000000000";
    /// The region that the simulated functions are in.
    pub const REGION: &str = "us-east-1";

    /// A provider of these functions, on a manual clock, with ids that count.
    pub fn new(functions: impl IntoIterator<Item = FakeFunction>) -> Self {
        let by_name = functions.into_iter().map(|function| (function.name.to_string(), function));
        Self {
            functions: Arc::new(by_name.collect()),
            counters: Arc::default(),
            sleeper: Arc::new(ManualClock::default()),
            ids: Arc::new(SequentialIds::default()),
            page_size: 50,
            refusing: false,
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

    /// The same provider with pages of at most `page_size` functions, whatever is asked for.
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

    /// An error for a caller who may not do what `action` says.
    pub(crate) fn refusal(action: &str) -> PortError {
        let message = format!("the caller may not {action}");
        PortError::new(PortErrorKind::Denied, "access_denied", message).with_hint(format!("ask for {action}"))
    }

    /// How often a function was executed.
    pub fn executions(&self, function: &str) -> u64 {
        self.counters().executions.get(function).copied().unwrap_or_default()
    }

    pub(crate) fn counters(&self) -> MutexGuard<'_, Counters> {
        // Nothing can panic while the lock is held; were it ever so, counts are still counts.
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn arn(function: &FunctionName) -> String {
        format!("arn:aws:lambda:{}:{}:function:{function}", Self::REGION, Self::ACCOUNT)
    }
}

/// The functions by name; their environments may hold secrets.
impl fmt::Debug for FakeProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.functions.keys().collect();
        f.debug_struct("FakeProvider").field("functions", &names).finish_non_exhaustive()
    }
}

#[async_trait]
impl Account for FakeProvider {
    async fn settings(&self) -> Result<AccountSettings, PortError> {
        if self.refusing {
            return Err(Self::refusal("lambda:GetAccountSettings"));
        }
        // The limits of a new account (Lambda developer guide, "Lambda quotas").
        Ok(AccountSettings {
            limits: AccountLimits {
                total_code_bytes: Some(75 << 30),
                unpacked_code_bytes: Some(250 << 20),
                uploaded_code_bytes: Some(50 << 20),
                concurrent_executions: Some(1000),
                unreserved_concurrent_executions: Some(1000),
            },
            usage: AccountUsage {
                total_code_bytes: Some(0),
                functions: u64::try_from(self.functions.len()).ok(),
            },
        })
    }
}

#[async_trait]
impl Reachability for FakeProvider {
    async fn reach(&self) -> Result<String, PortError> {
        Ok("the simulator".to_owned())
    }
}

#[async_trait]
impl Identity for FakeProvider {
    async fn credentials(&self) -> Result<CredentialsSummary, PortError> {
        Ok(CredentialsSummary { source: "the simulator".to_owned(), expires_at: None })
    }

    async fn who_am_i(&self) -> Result<Principal, PortError> {
        if self.refusing {
            return Err(Self::refusal("sts:GetCallerIdentity"));
        }
        let reference = format!("arn:aws:iam::{}:user/demo", Self::ACCOUNT);
        Ok(Principal { account: Self::ACCOUNT.to_owned(), reference })
    }
}
