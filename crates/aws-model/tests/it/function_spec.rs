//! References to functions as users write them: every form round-trips, and texts that the API refuses are refused.

use crate::strategies;
use lamplight_aws_model::{FunctionArn, FunctionSpec, FunctionSpecError, LambdaName};
use proptest::prelude::*;

proptest! {
    #[test]
    fn every_form_round_trips(text in strategies::spec()) {
        let spec: FunctionSpec = text.parse().unwrap();
        prop_assert_eq!(spec.to_string(), text);
        prop_assert_eq!(spec.to_string().parse(), Ok(spec));
    }

    #[test]
    fn the_name_sent_names_the_same_function_without_its_qualifier(text in strategies::spec()) {
        let spec: FunctionSpec = text.parse().unwrap();
        let sent: FunctionSpec = spec.as_invoke_name().parse().unwrap();
        prop_assert_eq!(sent.qualifier(), None);
        prop_assert_eq!((sent.name(), sent.account(), sent.arn()), (spec.name(), spec.account(), spec.arn()));
    }

    #[test]
    fn names_and_arns_become_the_function_they_name(name in strategies::name(), arn in strategies::arn()) {
        let name: LambdaName = name.parse().unwrap();
        prop_assert_eq!(FunctionSpec::from(name.clone()).to_string(), name.as_str());
        let parsed: FunctionArn = arn.parse().unwrap();
        let spec = FunctionSpec::from(parsed.clone());
        prop_assert_eq!(spec.to_string(), arn);
        prop_assert_eq!((spec.qualifier(), spec.region()), (parsed.qualifier(), Some(parsed.region())));
    }

    #[test]
    fn a_foreign_character_is_refused_wherever_it_stands(
        text in strategies::spec(),
        place in any::<prop::sample::Index>(),
        foreign in prop::sample::select(vec![' ', '/', '#', '*', '?', '%', '\n', '\0', 'é', '"']),
    ) {
        let mut broken = text.clone();
        broken.insert(place.index(text.len() + 1), foreign);
        prop_assert!(broken.parse::<FunctionSpec>().is_err(), "{:?}", broken);
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_short_message(text in "(arn|aws|lambda|function|[0-9]{12}|:|\\PC){0,40}") {
        match text.parse::<FunctionSpec>() {
            Ok(spec) => prop_assert_eq!(spec.to_string().parse(), Ok(spec)),
            Err(error) => prop_assert!(error.to_string().chars().count() < 8_000),
        }
    }

    #[test]
    fn what_is_too_long_is_refused(length in 257..5_000_usize) {
        let error = "a".repeat(length).parse::<FunctionSpec>().unwrap_err();
        let FunctionSpecError::TooLong { text, length: found } = error else { panic!("{error}") };
        prop_assert_eq!(found, length);
        prop_assert!(text.len() < 200, "{}", text);
    }
}
