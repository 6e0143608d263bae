//! The state of the simulator, and how a qualifier resolves to a version of a function.

use crate::{FakeFunction, FakeProvider};
use lamplight_domain::{
    Alias, AsyncSettings, EnvironmentVariable, Function, LayerVersion, PermissionStatement, Readiness,
    Redacted, Routing, Tags,
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// The number of the unpublished version; published versions count from 1.
pub(crate) const LATEST: u64 = 0;

/// Everything that can be changed.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) functions: BTreeMap<String, KeptFunction>,
    pub(crate) layers: BTreeMap<String, KeptLayer>,
    /// The faults of the next changes, one per change.
    pub(crate) faults: VecDeque<Fault>,
    /// How many times a new or changed version is described as pending.
    pub(crate) pending: u32,
    revisions: u64,
}

/// The fault of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The change is made and its answer is lost.
    LoseAnswer,
    /// The request is lost, and the caller cannot tell.
    LoseRequest,
    /// The change is throttled.
    Throttle,
}

impl State {
    /// A new revision, in the format of AWS.
    pub(crate) fn next_revision(&mut self) -> String {
        self.revisions += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.revisions)
    }

    /// Adds a scripted function, and publishes each version that one of its aliases points to.
    pub(crate) fn add_script(&mut self, script: FakeFunction) {
        let script = Arc::new(script);
        let described = describe_script(&script);
        let mut of_revision = |number| Version {
            number,
            described: Function { revision: Some(self.next_revision()), ..described.clone() },
            behaviour: Arc::clone(&script),
            pending: 0,
            fresh: false,
        };
        let mut function = KeptFunction::new(of_revision(LATEST));
        for number in script.aliases.values().filter_map(|version| version.parse().ok()) {
            function.versions.entry(number).or_insert_with(|| of_revision(number));
            function.newest = function.newest.max(number);
        }
        for (name, version) in &script.aliases {
            let alias = KeptAlias {
                version: version.clone(),
                description: None,
                routing: Routing::new(),
                revision: self.next_revision(),
                calls: 0,
            };
            function.aliases.insert(name.clone(), alias);
        }
        self.functions.insert(script.name.to_string(), function);
    }
}

/// A function and everything that belongs to it.
pub(crate) struct KeptFunction {
    pub(crate) latest: Version,
    /// The published versions.
    pub(crate) versions: BTreeMap<u64, Version>,
    /// The highest version number ever published; numbers are never reused.
    pub(crate) newest: u64,
    /// The version that `$LATEST.PUBLISHED` points to.
    pub(crate) latest_published: Option<u64>,
    pub(crate) aliases: BTreeMap<String, KeptAlias>,
    /// By qualifier; the function's own policy has the empty text as its key.
    pub(crate) policies: BTreeMap<String, KeptPolicy>,
    /// By qualifier; the function's own settings have the key `$LATEST`, as at AWS.
    pub(crate) async_invocations: BTreeMap<String, KeptAsyncSettings>,
    pub(crate) reserved: Option<u32>,
    pub(crate) tags: Tags,
}

/// The statements of a policy, in the order in which they were added.
pub(crate) struct KeptPolicy {
    pub(crate) statements: Vec<PermissionStatement>,
    pub(crate) revision: Option<String>,
}

/// A layer with its versions and their policies.
#[derive(Default)]
pub(crate) struct KeptLayer {
    pub(crate) versions: BTreeMap<u64, LayerVersion>,
    pub(crate) policies: BTreeMap<u64, KeptPolicy>,
}

/// Asynchronous invocation settings.
pub(crate) struct KeptAsyncSettings {
    pub(crate) settings: AsyncSettings,
    pub(crate) last_modified: String,
}

impl KeptFunction {
    pub(crate) fn new(latest: Version) -> Self {
        Self {
            latest,
            versions: BTreeMap::new(),
            newest: LATEST,
            latest_published: None,
            aliases: BTreeMap::new(),
            policies: BTreeMap::new(),
            async_invocations: BTreeMap::new(),
            reserved: None,
            tags: Tags::new(),
        }
    }

