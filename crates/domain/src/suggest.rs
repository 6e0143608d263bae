//! Suggests a job's parameters from the environment variables of its function.

use crate::{Argument, Function, ParamName, Parameter, ParameterList, infer_data_type, looks_secret};

/// Suggested parameters and notes about variables that were skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The parameters, in the order of the environment variables.
    pub parameters: ParameterList,
    /// Why variables were skipped. Notes contain no values.
    pub notes: Vec<String>,
}

/// Suggests an optional `Input` parameter for each environment variable.
///
/// # Guarantees
/// - A variable whose name or value looks secret becomes a secret parameter without a default. Its value is neither in
///   the list nor in the notes.
/// - The suggestion is a valid [`ParameterList`], whatever the environment contains.
pub fn suggest_parameters(function: &Function) -> Suggestion {
    let mut parameters = ParameterList::default();
    let mut notes = Vec::new();
    if let Some(error) = &function.environment_error {
        notes.push(format!("could not read the environment variables of {}: {error}", function.name));
    }
    for variable in function.environment() {
        let Ok(name) = variable.key.parse::<ParamName>() else {
            notes
                .push(format!("skipped variable {:?}: its name is not a valid parameter name", variable.key));
            continue;
        };
        if let Some(same) = parameters.get(&name) {
            notes.push(format!("skipped variable {name}: it differs from {} only in case", same.name));
            continue;
        }
        let value = variable.value.reveal();
        let mut parameter = Parameter::new(name, infer_data_type(value));
        if looks_secret(&variable.key, value) {
            parameter.secret = true;
        } else if parameter.data_type.check(&Argument::Text(value.clone())).is_ok() {
            parameter.default = Some(value.clone());
        }
        if let Ok(longer) = parameters.clone().with(parameter) {
            parameters = longer;
        }
    }
    Suggestion { parameters, notes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataType, EnvironmentVariable, Redacted};

    #[test]
    fn the_environment_becomes_typed_defaults_and_masked_secrets() {
        let mut function = Function::new("f".parse().unwrap(), "f");
        for (key, value) in
            [("COUNT", "5"), ("GREETING", "hi"), ("API_KEY", "hunter2hunter2"), ("count", "6")]
        {
            let value = Redacted::new(value.to_owned());
            function
                .settings
                .environment
                .get_or_insert_default()
                .push(EnvironmentVariable { key: key.into(), value });
        }
        let suggestion = suggest_parameters(&function);
        let shown: Vec<_> = suggestion
            .parameters
            .iter()
            .map(|p| (p.name.as_str(), p.data_type, p.default.as_deref(), p.secret))
            .collect();
        assert_eq!(
            shown,
            [
                ("COUNT", DataType::Integer, Some("5"), false),
                ("GREETING", DataType::String, Some("hi"), false),
                ("API_KEY", DataType::String, None, true),
            ]
        );
        assert_eq!(suggestion.notes, ["skipped variable count: it differs from COUNT only in case"]);
    }
}
