//! Creating, changing and deleting simulated functions.

use crate::{
    Answer, FakeFunction, FakeProvider,
    account::can_reserve,
    change::{Stamp, check_range, conflict, expect_revision, invalid, not_found},
    paging::page,
    preview::{self, Request, encoded, joined},
    settings::{apply_change, defaults},
    state::{KeptFunction, LATEST, State, Version, made_up_sha256},
};
use async_trait::async_trait;
use lamplight_aws_model::{
    ManageSubject, Operation,
    manage_rules::{
        MAX_PAGE, check_new_function, check_page_size, check_rules, check_settings, check_upload,
    },
};
use lamplight_domain::{CodeSource, Function, FunctionCode, FunctionRef, FunctionSettings, Qualifier, Tags};
use lamplight_ports::{
    Applied, ChangeError, Changed, CreateFunction, Effect, FunctionManager, ListVersions, Page, PortError,
    Publish, PublishVersion, TagChange, UpdateCode, UpdateSettings, UploadWatch,
};
use serde_json::json;
use std::sync::Arc;

/// How many bytes of an upload each progress report covers.
const CHUNK: u64 = 64 << 10;

/// Reports the progress of an upload, in bytes of the Base64 text that a request contains.
fn report_upload(code: &FunctionCode, watch: Option<&Arc<dyn UploadWatch>>) {
    if let (CodeSource::Package(package), Some(watch)) = (&code.source, watch) {
        let of = package.bytes().len().div_ceil(3) as u64 * 4;
        let mut sent = 0;
        while sent < of {
            sent = of.min(sent + CHUNK);
            watch.sent(sent, of);
        }
    }
}

/// The description of a function after its code was replaced.
fn with_code(mut described: Function, code: &FunctionCode) -> Function {
    let (package_type, sha256, size) = match &code.source {
        CodeSource::Package(package) => ("Zip", package.sha256().to_owned(), package.bytes().len() as u64),
        CodeSource::StoredObject { bucket, key, version, .. } => {
            ("Zip", made_up_sha256(&format!("{bucket}/{key}/{version:?}")), 0)
        }
        CodeSource::Image(uri) => ("Image", made_up_sha256(uri), 0),
    };
    described.package_type = Some(package_type.to_owned());
    described.code_sha256 = Some(sha256);
    described.code_size = Some(size);
    described.image = match &code.source {
        CodeSource::Image(uri) => Some(uri.clone()),
        _ => None,
    };
    if code.architecture.is_some() {
        described.architecture.clone_from(&code.architecture);
    }
    described
}

/// The ranges that an account has by default (Lambda quotas).
fn check_ranges(asking: &ManageSubject, settings: &FunctionSettings) -> Result<(), PortError> {
    check_range(asking, "timeout", settings.timeout_seconds, 1..=900)?;
    check_range(asking, "memorySize", settings.memory_mb, 128..=10_240)?;
    check_range(asking, "ephemeralStorage.size", settings.ephemeral_storage_mb, 512..=10_240)
}

/// The function, if it exists and no change of it is in progress.
fn find_changeable<'a>(
    state: &'a mut State,
    function: &FunctionRef,
    asking: &ManageSubject,
) -> Result<&'a mut KeptFunction, PortError> {
    let kept = state.functions.get_mut(function.name.as_str()).ok_or_else(|| not_found(asking))?;
    if kept.latest.pending > 0 { Err(conflict(asking)) } else { Ok(kept) }
}

impl KeptFunction {
    /// Publishes the unpublished version, unless the last version is the same.
    fn publish(
        &mut self,
        description: Option<String>,
        how: Publish,
        pending: u32,
        stamp: &Stamp,
    ) -> Function {
        let same = self.versions.get(&self.newest).filter(|last| {
            let (latest, last) = (&self.latest.described, &last.described);
            let mut settings = last.settings.clone();
            settings.description.clone_from(&latest.settings.description);
            latest.settings == settings
                && (&latest.code_sha256, &latest.architecture) == (&last.code_sha256, &last.architecture)
        });
        let published = if let Some(same) = same {
            same.with_state()
        } else {
            self.newest += 1;
            let mut version = Version { number: self.newest, fresh: true, ..self.latest.clone() };
            version.described.revision = Some(stamp.revision.clone());
            version.described.last_modified = Some(stamp.time.clone());
            if description.is_some() {
                version.described.settings.description = description.filter(|text| !text.is_empty());
            }
            version.begin_change(pending);
            let published = version.with_state();
            self.versions.insert(self.newest, version);
            published
        };
        if how == Publish::LatestPublished {
            self.latest_published = Some(self.newest);
        }
        published
    }

