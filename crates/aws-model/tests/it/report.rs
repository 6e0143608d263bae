//! REPORT lines from AWS and from emulators, and texts that are not REPORT lines.

use lamplight_aws_model::{Report, ReportStatus};
use proptest::{option, prelude::*, sample::select};

const ID: &str = "8f507cfc-xmpl-4697-b07a-ac58fc914c95";

fn report() -> Report {
    Report {
        request_id: ID.to_owned(),
        duration_ms: 201.67,
        billed_ms: 202,
        memory_mb: 128,
        max_memory_mb: Some(81),
        init_ms: None,
        restore_ms: None,
        billed_restore_ms: None,
        status: None,
        error_type: None,
    }
}

#[test]
fn text_lines_of_every_kind_are_read() {
    let base = format!(
        "REPORT RequestId: {ID}\tDuration: 201.67 ms\tBilled Duration: 202 ms\tMemory Size: 128 MB\t"
    );
    for (rest, expected) in [
        ("Max Memory Used: 81 MB\t", report()),
        ("", Report { max_memory_mb: None, ..report() }),
        ("Max Memory Used: 81 MB\tInit Duration: 480.25 ms\t", Report { init_ms: Some(480.25), ..report() }),
        (
            "Max Memory Used: 81 MB\tRestore Duration: 562.43 ms\tBilled Restore Duration: 118 ms\t",
            Report { restore_ms: Some(562.43), billed_restore_ms: Some(118), ..report() },
        ),
        (
            "Max Memory Used: 81 MB\tStatus: timeout",
            Report { status: Some(ReportStatus::Timeout), ..report() },
        ),
        (
            "Max Memory Used: 81 MB\tStatus: error\tError Type: Runtime.OutOfMemory",
            Report {
                status: Some(ReportStatus::Error),
                error_type: Some("Runtime.OutOfMemory".to_owned()),
                ..report()
            },
        ),
        (
            "Max Memory Used: 81 MB\tXRAY TraceId: 1-66d978e5-56c7378e556e94b5461da07c\tSegmentId: 29c3\tSampled: true",
            report(),
        ),
    ] {
        let line = format!("{base}{rest}");
        assert_eq!(Report::parse_line(&line), Some(expected.clone()), "{line}");
        // Copied logs have spaces for tabs.
        assert_eq!(Report::parse_line(&line.replace('\t', " ")), Some(expected), "{line}");
    }
}

#[test]
fn the_order_of_an_emulator_is_read() {
    let line = format!(
        "REPORT RequestId: {ID}\tInit Duration: 0.12 ms\tDuration: 201.67 ms\tBilled Duration: 202 ms\t\
         Memory Size: 128 MB\tMax Memory Used: 81 MB\t"
    );
    assert_eq!(Report::parse_line(&line), Some(Report { init_ms: Some(0.12), ..report() }));
}

#[test]
fn json_records_are_read() {
    let line = format!(
        "{{\"time\":\"2026-01-01T00:00:00.000Z\",\"type\":\"platform.report\",\"record\":{{\"requestId\":\"{ID}\",\
         \"metrics\":{{\"durationMs\":5000.0,\"billedDurationMs\":5000,\"memorySizeMB\":128,\"maxMemoryUsedMB\":94,\
         \"initDurationMs\":116.419,\"newMetric\":{{}}}},\"spans\":[],\"status\":\"error\",\
         \"errorType\":\"Runtime.ExitError\"}}}}"
    );
    let expected = Report {
        duration_ms: 5_000.0,
        billed_ms: 5_000,
        max_memory_mb: Some(94),
        init_ms: Some(116.419),
        status: Some(ReportStatus::Error),
        error_type: Some("Runtime.ExitError".to_owned()),
        ..report()
    };
    assert_eq!(Report::parse_line(&line), Some(expected));
    for (from, to) in [
        ("platform.report", "platform.start"),
        ("5000.0", "-1"),
        ("5000.0", "1e999"),
        ("5000.0", "\"5\""),
        ("116.419", "-0.1"),
        ("\"billedDurationMs\":5000,", ""),
    ] {
        assert_eq!(Report::parse_line(&line.replace(from, to)), None, "{from} as {to}");
    }
}

#[test]
fn other_lines_are_not_reports() {
    for line in [
        "",
        "REPORT RequestId: ",
        "REPORT RequestId: a",
        "REPORT RequestId: a\tDuration: 1 ms\tBilled Duration: 1 ms",
        "START RequestId: a Version: $LATEST",
        "END RequestId: a",
        "INIT_REPORT Init Duration: 229.23 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError",
        "INIT_REPORT RequestId: a\tDuration: 1 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB",
        "REPORT RequestId: a\tDuration: -1 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB",
        "REPORT RequestId: a\tDuration: inf ms\tBilled Duration: 1 ms\tMemory Size: 128 MB",
        "REPORT RequestId: a\tDuration: 1e3 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB",
        "REPORT RequestId: a\tDuration: 1 s\tBilled Duration: 1 ms\tMemory Size: 128 MB",
        "REPORT RequestId: a\tDuration: 1 ms\tBilled Duration: 1.5 ms\tMemory Size: 128 MB",
        "REPORT RequestId: a\tDuration: 1 ms\tBilled Duration: 18446744073709551616 ms\tMemory Size: 128 MB",
        "{\"type\":\"platform.report\"}",
    ] {
        assert_eq!(Report::parse_line(line), None, "{line}");
    }
    let endless = format!(
        "REPORT RequestId: a\tDuration: {} ms\tBilled Duration: 1 ms\tMemory Size: 128 MB",
        "9".repeat(400)
    );
    assert_eq!(Report::parse_line(&endless), None, "more than a float can hold");
    assert_eq!(Report::parse_line(&"{\"record\":".repeat(100_000)), None, "nested without end");
}

