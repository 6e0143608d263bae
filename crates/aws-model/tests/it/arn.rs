//! ARNs: written ARNs are read back, and a single wrong character is found.

use crate::strategies;
use lamplight_aws_model::{ArnPart, FunctionArn, LambdaName, LambdaQualifier, Region};
use proptest::prelude::*;

proptest! {
    #[test]
    fn arns_round_trip(text in strategies::arn()) {
        let arn: FunctionArn = text.parse().unwrap();
        prop_assert_eq!(arn.to_string(), text.as_str());
        let unqualified = arn.unqualified();
        prop_assert_eq!(unqualified.qualifier(), None);
        prop_assert!(text.starts_with(&unqualified.to_string()));
    }

    #[test]
    fn arns_put_together_are_read_back(
        region in strategies::region(),
        account in strategies::account(),
        name in strategies::name(),
        qualifier in proptest::option::of(strategies::qualifier()),
    ) {
        let region = Region::parse_well_formed(&region).unwrap();
        let name: LambdaName = name.parse().unwrap();
        let qualifier: Option<LambdaQualifier> = qualifier.map(|text| text.parse().unwrap());
        let arn = FunctionArn::new(region, &account, name, qualifier).unwrap();
        prop_assert_eq!(arn.to_string().parse(), Ok(arn));
    }

    #[test]
    fn qualifiers_round_trip(text in strategies::qualifier()) {
        prop_assert_eq!(text.parse::<LambdaQualifier>().unwrap().to_string(), text);
    }

    #[test]
    fn a_foreign_character_is_refused_wherever_it_stands(
        text in strategies::arn(),
        place in any::<prop::sample::Index>(),
        foreign in prop::sample::select(vec![' ', '/', '#', '*', '?', '%', '\n', '\0', 'é', '"']),
    ) {
        let mut broken = text.clone();
        broken.insert(place.index(text.len() + 1), foreign);
        prop_assert!(broken.parse::<FunctionArn>().is_err(), "{:?}", broken);
    }

    #[test]
    fn a_part_that_is_missing_is_named(text in strategies::arn(), part in 0..6_usize) {
        let mut parts: Vec<&str> = text.split(':').collect();
        parts[part] = "";
        let expected = [
            ArnPart::Prefix,
            ArnPart::Partition,
            ArnPart::Service,
            ArnPart::Region,
            ArnPart::Account,
            ArnPart::ResourceType,
        ];
        prop_assert_eq!(parts.join(":").parse::<FunctionArn>().unwrap_err().part, expected[part]);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        if let Ok(arn) = text.parse::<FunctionArn>() {
            prop_assert_eq!(arn.to_string(), text.as_str());
        }
        if let Ok(qualifier) = text.parse::<LambdaQualifier>() {
            prop_assert_eq!(qualifier.to_string(), text.as_str());
        }
    }
}
