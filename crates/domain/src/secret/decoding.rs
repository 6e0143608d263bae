//! Reads Base64 as programs write it.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const DECODING: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, DECODING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, DECODING);

/// The text that this is in Base64, if it is one.
pub(super) fn from_base64(text: &str) -> Option<String> {
    let bare: String = text.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(&bare).or_else(|_| URL_SAFE.decode(&bare)).ok()?;
    String::from_utf8(bytes).ok()
}
