//! Enumerations of fixed words. Each mirrors an enumeration of the domain; a new variant there does not compile until
//! it is added here.

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
    /// The status of a run.
    StatusWord of Status {
        /// The run did what its invocation type promises.
        Success,
        /// The run did not, and that is certain.
        Failed,
        /// Cannot tell; the function may have run.
        Unknown,
    }
}

words! {
    /// The state of a run.
    #[serde(rename_all = "snake_case")]
    StateWord of RunState {
        /// The intent is recorded and nothing was sent yet.
        Queued,
        /// Calls are in progress and no outcome is recorded.
        Running,
        /// The function answered without an error.
        Succeeded,
        /// The function ran and reported an error.
        FunctionFailed,
        /// The provider accepted the event and runs it later.
        Accepted,
        /// The dry run found no problem.
        Validated,
        /// The function did not start, and that is certain.
        Rejected,
        /// The function may have run, and no answer says how it ended.
        Unknown,
    }
}

words! {
    /// The kind of evidence for the state of a run.
    #[serde(rename_all = "snake_case")]
    EvidenceWord of EvidenceKind {
        /// A response of the expected kind without a function error.
        Answered,
        /// A response with a function error.
        FunctionError,
        /// A response that says that the provider accepted the event.
        #[serde(rename = "queued")]
        Accepted,
        /// A response that says that the dry run found no problem.
        Validated,
        /// A response that proves that the function did not start.
        Refused,
        /// A response that proves neither that the function started nor that it did not.
        UnprovenAnswer,
        /// A response without the provider's mark, such as the page of a proxy.
        UnidentifiedAnswer,
        /// A response without the provider's mark, which counts because the connection accepts unmarked answers.
        UnmarkedAnswer,
        /// The request was not sent.
        NotSent,
        /// The request may have arrived, and no complete response came back.
        NoAnswer,
        /// The caller stopped waiting.
        Interrupted,
        /// The process that made the call ended before it recorded an outcome.
        RunnerGone,
        /// The provider's history of a durable execution.
        Durable,
        /// What the provider sent to a destination after the function had ended.
        Destination,
        /// A line of the function's log, as a JSON object from the provider.
        JsonLog,
        /// A line of the function's log, as text.
        TextLog,
    }
}

words! {
    /// How a function is called.
    InvocationTypeWord of InvocationType {
        /// Wait for the response.
        RequestResponse,
        /// Send the event and do not wait for the function.
        Event,
        /// Check permissions and parameters without running the function.
        DryRun,
    }
}

words! {
    /// Where the value of a setting comes from.
    #[serde(rename_all = "snake_case")]
    LevelWord of Level {
        /// Given for this run only.
        Run,
        /// The job's override.
        Job,
        /// The connection's default.
        Connection,
        /// Not set anywhere: the built-in default.
        Default,
    }
}

words! {
    /// The declared type of a parameter.
    #[serde(rename_all = "lowercase")]
    DataTypeWord of DataType {
        /// Any text; text that is a valid JSON object or array is embedded as that JSON.
        String,
        /// Any text, always sent as a JSON string.
        Text,
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
    /// The direction of a parameter.
    DirectionWord of Direction {
        /// Goes into the event.
        Input,
        /// Comes from the response.
        Output,
        /// Goes into the event, and is updated from the response.
        InputOutput,
    }
}

words! {
    /// The type of a JSON text at its root.
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
