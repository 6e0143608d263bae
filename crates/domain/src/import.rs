//! Imports a function into a job again: a three-way merge of the last import, the user's edits and today's suggestion.

use crate::{Function, Job, MASK, ParamName, Parameter, ParameterList};
use std::fmt;

/// What an import suggested for a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The description of the function.
    pub description: Option<String>,
    /// The suggested parameters.
    pub parameters: ParameterList,
}

impl Imported {
    /// The suggestion without the defaults that are not needed to find edits: of parameters that the job does not have or
    /// that its user made secret.
    #[must_use]
    pub fn without_secrets(self, declared: &ParameterList) -> Self {
        let needed = |parameter: &Parameter| declared.get(&parameter.name).is_some_and(|own| !own.secret);
        let parameters = Vec::from(self.parameters)
            .into_iter()
            .map(
                |parameter| {
                    if needed(&parameter) { parameter } else { Parameter { default: None, ..parameter } }
                },
            )
            .collect::<Vec<_>>();
        // A list without some of its defaults is as valid as before.
        Self { parameters: ParameterList::try_from(parameters).unwrap_or_default(), ..self }
    }
}

/// What an import does with a part of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportAction {
    /// The parameter is new.
    Added,
    /// The parameter is removed, because the function does not have the variable any more.
    Removed,
    /// The part follows the function.
    Changed,
    /// The function has changed, but the part was edited and stays as it is.
    Kept,
}

/// The part of a job, or of one of its parameters, that an import changes or keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportField {
    /// A whole parameter.
    Parameter,
    /// The type of a parameter.
    Type,
    /// The default of a parameter.
    Default,
    /// Whether a parameter is secret.
    Secret,
    /// The description of the job.
    Description,
    /// The provider's reference of the function.
    Reference,
    /// The function's time limit.
    Timeout,
    /// The function's processor architecture.
    Architecture,
    /// Whether the job takes arguments that it does not declare.
    Open,
}

impl ImportField {
    /// The stable name of the part.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parameter => "parameter",
            Self::Type => "type",
            Self::Default => "default",
            Self::Secret => "secret",
            Self::Description => "description",
            Self::Reference => "reference",
            Self::Timeout => "timeout",
            Self::Architecture => "architecture",
            Self::Open => "open",
        }
    }
}

/// One difference between a job before and after an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportChange {
    /// What the import does.
    pub action: ImportAction,
    /// The parameter, if it is about one.
    pub parameter: Option<ParamName>,
    /// The part.
    pub field: ImportField,
    /// The value of the last import; masked if the parameter is secret.
    pub before: Option<String>,
    /// The value that the function has now; masked if the parameter is secret.
    pub after: Option<String>,
}

/// Merges what a function suggests today into its job.
///
/// # Guarantees
/// - What differs from the last import was edited and stays as it is. So does everything of a job without an import.
/// - A parameter that was removed from the job does not come back; a parameter that the function lost is removed unless
///   it was edited.
/// - The result is a valid job, and importing the same function again changes nothing.
/// - No change contains the value of a secret parameter.
pub fn merge_import(job: &Job, function: &Function, today: Imported) -> (Job, Vec<ImportChange>) {
    let mut merge = Merge::default();
    let mut merged = job.clone();
    merge.function(&mut merged, function);
    // A function whose variables could not be read has not lost them.
    let is_read = function.environment_error.is_none();
    let Some(base) = &job.imported else {
        merged.imported = is_read.then(|| today.without_secrets(&merged.parameters));
        return (merged, merge.changes);
    };
    let description = Part { parameter: None, field: ImportField::Description, masked: false };
    merge.part(&description, &base.description, &today.description, &mut merged.description);
    if is_read {
        let parameters = merge.parameters(base, &today, &job.parameters);
        // The names are unique, and each parameter was checked.
        merged.parameters = ParameterList::try_from(parameters).unwrap_or_else(|_| job.parameters.clone());
        merged.imported = Some(today.without_secrets(&merged.parameters));
    } else if let Some(imported) = &mut merged.imported {
        imported.description = today.description;
    }
    (merged, merge.changes)
}

