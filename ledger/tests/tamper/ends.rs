//! Changes at the end of a ledger or bundle, where nothing follows that could say what stood there: what is named
//! is exact there too.

use ledger::bundle;
use ledger::walk::{Held, Stored, Walk, examine};
use ledger::{Code, Finding, Hash, Place};

use crate::exported::Export;
use crate::stored::{Ledger, Row};

const SIZE: u64 = 6;

fn ledger() -> Ledger {
    Ledger::grown("countersign/a", 1, SIZE, SIZE)
}

/// What a walk finds that expects the root before anything was changed.
fn walked(before: &Ledger, rows: &[Row]) -> Vec<Finding> {
    let mut walk = Walk::new(before.origin.clone());
    walk.expect(SIZE, before.frontier(SIZE).root(), Held::Inside);
    for Row { seq, leaf, bytes } in rows {
        let (seq, leaf) = (*seq, *leaf);
        walk.push(Stored { seq, leaf, bytes });
    }
    walk.finish().findings
}

#[test]
fn the_last_entrys_hash_alone_is_named_where_a_root_vouches_for_the_entry() {
    let ledger = ledger();
    let mut rows = ledger.rows.clone();
    let last = rows.last_mut().unwrap();
    let recorded = Hash::of(b"another");
    let found = last.leaf;
    last.leaf = recorded;
    let place = Place::Entry { seq: SIZE - 1 };
    let detail = format!("hash {recorded} recorded, {found} found");
    assert_eq!(
        walked(&ledger, &rows),
        [Finding::new(Code::LeafAltered, place, detail)]
    );
}

#[test]
fn a_link_that_breaks_at_the_last_entry_is_between_the_last_two() {
    let ledger = ledger();
    let mut altered = ledger.clone();
    altered.rewrite(SIZE - 2, SIZE - 1);
    let findings = walked(&ledger, &altered.rows);
    let (from, to) = (SIZE - 2, SIZE - 1);
    assert_eq!(findings[0].code, Code::EntryRewritten);
    assert_eq!(findings[0].place, Place::Entries { from, to });
}

#[test]
fn what_follows_a_bundle_is_named_by_its_own_line() {
    let text = Export::of(&ledger(), 0, SIZE, &[SIZE]).text();
    let lines = text.split(|byte| *byte == b'\n').count();
    assert!(bundle::read(&text).is_ok());
    let longer = [&text[..], b"more\n"].concat();
    assert_eq!(bundle::read(&longer).unwrap_err().line, lines);
}

#[test]
fn an_examination_says_for_which_position_it_was_made() {
    let ledger = ledger();
    for Row { seq, leaf, bytes } in &ledger.rows {
        let (seq, leaf) = (*seq, *leaf);
        let (examined, entry) = examine(&ledger.origin, Stored { seq, leaf, bytes });
        assert_eq!((examined.seq(), examined.leaf()), (seq, leaf));
        assert_eq!(entry.unwrap().seq, seq);
    }
}
