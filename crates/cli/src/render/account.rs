//! Quotas of an account, as a table and as a view.

use crate::render::table::{details, one_line, or_dash, table};
use lamplight_app::manage::{AccountOverview, Quota};
use lamplight_domain::RawJson;
use lamplight_views::{QuotaView, QuotasView, UnitWord, size};

/// An account for programs.
pub fn account_view(account: &AccountOverview) -> QuotasView {
    let value = |raw: &Option<RawJson>| raw.as_ref().and_then(|raw| serde_json::from_str(raw.as_str()).ok());
    QuotasView {
        deprecated_features_access: value(&account.deprecated_features_access),
        has_function_with_deprecated_runtime: account.has_function_with_deprecated_runtime,
        preview_features: value(&account.preview_features),
        quotas: account.quotas.iter().map(quota_view).collect(),
    }
}

/// An account for people: a table of its quotas, and what else the provider reports.
pub fn account_text(account: &AccountOverview) -> String {
    let raw = |raw: &Option<RawJson>| or_dash(raw.as_ref().map(|raw| one_line(raw.as_str())));
    let deprecated = account.has_function_with_deprecated_runtime.map(|has| if has { "yes" } else { "no" });
    let rest = details(&[
        ("functions with a deprecated runtime", or_dash(deprecated)),
        ("access to deprecated features", raw(&account.deprecated_features_access)),
        ("preview features", raw(&account.preview_features)),
    ]);
    format!("{}\n\n{rest}", quotas_table(&account.quotas))
}

/// A quota for programs.
fn quota_view(quota: &Quota) -> QuotaView {
    let percent = quota.used_basis_points().and_then(|points| u32::try_from(points).ok());
    QuotaView {
        limit: quota.limit,
        name: quota.name.as_str(),
        unit: if quota.name.is_bytes() { UnitWord::Bytes } else { UnitWord::Count },
        used: quota.used,
        used_percent: percent.map(|points| f64::from(points) / 100.0),
    }
}

/// The quotas as a table.
fn quotas_table(quotas: &[Quota]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_app::manage::QuotaName;

    #[test]
    fn a_percentage_is_shown_if_both_numbers_are_known() {
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
