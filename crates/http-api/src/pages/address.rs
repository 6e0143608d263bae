//! Addresses of pages with their queries.

use lamplight_domain::percent_encode;

/// An address and its query, without the pairs that have no value.
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut address = path.to_owned();
    let mut mark = '?';
    for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
        address.push(mark);
        address.push_str(name);
        address.push('=');
        address.push_str(&percent_encode(value));
        mark = '&';
    }
    address
}

/// The address of a function.
pub fn of_function(connection: &str, function: &str) -> String {
    format!("/functions/{}/{}", percent_encode(connection), percent_encode(function))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_empty_ones_left_out() {
        let address = with_query("/runs", [("q", "a b&c=d"), ("state", ""), ("after", "1.k")]);
        assert_eq!(address, "/runs?q=a%20b%26c%3Dd&after=1.k");
    }
}
