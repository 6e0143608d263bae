//! Pages of listings, and what narrows them. Runtime and architecture as filters have the rules that they have
//! elsewhere.

use super::{
    grammar,
    violation::{RuleViolation, matching, within},
};

/// 1-10,000 functions, versions or aliases. Lambda gives at most 50 functions, whatever is asked for.
pub fn check_list_page_size(items: u32) -> Result<(), RuleViolation> {
    within("MaxItems", items, &(1..=10_000), "")
}

/// 1-50 layers or versions of layers.
pub fn check_layer_page_size(items: u32) -> Result<(), RuleViolation> {
    within("MaxItems", items, &(1..=50), "")
}

/// 1-50 settings for asynchronous calls.
pub fn check_async_page_size(items: u32) -> Result<(), RuleViolation> {
    within("MaxItems", items, &(1..=50), "")
}

/// A region or `ALL`, and only in a listing of all versions (Lambda API, `ListFunctions`: "If specified, you must set
/// `FunctionVersion` to `ALL`").
pub fn check_master_region(text: &str, all_versions: bool) -> Result<(), RuleViolation> {
    let holds = text == "ALL" || text.len() <= 50 && grammar::is_region(text);
    matching("MasterRegion", text, holds, "it is a region as us-east-1, or ALL")?;
    matching("MasterRegion", text, all_versions, "it narrows a listing of all versions only")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_where_the_model_ends_them() {
        for (items, fits) in [(0, false), (1, true), (10_000, true), (10_001, false)] {
            assert_eq!(check_list_page_size(items).is_ok(), fits, "{items}");
        }
        for check in [check_layer_page_size, check_async_page_size] {
            for (items, fits) in [(0, false), (1, true), (50, true), (51, false)] {
                assert_eq!(check(items).is_ok(), fits, "{items}");
            }
        }
    }

    #[test]
    fn master_regions_narrow_all_versions() {
        for (text, all, fits) in [
            ("us-east-1", true, true),
            ("ALL", true, true),
            ("us-east-1", false, false),
            ("all", true, false),
            ("", true, false),
            ("us-east", true, false),
        ] {
            assert_eq!(check_master_region(text, all).is_ok(), fits, "{text} {all}");
        }
    }
}
