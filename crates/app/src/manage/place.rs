//! A position in a list: the provider's marker, and how many items of its page were already listed.

use crate::AppError;

/// The prefix of markers that contain more than the provider's marker.
const PREFIX: &str = "shown.";

/// Where a list continues.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// The provider's marker of the page; `None` is the first page.
    pub(super) marker: Option<String>,
    /// How many items of the page were already listed.
    pub(super) shown: u64,
}

impl Place {
    /// Parses what [`write`](Self::write) wrote. Any other text is taken as the provider's marker, for the provider to
    /// check.
    pub(super) fn read(text: &str) -> Result<Self, AppError> {
        let Some(rest) = text.strip_prefix(PREFIX) else {
            return Ok(Self { marker: Some(text.to_owned()), shown: 0 });
        };
        let place = rest.split_once('.').and_then(|(shown, rest)| {
            let (_, marker) = rest.split_once('.').map_or((rest, None), |(sum, marker)| (sum, Some(marker)));
            Some(Self { marker: marker.map(ToOwned::to_owned), shown: shown.parse().ok()? })
        });
        // If writing it does not give the same text, it was damaged or is not from this program.
        place.filter(|place| place.write().as_deref() == Some(text)).ok_or_else(|| {
            AppError::Setting(format!(
                "marker {text:?} is not valid: copy it exactly as the previous list printed it"
            ))
        })
    }

    /// The marker as text: the provider's own marker if that is enough; `None` for the beginning of the list.
    pub(super) fn write(&self) -> Option<String> {
        let Self { marker, shown } = self;
        match marker {
            None if *shown == 0 => None,
            Some(marker) if *shown == 0 && !marker.starts_with(PREFIX) => Some(marker.clone()),
            marker => {
                let tail = marker.as_ref().map(|marker| format!(".{marker}")).unwrap_or_default();
                Some(format!("{PREFIX}{shown}.{:08x}{tail}", checksum(&format!("{shown}{tail}"))))
            }
        }
    }
}

/// FNV-1a, which is enough to detect typos.
fn checksum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places() -> impl Strategy<Value = Place> {
        let marker = proptest::option::of(prop_oneof![".*", "(shown\\.)+[0-9a-f.]*"]);
        (marker, prop_oneof![Just(0), any::<u64>()]).prop_map(|(marker, shown)| Place { marker, shown })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(place in places()) {
            match place.write() {
                None => prop_assert_eq!(place, Place::default()),
                Some(text) => prop_assert_eq!(Place::read(&text).unwrap(), place),
            }
        }

        #[test]
        fn a_typo_is_detected(marker in "[a-zA-Z0-9+/=]{0,40}", shown in 1_u64..10_000, at: prop::sample::Index, other in "[0-9a-z.]") {
            let text = Place { marker: Some(marker), shown }.write().unwrap();
            let at = PREFIX.len() + at.index(text.len() - PREFIX.len());
            let typo = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            prop_assume!(typo != text);
            prop_assert!(Place::read(&typo).is_err(), "{} for {}", typo, text);
            let cut = &text[..text.len() - 1];
            prop_assert!(Place::read(cut).is_err(), "{} for {}", cut, text);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _ = Place::read(&text);
            let _ = Place::read(&format!("{PREFIX}{text}"));
        }
    }

    #[test]
    fn a_marker_of_the_provider_is_kept_unchanged() {
        let place = Place { marker: Some("abc==".to_owned()), shown: 0 };
        assert_eq!(place.write().as_deref(), Some("abc=="));
        let text = Place { marker: None, shown: 3 }.write().unwrap();
        assert!(text.starts_with("shown.3."), "{text}");
        assert!(Place::read(&text.replace(".3.", ".4.")).is_err());
    }
}
