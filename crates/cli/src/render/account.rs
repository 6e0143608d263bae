//! Quotas of an account, as a table and as JSON.

use crate::render::table::{or_dash, table};
use lamplight_app::manage::Quota;
use serde::Serialize;

/// A quota as programs read it.
#[derive(Debug, Serialize)]
pub struct QuotaJson {
    name: &'static str,
    unit: &'static str,
    used: Option<u64>,
    limit: Option<u64>,
    used_percent: Option<f64>,
}

impl QuotaJson {
    /// One quota.
    pub fn new(quota: &Quota) -> Self {
        let percent = quota.used_basis_points().and_then(|points| u32::try_from(points).ok());
        Self {
            name: quota.name.as_str(),
            unit: if quota.name.is_bytes() { "bytes" } else { "count" },
            used: quota.used,
            limit: quota.limit,
            used_percent: percent.map(|points| f64::from(points) / 100.0),
        }
    }
}

/// The quotas as a table.
pub fn quotas_table(quotas: &[Quota]) -> String {
    let percent = |quota: &Quota| {
        quota.used_basis_points().map(|points| format!("{}.{:02} %", points / 100, points % 100))
    };
    table(
        ["QUOTA", "USED", "LIMIT", "PERCENT"],
        quotas.iter().map(|quota| {
            let shown = |number: Option<u64>| match number {
                Some(bytes) if quota.name.is_bytes() => size(bytes),
                other => or_dash(other),
            };
            [quota.name.as_str().to_owned(), shown(quota.used), shown(quota.limit), or_dash(percent(quota))]
        }),
    )
}

/// Bytes in the unit that people read: 1,024 of one make one of the next.
fn size(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let mut tenths = u128::from(bytes) * 10;
    while tenths >= 10_240 && unit + 1 < units.len() {
        tenths /= 1024;
        unit += 1;
    }
    match tenths % 10 {
        0 => format!("{} {}", tenths / 10, units[unit]),
        tenth => format!("{}.{tenth} {}", tenths / 10, units[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_app::manage::QuotaName;

    #[test]
    fn sizes_are_read_by_people() {
        for (bytes, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (52_428_800, "50 MiB"),
            (80_530_636_800, "75 GiB"),
            (176_268_666, "168.1 MiB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }

    #[test]
    fn percentages_are_there_where_both_numbers_are() {
        let quota = |used, limit| Quota { name: QuotaName::TotalCode, used, limit };
        let text = quotas_table(&[
            quota(Some(176_268_666), Some(80_530_636_800)),
            quota(None, Some(1024)),
            quota(Some(1), Some(0)),
        ]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "total-code  168.1 MiB  75 GiB  0.21 %");
        assert_eq!(lines[2], "total-code  -          1 KiB   -");
        assert_eq!(lines[3], "total-code  1 B        0 B     -");
    }
}