    /// Replaces the unpublished version, and publishes it if requested.
    fn replace_latest(
        &mut self,
        described: Function,
        behaviour: FakeFunction,
        publish: Publish,
        pending: u32,
        stamp: &Stamp,
    ) -> Function {
        self.latest.described = Function {
            revision: Some(stamp.revision.clone()),
            last_modified: Some(stamp.time.clone()),
            ..described
        };
        let settings = &self.latest.described.settings;
        self.latest.behaviour = Arc::new(FakeFunction {
            timeout_seconds: settings.timeout_seconds.unwrap_or(behaviour.timeout_seconds),
            memory_mb: settings.memory_mb.unwrap_or(behaviour.memory_mb),
            ..behaviour
        });
        self.latest.begin_change(pending);
        match publish {
            Publish::No => self.latest.with_state(),
            publish => self.publish(None, publish, pending, stamp),
        }
    }
}

#[async_trait]
impl FunctionManager for FakeProvider {
    async fn create(
        &self,
        request: CreateFunction,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError> {
        let CreateFunction { name, code, settings, tags, publish, code_signing, tenancy, watch } = request;
        let asking = Self::asking(Operation::CreateFunction, &FunctionRef::by_name(name.clone()), None);
        check_rules(&asking, check_new_function(&code, &settings)).map_err(ChangeError::refused)?;
        let package_type = if matches!(code.source, CodeSource::Image(_)) { "Image" } else { "Zip" };
        let body = json!({
            "FunctionName": name.as_str(),
            "PackageType": package_type,
            "Code": preview::code(&code),
            "Architectures": code.architecture.as_ref().map(|architecture| [architecture]),
            "CodeSigningConfigArn": code_signing,
            "TenancyConfig": tenancy.as_ref().map(|mode| json!({ "TenantIsolationMode": mode })),
        });
        let body = [preview::settings(&settings, effect), preview::publish(publish), preview::tags(&tags)]
            .into_iter()
            .fold(body, joined);
        let shown = Request::new("POST", "/2015-03-31/functions".to_owned()).with_body(body);
        if effect == Effect::Make {
            report_upload(&code, watch.as_ref());
        }
        self.change(&asking, effect, &shown, |state, stamp| {
            check_ranges(&asking, &settings)?;
            if state.functions.contains_key(name.as_str()) {
                return Err(conflict(&asking));
            }
            let pending = state.pending;
            let mut described = Function::new(name.clone(), Self::arn(&name));
            described.architecture = Some("x86_64".to_owned());
            let mut described = with_code(described, &code);
            described.settings = apply_change(defaults(&name), settings);
            described.code_signing = code_signing;
            described.tenancy = tenancy;
            let behaviour = FakeFunction::echo(name.clone());
            let latest = Version {
                number: LATEST,
                described: described.clone(),
                behaviour: Arc::new(behaviour.clone()),
                pending: 0,
                fresh: true,
            };
            let mut function = KeptFunction { tags, ..KeptFunction::new(latest) };
            let answer = function.replace_latest(described, behaviour, publish, pending, &stamp);
            state.functions.insert(name.to_string(), function);
            Ok(answer)
        })
    }

    async fn update_code(
        &self,
        request: UpdateCode,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError> {
        let UpdateCode { function, code, publish, if_revision, watch } = request;
        let asking = Self::asking(Operation::UpdateFunctionCode, &function, None);
        check_rules(&asking, check_upload(&code)).map_err(ChangeError::refused)?;
        let body = json!({
            "Architectures": code.architecture.as_ref().map(|architecture| [architecture]),
            "RevisionId": if_revision,
        });
        let body = [preview::code(&code), preview::publish(publish)].into_iter().fold(body, joined);
        let shown = Request::function("PUT", "2015-03-31", &function, "/code").with_body(body);
        if effect == Effect::Make {
            report_upload(&code, watch.as_ref());
        }
        self.change(&asking, effect, &shown, |state, stamp| {
            let pending = state.pending;
            let kept = find_changeable(state, &function, &asking)?;
            let before = &kept.latest.described;
            expect_revision(&asking, if_revision.as_deref(), before.revision.as_deref())?;
            let is_image = matches!(code.source, CodeSource::Image(_));
            if is_image != (before.package_type.as_deref() == Some("Image")) {
                return Err(invalid(
                    &asking,
                    "the code cannot be changed from a package to a container image or back",
                ));
            }
            let described = with_code(before.clone(), &code);
            // Uploaded code is not run: the function returns its event.
            let behaviour = FakeFunction {
                answer: Answer::Echo,
                log: Vec::new(),
                delay: std::time::Duration::ZERO,
                ..(*kept.latest.behaviour).clone()
            };
            Ok(kept.replace_latest(described, behaviour, publish, pending, &stamp))
        })
    }

    async fn update_settings(
        &self,
        request: UpdateSettings,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError> {
        let UpdateSettings { function, settings, if_revision } = request;
        let asking = Self::asking(Operation::UpdateFunctionConfiguration, &function, None);
        check_rules(&asking, check_settings(&settings)).map_err(ChangeError::refused)?;
        let body = joined(preview::settings(&settings, effect), json!({ "RevisionId": if_revision }));
        let shown = Request::function("PUT", "2015-03-31", &function, "/configuration").with_body(body);
        self.change(&asking, effect, &shown, |state, stamp| {
            let pending = state.pending;
            let kept = find_changeable(state, &function, &asking)?;
            let mut described = kept.latest.described.clone();
            check_ranges(&asking, &settings)?;
            expect_revision(&asking, if_revision.as_deref(), described.revision.as_deref())?;
            described.settings = apply_change(described.settings, settings);
            let behaviour = (*kept.latest.behaviour).clone();
            Ok(kept.replace_latest(described, behaviour, Publish::No, pending, &stamp))
        })
    }

    async fn publish(
        &self,
        request: PublishVersion,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError> {
        let PublishVersion { function, description, if_code_sha256, if_revision, latest_published } = request;
        let asking = Self::asking(Operation::PublishVersion, &function, None);
        let shown = Request::function("POST", "2015-03-31", &function, "/versions").with_body(json!({
            "Description": description,
            "CodeSha256": if_code_sha256,
            "RevisionId": if_revision,
            "PublishTo": latest_published.then_some("LATEST_PUBLISHED"),
        }));
        self.change(&asking, effect, &shown, |state, stamp| {
            let pending = state.pending;
            let kept = find_changeable(state, &function, &asking)?;
            let now = &kept.latest.described;
            expect_revision(&asking, if_revision.as_deref(), now.revision.as_deref())?;
            if if_code_sha256.is_some() && if_code_sha256 != now.code_sha256 {
                return Err(invalid(&asking, "CodeSha256 does not match the function's code"));
            }
            let how = if latest_published { Publish::LatestPublished } else { Publish::Version };
            Ok(kept.publish(description, how, pending, &stamp))
        })
    }

    async fn delete(
        &self,
        function: &FunctionRef,
        version: Option<&Qualifier>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let asking = Self::asking(Operation::DeleteFunction, function, version);
        let shown = Request::function("DELETE", "2015-03-31", function, "")
            .with_query("Qualifier", version.map(Qualifier::as_str));
        self.change(&asking, effect, &shown, |state, _| {
            let kept = state.functions.get_mut(function.name.as_str()).ok_or_else(|| not_found(&asking))?;
            let Some(version) = version else {
                state.functions.remove(function.name.as_str());
                return Ok(());
            };
            if version.as_str().starts_with('$') || kept.aliases.contains_key(version.as_str()) {
                return Err(invalid(&asking, "only published versions can be deleted separately, by number"));
            }
            let number = kept.number_of_version(version.as_str()).ok_or_else(|| not_found(&asking))?;
            if kept.aliases.values().any(|alias| alias.uses(version.as_str())) {
                return Err(conflict(&asking));
            }
            kept.versions.remove(&number);
            kept.remove_qualifier(version.as_str());
            Ok(())
        })
    }

    async fn versions(&self, request: ListVersions) -> Result<Page<Function>, PortError> {
        let asking = Self::asking(Operation::ListVersionsByFunction, &request.function, None);
        check_rules(&asking, check_page_size(request.page_size, MAX_PAGE))?;
        self.admit(asking.operation)?;
        let state = self.state();
        let kept = state.functions.get(request.function.name.as_str()).ok_or_else(|| not_found(&asking))?;
        let versions = kept.all_versions().map(|version| (("", version.number), version));
        let size = self.page_of(request.page_size);
        let page = page(versions, request.marker.as_deref(), size, Version::listed)?;
        Ok(page)
    }

    async fn tags(&self, function: &FunctionRef) -> Result<Tags, PortError> {
        self.admit(Operation::ListTags)?;
        let asking = Self::asking(Operation::ListTags, function, None);
        let state = self.state();
        let kept = state.functions.get(function.name.as_str()).ok_or_else(|| not_found(&asking))?;
        Ok(kept.tags.clone())
    }

    async fn tag(
        &self,
        function: &FunctionRef,
        change: TagChange,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let TagChange { set, remove } = change;
        let setting = Self::asking(Operation::TagResource, function, None);
        if set.is_empty() && remove.is_empty() {
            return Err(ChangeError::refused(invalid(&setting, "name at least one tag to set or remove")));
        }
        let path = format!("/2017-03-31/tags/{}", encoded(Self::arn(&function.name)));
        let sets = !set.is_empty();
        if sets {
            let request = Request::new("POST", path.clone()).with_body(preview::tags(&set));
            let changed = self.change(&setting, effect, &request, |state, _| {
                let kept = state.functions.get_mut(function.name.as_str());
                let kept = kept.ok_or_else(|| not_found(&setting))?;
                kept.tags.extend(set.clone());
                Ok(())
            })?;
            if remove.is_empty() || matches!(changed, Changed::Shown(_)) {
                return Ok(changed);
            }
        }
        let removing = Self::asking(Operation::UntagResource, function, None);
        let request = remove
            .iter()
            .fold(Request::new("DELETE", path), |request, key| request.with_query("tagKeys", Some(key)));
        let changed = self.change(&removing, effect, &request, |state, _| {
            let kept = state.functions.get_mut(function.name.as_str());
            let kept = kept.ok_or_else(|| not_found(&removing))?;
            kept.tags.retain(|key, _| !remove.contains(key));
            Ok(())
        });
        // If the second of two changes fails, the first one was made.
        changed.map_err(|error| if sets { ChangeError { applied: Applied::Maybe, ..error } } else { error })
    }

    async fn reserved_concurrency(&self, function: &FunctionRef) -> Result<Option<u32>, PortError> {
        let asking = Self::asking(Operation::GetFunctionConcurrency, function, None);
        self.admit(asking.operation)?;
        let state = self.state();
        let kept = state.functions.get(function.name.as_str()).ok_or_else(|| not_found(&asking))?;
        Ok(kept.reserved)
    }

    async fn reserve_concurrency(
        &self,
        function: &FunctionRef,
        reserved: Option<u32>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let (operation, method) = match reserved {
            Some(_) => (Operation::PutFunctionConcurrency, "PUT"),
            None => (Operation::DeleteFunctionConcurrency, "DELETE"),
        };
        let asking = Self::asking(operation, function, None);
        let mut shown = Request::function(method, "2017-10-31", function, "/concurrency");
        if let Some(reserved) = reserved {
            shown = shown.with_body(json!({ "ReservedConcurrentExecutions": reserved }));
        }
        self.change(&asking, effect, &shown, |state, _| {
            let fits = reserved.is_none_or(|calls| can_reserve(state, function.name.as_str(), calls));
            let kept = state.functions.get_mut(function.name.as_str()).ok_or_else(|| not_found(&asking))?;
            if !fits {
                let problem = "at least 100 of the account's concurrency must stay unreserved";
                return Err(invalid(&asking, problem));
            }
            kept.reserved = reserved;
            Ok(())
        })
    }
}