    /// The number of a version, if the version exists.
    pub(crate) fn number_of_version(&self, version: &str) -> Option<u64> {
        let number = match version {
            "$LATEST" => LATEST,
            "$LATEST.PUBLISHED" => self.latest_published?,
            text => text.parse().ok().filter(|number| *number != LATEST)?,
        };
        self.version(number).map(|_| number)
    }

    /// The number of the version that a qualifier resolves to; an alias resolves to its own version, whatever its
    /// routing.
    pub(crate) fn number(&self, qualifier: Option<&str>) -> Option<u64> {
        match qualifier {
            None => Some(LATEST),
            Some(text) => match self.aliases.get(text) {
                Some(alias) => self.number_of_version(&alias.version),
                None => self.number_of_version(text),
            },
        }
    }

    pub(crate) fn version(&self, number: u64) -> Option<&Version> {
        if number == LATEST { Some(&self.latest) } else { self.versions.get(&number) }
    }

    /// Describes the version that a qualifier resolves to, and counts the description.
    pub(crate) fn describe_and_count(&mut self, qualifier: Option<&str>) -> Option<Function> {
        match self.number(qualifier)? {
            LATEST => Some(self.latest.describe_and_count()),
            number => self.versions.get_mut(&number).map(Version::describe_and_count),
        }
    }

    /// The unpublished version, then the published ones in order.
    pub(crate) fn all_versions(&self) -> impl Iterator<Item = &Version> {
        std::iter::once(&self.latest).chain(self.versions.values())
    }

    /// Removes everything that belongs to a deleted version or alias.
    pub(crate) fn remove_qualifier(&mut self, qualifier: &str) {
        self.policies.remove(qualifier);
        self.async_invocations.remove(qualifier);
    }

    /// The version for the next call, which is counted.
    pub(crate) fn route_next_call(&mut self, qualifier: Option<&str>) -> Option<&Version> {
        let routed = qualifier.and_then(|text| self.aliases.get_mut(text)).and_then(KeptAlias::route_call);
        let number = match routed {
            Some(version) => self.number_of_version(&version)?,
            None => self.number(qualifier)?,
        };
        self.version(number)
    }
}

/// A version of a function.
#[derive(Clone)]
pub(crate) struct Version {
    pub(crate) number: u64,
    /// The description without version number and readiness.
    pub(crate) described: Function,
    /// How it answers.
    pub(crate) behaviour: Arc<FakeFunction>,
    /// How many more times it is described as pending.
    pub(crate) pending: u32,
    /// Whether it has never been ready yet.
    pub(crate) fresh: bool,
}

impl Version {
    /// The version number as the provider writes it.
    pub(crate) fn name(&self) -> String {
        if self.number == LATEST { "$LATEST".to_owned() } else { self.number.to_string() }
    }

    /// The description in a listing, which has no state.
    pub(crate) fn listed(&self) -> Function {
        let function = Function { version: Some(self.name()), ..self.described.clone() };
        if self.number == LATEST {
            function
        } else {
            Function { reference: format!("{}:{}", function.reference, self.number), ..function }
        }
    }

    /// The description with the state.
    pub(crate) fn with_state(&self) -> Function {
        let mut function = self.listed();
        let pending = self.pending > 0;
        let (state, update) = match (pending, self.fresh) {
            (true, true) => ("Pending", "InProgress"),
            (true, false) => ("Active", "InProgress"),
            (false, _) => ("Active", "Successful"),
        };
        function.state = Some(state.to_owned());
        function.state_reason = (state == "Pending").then(|| "The function is being created.".to_owned());
        function.update_status = Some(update.to_owned());
        function.readiness = Some(if pending { Readiness::Pending } else { Readiness::Ready });
        function
    }

    /// Describes the version and counts the description: each brings it closer to being ready.
    pub(crate) fn describe_and_count(&mut self) -> Function {
        let function = self.with_state();
        self.pending = self.pending.saturating_sub(1);
        self.fresh &= self.pending > 0;
        function
    }

    /// Begins a change that is complete after `pending` descriptions.
    pub(crate) fn begin_change(&mut self, pending: u32) {
        self.pending = pending;
        self.fresh &= pending > 0;
    }
}

