//! Words out of a fixed list. Each is named after the domain's own, and a new one there does not compile here.

use lamplight_domain::{
    DataType, Direction, EvidenceKind, InvocationType, JsonKind, Level, RunState, Status,
};
use schemars::JsonSchema;
use serde::Serialize;

macro_rules! words {
    (
        $(#[$about:meta])*
        $view:ident of $domain:ident {
            $($(#[$meaning:meta])* $word:ident,)+
        }
    ) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
        $(#[$about])*
        pub enum $view {
            $($(#[$meaning])* $word,)+
        }

        impl From<$domain> for $view {
            fn from(word: $domain) -> Self {
                match word {
                    $($domain::$word => Self::$word,)+
                }
            }
        }
    };
}

words! {
    /// The one truthful status of a run.
    StatusWord of Status {
        /// It did what its invocation type promises.
        Success,
        /// It did not, and that is known.
        Failed,
        /// Nobody can say; the function may have run.
        Unknown,
    }
}

words! {
    /// Where a run is in its life.
    #[serde(rename_all = "snake_case")]
    StateWord of RunState {
        /// Its intent is recorded and nothing was sent.
        Queued,
        /// Its calls are being made, and no outcome is recorded.
        Running,
        /// The function answered without an error.
        Succeeded,
        /// The function ran and reported an error.
        FunctionFailed,
        /// The provider took the event and runs it later.
        Accepted,
        /// A dry run found nothing wrong.
        Validated,
        /// The function provably did not start.
        Rejected,
        /// The function may have run and no answer says how it went.
        Unknown,
    }
}

words! {
    /// What the state of a run rests on.
    #[serde(rename_all = "snake_case")]
    EvidenceWord of EvidenceKind {
        /// An answer of the expected kind without a function error.
        Answered,
        /// An answer that carries a function error.
        FunctionError,
        /// An answer that says the provider took the event.
        Queued,
        /// An answer that says the dry run found nothing wrong.
        Validated,
        /// An answer that proves the function did not start.
        Refused,
        /// An answer that proves neither that the function started nor that it did not.
        UnprovenAnswer,
        /// An answer without the provider's mark, such as a proxy's.
        UnidentifiedAnswer,
        /// The request never left.
        NotSent,
        /// The request may have arrived and no complete answer came.
        NoAnswer,
        /// The caller stopped waiting.
        Interrupted,
        /// The process that made the call ended before it recorded an outcome.
        RunnerGone,
        /// The provider's history of a durable execution.
        Durable,
        /// What the provider sent to a destination when the function had ended.
        Destination,
        /// A line of the function's log that is a JSON object of the provider's.
        JsonLog,
        /// A line of the function's log that is text.
        TextLog,
    }
}

words! {
    /// How a function is called.
    InvocationTypeWord of InvocationType {
        /// Wait for the answer.
        RequestResponse,
        /// Queue the event and do not wait.
        Event,
        /// Check permission and parameters; the function does not run.
        DryRun,
    }
}

words! {
    /// Where a setting's value came from.
    #[serde(rename_all = "snake_case")]
    LevelWord of Level {
        /// Given for this run alone.
        Run,
        /// The job's override.
        Job,
        /// The connection's default.
        Connection,
        /// Nobody said anything.
        Default,
    }
}

words! {
    /// The declared type of a parameter.
    #[serde(rename_all = "lowercase")]
    DataTypeWord of DataType {
        /// Any text; a text that is a valid JSON object or array is embedded as that JSON.
        String,
        /// A number without fraction or exponent, of any length.
        Integer,
        /// Any JSON number, of any length and precision.
        Number,
        /// `true` or `false`.
        Boolean,
        /// A JSON object.
        Object,
        /// A JSON array.
        Array,
        /// Any JSON value.
        Json,
    }
}

words! {
    /// Which way a parameter's value goes.
    DirectionWord of Direction {
        /// Into the event.
        Input,
        /// Out of the response.
        Output,
        /// Both: into the event, and updated from the response.
        InputOutput,
    }
}

words! {
    /// What a JSON text is at its root.
    #[serde(rename_all = "snake_case")]
    JsonKindWord of JsonKind {
        /// `null`
        Null,
        /// `true` or `false`
        Boolean,
        /// A number without fraction or exponent.
        Integer,
        /// Any other number.
        Number,
        /// A string.
        String,
        /// An array.
        Array,
        /// An object.
        Object,
    }
}
