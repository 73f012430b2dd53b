//! Where the test vectors lie, and what to say when they do not.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail, and says what it ran"
)]

use std::path::PathBuf;

use serde_json::Value;

/// The folder or file of vectors of this name, if it is there. Its absence is an error in CI only.
pub fn path(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/vectors")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "vectors are missing: {name}"
    );
    println!("SKIPPED: {name}");
    None
}

pub fn json(name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(path(name)?).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// The path and query of an address exactly as written.
pub fn raw_path_and_query(url: &str) -> (String, String) {
    let url = url.split('#').next().unwrap();
    let after_scheme = url.split_once("://").unwrap().1;
    let below_host = after_scheme
        .find(['/', '?'])
        .map_or("", |at| &after_scheme[at..]);
    let (path, query) = below_host.split_once('?').unwrap_or((below_host, ""));
    (path.to_owned(), query.to_owned())
}
