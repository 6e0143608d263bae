//! What is stored with a queued run, so that any process can make it.

use crate::{AppError, PreparedRun};
use lamplight_domain::{ErrorCode, ParameterList, Payload, RawJson, RetryPolicy, Run, Scrubber};
use lamplight_ports::{Bytes, Connection, PortError, PortErrorKind};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The version of the format. An order is read by the processes that share a store, which may be of several versions.
const VERSION: u32 = 1;

/// The event of a queued run, and what is needed to read its response. All else is in the record of the run.
#[derive(Serialize, Deserialize)]
struct OrderBody {
    version: u32,
    payload: RawJson,
    parameters: ParameterList,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wait_limit: Option<Duration>,
}

impl PreparedRun {
    /// The run as an order for any process. It must not have secrets.
    pub(crate) fn to_order(&self) -> Result<Bytes, AppError> {
        let payload = String::from_utf8_lossy(self.payload.as_bytes());
        let body = OrderBody {
            version: VERSION,
            payload: RawJson::parse(&payload).map_err(AppError::Payload)?,
            parameters: self.parameters.clone(),
            wait_limit: self.wait_limit,
        };
        serde_json::to_vec(&body).map(Bytes::from).map_err(|error| damaged(&error.to_string()))
    }

    /// Reads an order again. `run` is the queued run, and `connection` the one that it names.
    pub(crate) fn from_order(run: &Run, connection: Connection, order: &[u8]) -> Result<Self, AppError> {
        let body: OrderBody = serde_json::from_slice(order).map_err(|error| damaged(&error.to_string()))?;
        if body.version > VERSION {
            return Err(damaged("a newer version of this program wrote it"));
        }
        let intent = &run.intent;
        let retries = RetryPolicy::new(intent.effective.max_attempts.value)
            .map_err(|error| AppError::Setting(error.to_string()))?;
        Ok(Self {
            job: intent.job.clone(),
            function: intent.function.clone(),
            connection,
            parameters: body.parameters,
            effective: intent.effective.clone(),
            retries,
            wait_limit: body.wait_limit,
            payload: Payload::from_json(body.payload.as_str().to_owned()).map_err(AppError::Payload)?,
            arguments: intent.arguments.clone(),
            scrubber: Scrubber::default(),
            has_secrets: false,
            provenance: intent.provenance.clone(),
            notes: Vec::new(),
        })
    }
}

fn damaged(reason: &str) -> AppError {
    let message = format!("the order of a queued run cannot be used: {reason}");
    AppError::Port(PortError::new(PortErrorKind::Corrupt, ErrorCode::RecordDamaged, message))
}