#[test]
fn the_last_report_of_the_request_counts() {
    let line = |id: &str, billed: u64| {
        Report { request_id: id.to_owned(), billed_ms: billed, ..report() }.to_string()
    };
    let log = [
        // The function printed this line itself, and its output does not end with a line break.
        line("mine", 1),
        format!("last words{}", line("mine", 2)),
        "INIT_REPORT Init Duration: 229 ms\tPhase: init".to_owned(),
        line("other", 3),
        "bye".to_owned(),
    ]
    .join("\n");
    let billed = |id| Report::find(&log, id).map(|report| report.billed_ms);
    assert_eq!(billed(Some("mine")), Some(2));
    assert_eq!(billed(Some("other")), Some(3));
    assert_eq!(billed(Some("nobody")), None);
    assert_eq!(billed(None), Some(3));
    // The log tail is cut at 4 KB, and the rest of a cut line is not a report.
    let cut = &log[log.rfind("Duration: 201.67").unwrap()..];
    assert_eq!(Report::find(cut, None), None);
}

/// Milliseconds with two decimals, as Lambda writes them.
fn milliseconds() -> impl Strategy<Value = f64> {
    (0..100_000_000_u32).prop_map(|hundredths| f64::from(hundredths) / 100.0)
}

fn reports() -> impl Strategy<Value = Report> {
    let status = select(vec!["success", "failure", "error", "timeout", "novel"]);
    (
        ("[0-9a-f-]{1,36}", milliseconds(), any::<u64>(), any::<u64>(), option::of(any::<u64>())),
        (option::of(milliseconds()), option::of(milliseconds()), option::of(any::<u64>())),
        (option::of(status), option::of("[A-Za-z][A-Za-z.]{0,30}")),
    )
        .prop_map(|(always, starts, end)| {
            let (request_id, duration_ms, billed_ms, memory_mb, max_memory_mb) = always;
            let (init_ms, restore_ms, billed_restore_ms) = starts;
            let (status, error_type) = end;
            Report {
                request_id,
                duration_ms,
                billed_ms,
                memory_mb,
                max_memory_mb,
                init_ms,
                restore_ms,
                billed_restore_ms,
                status: status.map(ReportStatus::from),
                error_type,
            }
        })
}

fn json_line(report: &Report) -> String {
    serde_json::json!({
        "time": "2026-01-01T00:00:00.000Z",
        "type": "platform.report",
        "record": {
            "requestId": report.request_id,
            "metrics": {
                "durationMs": report.duration_ms,
                "billedDurationMs": report.billed_ms,
                "memorySizeMB": report.memory_mb,
                "maxMemoryUsedMB": report.max_memory_mb,
                "initDurationMs": report.init_ms,
                "restoreDurationMs": report.restore_ms,
                "billedRestoreDurationMs": report.billed_restore_ms,
            },
            "status": report.status.as_ref().map(ReportStatus::as_str),
            "errorType": report.error_type,
        },
    })
    .to_string()
}

proptest! {
    #[test]
    fn reports_round_trip_in_both_forms(report in reports()) {
        prop_assert_eq!(Report::parse_line(&report.to_string()), Some(report.clone()));
        prop_assert_eq!(Report::parse_line(&json_line(&report)), Some(report));
    }

    #[test]
    fn a_report_is_found_in_any_log(report in reports(), before in any::<String>(), after in "[a-z \\n]{0,100}") {
        let log = format!("{before}\n{report}\n{after}");
        prop_assert_eq!(Report::find(&log, Some(&report.request_id)), Some(report));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), id in option::of(any::<String>())) {
        let found = Report::find(&text, id.as_deref());
        prop_assert!(found.is_none_or(|report| text.contains(&report.request_id)));
    }

    #[test]
    fn no_damaged_report_makes_the_reader_panic(
        report in reports(),
        json in any::<bool>(),
        from in any::<prop::sample::Index>(),
        put in any::<String>(),
    ) {
        let line = if json { json_line(&report) } else { report.to_string() };
        let at = from.index(line.len());
        let damaged = format!("{}{put}{}", &line[..at], &line[at + 1..]);
        if let Some(read) = Report::find(&damaged, None) {
            prop_assert!(read.duration_ms.is_finite() && read.duration_ms >= 0.0);
        }
    }
}