/// An alias.
pub(crate) struct KeptAlias {
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    pub(crate) routing: Routing,
    pub(crate) revision: String,
    /// How many calls were made through the alias since its routing was set.
    pub(crate) calls: u64,
}

impl KeptAlias {
    pub(crate) fn describe(&self, function: &lamplight_domain::FunctionName, name: &str) -> Alias {
        Alias {
            name: name.to_owned(),
            reference: format!("{}:{name}", FakeProvider::arn(function)),
            version: self.version.clone(),
            description: self.description.clone(),
            routing: self.routing.clone(),
            revision: Some(self.revision.clone()),
        }
    }

    /// Whether the alias points to that version, by itself or by its routing.
    pub(crate) fn uses(&self, version: &str) -> bool {
        self.version == version || self.routing.contains_key(version)
    }

    /// Counts a call; returns the other version if the call goes there. Calls are spread evenly: with a weight of 0.1
    /// it is every tenth call.
    fn route_call(&mut self) -> Option<String> {
        let (version, weight) = self.routing.iter().next()?;
        self.calls += 1;
        #[expect(
            clippy::cast_precision_loss,
            reason = "the number of calls stays far below the integers that a double holds exactly"
        )]
        // Tolerates rounding errors just below a whole number.
        let share = |calls: u64| (calls as f64 * weight + 1e-9).floor();
        (share(self.calls) > share(self.calls - 1)).then(|| version.clone())
    }
}

/// The description of a scripted function.
fn describe_script(function: &FakeFunction) -> Function {
    let mut described = Function::new(function.name.clone(), FakeProvider::arn(&function.name));
    described.settings.description = Some(function.description.clone()).filter(|text| !text.is_empty());
    described.settings.runtime = Some(function.runtime.clone());
    described.settings.timeout_seconds = Some(function.timeout_seconds);
    described.settings.memory_mb = Some(function.memory_mb);
    described.architecture = Some("x86_64".to_owned());
    described.package_type = Some("Zip".to_owned());
    described.code_sha256 = Some(made_up_sha256(function.name.as_str()));
    let variables = function.environment.iter();
    described.settings.environment = Some(
        variables
            .map(|(key, value)| EnvironmentVariable { key: key.clone(), value: Redacted::new(value.clone()) })
            .collect(),
    );
    described
}

/// A checksum for code that was never uploaded here: the same text gives the same checksum.
pub(crate) fn made_up_sha256(code: &str) -> String {
    // FNV-1a, repeated until there are enough digits. The last digit and the sign complete 32 bytes of Base64.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut round = |number: u8| {
        for byte in code.bytes().chain([number]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash
    };
    let [first, second, third] = [round(0), round(1), round(2)];
    let digits = format!("{first:016x}{second:016x}{third:016x}");
    format!("{}0=", &digits[..42])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alias(weight: f64) -> KeptAlias {
        KeptAlias {
            version: "1".to_owned(),
            description: None,
            routing: Routing::from([("2".to_owned(), weight)]),
            revision: String::new(),
            calls: 0,
        }
    }

    #[test]
    fn shares_of_calls_are_exact_and_spread_evenly() {
        for (weight, of_a_hundred) in [(0.0, 0), (0.01, 1), (0.1, 10), (0.29, 29), (0.5, 50), (1.0, 100)] {
            let mut alias = alias(weight);
            let elsewhere = (0..100).filter(|_| alias.route_call().is_some()).count();
            assert_eq!(elsewhere, of_a_hundred, "{weight}");
        }
        let mut tenth = alias(0.1);
        let served: Vec<usize> = (1..=20).filter(|_| tenth.route_call().is_some()).collect();
        assert_eq!(served, [10, 20]);
    }

    #[test]
    fn made_up_checksums_have_the_form_of_real_ones_and_differ() {
        let (one, other) = (made_up_sha256("adder"), made_up_sha256("greeter"));
        assert_eq!((one.len(), one.ends_with("0=")), (44, true));
        assert_ne!(one, other);
        assert_eq!(one, made_up_sha256("adder"));
    }
}
