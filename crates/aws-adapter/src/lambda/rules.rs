//! Rules of the Lambda API that a request breaks: told all at once, before anything is sent.

use lamplight_aws_model::{ManageSubject, RuleViolation};
use lamplight_domain::ErrorCode;
use lamplight_ports::{PortError, PortErrorKind};

/// The rules that were looked at, and those of them that are broken.
#[derive(Debug, Default)]
pub(crate) struct Rules(Vec<RuleViolation>);

impl Rules {
    /// A check that stops at the first broken rule.
    pub(crate) fn one(mut self, checked: Result<(), RuleViolation>) -> Self {
        self.0.extend(checked.err());
        self
    }

    /// A check of something that may be left out.
    pub(crate) fn given<T: ?Sized>(
        self,
        value: Option<&T>,
        check: impl FnOnce(&T) -> Result<(), RuleViolation>,
    ) -> Self {
        self.one(value.map_or(Ok(()), check))
    }

    /// A check that tells every broken rule.
    pub(crate) fn all(mut self, checked: Result<(), Vec<RuleViolation>>) -> Self {
        self.0.extend(checked.err().into_iter().flatten());
        self
    }

    /// A refusal that names every broken rule, where there is one.
    pub(crate) fn kept(self, subject: &ManageSubject) -> Result<(), PortError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let broken: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        let message =
            format!("{} for {} was not sent: {}", subject.operation, subject.thing, broken.join("; "));
        Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest, message)
            .with_hint("change what is named, and ask again"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_aws_model::{Operation, manage_rules::check_memory_size};

    #[test]
    fn every_broken_rule_is_named() {
        let subject = ManageSubject::function(Operation::CreateFunction, "adder", None, "eu-west-1", None);
        let check = |megabytes: &u32| check_memory_size(*megabytes);
        assert!(Rules::default().one(check_memory_size(128)).given(None, check).kept(&subject).is_ok());
        let broken = Rules::default()
            .one(check_memory_size(64))
            .given(Some(&1), check)
            .all(Err(vec![check_memory_size(2).unwrap_err()]));
        let error = broken.kept(&subject).unwrap_err();
        assert_eq!(error.kind, PortErrorKind::InvalidRequest);
        assert_eq!(
            error.message,
            "CreateFunction for function adder was not sent: MemorySize 64 is below 128 MB; \
             MemorySize 1 is below 128 MB; MemorySize 2 is below 128 MB"
        );
    }
}
