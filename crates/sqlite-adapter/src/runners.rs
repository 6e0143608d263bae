//! The `Runners` port.

use crate::{SqliteStore, runner_lock::State, store::in_place};
use async_trait::async_trait;
use lamplight_domain::RunnerId;
use lamplight_ports::{PortError, Runners};

#[async_trait]
impl Runners for SqliteStore {
    async fn enlist(&self) -> Result<RunnerId, PortError> {
        in_place(|| self.runner.enlist())
    }

    async fn is_alive(&self, runner: &RunnerId) -> Result<bool, PortError> {
        in_place(|| self.runner.state(runner)).map(|state| state == State::Alive)
    }
}
