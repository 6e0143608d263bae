//! Functions scripted in JSON or YAML.

use crate::{Answer, Expression, FakeFunction, FunctionFailure};
use lamplight_domain::NameError;
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, error::Error, time::Duration};

/// The functions of the demo connection, which needs no account. The script is also an example of the format.
#[cfg(feature = "yaml")]
pub const DEMO_SCRIPT: &str = include_str!("demo.yaml");

/// Why a script cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The text does not have the right form; the source says where.
    #[error("cannot read the script of the simulated functions")]
    Syntax(#[source] Box<dyn Error + Send + Sync>),
    /// The script of a function is not valid.
    #[error("function {function} of the script: {problem}")]
    Function {
        /// The function.
        function: String,
        /// What is wrong.
        problem: String,
    },
}

/// Scripted functions.
#[derive(Debug, Clone)]
pub struct Script {
    /// The functions, by name.
    pub functions: Vec<FakeFunction>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    functions: BTreeMap<String, FunctionScript>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionScript {
    #[serde(default)]
    description: String,
    runtime: Option<String>,
    timeout_seconds: Option<u32>,
    memory_mb: Option<u32>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    aliases: BTreeMap<String, String>,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default)]
    throttle: u32,
    #[serde(default)]
    refuse: u32,
    #[serde(default)]
    drop_answer: bool,
    #[serde(default)]
    forbidden: bool,
    #[serde(default)]
    refuse_log_tail: bool,
    #[serde(default)]
    log: Vec<String>,
    answer: AnswerScript,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum AnswerScript {
    Echo,
    Return(Value),
    Compute(BTreeMap<String, Value>),
    Error(ErrorScript),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorScript {
    #[serde(default)]
    handled: bool,
    #[serde(rename = "type")]
    error_type: String,
    message: String,
    #[serde(default)]
    stack: Vec<String>,
}

impl Script {
    /// Reads a script in JSON or, with the feature `yaml`, in YAML.
    ///
    /// # Errors
    /// The text does not have the right form, or the script of a function is not valid.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let document = read(text).map_err(ScriptError::Syntax)?;
        let functions = document.functions.into_iter().map(|(name, script)| function(&name, script));
        Ok(Self { functions: functions.collect::<Result<_, _>>()? })
    }
}

/// The errors repeat nothing of the text: it may be a file that was named by mistake.
#[cfg(feature = "yaml")]
fn read(text: &str) -> Result<Document, Box<dyn Error + Send + Sync>> {
    Ok(lamplight_yaml::read(text).map_err(lamplight_yaml::ReadError::without_content)?)
}

#[cfg(not(feature = "yaml"))]
fn read(text: &str) -> Result<Document, Box<dyn Error + Send + Sync>> {
    serde_json::from_str(text).map_err(|error| {
        format!("line {}, column {}: this is not a script", error.line(), error.column()).into()
    })
}

fn function(text: &str, script: FunctionScript) -> Result<FakeFunction, ScriptError> {
    let wrong = |problem: String| ScriptError::Function { function: text.to_owned(), problem };
    let name = text.parse().map_err(|error: NameError| wrong(error.to_string()))?;
    let answer = match script.answer {
        AnswerScript::Echo => Answer::Echo,
        AnswerScript::Return(value) => Answer::Return(value.to_string()),
        AnswerScript::Compute(values) => {
            let parsed = values.into_iter().map(|(name, value)| Ok((name, Expression::parse(value)?)));
            Answer::Compute(
                parsed.collect::<Result<_, crate::ExpressionError>>().map_err(|e| wrong(e.to_string()))?,
            )
        }
        AnswerScript::Error(error) => Answer::Error(FunctionFailure {
            kind: if error.handled { "Handled" } else { "Unhandled" }.to_owned(),
            error_type: error.error_type,
            message: error.message,
            stack: error.stack,
        }),
    };
    let new = FakeFunction::new(name, answer);
    Ok(FakeFunction {
        description: script.description,
        runtime: script.runtime.unwrap_or_else(|| new.runtime.clone()),
        timeout_seconds: script.timeout_seconds.unwrap_or(new.timeout_seconds),
        memory_mb: script.memory_mb.unwrap_or(new.memory_mb),
        environment: script.environment,
        aliases: script.aliases,
        delay: Duration::from_millis(script.delay_ms),
        throttle: script.throttle,
        refuse: script.refuse,
        drop_answer: script.drop_answer,
        forbidden: script.forbidden,
        refuse_log_tail: script.refuse_log_tail,
        log: script.log,
        ..new
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "yaml")]
    #[test]
    fn the_demo_is_a_valid_script() {
        let names: Vec<String> =
            Script::parse(DEMO_SCRIPT).unwrap().functions.into_iter().map(|f| f.name.to_string()).collect();
        assert!(names.contains(&"adder".to_owned()), "{names:?}");
    }

    #[test]
    fn errors_name_their_place() {
        let error = Script::parse(r#"{"functions": {"f": {"answer": "echo", "dealy_ms": 5}}}"#).unwrap_err();
        let source = error.source().unwrap().to_string();
        assert!(source.starts_with("line 1, column 40: ") && source.contains("delay_ms"), "{source}");
        assert!(!source.contains("dealy_ms"), "a file named by mistake is not repeated: {source}");
        let script = r#"{"functions": {"f": {"answer": {"compute": {"x": {"add": 1}}}}}}"#;
        let error = Script::parse(script).unwrap_err();
        assert_eq!(error.to_string(), "function f of the script: add needs a list");
    }
}
