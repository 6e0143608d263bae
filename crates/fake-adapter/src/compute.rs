//! Expressions over the event, for functions whose YAML script computes the answer.

use serde_json::{Map, Number, Value};

/// A value computed from the event. In YAML an operation is a mapping with its name as the only key.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// The value itself.
    Literal(Value),
    /// `event: name` is a property of the event; `event: {name: …, default: …}` uses the default if it does not exist.
    Event {
        /// The name of the property.
        name: String,
        /// The value to use if the property does not exist.
        default: Option<Value>,
    },
    /// `add: [..]` is the sum of numbers.
    Add(Vec<Expression>),
    /// `concat: [..]` joins several values into one text.
    Concat(Vec<Expression>),
    /// `upper: x` is the text in upper case.
    Upper(Box<Expression>),
    /// `count: x` is the number of elements, properties or characters.
    Count(Box<Expression>),
}

/// Why an expression is not valid, or has no value for an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ExpressionError(String);

impl Expression {
    /// Parses an expression.
    pub fn parse(value: Value) -> Result<Self, ExpressionError> {
        let Value::Object(mut members) = value else { return Ok(Self::Literal(value)) };
        let only = if members.len() == 1 { members.keys().next().cloned() } else { None };
        let Some(operation) = only else { return Ok(Self::Literal(Value::Object(members))) };
        let operand = members.remove(&operation).unwrap_or_default();
        match operation.as_str() {
            "event" => event(operand),
            "add" => list(operand, "add").map(Self::Add),
            "concat" => list(operand, "concat").map(Self::Concat),
            "upper" => Ok(Self::Upper(Box::new(Self::parse(operand)?))),
            "count" => Ok(Self::Count(Box::new(Self::parse(operand)?))),
            _ => Ok(Self::Literal(Value::Object(Map::from_iter([(operation, operand)])))),
        }
    }

    /// Computes the value for an event.
    pub fn evaluate(&self, event: &Value) -> Result<Value, ExpressionError> {
        Ok(match self {
            Self::Literal(value) => value.clone(),
            Self::Event { name, default } => event
                .get(name)
                .or(default.as_ref())
                .cloned()
                .ok_or_else(|| ExpressionError(format!("'{name}'")))?,
            Self::Add(terms) => {
                let terms = terms.iter().map(|term| term.evaluate(event)).collect::<Result<Vec<_>, _>>()?;
                add(&terms)?
            }
            Self::Concat(parts) => {
                let texts: Result<Vec<String>, _> =
                    parts.iter().map(|part| part.evaluate(event).map(|value| text(&value))).collect();
                Value::String(texts?.concat())
            }
            Self::Upper(of) => Value::String(text(&of.evaluate(event)?).to_uppercase()),
            Self::Count(of) => Value::from(match of.evaluate(event)? {
                Value::Array(elements) => elements.len(),
                Value::Object(members) => members.len(),
                other => text(&other).chars().count(),
            }),
        })
    }
}

fn event(operand: Value) -> Result<Expression, ExpressionError> {
    match operand {
        Value::String(name) => Ok(Expression::Event { name, default: None }),
        Value::Object(mut members) => match members.remove("name") {
            Some(Value::String(name)) => Ok(Expression::Event { name, default: members.remove("default") }),
            _ => Err(ExpressionError("event needs a name".to_owned())),
        },
        _ => Err(ExpressionError("event needs the name of a property".to_owned())),
    }
}

fn list(operand: Value, operation: &str) -> Result<Vec<Expression>, ExpressionError> {
    match operand {
        Value::Array(elements) => elements.into_iter().map(Expression::parse).collect(),
        _ => Err(ExpressionError(format!("{operation} needs a list"))),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn add(terms: &[Value]) -> Result<Value, ExpressionError> {
    if let Some(integers) = terms.iter().map(Value::as_i64).collect::<Option<Vec<_>>>()
        && let Some(sum) = integers.iter().try_fold(0_i64, |sum, term| sum.checked_add(*term))
    {
        return Ok(Value::from(sum));
    }
    let wrong = || ExpressionError("add needs numbers".to_owned());
    let floats = terms.iter().map(Value::as_f64).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
    Number::from_f64(floats.iter().sum()).map(Value::Number).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn compute(expression: Value, event: &Value) -> Result<Value, String> {
        Expression::parse(expression).and_then(|e| e.evaluate(event)).map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_computed_from_the_event() {
        let event = json!({"a": 2, "b": 3.5, "name": "Ada", "list": [1, 2, 3]});
        for (expression, expected) in [
            (json!({"add": [{"event": "a"}, 40]}), json!(42)),
            (json!({"add": [{"event": "a"}, {"event": "b"}]}), json!(5.5)),
            (json!({"concat": ["Hello, ", {"upper": {"event": "name"}}]}), json!("Hello, ADA")),
            (json!({"event": {"name": "absent", "default": 1}}), json!(1)),
            (json!({"count": {"event": "list"}}), json!(3)),
            (json!({"other": {"event": "a"}}), json!({"other": {"event": "a"}})),
            (json!([1]), json!([1])),
        ] {
            assert_eq!(compute(expression, &event), Ok(expected));
        }
        assert_eq!(compute(json!({"event": "absent"}), &event), Err("'absent'".to_owned()));
        assert_eq!(compute(json!({"add": [{"event": "name"}]}), &event), Err("add needs numbers".to_owned()));
    }
}
