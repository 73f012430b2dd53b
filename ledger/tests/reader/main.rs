//! The one-pass reader beside a plain one: of every text the same verdict, the same error, the same place, and
//! the same entry.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "all of this crate is test, its helpers included"
)]

mod mutants;
mod plain;
mod plain_canonical;
#[path = "../tamper/random.rs"]
mod random;

use std::collections::BTreeMap;

use ledger::entry::{EntryError, MAX_BYTES};
use ledger::{Entry, EntryRef, canonical, disclosure};

use mutants::Mutants;

const SEED: u64 = 0x00c0_ffee;
const MUTATIONS: usize = 200_000;

/// What became of a text, without what differs from text to text.
fn class(read: &Result<Entry, EntryError>) -> String {
    match read {
        Ok(_) => "an entry".to_owned(),
        Err(EntryError::NotCanonical(flaw)) => format!("{:?}", flaw.what),
        Err(error) => error.to_string(),
    }
}

fn same(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let plain = plain::read(bytes);
    assert_eq!(
        canonical::check(bytes),
        plain_canonical::check(bytes),
        "{text}"
    );
    let read = EntryRef::read(bytes);
    match (&read, &plain) {
        (Ok(read), Ok(plain)) => {
            assert_eq!(read.to_entry(), *plain, "{text}");
            let digests: Vec<&str> = disclosure::digests(&plain.payload).collect();
            assert_eq!(read.digests.to_vec(), digests, "{text}");
        }
        (Err(read), Err(plain)) => assert_eq!(read.to_string(), plain.to_string(), "{text}"),
        (read, plain) => panic!("{read:?} and {plain:?}: {text}"),
    }
    class(&plain)
}

#[test]
fn the_one_pass_reader_agrees_with_the_plain_one() {
    let mut mutants = Mutants::from_seed(SEED);
    let mut classes: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..MUTATIONS {
        *classes.entry(same(&mutants.next())).or_default() += 1;
    }
    println!("reader: seed {SEED:#x}, {classes:?}, by both");
    for wanted in [
        "an entry",
        "Utf8",
        "Syntax",
        "Escape",
        "Number",
        "Range",
        "Order",
        "Duplicate",
        "Depth",
        "Trailing",
        "not the members of an entry",
        "the member `v` has not its form",
        "the member `seq` has not its form",
        "the member `id` has not its form",
        "the member `at` has not its form",
        "the member `type` has not its form",
        "the member `source` has not its form",
        "the member `severity` has not its form",
        "the member `subject` has not its form",
        "the member `actor` has not its form",
    ] {
        let seen = classes.get(wanted).copied().unwrap_or_default();
        assert!(seen >= 100, "{wanted}: {seen}");
    }
}

#[test]
fn every_byte_of_an_entry_in_turn_is_every_byte() {
    let entry = mutants::entries().swap_remove(1);
    for at in 0..entry.len() {
        for byte in 0..=u8::MAX {
            let mut bytes = entry.clone();
            bytes[at] = byte;
            same(&bytes);
        }
        same(&entry[..at]);
    }
}

#[test]
fn what_is_too_long_is_not_looked_at() {
    let mut bytes = mutants::entries().swap_remove(0);
    bytes.resize(MAX_BYTES + 1, 0xff);
    assert_eq!(same(&bytes), EntryError::TooLong.to_string());
    bytes.pop();
    assert_eq!(same(&bytes), "Utf8");
}

/// A parser of JSON would take these for an entry.
#[test]
fn a_list_of_members_is_not_an_entry() {
    let entry = String::from_utf8(mutants::entries().swap_remove(0)).unwrap();
    let value: serde_json::Value = serde_json::from_str(&entry).unwrap();
    let order = [
        "v", "ledger", "seq", "prev", "id", "idem", "at", "type", "source", "severity", "subject",
        "actor", "payload",
    ];
    let listed: Vec<_> = order.iter().map(|name| value[name].clone()).collect();
    let listed = serde_json::to_vec(&listed).unwrap();
    assert_eq!(same(&listed), EntryError::Members.to_string());
    let actor = value["actor"].to_string();
    let listed = format!("[{},{}]", value["actor"]["id"], value["actor"]["kind"]);
    let listed = entry.replacen(&actor, &listed, 1);
    assert_eq!(same(listed.as_bytes()), EntryError::Members.to_string());
}
