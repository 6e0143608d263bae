//! REPORT lines: Lambda's measurements of one execution, in the function's log.

use serde::Deserialize;
use std::{fmt, str::FromStr};

/// Lambda's measurements of one execution.
///
/// Can be read from both log formats (Lambda Developer Guide, "Working with Lambda function logs" and "Telemetry API
/// event schema"): the text line `REPORT RequestId: …` and the JSON record of type `platform.report`. `Display` writes
/// the text line.
///
/// # Guarantees
/// - Reading never panics, for any text.
///
/// ```
/// use lamplight_aws_model::Report;
///
/// let log = "START RequestId: 8f50 Version: $LATEST\n\
///            END RequestId: 8f50\n\
///            REPORT RequestId: 8f50\tDuration: 201.67 ms\tBilled Duration: 202 ms\t\
///            Memory Size: 128 MB\tMax Memory Used: 81 MB\tInit Duration: 480.25 ms\t\n";
/// let report = Report::find(log, Some("8f50")).ok_or("no report")?;
/// assert_eq!((report.billed_ms, report.memory_mb, report.max_memory_mb), (202, 128, Some(81)));
/// assert!(Report::find(log, Some("another")).is_none());
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The ID of the request that started the execution.
    pub request_id: String,
    /// How long the handler ran, in milliseconds; finite and not negative.
    pub duration_ms: f64,
    /// The billed duration, in milliseconds. It includes the initialisation of a cold start and a billed restore.
    pub billed_ms: u64,
    /// The function's configured memory, in MiB.
    pub memory_mb: u64,
    /// The maximum memory used, in MiB.
    pub max_memory_mb: Option<u64>,
    /// How long the initialisation of a cold start took, in milliseconds; `None` for a warm start.
    pub init_ms: Option<f64>,
    /// How long it took to restore the snapshot, in milliseconds (`SnapStart` only).
    pub restore_ms: Option<f64>,
    /// The billed part of the restore, in milliseconds (`SnapStart` only).
    pub billed_restore_ms: Option<u64>,
    /// How the execution ended. The text format has it only for timeouts and crashes. A missing status does not prove
    /// success: after an exception that the runtime reported, the text format has no status either.
    pub status: Option<ReportStatus>,
    /// Why the execution environment failed, such as `Runtime.OutOfMemory`.
    pub error_type: Option<String>,
}

/// How an execution ended, as reported by the platform (Telemetry API, `Status`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportStatus {
    /// The function returned a response.
    Success,
    /// The function reported an error.
    Failure,
    /// The execution environment failed.
    Error,
    /// The execution timed out.
    Timeout,
    /// A status that is not known yet.
    Other(String),
}