/// The changes so far.
#[derive(Default)]
struct Merge {
    changes: Vec<ImportChange>,
}

/// What a change is about.
struct Part<'a> {
    parameter: Option<&'a ParamName>,
    field: ImportField,
    masked: bool,
}

impl Merge {
    fn add<T: Shown>(&mut self, action: ImportAction, part: &Part<'_>, before: &T, after: &T) {
        let shown = |value: &T| value.shown().map(|text| if part.masked { MASK.to_owned() } else { text });
        self.changes.push(ImportChange {
            action,
            parameter: part.parameter.cloned(),
            field: part.field,
            before: shown(before),
            after: shown(after),
        });
    }

    /// The facts about the function, which nobody edits.
    fn function(&mut self, job: &mut Job, function: &Function) {
        let today = function.to_ref();
        let own = &mut job.function;
        let part = |field| Part { parameter: None, field, masked: false };
        let before = own.clone();
        self.part(&part(ImportField::Reference), &before.reference, &today.reference, &mut own.reference);
        let timeout = &today.timeout_seconds;
        self.part(&part(ImportField::Timeout), &before.timeout_seconds, timeout, &mut own.timeout_seconds);
        let architecture = &today.architecture;
        self.part(
            &part(ImportField::Architecture),
            &before.architecture,
            architecture,
            &mut own.architecture,
        );
    }

    /// One part: it follows the function if it was not edited.
    fn part<T: Shown + Clone + PartialEq>(&mut self, part: &Part<'_>, base: &T, today: &T, own: &mut T) {
        if base == today || own == today {
            return;
        }
        if own == base {
            own.clone_from(today);
            self.add(ImportAction::Changed, part, base, today);
        } else {
            self.add(ImportAction::Kept, part, base, today);
        }
    }

    fn parameters(&mut self, base: &Imported, today: &Imported, declared: &ParameterList) -> Vec<Parameter> {
        let mut merged = Vec::with_capacity(declared.len());
        for own in declared {
            match (base.parameters.get(&own.name), today.parameters.get(&own.name)) {
                (None, _) => merged.push(own.clone()),
                (Some(base), Some(today)) => merged.push(self.parameter(base, today, own)),
                (Some(base), None) => {
                    let part = Part {
                        parameter: Some(&own.name),
                        field: ImportField::Parameter,
                        masked: own.secret || base.secret,
                    };
                    let action = if own == base { ImportAction::Removed } else { ImportAction::Kept };
                    self.add(action, &part, &Some(base.clone()), &None);
                    if action == ImportAction::Kept {
                        merged.push(own.clone());
                    }
                }
            }
        }
        for new in &today.parameters {
            if base.parameters.get(&new.name).is_none() && declared.get(&new.name).is_none() {
                let part = Part { parameter: Some(&new.name), field: ImportField::Parameter, masked: false };
                self.add(ImportAction::Added, &part, &None, &Some(new.clone()));
                merged.push(new.clone());
            }
        }
        merged
    }

    fn parameter(&mut self, base: &Parameter, today: &Parameter, own: &Parameter) -> Parameter {
        let masked = own.secret || base.secret || today.secret;
        let part = |field, masked| Part { parameter: Some(&own.name), field, masked };
        let begin = self.changes.len();
        let mut merged = own.clone();
        let field = part(ImportField::Type, false);
        self.part(&field, &base.data_type, &today.data_type, &mut merged.data_type);
        let field = part(ImportField::Secret, false);
        self.part(&field, &base.secret, &today.secret, &mut merged.secret);
        // The value of what a user made secret is not the user's reference.
        if today.secret || !merged.secret {
            let field = part(ImportField::Default, masked);
            self.part(&field, &base.default, &today.default, &mut merged.default);
        }
        if ParameterList::try_from(vec![merged.clone()]).is_ok() {
            return merged;
        }
        // A part that was edited and one that follows the function do not fit together: an edited type and a new default.
        for change in self.changes.iter_mut().skip(begin) {
            change.action = ImportAction::Kept;
        }
        own.clone()
    }
}

