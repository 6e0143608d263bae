//! List prices of executions, as a table that the user can replace.

use crate::{Architecture, Partition, Region};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// US dollars for one request: 0.20 for a million (AWS Lambda Pricing, US East (N. Virginia)).
const REQUEST: f64 = 0.000_000_2;
/// US dollars for one GB-second on x86, first 6 billion a month (AWS Lambda Pricing, US East (N. Virginia)).
const X86_64_GB_SECOND: f64 = 0.000_016_666_7;
/// US dollars for one GB-second on ARM, first 7.5 billion a month (AWS Lambda Pricing, US East (N. Virginia)).
const ARM64_GB_SECOND: f64 = 0.000_013_333_4;

/// List prices for all regions, and prices that differ by region.
///
/// The default is the first tier of US East (N. Virginia). Free tier, volume tiers, savings plans, provisioned
/// concurrency, `/tmp` above 512 MB and Managed Instances are not included: an estimate is the list price of one more
/// execution.
///
/// In a file every key is optional and has a default. Unknown keys are refused.
///
/// ```toml
/// request = 0.0000002
/// x86_64_gb_second = 0.0000166667
/// arm64_gb_second = 0.0000133334
///
/// [regions.eu-south-1]
/// x86_64_gb_second = 0.00002
/// ```
///
/// ```
/// use lamplight_aws_model::{Architecture, PriceTable, Region};
///
/// let region = Region::parse_known("us-east-1")?;
/// let cost = PriceTable::default().estimate(&region, Architecture::X86_64, 1_024, 1_000);
/// assert_eq!(cost.map(|usd| format!("{usd:.10}")), Some("0.0000168667".to_owned()));
/// # Ok::<(), lamplight_aws_model::RegionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "TableFile", into = "TableFile")]
pub struct PriceTable {
    everywhere: Prices,
    regions: BTreeMap<String, RegionFile>,
}

/// The prices of one region, in US dollars. Each is finite and not negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prices {
    /// For one request.
    pub request: f64,
    /// For one GB (1,024 MB) of memory during one second, on x86.
    pub x86_64_gb_second: f64,
    /// The same on ARM.
    pub arm64_gb_second: f64,
}

/// Why a table of prices is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PriceError {
    /// A value is not a valid price.
    #[error("the price {key} is {value}; a price is a finite number of US dollars, 0 or more")]
    Value {
        /// The key, with its region.
        key: String,
        /// The value in the file.
        value: f64,
    },
    /// A key is not a region.
    #[error("the key regions.{region} of the prices is not a region; a region looks like us-east-1")]
    Region {
        /// The key.
        region: String,
    },
}

impl PriceTable {
    /// The prices of a region, if known. Outside of the commercial and GovCloud partitions, bills are in other currencies or
    /// prices are not public, so there only the prices given for the region itself are used.
    pub fn prices(&self, region: &Region) -> Option<Prices> {
        let own = self.regions.get(region.as_str());
        let everywhere_counts = matches!(region.partition(), Partition::Aws | Partition::AwsUsGov);
        if own.is_none() && !everywhere_counts {
            return None;
        }
        let own = own.copied().unwrap_or_default();
        Some(Prices {
            request: own.request.unwrap_or(self.everywhere.request),
            x86_64_gb_second: own.x86_64_gb_second.unwrap_or(self.everywhere.x86_64_gb_second),
            arm64_gb_second: own.arm64_gb_second.unwrap_or(self.everywhere.arm64_gb_second),
        })
    }

    /// What one execution costs, in US dollars: the request, and the billed milliseconds times the memory in MiB.
    /// `None` if the prices of the region are not known.
    pub fn estimate(
        &self,
        region: &Region,
        architecture: Architecture,
        memory_mb: u64,
        billed_ms: u64,
    ) -> Option<f64> {
        let prices = self.prices(region)?;
        let gb_second = match architecture {
            Architecture::X86_64 => prices.x86_64_gb_second,
            Architecture::Arm64 => prices.arm64_gb_second,
        };
        Some(prices.request + as_f64(billed_ms) / 1_000.0 * (as_f64(memory_mb) / 1_024.0) * gb_second)
    }
}

impl Default for PriceTable {
    fn default() -> Self {
        let everywhere =
            Prices { request: REQUEST, x86_64_gb_second: X86_64_GB_SECOND, arm64_gb_second: ARM64_GB_SECOND };
        Self { everywhere, regions: BTreeMap::new() }
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact to 2^53: 285,000 years of milliseconds")]
fn as_f64(value: u64) -> f64 {
    value as f64
}

/// The table in its file format.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TableFile {
    request: f64,
    x86_64_gb_second: f64,
    arm64_gb_second: f64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    regions: BTreeMap<String, RegionFile>,
}

/// The prices of one region that differ from the prices for all regions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RegionFile {
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x86_64_gb_second: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arm64_gb_second: Option<f64>,
}

impl Default for TableFile {
    fn default() -> Self {
        PriceTable::default().into()
    }
}

