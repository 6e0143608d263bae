//! A place in a listing: a marker of the provider's, and how many things of its page were shown already.

use crate::AppError;

/// What markers begin with that say more than the provider's own do.
const PREFIX: &str = "shown.";

/// Where a listing goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Where the provider's page begins; `None` is the beginning of all.
    pub(super) marker: Option<String>,
    /// How many things from there on were shown already.
    pub(super) shown: u64,
}

impl Place {
    /// Reads what [`write`](Self::write) wrote. Any other text is a marker of the provider's, which decides about it.
    pub(super) fn read(text: &str) -> Result<Self, AppError> {
        let Some(rest) = text.strip_prefix(PREFIX) else {
            return Ok(Self { marker: Some(text.to_owned()), shown: 0 });
        };
        let place = rest.split_once('.').and_then(|(shown, rest)| {
            let (_, marker) = rest.split_once('.').map_or((rest, None), |(sum, marker)| (sum, Some(marker)));
            Some(Self { marker: marker.map(ToOwned::to_owned), shown: shown.parse().ok()? })
        });
        // What is not written the same again was changed on the way, or is not of this program.
        place.filter(|place| place.write().as_deref() == Some(text)).ok_or_else(|| {
            AppError::Setting(format!(
                "the marker {text:?} is not whole: give it as the listing before printed it at its end"
            ))
        })
    }

    /// As one word: the provider's own marker where that says all; `None` is the beginning of all.
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

/// FNV-1a: tells a slip, and needs to tell no more.
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
        fn a_slip_is_told(marker in "[a-zA-Z0-9+/=]{0,40}", shown in 1_u64..10_000, at: prop::sample::Index, other in "[0-9a-z.]") {
            let text = Place { marker: Some(marker), shown }.write().unwrap();
            let at = PREFIX.len() + at.index(text.len() - PREFIX.len());
            let slip = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            prop_assume!(slip != text);
            prop_assert!(Place::read(&slip).is_err(), "{} for {}", slip, text);
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
    fn the_providers_own_marker_stays_as_it_is() {
        let place = Place { marker: Some("abc==".to_owned()), shown: 0 };
        assert_eq!(place.write().as_deref(), Some("abc=="));
        let text = Place { marker: None, shown: 3 }.write().unwrap();
        assert!(text.starts_with("shown.3."), "{text}");
        assert!(Place::read(&text.replace(".3.", ".4.")).is_err());
    }
}