/// A value in a change.
trait Shown {
    fn shown(&self) -> Option<String>;
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> Option<String> {
        self.as_ref().and_then(Shown::shown)
    }
}

impl Shown for Parameter {
    fn shown(&self) -> Option<String> {
        let secret = if self.secret { ", secret" } else { "" };
        let default = self.default.as_ref().map(|text| format!(" = {text}")).unwrap_or_default();
        Some(format!("{}{secret}{default}", self.data_type))
    }
}

macro_rules! shown {
    ($($type:ty),*) => {$(
        impl Shown for $type {
            fn shown(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )*};
}

shown!(String, u32, bool, crate::DataType);

impl fmt::Display for ImportField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataType, FunctionRef};

    fn variable(name: &str, data_type: DataType, default: &str) -> Parameter {
        Parameter::new(name.parse().unwrap(), data_type).with_default(default)
    }

    fn list(parameters: &[Parameter]) -> ParameterList {
        ParameterList::try_from(parameters.to_vec()).unwrap()
    }

    fn suggested(parameters: &[Parameter]) -> Imported {
        Imported { description: None, parameters: list(parameters) }
    }

    fn function() -> Function {
        Function::new("f".parse().unwrap(), "f")
    }

    /// A job that was imported and then edited to have `own`.
    fn job(base: &[Parameter], own: &[Parameter]) -> Job {
        let name = "f".parse().unwrap();
        Job {
            parameters: list(own),
            imported: Some(suggested(base)),
            ..Job::new("f".parse().unwrap(), "c".parse().unwrap(), FunctionRef::by_name(name))
        }
    }

    /// The parameters after an import, and the changes, each as one text.
    fn merge(base: &[Parameter], own: &[Parameter], today: &[Parameter]) -> (Vec<String>, Vec<String>) {
        let (merged, changes) = merge_import(&job(base, own), &function(), suggested(today));
        let (again, none) = merge_import(&merged, &function(), suggested(today));
        assert_eq!(again, merged, "a second import changes nothing");
        assert!(none.is_empty(), "{none:?}");
        let parameter = |own: &Parameter| format!("{} {}", own.name, own.shown().unwrap());
        let change = |change: &ImportChange| {
            let name = change.parameter.as_ref().map(ToString::to_string).unwrap_or_default();
            let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
            let (before, after) = (value(&change.before), value(&change.after));
            format!("{:?} {name} {}: {before} > {after}", change.action, change.field)
        };
        (merged.parameters.iter().map(parameter).collect(), changes.iter().map(change).collect())
    }

    #[test]
    fn what_was_not_edited_follows_the_function() {
        let count = variable("COUNT", DataType::Integer, "5");
        let gone = variable("GONE", DataType::String, "x");
        let base = [count, gone];
        let today = [variable("COUNT", DataType::String, "5a"), variable("NEW", DataType::Boolean, "true")];
        let (parameters, changes) = merge(&base, &base, &today);
        assert_eq!(parameters, ["COUNT string = 5a", "NEW boolean = true"]);
        assert_eq!(
            changes,
            [
                "Changed COUNT type: integer > string",
                "Changed COUNT default: 5 > 5a",
                "Removed GONE parameter: string = x > -",
                "Added NEW parameter: - > boolean = true",
            ]
        );
    }

    #[test]
    fn edits_are_kept() {
        let base = [
            variable("A", DataType::Integer, "1"),
            variable("B", DataType::String, "b"),
            variable("C", DataType::String, "c"),
            variable("D", DataType::String, "d"),
        ];
        let own = [
            variable("A", DataType::Integer, "100"),
            Parameter { description: Some("mine".into()), ..base[1].clone() },
            base[2].clone().required(),
            variable("own", DataType::String, "o"),
        ];
        let today = [
            variable("A", DataType::Integer, "2"),
            variable("B", DataType::String, "b2"),
            variable("D", DataType::String, "d2"),
            variable("own", DataType::String, "theirs"),
        ];
        let (parameters, changes) = merge(&base, &own, &today);
        assert_eq!(
            parameters,
            ["A integer = 100", "B string = b2", "C string = c", "own string = o"],
            "D was removed and does not come back"
        );
        assert_eq!(
            changes,
            ["Kept A default: 1 > 2", "Changed B default: b > b2", "Kept C parameter: string = c > -",]
        );
    }

    #[test]
    fn parts_that_do_not_fit_together_are_kept_as_they_are() {
        let (base, own) = (variable("A", DataType::Integer, "1"), variable("A", DataType::Number, "1"));
        let today = variable("A", DataType::String, "x");
        let (parameters, changes) = merge(&[base], &[own], &[today]);
        assert_eq!(parameters, ["A number = 1"]);
        assert_eq!(changes, ["Kept A type: integer > string", "Kept A default: 1 > x"]);
    }

    #[test]
    fn the_value_of_what_a_user_made_secret_is_neither_shown_nor_kept() {
        let base = variable("KEY", DataType::String, "hunter2");
        let own = Parameter::new("KEY".parse().unwrap(), DataType::String).secret();
        let today = variable("KEY", DataType::String, "hunter3");
        let job = job(std::slice::from_ref(&base), std::slice::from_ref(&own));
        let (merged, changes) = merge_import(&job, &function(), suggested(&[today]));
        assert!(!format!("{merged:?} {changes:?}").contains("hunter"), "{merged:?} {changes:?}");
        assert_eq!((Vec::from(merged.parameters), changes), (vec![own], vec![]));
        let renamed = suggested(&[base]).without_secrets(&list(&[variable("other", DataType::Json, "1")]));
        assert!(!format!("{renamed:?}").contains("hunter"));
    }

    #[test]
    fn a_variable_that_became_secret_loses_its_default() {
        let base = variable("KEY", DataType::String, "plain");
        let today = Parameter::new("KEY".parse().unwrap(), DataType::String).secret();
        let (parameters, _) =
            merge(std::slice::from_ref(&base), std::slice::from_ref(&base), std::slice::from_ref(&today));
        assert_eq!(parameters, ["KEY string, secret"]);
        let own = variable("KEY", DataType::String, "mine");
        let (parameters, changes) = merge(&[base], &[own], &[today]);
        assert_eq!(parameters, ["KEY string = mine"]);
        assert_eq!(changes, ["Kept KEY secret: false > true", "Kept KEY default: ******** > -"]);
    }

    #[test]
    fn a_job_that_was_not_imported_keeps_its_list_and_one_whose_variables_cannot_be_read_too() {
        let own = variable("A", DataType::Integer, "1");
        let mut written = job(&[], std::slice::from_ref(&own));
        written.imported = None;
        let today = suggested(&[variable("B", DataType::String, "b")]);
        let (merged, changes) = merge_import(&written, &function(), today.clone());
        assert_eq!((Vec::from(merged.parameters.clone()), changes), (vec![own.clone()], vec![]));
        // From now on, new variables appear.
        let more = suggested(&[variable("B", DataType::String, "b"), variable("C", DataType::String, "c")]);
        assert_eq!(merge_import(&merged, &function(), more).0.parameters.len(), 2);

        let unread = Function { environment_error: Some("no key".into()), ..function() };
        let imported = job(std::slice::from_ref(&own), std::slice::from_ref(&own));
        let (merged, changes) = merge_import(&imported, &unread, suggested(&[]));
        assert_eq!((merged, changes), (imported, vec![]));
    }
}