impl From<PriceTable> for TableFile {
    fn from(table: PriceTable) -> Self {
        let PriceTable { everywhere: Prices { request, x86_64_gb_second, arm64_gb_second }, regions } = table;
        Self { request, x86_64_gb_second, arm64_gb_second, regions }
    }
}

impl TryFrom<TableFile> for PriceTable {
    type Error = PriceError;

    fn try_from(file: TableFile) -> Result<Self, PriceError> {
        let TableFile { request, x86_64_gb_second, arm64_gb_second, regions } = file;
        let everywhere = Prices { request, x86_64_gb_second, arm64_gb_second };
        check("", [Some(request), Some(x86_64_gb_second), Some(arm64_gb_second)])?;
        for (region, own) in &regions {
            if Region::parse_well_formed(region).is_err() {
                return Err(PriceError::Region { region: crate::text::excerpt(region) });
            }
            check(&format!("regions.{region}."), [own.request, own.x86_64_gb_second, own.arm64_gb_second])?;
        }
        Ok(Self { everywhere, regions })
    }
}

/// Refuses values that are not prices, and names the key in the error.
fn check(place: &str, prices: [Option<f64>; 3]) -> Result<(), PriceError> {
    for (key, price) in ["request", "x86_64_gb_second", "arm64_gb_second"].into_iter().zip(prices) {
        if let Some(value) = price.filter(|price| !price.is_finite() || *price < 0.0) {
            return Err(PriceError::Value { key: format!("{place}{key}"), value });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<PriceTable, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    fn usd(
        table: &PriceTable,
        region: &str,
        architecture: Architecture,
        memory: u64,
        billed: u64,
    ) -> Option<String> {
        let region = Region::parse_known(region).unwrap();
        table.estimate(&region, architecture, memory, billed).map(|usd| format!("{usd:.12}"))
    }

    #[test]
    fn the_cost_formula_matches_the_price_list() {
        let table = PriceTable::default();
        for (architecture, memory, billed, expected) in [
            (Architecture::X86_64, 128, 0, "0.000000200000"),
            (Architecture::X86_64, 1_024, 1_000, "0.000016866700"),
            (Architecture::Arm64, 1_024, 1_000, "0.000013533400"),
            (Architecture::X86_64, 512, 300, "0.000002700005"),
            (Architecture::Arm64, 10_240, 900_000, "0.120000800000"),
        ] {
            assert_eq!(usd(&table, "us-east-1", architecture, memory, billed).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_region_overrides_key_by_key() {
        let table =
            read(r#"{"request":1,"regions":{"eu-west-1":{"arm64_gb_second":2},"cn-north-1":{}}}"#).unwrap();
        let prices = |region| table.prices(&Region::parse_known(region).unwrap());
        let everywhere = Prices { request: 1.0, ..PriceTable::default().everywhere };
        assert_eq!(prices("us-east-1"), Some(everywhere));
        assert_eq!(prices("eu-west-1"), Some(Prices { arm64_gb_second: 2.0, ..everywhere }));
        assert_eq!(prices("cn-north-1"), Some(everywhere), "given for the region itself");
    }

    #[test]
    fn no_price_is_given_in_regions_not_billed_in_dollars() {
        let table = PriceTable::default();
        assert!(usd(&table, "us-gov-west-1", Architecture::X86_64, 128, 1).is_some());
        for region in ["cn-north-1", "eusc-de-east-1", "us-iso-east-1"] {
            assert_eq!(usd(&table, region, Architecture::X86_64, 128, 1), None, "{region}");
        }
    }

    #[test]
    fn tables_round_trip() {
        for table in [PriceTable::default(), read(r#"{"regions":{"eu-west-1":{"request":0}}}"#).unwrap()] {
            assert_eq!(read(&serde_json::to_string(&table).unwrap()), Ok(table));
        }
        assert_eq!(read("{}"), Ok(PriceTable::default()));
    }

    #[test]
    fn errors_name_the_key() {
        let message = |json| read(json).unwrap_err();
        assert_eq!(
            message(r#"{"regions":{"eu-west-1":{"request":-1}}}"#),
            "the price regions.eu-west-1.request is -1; a price is a finite number of US dollars, 0 or more"
        );
        assert!(message(r#"{"arm64_gb_second":-0.1}"#).starts_with("the price arm64_gb_second is -0.1;"));
        assert!(
            message(r#"{"regions":{"europe":{}}}"#)
                .starts_with("the key regions.europe of the prices is not a region")
        );
        assert!(message(r#"{"requests":1}"#).starts_with("unknown field `requests`"));
        assert!(message(r#"{"regions":{"eu-west-1":{"x86":1}}}"#).starts_with("unknown field `x86`"));
        // JSON has no such numbers, but TOML has.
        for value in [f64::NAN, f64::INFINITY] {
            let file = TableFile { request: value, ..TableFile::default() };
            assert!(
                matches!(PriceTable::try_from(file), Err(PriceError::Value { key, .. }) if key == "request")
            );
        }
    }
}