impl ReportStatus {
    /// The status as written in the log.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for ReportStatus {
    fn from(word: &str) -> Self {
        match word {
            "success" => Self::Success,
            "failure" => Self::Failure,
            "error" => Self::Error,
            "timeout" => Self::Timeout,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Report {
    /// Finds the last report of a request in a log, or the last report of any request. The last one is used because the
    /// function can print such a line too, but only before the platform does, and because a retried event keeps its ID.
    pub fn find(log: &str, request_id: Option<&str>) -> Option<Self> {
        let wanted = |report: &Self| request_id.is_none_or(|id| report.request_id == id);
        log.lines().rev().filter_map(Self::parse_line).find(wanted)
    }

    /// Reads one line of a log, in either format. `None` for every other line, and for a truncated report.
    ///
    /// ```
    /// use lamplight_aws_model::Report;
    ///
    /// let line = r#"{"time":"2026-01-01T00:00:00Z","type":"platform.report","record":{"requestId":"8f50",
    ///     "metrics":{"durationMs":5.5,"billedDurationMs":6,"memorySizeMB":128},"status":"success"}}"#;
    /// assert_eq!(Report::parse_line(line).map(|report| report.billed_ms), Some(6));
    /// assert_eq!(Report::parse_line("INIT_REPORT Init Duration: 229 ms\tPhase: init"), None);
    /// ```
    pub fn parse_line(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.starts_with('{') { parse_json(line) } else { parse_text(line) }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "REPORT RequestId: {}\tDuration: {:.2} ms\tBilled Duration: {} ms\tMemory Size: {} MB\t",
            self.request_id, self.duration_ms, self.billed_ms, self.memory_mb
        )?;
        if let Some(used) = self.max_memory_mb {
            write!(f, "Max Memory Used: {used} MB\t")?;
        }
        if let Some(init) = self.init_ms {
            write!(f, "Init Duration: {init:.2} ms\t")?;
        }
        if let Some(restore) = self.restore_ms {
            write!(f, "Restore Duration: {restore:.2} ms\t")?;
        }
        if let Some(billed) = self.billed_restore_ms {
            write!(f, "Billed Restore Duration: {billed} ms\t")?;
        }
        if let Some(status) = &self.status {
            write!(f, "Status: {}\t", status.as_str())?;
        }
        if let Some(error_type) = &self.error_type {
            write!(f, "Error Type: {error_type}\t")?;
        }
        Ok(())
    }
}

/// Reads the text format. Fields are recognized by their labels, not by tabs or order: tabs become spaces when logs are
/// copied, and the runtime interface emulator writes the fields in another order.
fn parse_text(line: &str) -> Option<Report> {
    const START: &str = "REPORT RequestId: ";
    // If the function's last output does not end with a line break, it is on the same line before the report.
    let start = line.rfind(START)?;
    if line[..start].ends_with('_') {
        return None;
    }
    let (request_id, fields) = split_word(&line[start + START.len()..]);
    Some(Report {
        request_id: Some(request_id).filter(|id| !id.is_empty())?.to_owned(),
        duration_ms: milliseconds(field(fields, "Duration")?)?,
        billed_ms: number(field(fields, "Billed Duration")?, "ms")?,
        memory_mb: number(field(fields, "Memory Size")?, "MB")?,
        max_memory_mb: field(fields, "Max Memory Used").and_then(|text| number(text, "MB")),
        init_ms: field(fields, "Init Duration").and_then(milliseconds),
        restore_ms: field(fields, "Restore Duration").and_then(milliseconds),
        billed_restore_ms: field(fields, "Billed Restore Duration").and_then(|text| number(text, "ms")),
        status: field(fields, "Status").map(|text| split_word(text).0.into()),
        error_type: field(fields, "Error Type").map(|text| split_word(text).0.to_owned()),
    })
}

/// All labels, so that a field is found by its whole label: four labels end with "Duration".
const LABELS: [&str; 9] = [
    "Duration",
    "Billed Duration",
    "Memory Size",
    "Max Memory Used",
    "Init Duration",
    "Restore Duration",
    "Billed Restore Duration",
    "Status",
    "Error Type",
];

/// The text after the first `label`, up to the end of the line.
fn field<'a>(fields: &'a str, label: &str) -> Option<&'a str> {
    let mut rest = fields.trim_start();
    while !rest.is_empty() {
        let here = LABELS.iter().find_map(|known| {
            let value = rest.strip_prefix(known)?.strip_prefix(':')?.trim_start();
            Some((*known, value))
        });
        match here {
            Some((known, value)) if known == label => return Some(value),
            Some((_, value)) => rest = split_word(value).1,
            None => rest = split_word(rest).1,
        }
    }
    None
}

/// The first word, and the rest after the whitespace that follows it.
fn split_word(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim_start()),
        None => (text, ""),
    }
}

fn milliseconds(text: &str) -> Option<f64> {
    // Rust parses numbers that are too large as infinity.
    number(text, "ms").filter(|value: &f64| value.is_finite())
}

/// A number before its unit: digits with at most one dot. Signs, exponents and `inf`, which Rust would accept, are
/// refused.
fn number<T: FromStr>(text: &str, unit: &str) -> Option<T> {
    let (digits, rest) = split_word(text);
    let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (is_decimal && split_word(rest).0 == unit).then(|| digits.parse().ok())?
}

/// Reads the JSON format. Unknown members are ignored.
fn parse_json(line: &str) -> Option<Report> {
    let Event { kind, record } = serde_json::from_str(line).ok()?;
    let Record { request_id, metrics, status, error_type } = record;
    let sane = [Some(metrics.duration_ms), metrics.init_duration_ms, metrics.restore_duration_ms]
        .into_iter()
        .flatten()
        .all(|value| value.is_finite() && value >= 0.0);
    (kind == "platform.report" && sane).then(|| Report {
        request_id,
        duration_ms: metrics.duration_ms,
        billed_ms: metrics.billed_duration_ms,
        memory_mb: metrics.memory_size_mb,
        max_memory_mb: metrics.max_memory_used_mb,
        init_ms: metrics.init_duration_ms,
        restore_ms: metrics.restore_duration_ms,
        billed_restore_ms: metrics.billed_restore_duration_ms,
        status: status.as_deref().map(ReportStatus::from),
        error_type,
    })
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    record: Record,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    request_id: String,
    metrics: Metrics,
    status: Option<String>,
    error_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    duration_ms: f64,
    billed_duration_ms: u64,
    #[serde(rename = "memorySizeMB")]
    memory_size_mb: u64,
    #[serde(rename = "maxMemoryUsedMB")]
    max_memory_used_mb: Option<u64>,
    init_duration_ms: Option<f64>,
    restore_duration_ms: Option<f64>,
    billed_restore_duration_ms: Option<u64>,
}
