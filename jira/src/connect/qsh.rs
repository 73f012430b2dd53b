//! The canonical request and its hash, which binds a token to one method, path and query.
//!
//! Names sort by their encoded form and repeated values by their decoded form, as Jira's own code
//! does. Form bodies are not part of it, and a path is never re-encoded except `&`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;
use url::Url;

use crate::base_url::BaseUrl;

/// The characters RFC 3986 leaves as they are; everything else is escaped.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// `METHOD&PATH&QUERY` of one request, in the only spelling both sides agree on.
#[derive(Clone, PartialEq, Eq)]
pub struct CanonicalRequest(String);

/// A query-string hash: 64 lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Qsh(String);

impl CanonicalRequest {
    /// The canonical form of a request as it arrived: its path and query exactly as sent.
    /// `base_path` is the path of the descriptor's base URL (or of the Jira site), which is left out
    /// where the request's path continues it on a segment boundary.
    #[must_use]
    pub fn from_raw(method: &str, path: &str, query: &str, base_path: &str) -> Self {
        Self(format!(
            "{}&{}&{}",
            method.to_ascii_uppercase(),
            canonical_path(path, base_path),
            canonical_query(query)
        ))
    }

    /// The canonical form of a request about to be sent to `url`, which lies below `base`.
    #[must_use]
    pub fn from_url(method: &str, url: &Url, base: &BaseUrl) -> Self {
        Self::from_raw(
            method,
            url.path(),
            url.query().unwrap_or_default(),
            base.path(),
        )
    }

    /// The canonical text. Holds the query, so it is not for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its SHA-256.
    #[must_use]
    pub fn hash(&self) -> Qsh {
        let digest = Sha256::digest(self.0.as_bytes());
        Qsh(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Qsh {
    /// The hash as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a claimed hash is this one, byte for byte, in time that does not depend on where they
    /// differ.
    #[must_use]
    pub fn matches(&self, claimed: &str) -> bool {
        self.0.as_bytes().ct_eq(claimed.as_bytes()).into()
    }
}

impl std::fmt::Debug for CanonicalRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CanonicalRequest(hidden)")
    }
}

impl std::fmt::Debug for Qsh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Qsh(hidden)")
    }
}

/// A text with everything escaped that RFC 3986 does not leave unreserved.
pub(crate) fn escape(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

fn canonical_path(path: &str, base_path: &str) -> String {
    let base = base_path.trim_end_matches('/');
    let below = match path.strip_prefix(base) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
        _ => path,
    };
    let escaped = below.replace('&', "%26");
    let rooted = if escaped.starts_with('/') {
        escaped
    } else {
        format!("/{escaped}")
    };
    match rooted.trim_end_matches('/') {
        "" => "/".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

fn canonical_query(query: &str) -> String {
    let mut values_by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = form_decode(name);
        if name != "jwt" {
            values_by_name
                .entry(escape(&name))
                .or_default()
                .push(form_decode(value));
        }
    }
    let pairs: Vec<String> = values_by_name
        .into_iter()
        .map(|(name, mut values)| {
            values.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            let values: Vec<String> = values.iter().map(|value| escape(value)).collect();
            format!("{name}={}", values.join(","))
        })
        .collect();
    pairs.join("&")
}

pub(crate) fn form_decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode(spaced.as_bytes())
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(path: &str, query: &str, base: &str) -> String {
        CanonicalRequest::from_raw("get", path, query, base).0
    }

    #[test]
    fn names_sort_encoded_and_values_sort_decoded() {
        assert_eq!(
            canonical("/p", "%C3%A9=1&z=2&~t=3", ""),
            "GET&/p&%C3%A9=1&z=2&~t=3"
        );
        assert_eq!(
            canonical("/p", "c=&c=+&c=%2520&c=%2B", ""),
            "GET&/p&c=,%20,%2520,%2B"
        );
    }

    #[test]
    fn values_sort_by_utf16_units_as_java_does() {
        // U+1F680 starts with the surrogate D83D, which sorts before U+FF01 though its bytes do not.
        assert_eq!(
            canonical("/p", "a=%EF%BC%81&a=%F0%9F%9A%80", ""),
            "GET&/p&a=%F0%9F%9A%80,%EF%BC%81"
        );
    }

    #[test]
    fn the_base_path_ends_at_a_segment() {
        assert_eq!(canonical("/jira/panel", "", "/jira"), "GET&/panel&");
        assert_eq!(canonical("/jira", "", "/jira/"), "GET&/&");
        assert_eq!(canonical("/jiraffe/x", "", "/jira"), "GET&/jiraffe/x&");
    }

    #[test]
    fn a_hash_matches_itself_only() {
        let hash = CanonicalRequest::from_raw("GET", "/", "", "").hash();
        assert_eq!(
            hash.as_str(),
            "c88caad15a1c1a900b8ac08aa9686f4e8184539bea1deda36e2f649430df3239"
        );
        assert!(hash.matches(hash.as_str()));
        assert!(!hash.matches(&hash.as_str().to_uppercase()));
        assert!(!hash.matches(""));
    }
}
