//! Run IDs are read back as written, and texts that are not run IDs are refused.

use lamplight_domain::{RunId, Status};
use proptest::prelude::*;

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![Just(Status::Success), Just(Status::Failed), Just(Status::Unknown)]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        function in "[^/#\\s\\p{Cc}]{1,64}", request in "[!-\"$-.0-~]{1,128}", status in status()
    ) {
        let id = RunId::new(function.parse().unwrap(), &request, status).unwrap();
        let read: RunId = id.to_string().parse().unwrap();
        prop_assert_eq!(&read, &id);
        prop_assert_eq!((read.function().as_str(), read.request_id(), read.status()), (&*function, &*request, status));
        let json = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(serde_json::from_str::<RunId>(&json).unwrap(), id);
    }

    #[test]
    fn any_text_is_read_as_it_is_or_refused(text in "\\PC{0,80}|[a-z/#]{0,20}(Success|Failed|Unknown)?") {
        match text.parse::<RunId>() {
            Ok(id) => prop_assert_eq!(id.to_string(), text),
            Err(error) => prop_assert!(!error.problem.is_empty()),
        }
    }

    #[test]
    fn one_wrong_character_is_never_read_as_the_same_id(at in 0_usize..30, wrong in any::<char>()) {
        let good = "adder/8f507cfc-4697#Success";
        let mut text: Vec<char> = good.chars().collect();
        let at = at % text.len();
        prop_assume!(text[at] != wrong);
        text[at] = wrong;
        let text: String = text.into_iter().collect();
        if let Ok(id) = text.parse::<RunId>() {
            prop_assert_ne!(id.to_string(), good);
        }
    }
}
