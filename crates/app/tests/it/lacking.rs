//! Providers that support less than others, or more.

use crate::bench::{Bench, arguments, connection};
use lamplight_app::{
    AppError, RunName, cancel_run,
    manage::{self, PageLimits},
};
use lamplight_domain::{ErrorClass, ErrorCode, InvocationType, RunState, Settings};
use lamplight_fake_adapter::{FakeConnector, FakeFunction, FakeProvider};
use lamplight_ports::{Connection, PortErrorKind};
use std::ops::ControlFlow;

fn bench() -> Bench {
    Bench::new([FakeFunction::echo("mirror".parse().unwrap())])
}

#[tokio::test]
async fn all_management_calls_fail_alike_without_management() {
    let bench = bench();
    let whole = bench.provider.connection(connection(), Settings::default());
    let bare = Connection::new(connection(), whole.catalogue, whole.invoker, whole.platform);
    let function = lamplight_domain::FunctionRef::by_name("mirror".parse().unwrap());
    let mut no_page = |_| ControlFlow::Continue(());
    let errors: [AppError; 3] = [
        manage::show_account(&bare).await.unwrap_err(),
        manage::list_aliases(&bare, &function, None, &PageLimits::default(), &mut no_page).await.unwrap_err(),
        manage::show_tags(&bare, &function).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.to_string(), "connection simulated can only call functions, not manage them");
        assert_eq!((error.code(), error.class()), (ErrorCode::Unsupported, ErrorClass::Usage));
        assert!(matches!(error, AppError::Port(error) if error.kind == PortErrorKind::Unsupported));
    }
}

async fn cancelled(connector: &FakeConnector, bench: &Bench) -> (bool, String) {
    let outcome = cancel_run(&bench.store, connector, &*bench.clock, &RunName::Latest).await.unwrap();
    assert!(outcome.run_id.is_some());
    (outcome.cancelled, outcome.reason)
}

#[tokio::test]
async fn a_run_is_cancelled_only_if_the_provider_cancelled_it() {
    let provider = FakeProvider::new([FakeFunction::echo("mirror".parse().unwrap())]).cancelling();
    let mut bench = bench();
    bench.world.connector =
        FakeConnector::default().with(provider.connection(connection(), Settings::default()));
    let event = Settings { invocation_type: Some(InvocationType::Event), ..Settings::default() };
    let run = bench.start("mirror", arguments(&[]), event.clone()).await.unwrap().run;
    assert_eq!(cancelled(&bench.connector, &bench).await, (true, "the provider cancelled it".to_owned()));
    let name = RunName::Key(run.intent.key.to_string());
    let kept = lamplight_app::show_run(&bench.store, &name).await.unwrap().run.unwrap();
    assert_eq!(kept.state(), RunState::Accepted, "its end decides the outcome, not the cancellation");

    // Another simulator with the same name does not know the run. A provider that cannot cancel is not called.
    let other = FakeProvider::new([]).cancelling();
    let connector = FakeConnector::default().with(other.connection(connection(), Settings::default()));
    assert_eq!(
        cancelled(&connector, &bench).await,
        (false, "the simulator has no execution with this request ID".to_owned())
    );
    let plain = FakeConnector::default().with(bench.provider.connection(connection(), Settings::default()));
    assert_eq!(cancelled(&plain, &bench).await, (false, "an accepted event cannot be cancelled".to_owned()));

    // An error of the provider is an error, not an answer.
    let refusing = FakeProvider::new([]).cancelling().refusing();
    let connector = FakeConnector::default().with(refusing.connection(connection(), Settings::default()));
    let error = cancel_run(&bench.store, &connector, &*bench.clock, &RunName::Latest).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Access);

    // A run that has ended is not cancelled, and neither is a run whose connection no longer exists.
    let gone = FakeConnector::default();
    assert_eq!(cancelled(&gone, &bench).await, (false, "an accepted event cannot be cancelled".to_owned()));
    bench.start("mirror", arguments(&[]), Settings::default()).await.unwrap();
    assert_eq!(cancelled(&bench.connector, &bench).await, (false, "the run has ended: succeeded".to_owned()));
}
