//! Entries of a stored ledger deleted, repeated, swapped, cut off, or taken from another ledger.

use ledger::{Code, Verdict};

use crate::stored::{Ledger, Row};
use crate::tally::{Tally, width};

const SIZE: u64 = 32;
const EVERY: u64 = 8;

fn ledger() -> Ledger {
    Ledger::grown("countersign/a", 1, SIZE, EVERY)
}

/// Numbers the rows again, as somebody would who wants no gap to show.
fn renumber(rows: &mut [Row]) {
    for (seq, row) in (0..).zip(rows) {
        row.seq = seq;
    }
}

#[test]
fn every_delete() {
    let mut gap = Tally::of("deletes that leave a gap");
    let mut closed = Tally::of("deletes with the rows behind renumbered");
    for seq in 0..SIZE {
        let mut ledger = ledger();
        ledger.rows.remove(seq as usize);
        let findings = ledger.check(&[]);
        gap.count_at(&findings, Verdict::Altered, seq);
        assert!(findings.iter().all(|f| f.code != Code::EntryRewritten));

        renumber(&mut ledger.rows);
        ledger.derive();
        closed.count_at(&ledger.check(&[]), Verdict::Altered, seq);
    }
    gap.close_within(SIZE as usize, 1);
    closed.close_within(SIZE as usize, 1);
}

#[test]
fn every_delete_of_several() {
    let mut tally = Tally::of("deletes of two to nine neighbours");
    let mut tried = 0;
    for many in 2..10 {
        for first in 0..=SIZE - many {
            let mut ledger = ledger();
            ledger.rows.drain(first as usize..(first + many) as usize);
            let findings = ledger.check(&[]);
            tally.count_at(&findings, Verdict::Altered, first);
            assert!(
                width(&findings, first) <= Some(many),
                "no wider than the gap"
            );
            tried += 1;
        }
    }
    tally.close_within(tried, 9);
}

#[test]
fn every_repeat() {
    let mut same = Tally::of("repeats under the same position");
    let mut shifted = Tally::of("repeats with the rows behind renumbered");
    for seq in 0..SIZE {
        let mut ledger = ledger();
        let row = ledger.rows[seq as usize].clone();
        ledger.rows.insert(seq as usize, row);
        same.count_at(&ledger.check(&[]), Verdict::Altered, seq);

        renumber(&mut ledger.rows);
        ledger.derive();
        shifted.count_at(&ledger.check(&[]), Verdict::Altered, seq + 1);
    }
    same.close_within(SIZE as usize, 1);
    shifted.close_within(SIZE as usize, 1);
}

#[test]
fn every_swap() {
    let mut content = Tally::of("swaps of what stands at two positions");
    let mut order = Tally::of("swaps of the order in which two are read");
    let mut tried = 0;
    for a in 0..SIZE {
        for b in a + 1..SIZE {
            let mut ledger = ledger();
            ledger.rows.swap(a as usize, b as usize);
            order.count_at(&ledger.check(&[]), Verdict::Altered, a);

            ledger.rows[a as usize].seq = a;
            ledger.rows[b as usize].seq = b;
            let findings = ledger.check(&[]);
            content.count_at(&findings, Verdict::Altered, a);
            assert_eq!(width(&findings, b), Some(1), "both are named");
            tried += 1;
        }
    }
    content.close_within(tried, 1);
    order.close(tried);
    assert_eq!(tried, 496);
}

#[test]
fn every_cut() {
    let mut tally = Tally::of("cuts that leave the checkpoints");
    for size in 0..SIZE {
        let mut ledger = ledger();
        ledger.rows.truncate(size as usize);
        ledger.derive();
        tally.count_at(&ledger.check(&[]), Verdict::Altered, size);
    }
    tally.close(SIZE as usize);
}

/// A cut that takes its checkpoints with it is a ledger of that size, for all that is inside it.
#[test]
fn every_cut_that_takes_the_checkpoints_with_it() {
    let mut tally = Tally::of("rollbacks, with a checkpoint remembered");
    let mut unseen = 0;
    for size in 0..SIZE {
        let untouched = ledger();
        let mut ledger = ledger();
        ledger.rows.truncate(size as usize);
        ledger.notes.truncate((size / EVERY) as usize);
        ledger.derive();
        unseen += usize::from(Verdict::of(&ledger.check(&[])) == Verdict::Verified);

        let findings = ledger.check(&[untouched.checkpoint(SIZE)]);
        tally.count_at(&findings, Verdict::RolledBack, size);
        assert!(findings.iter().any(|f| f.code == Code::RolledBack));
    }
    assert_eq!(unseen, SIZE as usize, "without a memory none can be seen");
    tally.close(SIZE as usize);
}

#[test]
fn every_graft_from_another_ledger() {
    let other = Ledger::grown("countersign/b", 2, SIZE + 1, EVERY);
    let namesake = Ledger::grown("countersign/a", 3, SIZE + 1, EVERY);
    let mut tally = Tally::of("grafts at the same position");
    let mut appended = Tally::of("grafts at the end");
    for seq in 0..=SIZE {
        let mut ledger = ledger();
        if seq == SIZE {
            ledger.rows.push(other.rows[seq as usize].clone());
            ledger.derive();
            appended.count_at(&ledger.check(&[]), Verdict::Altered, seq);
        } else {
            ledger.rows[seq as usize] = other.rows[seq as usize].clone();
            tally.count_at(&ledger.check(&[]), Verdict::Altered, seq);

            let mut row = other.rows[seq as usize].clone();
            row.seq = SIZE;
            let mut ledger = Ledger::grown("countersign/a", 1, SIZE, EVERY);
            ledger.rows.push(row);
            appended.count_at(&ledger.check(&[]), Verdict::Altered, SIZE);
        }
    }
    tally.close_within(SIZE as usize, 1);
    appended.close_within(SIZE as usize + 1, 1);
    assert_eq!(
        namesake.rows,
        Ledger::grown("countersign/a", 1, SIZE + 1, EVERY).rows
    );
}

/// Checkpoints of another ledger, and of a key that is not this ledger's, do not count.
#[test]
fn every_graft_of_a_checkpoint() {
    let other = Ledger::grown("countersign/b", 2, SIZE, EVERY);
    let namesake = Ledger::grown("countersign/a", 3, SIZE, EVERY);
    let mut tally = Tally::of("grafts of checkpoints");
    for from in [&other, &namesake] {
        for at in 0..from.notes.len() {
            let mut ledger = ledger();
            ledger.notes[at].clone_from(&from.notes[at]);
            let findings = ledger.check(&[]);
            let located = crate::tally::names_row(&findings, "checkpoints", &at.to_string());
            tally.count(&findings, Verdict::Altered, located);
        }
    }
    tally.close(8);
}

/// The tree is known behind a single missing entry, since the entry behind names it: changes further on are
/// still found and located.
#[test]
fn a_second_change_is_found_behind_the_first() {
    let mut tally = Tally::of("a delete and a rewrite further on");
    let mut tried = 0;
    for deleted in 0..SIZE - 4 {
        for rewritten in deleted + 2..SIZE - 1 {
            let mut ledger = ledger();
            ledger.rewrite(rewritten, rewritten + 1);
            ledger.rows.remove(deleted as usize);
            let findings = ledger.check(&[]);
            assert_eq!(width(&findings, deleted), Some(1));
            tally.count_at(&findings, Verdict::Altered, rewritten);
            tried += 1;
        }
    }
    tally.close_within(tried, 2);
}
