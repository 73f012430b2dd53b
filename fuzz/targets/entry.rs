//! Entries and their canonical form: the one-pass reader against the plain one, and against writing again what
//! was read.

#![no_main]

#[path = "../../ledger/tests/reader/plain.rs"]
mod plain;
#[path = "../../ledger/tests/reader/plain_canonical.rs"]
mod plain_canonical;

use ledger::entry::{EntryError, EntryRef};
use ledger::{Entry, canonical, disclosure};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    canonical_form(bytes);
    let entry = match (EntryRef::read(bytes), plain::read(bytes)) {
        (Ok(entry), Ok(plain)) => {
            assert_eq!(entry.to_entry(), plain);
            entry
        }
        (Err(flaw), Err(plain)) => return same_flaw(&flaw, &plain),
        (read, plain) => panic!("one pass: {read:?}\nplain: {plain:?}"),
    };
    let own = Entry::parse(bytes).expect("what can be read can be read on its own");
    assert_eq!(own, entry.to_entry());
    assert_eq!(
        canonical::write(&own).expect("an entry can be written"),
        bytes
    );
    assert!(canonical::check(entry.payload.as_str().as_bytes()).is_ok());
    let digests: Vec<String> = disclosure::digests(&own.payload)
        .map(str::to_owned)
        .collect();
    assert_eq!(entry.digests.to_vec(), digests);
});

/// The check agrees with the plain one to the byte and the flaw, and with parsing and writing again.
fn canonical_form(bytes: &[u8]) {
    let checked = canonical::check(bytes);
    assert_eq!(checked, plain_canonical::check(bytes));
    let written = serde_json::from_slice::<Value>(bytes)
        .ok()
        .and_then(|value| canonical::write(&value).ok());
    assert_eq!(checked.is_ok(), written.as_deref() == Some(bytes));
}

fn same_flaw(one: &EntryError, other: &EntryError) {
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
}
