//! Secrets are found in any text, and looking for them never panics.

use lamplight_domain::{Scrubber, infer_data_type, looks_secret};
use proptest::prelude::*;

proptest! {
    #[test]
    fn no_secret_is_left(secret in "[!-~]{4,20}", before in "\\PC{0,20}", after in "\\PC{0,20}") {
        let scrubber = Scrubber::new([secret.as_str()]);
        let clean = scrubber.scrub(format!("{before}{secret}{after}"));
        prop_assert!(!clean.contains(&secret) || "********".contains(&secret), "{clean}");
        let quoted = serde_json::to_string(&format!("{before}{secret}{after}")).unwrap();
        let clean: String = serde_json::from_str(&scrubber.scrub(quoted)).unwrap_or_default();
        prop_assert!(!clean.contains(&secret) || "********".contains(&secret), "{clean}");
    }

    #[test]
    fn any_variable_can_be_looked_at(name in any::<String>(), value in any::<String>()) {
        let _ = looks_secret(&name, &value);
        let _ = infer_data_type(&value);
        let secret_name = format!("{name}_password");
        prop_assert!(looks_secret(&secret_name, &value));
        let address = format!("https://user:s3cret@host/{name}");
        prop_assert!(looks_secret("anything", &address));
    }
}
