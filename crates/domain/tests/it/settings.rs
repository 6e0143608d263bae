//! Precedence: the nearest level that sets a value decides it and is named.

use lamplight_domain::{EffectiveSettings, InvocationType, Level, Settings};
use proptest::prelude::*;

fn settings() -> impl Strategy<Value = Settings> {
    (
        prop::option::of(prop_oneof![
            Just(InvocationType::RequestResponse),
            Just(InvocationType::Event),
            Just(InvocationType::DryRun)
        ]),
        prop::option::of("[a-z]{1,5}"),
        prop::option::of(1_u32..=10),
        prop::option::of(any::<bool>()),
        prop::option::of("[0-9]{1,3}"),
    )
        .prop_map(|(invocation_type, qualifier, max_attempts, log_tail, client_context)| Settings {
            invocation_type,
            qualifier: qualifier.map(|text| text.parse().unwrap()),
            max_attempts,
            log_tail,
            client_context,
        })
}

fn nearest<T: Clone>(levels: [&Option<T>; 3], default: T) -> (T, Level) {
    for (value, level) in levels.into_iter().zip([Level::Run, Level::Job, Level::Connection]) {
        if let Some(value) = value {
            return (value.clone(), level);
        }
    }
    (default, Level::Default)
}

proptest! {
    #[test]
    fn the_nearest_level_decides_every_setting(run in settings(), job in settings(), connection in settings()) {
        let effective = EffectiveSettings::resolve(&run, &job, &connection);
        let expected = nearest(
            [&run.invocation_type, &job.invocation_type, &connection.invocation_type],
            InvocationType::RequestResponse,
        );
        prop_assert_eq!((effective.invocation_type.value, effective.invocation_type.level), expected);
        let attempts = [&run.max_attempts, &job.max_attempts, &connection.max_attempts];
        let expected = nearest(attempts, lamplight_domain::DEFAULT_MAX_ATTEMPTS);
        prop_assert_eq!((effective.max_attempts.value, effective.max_attempts.level), expected);
        let expected = nearest([&run.log_tail, &job.log_tail, &connection.log_tail], true);
        prop_assert_eq!((effective.log_tail.value, effective.log_tail.level), expected);
        let some = |settings: &Settings| settings.qualifier.clone().map(Some);
        let (value, level) = nearest([&some(&run), &some(&job), &some(&connection)], None);
        prop_assert_eq!((&effective.qualifier.value, effective.qualifier.level), (&value, level));
        let some = |settings: &Settings| settings.client_context.clone().map(Some);
        let (value, level) = nearest([&some(&run), &some(&job), &some(&connection)], None);
        prop_assert_eq!((&effective.client_context.value, effective.client_context.level), (&value, level));
    }
}
