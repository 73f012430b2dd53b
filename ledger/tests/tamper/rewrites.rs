//! Entries rewritten together with their recorded hashes: one, a run of them, and all to the end; without
//! the ledger's key and with it.

use ledger::{Code, Hash, Verdict};

use crate::stored::{Ledger, Row};
use crate::tally::{Tally, width};

const SIZE: u64 = 32;
const EVERY: u64 = 8;

fn ledger() -> Ledger {
    Ledger::grown("countersign/a", 1, SIZE, EVERY)
}

#[test]
fn one_entry_with_its_hash() {
    let mut tally = Tally::of("single entries rewritten with their hash");
    for seq in 0..SIZE {
        let mut ledger = ledger();
        ledger.rewrite(seq, seq + 1);
        ledger.derive();
        let findings = ledger.check(&[]);
        tally.count_at(&findings, Verdict::Altered, seq);
        let want = match seq == SIZE - 1 {
            true => Code::CheckpointMismatch,
            false => Code::EntryRewritten,
        };
        assert!(findings.iter().any(|f| f.code == want), "{findings:?}");
    }
    tally.close_within(SIZE as usize, EVERY);
}

/// The run ends where a link breaks: that entry is named. Its beginning lies somewhere behind the last
/// checkpoint before it; a checkpoint within the run narrows it.
#[test]
fn every_run_of_entries_with_links_computed_again() {
    let mut tally = Tally::of("runs rewritten with links computed again");
    let mut tried = 0;
    for from in 0..SIZE - 1 {
        for to in from + 2..SIZE {
            let mut ledger = ledger();
            ledger.rewrite(from, to);
            ledger.derive();
            let findings = ledger.check(&[]);
            tally.count_at(&findings, Verdict::Altered, to - 1);
            let crossed = from / EVERY != (to - 1) / EVERY;
            assert!(!crossed || width(&findings, from).is_some(), "{findings:?}");
            tried += 1;
        }
    }
    tally.close_within(tried, EVERY);
}

#[test]
fn the_whole_rest_without_the_key() {
    let mut tally = Tally::of("all to the end rewritten, without the key");
    for seq in 0..SIZE {
        let mut ledger = ledger();
        ledger.rewrite(seq, SIZE);
        ledger.derive();
        tally.count_at(&ledger.check(&[]), Verdict::Altered, seq);
    }
    tally.close_within(SIZE as usize, EVERY);
}

/// With the key stolen only what somebody remembers can tell. Behind the remembered checkpoint nothing can.
#[test]
fn the_whole_rest_with_the_stolen_key() {
    const REMEMBERED: u64 = 20;
    let untouched = ledger();
    let remembered = [untouched.checkpoint(12), untouched.checkpoint(REMEMBERED)];
    let sizes = [8, 16, 24, SIZE];
    let mut tally = Tally::of("all to the end rewritten and signed with the stolen key");
    let (mut without_memory, mut behind) = (0, 0);
    for seq in 0..SIZE {
        let mut ledger = ledger();
        ledger.rewrite(seq, SIZE);
        ledger.sign_again(&sizes);
        ledger.derive();
        without_memory += usize::from(Verdict::of(&ledger.check(&[])) == Verdict::Verified);
        let findings = ledger.check(&remembered);
        if seq < REMEMBERED {
            tally.count_at(&findings, Verdict::RolledBack, seq);
            assert!(findings.iter().all(|f| f.code == Code::Forked));
        } else {
            assert_eq!(findings, [], "not to be seen by anybody");
            behind += 1;
        }
    }
    tally.close_within(REMEMBERED as usize, 12);
    assert_eq!(without_memory, SIZE as usize);
    println!(
        "signed with the stolen key: {behind} behind the remembered checkpoint cannot be seen"
    );
}

/// Cut back to an older state and grown anew: another history of the same name.
#[test]
fn every_fork_behind_a_rollback() {
    let untouched = ledger();
    let mut tally = Tally::of("forks: rolled back and grown anew");
    for seq in 0..SIZE {
        let mut ledger = ledger();
        ledger.rewrite(seq, SIZE);
        ledger.sign_again(&[8, 16, 24, SIZE]);
        ledger.derive();
        let findings = ledger.check(&[untouched.checkpoint(SIZE)]);
        tally.count_at(&findings, Verdict::RolledBack, seq);
    }
    tally.close_within(SIZE as usize, SIZE);
}

/// A harmless change must not hide a grave one: with the recorded hash of one entry flipped, a rewrite of
/// others behind it is found and located all the same.
#[test]
fn a_loud_change_does_not_hide_a_silent_one() {
    let mut tally = Tally::of("rewrites to the end behind a flipped hash");
    let mut tried = 0;
    for loud in 0..SIZE - 2 {
        for silent in loud + 1..SIZE {
            let mut ledger = ledger();
            ledger.rewrite(silent, SIZE);
            let row = &mut ledger.rows[loud as usize];
            row.leaf = Hash::of(row.leaf.as_bytes());
            let findings = ledger.check(&[]);
            tally.count_at(&findings, Verdict::Altered, silent);
            assert_eq!(width(&findings, loud), Some(1));
            tried += 1;
        }
    }
    tally.close_within(tried, EVERY);
}

/// As before, where the flipped hash is that of the very entry whose link gives the rewritten one away.
#[test]
fn a_flipped_hash_of_the_successor_does_not_hide_a_rewritten_entry() {
    let mut tally = Tally::of("rewrites beside a flipped hash of the next entry");
    for seq in 0..SIZE - 1 {
        let mut ledger = ledger();
        ledger.rewrite(seq, seq + 1);
        let next = &mut ledger.rows[seq as usize + 1];
        next.leaf = Hash::of(next.leaf.as_bytes());
        let findings = ledger.check(&[]);
        tally.count_at(&findings, Verdict::Altered, seq);
        let vouched = seq + 2 < SIZE;
        assert!(!vouched || width(&findings, seq) == Some(1), "{findings:?}");
    }
    tally.close_within(SIZE as usize - 1, EVERY);
}

/// Bytes that are no entry, with their hash and with all links behind them computed again.
#[test]
fn malformed_bytes_with_their_hash() {
    let mut tally = Tally::of("malformed bytes with their hash");
    for seq in 0..SIZE {
        let mut ledger = ledger();
        let mut bytes = ledger.rows[seq as usize].bytes.clone();
        bytes.insert(1, b' ');
        ledger.rows[seq as usize] = Row::of(&bytes, seq);
        ledger.relink(seq + 1, SIZE);
        ledger.sign_again(&[8, 16, 24, SIZE]);
        ledger.derive();
        let findings = ledger.check(&[]);
        tally.count_at(&findings, Verdict::Altered, seq);
        assert_eq!(findings[0].code, Code::EntryMalformed);
    }
    tally.close_within(SIZE as usize, 1);
}
