//! Suggests a job's parameters from the environment variables of its function.

use crate::{
    Argument, Function, ParamName, Parameter, ParameterList, Platform, harmless::is_harmless, infer_data_type,
};

/// Suggested parameters and notes about what was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The parameters, in the order of the environment variables.
    pub parameters: ParameterList,
    /// Why variables or their values were left out. Notes contain no values.
    pub notes: Vec<String>,
}

/// Suggests an optional `Input` parameter for each environment variable of a function on `platform`.
///
/// # Guarantees
/// - Only a value that is obviously harmless, by its own form and by the name of its variable, becomes a default. Any
///   other variable becomes a secret parameter without a default; one note names all of these. Their values are neither in
///   the list nor in the notes.
/// - The suggestion is a valid [`ParameterList`], whatever the environment contains.
pub fn suggest_parameters(function: &Function, platform: &dyn Platform) -> Suggestion {
    let mut parameters = ParameterList::default();
    let (mut notes, mut left_out) = (Vec::new(), Vec::new());
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
        if !is_harmless(&variable.key, value, platform) {
            parameter.secret = true;
            left_out.push(variable.key.as_str());
        } else if parameter.data_type.check(&Argument::Text(value.clone())).is_ok() {
            parameter.default = Some(value.clone());
        }
        if let Ok(longer) = parameters.clone().with(parameter) {
            parameters = longer;
        }
    }
    if !left_out.is_empty() {
        let (names, function) = (left_out.join(", "), &function.name);
        notes.push(format!("left out values of {function} that may be secret; they are not stored: {names}"));
    }
    Suggestion { parameters, notes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataType, EnvironmentVariable, Redacted, platform::sample::Town};

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
        let suggestion = suggest_parameters(&function, &Town);
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
        assert_eq!(
            suggestion.notes,
            [
                "skipped variable count: it differs from COUNT only in case",
                "left out values of f that may be secret; they are not stored: API_KEY",
            ]
        );
    }
}
