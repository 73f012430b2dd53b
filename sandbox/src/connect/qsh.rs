//! The query-string hash that binds a token to one request: lower-case hex SHA-256 of
//! `METHOD&PATH&QUERY`. Works on raw text and never normalises a URL.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Hash of a request. `url` may be absolute or begin with the path; `base_path` is the path of the
/// receiver's base URL and is taken off on a segment boundary.
pub(crate) fn hash(method: &str, url: &str, base_path: &str) -> String {
    let digest = Sha256::digest(canonical(method, url, base_path).as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text that is hashed.
pub(crate) fn canonical(method: &str, url: &str, base_path: &str) -> String {
    let (path, query) = split(url);
    format!(
        "{}&{}&{}",
        method.to_uppercase(),
        path_part(path, base_path),
        query_part(query)
    )
}

/// The path of a base URL, without its trailing slash; empty for a bare origin.
pub(crate) fn base_path(base_url: &str) -> &str {
    split(base_url).0.trim_end_matches('/')
}

/// Percent-encodes one value as RFC 3986 demands.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Parts a URL into raw path and raw query, dropping origin and fragment.
fn split(url: &str) -> (&str, &str) {
    let url = url.split('#').next().unwrap_or_default();
    let rest = match url.find("://") {
        Some(at) if !url[..at].contains(['/', '?']) => {
            let after = &url[at + 3..];
            after.find(['/', '?']).map_or("", |slash| &after[slash..])
        }
        _ => url,
    };
    rest.split_once('?').unwrap_or((rest, ""))
}

fn path_part(path: &str, base_path: &str) -> String {
    let base = base_path.trim_end_matches('/');
    let path = match path.strip_prefix(base) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
        _ => path,
    };
    let path = path.replace('&', "%26");
    let path = if path.starts_with('/') {
        path
    } else {
        format!("/{path}")
    };
    match path.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => shorter.to_owned(),
        _ => path,
    }
}

fn query_part(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (form_decode(name), form_decode(value)))
        .filter(|(name, _)| name != "jwt")
        .map(|(name, value)| (encode(&name), value))
        .collect();
    pairs.sort();
    let mut out = String::new();
    let mut previous: Option<&str> = None;
    for (name, value) in &pairs {
        if previous == Some(name) {
            out.push(',');
        } else {
            if previous.is_some() {
                out.push('&');
            }
            out.push_str(name);
            out.push('=');
        }
        out.push_str(&encode(value));
        previous = Some(name);
    }
    out
}

fn form_decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_on_which_all_implementations_agree_hold() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../shared/vectors/atlassian/qsh-vectors.json"
        );
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("SKIPPED: qsh-vectors.json");
            assert!(
                std::env::var_os("CI").is_none(),
                "the vectors are required here"
            );
            return;
        };
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut run = 0;
        for row in file["vectors"].as_array().unwrap() {
            if row["confidence"] != "all-agree" {
                continue;
            }
            let part = |name: &str| row[name].as_str().unwrap();
            let base = base_path(part("baseUrl"));
            assert_eq!(
                canonical(part("method"), part("url"), base),
                part("canonical"),
                "{}",
                part("id")
            );
            assert_eq!(
                hash(part("method"), part("url"), base),
                part("qsh"),
                "{}",
                part("id")
            );
            run += 1;
        }
        println!("{run} query-string-hash vectors");
        assert_eq!(run, 81);
    }

    #[test]
    fn a_base_path_is_taken_off_on_a_segment_boundary_only() {
        assert_eq!(canonical("GET", "/jiraffe/x", "/jira"), "GET&/jiraffe/x&");
    }
}
