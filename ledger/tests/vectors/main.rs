//! Vectors made by others, run against the ledger where they lie: trees and proofs, notes, logs, canonical
//! JSON; and a second implementation of the tree beside ours. Does not touch what is only ours
//! (entries, walks, bundles): `tamper` and `specification` do.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "all of this crate is test, its helpers included"
)]

mod json;
mod logs;
mod merkle;
mod notes;
mod peer;

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger::Hash;
use serde_json::Value;

/// The vectors of this name. Where they are absent the test is skipped, except in CI, where it fails.
fn vectors(name: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/vectors/ledger")
        .join(name);
    match std::fs::read_to_string(path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(_) if std::env::var_os("CI").is_none() => {
            println!("SKIPPED: {name}");
            None
        }
        Err(error) => panic!("{name} is needed where CI is set: {error}"),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(text).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn base64(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap_or_default()).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}

/// A hash, or nothing where the bytes are too few or too many: then no verification can even be asked for.
fn hash(value: &Value) -> Option<Hash> {
    Hash::try_from(base64(value).as_slice()).ok()
}

fn hashes(value: &Value) -> Option<Vec<Hash>> {
    list(value).iter().map(hash).collect()
}

#[test]
fn vectors_that_are_not_run_are_named() {
    println!(
        "rfc3161_token.json: not run, nothing in this release makes or reads time-stamp tokens"
    );
    println!(
        "worked_example.json: not run, its field names are not ours; `specification` holds our own example"
    );
}
