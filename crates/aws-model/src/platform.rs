//! AWS as the domain's `Platform`, which the use cases work with.

use crate::{
    Architecture, FunctionSpec, LambdaName, LambdaQualifier, PriceTable, Region, Report, console, limits,
    reported_error,
};
use lamplight_domain::{
    AsyncSettings, ExecutionReport, FunctionRef, InvocationType, Limits, Platform, ReferenceError,
    ReportedError,
};

/// AWS in one region, with a price table.
///
/// ```
/// use lamplight_aws_model::{AwsPlatform, PriceTable, Region};
/// use lamplight_domain::Platform;
///
/// let platform = AwsPlatform::new(Region::parse_known("eu-west-1")?, PriceTable::default());
/// let function = platform.parse_function("arn:aws:lambda:eu-west-1:123456789012:function:adder:live")?;
/// assert_eq!(function.name.as_str(), "adder");
/// assert_eq!(function.qualifier.map(|q| q.to_string()), Some("live".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AwsPlatform {
    region: Region,
    prices: PriceTable,
}

impl AwsPlatform {
    /// AWS in `region`, with these prices.
    pub fn new(region: Region, prices: PriceTable) -> Self {
        Self { region, prices }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands the error over")]
fn refused(error: impl ToString) -> ReferenceError {
    ReferenceError { message: error.to_string() }
}

impl Platform for AwsPlatform {
    fn parse_function(&self, text: &str) -> Result<FunctionRef, ReferenceError> {
        let spec: FunctionSpec = text.parse().map_err(refused)?;
        // Invoke ignores the region of an ARN, so a function of another region would not be found.
        if let Some(region) = spec.region().filter(|region| **region != self.region) {
            return Err(refused(format!(
                "the function {text:?} is in region {region}, but the connection is in {}; use region {region} or a \
                 connection to it",
                self.region
            )));
        }
        let partition = self.region.partition();
        if let Some(arn) = spec.arn().filter(|arn| arn.partition() != partition.id()) {
            return Err(refused(format!(
                "the function {text:?} is in partition {}, but region {} is in {partition}",
                arn.partition(),
                self.region
            )));
        }
        Ok(FunctionRef {
            name: spec.name().as_str().parse().map_err(refused)?,
            reference: spec.as_invoke_name().into_owned(),
            qualifier: spec.qualifier().map(|q| q.as_str().parse()).transpose().map_err(refused)?,
            timeout_seconds: None,
            architecture: None,
        })
    }

    fn parse_qualifier(&self, text: &str) -> Result<lamplight_domain::Qualifier, ReferenceError> {
        let qualifier: LambdaQualifier = text.parse().map_err(refused)?;
        qualifier.as_str().parse().map_err(refused)
    }

    fn monitor_url(&self, function: &FunctionRef) -> Option<String> {
        let name: LambdaName = function.name.as_str().parse().ok()?;
        console::monitor_url(&self.region, &name)
    }

    fn limits(&self) -> Limits {
        Limits {
            request_response_payload: Some(limits::SYNC_PAYLOAD_BYTES),
            event_payload: Some(limits::ASYNC_PAYLOAD_BYTES),
            longest_execution: Some(limits::MAX_TIMEOUT),
        }
    }

    /// Lambda passes the client context to the function "for synchronous invocations only" (Lambda API, Invoke), and the
    /// runtimes for Python, Java and .NET give the function only these three members of it.
    fn client_context_losses(&self, members: &[String], invocation_type: InvocationType) -> Vec<String> {
        let mut losses = Vec::new();
        if invocation_type == InvocationType::Event {
            losses.push(
                "Lambda drops the client context of an Event: the function does not receive it".to_owned(),
            );
        }
        let outside: Vec<&str> = members
            .iter()
            .map(String::as_str)
            .filter(|member| !["custom", "client", "env"].contains(member))
            .collect();
        if !outside.is_empty() {
            losses.push(format!(
                "client context outside of \"custom\": {}; most runtimes drop it, so put it inside \"custom\"",
                outside.join(", ")
            ));
        }
        losses
    }

    /// Two retries and a maximum event age of six hours (Lambda API, `PutFunctionEventInvokeConfig`).
    fn async_defaults(&self) -> AsyncSettings {
        AsyncSettings { max_retries: Some(2), max_age_seconds: Some(21_600), ..AsyncSettings::default() }
    }

    fn read_function_error(&self, response: &[u8]) -> ReportedError {
        reported_error::read(response)
    }

    fn read_report(&self, log_tail: &str, request_id: Option<&str>) -> Option<ExecutionReport> {
        // The log tail of an answer belongs to this call, so a report with another ID belongs to it too: some emulators use
        // different request IDs in the log and in the header.
        let report = Report::find(log_tail, request_id).or_else(|| Report::find(log_tail, None))?;
        Some(ExecutionReport {
            duration_ms: Some(report.duration_ms),
            billed_ms: Some(report.billed_ms),
            memory_mb: Some(report.memory_mb),
            max_memory_mb: report.max_memory_mb,
            init_ms: report.init_ms,
        })
    }

    fn estimate_cost(&self, report: &ExecutionReport, architecture: Option<&str>) -> Option<f64> {
        // Functions discovered by older versions have no recorded architecture; Lambda's default is x86.
        let architecture = match architecture {
            None => Architecture::X86_64,
            Some(text) => text.parse().ok()?,
        };
        self.prices.estimate(&self.region, architecture, report.memory_mb?, report.billed_ms?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform() -> AwsPlatform {
        AwsPlatform::new(Region::us_east_1(), PriceTable::default())
    }

    #[test]
    fn an_arn_of_another_region_is_refused() {
        let error =
            platform().parse_function("arn:aws:lambda:eu-west-1:123456789012:function:f").unwrap_err();
        assert!(
            error.message.contains("is in region eu-west-1, but the connection is in us-east-1"),
            "{error}"
        );
    }

    #[test]
    fn an_arn_of_another_partition_is_refused() {
        let error =
            platform().parse_function("arn:aws-cn:lambda:us-east-1:123456789012:function:f").unwrap_err();
        assert!(error.message.ends_with("is in partition aws-cn, but region us-east-1 is in aws"), "{error}");
    }

    #[test]
    fn a_reference_goes_out_without_its_qualifier() {
        for (text, reference, qualifier) in [
            ("adder", "adder", None),
            ("adder:live", "adder", Some("live")),
            ("123456789012:function:adder", "123456789012:function:adder", None),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:adder:$LATEST",
                "arn:aws:lambda:us-east-1:123456789012:function:adder",
                Some("$LATEST"),
            ),
        ] {
            let parsed = platform().parse_function(text).unwrap();
            assert_eq!((parsed.name.as_str(), parsed.reference.as_str()), ("adder", reference));
            assert_eq!(parsed.qualifier.as_ref().map(lamplight_domain::Qualifier::as_str), qualifier);
        }
    }

    #[test]
    fn a_run_is_linked_and_priced() {
        let function = platform().parse_function("adder").unwrap();
        let url = "https://us-east-1.console.aws.amazon.com/lambda/home?region=us-east-1#/functions/adder?tab=monitoring";
        assert_eq!(platform().monitor_url(&function).as_deref(), Some(url));
        let log = "REPORT RequestId: r\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\tMemory Size: 1024 MB\tMax Memory Used: 9 MB\t\n";
        let report = platform().read_report(log, Some("r")).unwrap();
        let cost = platform().estimate_cost(&report, None).unwrap();
        assert!((cost - 0.000_016_866_7).abs() < 1e-12, "{cost}");
        assert_eq!(platform().estimate_cost(&report, Some("quantum")), None);
    }
}
