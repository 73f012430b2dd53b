//! The hash of a request: the canonical form against one written down plainly, and what it must not depend on.
//! The input's lines are method, path, base path and query.

#![no_main]

use jira::connect::{CanonicalRequest, JwtError, find_token};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (method, path, base, query) = (line(), line(), line(), line());
    let of = |query: &str| CanonicalRequest::from_raw(method, path, query, base);
    let request = of(query);
    let plain = format!(
        "{}&{}&{}",
        method.to_ascii_uppercase(),
        plain_path(path, base),
        plain_query(query)
    );
    assert_eq!(request.as_str(), plain);
    assert!(request.hash().matches(of(query).hash().as_str()));

    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.reverse();
    assert!(of(&pairs.join("&")) == request, "the order of parameters");
    pairs.sort_unstable();
    assert!(
        of(&pairs.join("&&")) == request,
        "nothing between two separators"
    );
    assert!(
        of(&format!("jwt=a.b.c&{query}")) == request,
        "the token itself"
    );
    assert!(
        of(&format!("{query}&%6awt=x&jw%74")) == request,
        "the token's name, escaped"
    );
    assert!(of(&format!("{query}&x=y")) != request, "one more parameter");

    let tokens = names(query).filter(|name| name == b"jwt").count();
    match find_token(query, None) {
        Ok(token) => assert!(tokens == 1 && !token.is_empty()),
        Err(JwtError::Absent) => assert!(tokens <= 1),
        Err(error) => assert!(tokens > 1, "{error}"),
    }
    if tokens > 0 {
        assert_eq!(
            find_token(query, Some("JWT a.b.c")),
            Err(JwtError::CarriedTwice)
        );
    }
});

fn names(query: &str) -> impl Iterator<Item = Vec<u8>> {
    query
        .split('&')
        .map(|pair| decoded(pair.split('=').next().unwrap_or_default()).into_bytes())
}

/// The path below the base, which ends at a segment, without slashes at its end, `&` escaped.
fn plain_path(path: &str, base: &str) -> String {
    let base = base.trim_end_matches('/');
    let continues =
        path.starts_with(base) && (path.len() == base.len() || path.as_bytes()[base.len()] == b'/');
    let mut below = if continues {
        path[base.len()..].to_owned()
    } else {
        path.to_owned()
    };
    if !below.starts_with('/') {
        below.insert(0, '/');
    }
    while below.len() > 1 && below.ends_with('/') {
        below.pop();
    }
    below.split('&').collect::<Vec<_>>().join("%26")
}

/// Pairs sorted by escaped name and then by the value's UTF-16, values of one name joined by commas.
fn plain_query(query: &str) -> String {
    let mut pairs: Vec<(String, Vec<u16>, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = match pair.find('=') {
            Some(at) => (decoded(&pair[..at]), decoded(&pair[at + 1..])),
            None => (decoded(pair), String::new()),
        };
        if name != "jwt" {
            pairs.push((
                escaped(&name),
                value.encode_utf16().collect(),
                escaped(&value),
            ));
        }
    }
    pairs.sort();
    let mut text = String::new();
    let mut before: Option<&str> = None;
    for (name, _, value) in &pairs {
        match before {
            Some(before) if before == name => text.push(','),
            Some(_) => text.push_str(&format!("&{name}=")),
            None => text.push_str(&format!("{name}=")),
        }
        text.push_str(value);
        before = Some(name);
    }
    text
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(byte.into())
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// As forms are decoded: plus signs are spaces, what is not two hexadecimal digits is left as it is.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => out.push(b' '),
            (byte, ..) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
