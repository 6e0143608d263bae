//! Instruction set architectures of functions, as named by the Lambda API.

use std::{fmt, str::FromStr};

/// The instruction set of a function (Lambda API, `Architecture`).
///
/// ```
/// use lamplight_aws_model::Architecture;
///
/// assert_eq!("arm64".parse(), Ok(Architecture::Arm64));
/// assert_eq!(Architecture::default().as_str(), "x86_64");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Architecture {
    /// 64-bit x86, Lambda's default.
    #[default]
    X86_64,
    /// 64-bit ARM (Graviton).
    Arm64,
}

/// A text that is not an [`Architecture`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an architecture; use x86_64 or arm64")]
pub struct UnknownArchitecture(pub String);

impl Architecture {
    /// All architectures.
    pub const ALL: [Self; 2] = [Self::X86_64, Self::Arm64];

    /// The name in the Lambda API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Architecture {
    type Err = UnknownArchitecture;

    fn from_str(text: &str) -> Result<Self, UnknownArchitecture> {
        Self::ALL
            .into_iter()
            .find(|architecture| architecture.as_str() == text)
            .ok_or_else(|| UnknownArchitecture(crate::text::excerpt(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip_and_others_are_refused() {
        for architecture in Architecture::ALL {
            assert_eq!(architecture.to_string().parse(), Ok(architecture));
        }
        for text in ["", "x86-64", "ARM64", "amd64"] {
            assert_eq!(text.parse::<Architecture>(), Err(UnknownArchitecture(text.to_owned())));
        }
    }
}
