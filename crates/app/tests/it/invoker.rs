//! Invokers that expect a number of calls: one that is called more or less often fails its test.

use crate::bench::{Bench, connection};
use lamplight_domain::{Delivery, ErrorCode, Settings, Start};
use lamplight_fake_adapter::FakeConnector;
use lamplight_ports::{Connection, InvokeAnswer, InvokeError, InvokeRequest, Invoker, PortErrorKind};
use std::{fmt, sync::Arc};

mockall::mock! {
    pub Invoker {}

    #[async_trait::async_trait]
    impl Invoker for Invoker {
        async fn invoke(&self, request: InvokeRequest) -> Result<InvokeAnswer, InvokeError>;
    }
}

impl fmt::Debug for MockInvoker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MockInvoker")
    }
}

impl MockInvoker {
    /// One that must not be called.
    pub fn never() -> Self {
        Self::times(0, || unreachable!("it must not be called"))
    }

    /// One that must be called this often, and returns this each time.
    pub fn times(
        calls: usize,
        result: impl Fn() -> Result<InvokeAnswer, InvokeError> + Send + 'static,
    ) -> Self {
        let mut invoker = Self::new();
        invoker.expect_invoke().times(calls).returning(move |_| result());
        invoker
    }
}

/// A call that failed this way, for a cause that may pass.
pub fn failure(delivery: Delivery, start: Start) -> InvokeError {
    InvokeError {
        delivery,
        start,
        transient: true,
        ..InvokeError::unanswered(PortErrorKind::Unavailable, ErrorCode::NoAnswer, "x")
    }
}

/// A connection of the bench that calls by this invoker.
pub fn connector(bench: &Bench, invoker: impl Invoker) -> FakeConnector {
    let whole = bench.provider.connection(connection(), Settings::default());
    FakeConnector::default().with(Connection { invoker: Arc::new(invoker), ..whole })
}

/// A bench without functions whose connection calls by this invoker.
pub fn bench(invoker: impl Invoker) -> Bench {
    let mut bench = Bench::new([]);
    bench.world.connector = connector(&bench, invoker);
    bench
}
