//! What becomes of asynchronous calls.

use super::{
    grammar,
    violation::{Checked, RuleViolation, Violations, length, matching, within},
};
use lamplight_domain::AsyncSettings;

const SUCCESS: &str = "DestinationConfig.OnSuccess.Destination";
const FAILURE: &str = "DestinationConfig.OnFailure.Destination";

/// At most 2 retries, an age of 60-21,600 seconds, and destinations by their ARNs; an empty one takes it away. A bucket
/// takes only what failed (Lambda API, `PutFunctionEventInvokeConfig`).
///
/// # Errors
/// Every rule that is broken.
pub fn check_async_settings(settings: &AsyncSettings) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.check(settings.max_retries, |retries| within("MaximumRetryAttempts", retries, &(0..=2), ""));
    found.check(settings.max_age_seconds, |seconds| {
        within("MaximumEventAgeInSeconds", seconds, &(60..=21_600), "seconds")
    });
    found.check(settings.on_success.as_deref(), |target| {
        check_destination(SUCCESS, target)?;
        let bucket = grammar::Arn::split(target).is_some_and(|arn| arn.service == "s3");
        matching(SUCCESS, target, !bucket, "an S3 bucket takes the records of failed calls only")
    });
    found.check(settings.on_failure.as_deref(), |target| check_destination(FAILURE, target));
    found.finish()
}

fn check_destination(member: &'static str, text: &str) -> Checked {
    length(member, text, &(0..=350))?;
    matching(
        member,
        text,
        text.is_empty() || grammar::is_destination(text),
        "it is the ARN of a queue, topic, function, event bus or bucket",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(settings: &AsyncSettings) -> Vec<String> {
        check_async_settings(settings).err().into_iter().flatten().map(|one| one.to_string()).collect()
    }

    #[test]
    fn ranges_end_where_the_model_ends_them() {
        for (retries, fits) in [(0, true), (2, true), (3, false)] {
            let settings = AsyncSettings { max_retries: Some(retries), ..AsyncSettings::default() };
            assert_eq!(messages(&settings).is_empty(), fits, "{retries}");
        }
        for (seconds, fits) in [(59, false), (60, true), (21_600, true), (21_601, false)] {
            let settings = AsyncSettings { max_age_seconds: Some(seconds), ..AsyncSettings::default() };
            assert_eq!(messages(&settings).is_empty(), fits, "{seconds}");
        }
        assert_eq!(
            messages(&AsyncSettings { max_retries: Some(3), max_age_seconds: Some(1), ..Default::default() }),
            ["MaximumRetryAttempts 3 is above 2", "MaximumEventAgeInSeconds 1 is below 60 seconds"]
        );
    }

    #[test]
    fn destinations_are_arns_and_buckets_take_failures_only() {
        let long = format!("arn:aws:sqs:eu-west-1:123456789012:{}", "x".repeat(316));
        for (target, success, failure) in [
            ("", true, true),
            ("arn:aws:sqs:eu-west-1:123456789012:done", true, true),
            ("arn:aws:lambda:eu-west-1:123456789012:function:next:live", true, true),
            ("arn:aws:s3:::bucket", false, true),
            ("queue", false, false),
            (long.as_str(), false, false),
            (&long[..350], true, true),
        ] {
            let success_only = AsyncSettings { on_success: Some(target.to_owned()), ..Default::default() };
            let failure_only = AsyncSettings { on_failure: Some(target.to_owned()), ..Default::default() };
            assert_eq!(messages(&success_only).is_empty(), success, "{target}");
            assert_eq!(messages(&failure_only).is_empty(), failure, "{target}");
        }
    }
}
