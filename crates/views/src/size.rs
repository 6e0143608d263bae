//! Sizes for people.

/// A size in the largest fitting unit; each unit is 1,024 of the one before.
pub fn size(bytes: u64) -> String {
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

    #[test]
    fn sizes_are_shown_with_units() {
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
}
