//! Changes that explain one another: named is what was changed, and nothing beside it.

use ledger::entry::Entry;
use ledger::{Code, Finding, Hash, Place, Verdict};

use crate::exported::Export;
use crate::stored::{Ledger, Row};
use crate::tally::Tally;

const SIZE: u64 = 32;

fn ledger() -> Ledger {
    Ledger::grown("countersign/a", 1, SIZE, 8)
}

/// Bytes that are still an entry of this place, with another `prev`; the recorded hash stays.
fn with_other_prev(row: &Row) -> Row {
    let mut entry = Entry::parse(&row.bytes).unwrap();
    entry.prev = Hash::of(b"no entry");
    Row {
        bytes: ledger::canonical::write(&entry).unwrap(),
        ..row.clone()
    }
}

fn codes_and_places(findings: &[Finding]) -> Vec<(Code, Place)> {
    findings.iter().map(|f| (f.code, f.place.clone())).collect()
}

const fn at(seq: u64) -> Place {
    Place::Entry { seq }
}

#[test]
fn a_rewritten_entry_is_the_only_finding() {
    let mut tally = Tally::of("single entries rewritten, nothing beside them named");
    for seq in 0..SIZE - 2 {
        let mut ledger = ledger();
        ledger.rewrite(seq, seq + 1);
        ledger.derive();
        let findings = ledger.check(&[]);
        tally.count_at(&findings, Verdict::Altered, seq);
        assert_eq!(
            codes_and_places(&findings),
            [(Code::EntryRewritten, at(seq))]
        );
    }
    tally.close_within(SIZE as usize - 2, 1);
}

#[test]
fn an_entry_rewritten_with_another_link_is_the_only_finding() {
    let mut tally = Tally::of("single entries rewritten with another link");
    for seq in 1..SIZE - 1 {
        let mut ledger = ledger();
        let row = with_other_prev(&ledger.rows[seq as usize]);
        ledger.rows[seq as usize] = Row::of(&row.bytes, seq);
        ledger.derive();
        let findings = ledger.check(&[]);
        tally.count_at(&findings, Verdict::Altered, seq);
        assert_eq!(
            codes_and_places(&findings),
            [(Code::EntryRewritten, at(seq))]
        );
    }
    tally.close_within(SIZE as usize - 2, 1);
}

#[test]
fn a_rewritten_entry_before_an_altered_one_is_found_within_two() {
    let mut tally = Tally::of("rewrites with the entry after next altered");
    for seq in 0..SIZE - 3 {
        let mut ledger = ledger();
        ledger.rewrite(seq, seq + 1);
        let row = &mut ledger.rows[seq as usize + 2];
        row.leaf = Hash::of(row.leaf.as_bytes());
        let findings = ledger.check(&[]);
        tally.count_at(&findings, Verdict::Altered, seq);
        assert!(findings.iter().any(|f| f.code == Code::EntryRewritten));
        assert!(findings.iter().any(|f| f.place == at(seq + 2)));
        assert_eq!(findings.len(), 2, "{findings:?}");
    }
    tally.close_within(SIZE as usize - 3, 2);
}

#[test]
fn swapped_neighbours_are_the_only_findings() {
    for seq in 0..SIZE - 2 {
        let mut ledger = ledger();
        ledger.rows.swap(seq as usize, seq as usize + 1);
        ledger.rows[seq as usize].seq = seq;
        ledger.rows[seq as usize + 1].seq = seq + 1;
        let want = [
            (Code::EntryMisplaced, at(seq)),
            (Code::EntryMisplaced, at(seq + 1)),
        ];
        assert_eq!(codes_and_places(&ledger.check(&[])), want);
    }
}

#[test]
fn altered_neighbours_are_the_only_findings() {
    for seq in 0..SIZE - 2 {
        let mut ledger = ledger();
        ledger.rows[seq as usize].bytes.pop();
        let next = with_other_prev(&ledger.rows[seq as usize + 1]);
        ledger.rows[seq as usize + 1] = next;
        let want = [
            (Code::EntryAltered, at(seq)),
            (Code::EntryAltered, at(seq + 1)),
        ];
        assert_eq!(codes_and_places(&ledger.check(&[])), want);
    }
}

#[test]
fn a_missing_entry_and_an_altered_one_behind_it_are_the_only_findings() {
    for seq in 0..SIZE - 2 {
        let mut ledger = ledger();
        let next = with_other_prev(&ledger.rows[seq as usize + 1]);
        ledger.rows[seq as usize + 1] = next;
        ledger.rows.remove(seq as usize);
        let want = [
            (Code::EntryMissing, at(seq)),
            (Code::EntryAltered, at(seq + 1)),
        ];
        assert_eq!(codes_and_places(&ledger.check(&[])), want);
    }
}

#[test]
fn a_gap_is_the_only_finding() {
    for many in 2..10 {
        for from in 0..SIZE - many {
            let mut ledger = ledger();
            ledger.rows.drain(from as usize..(from + many) as usize);
            let to = from + many - 1;
            let want = [(Code::EntryMissing, Place::Entries { from, to })];
            assert_eq!(codes_and_places(&ledger.check(&[])), want);
        }
    }
}

/// One mismatch is reported where it begins, not again at every checkpoint behind it.
#[test]
fn a_rewritten_rest_is_reported_once() {
    for seq in 0..SIZE {
        let mut ledger = ledger();
        ledger.rewrite(seq, SIZE);
        ledger.derive();
        let (from, to) = (seq / 8 * 8, seq / 8 * 8 + 7);
        let want = [(Code::CheckpointMismatch, Place::Entries { from, to })];
        assert_eq!(codes_and_places(&ledger.check(&[])), want);
    }
}

/// Two neighbours that cannot vouch for one another leave doubt; a root that agrees behind them ends it, and
/// what is rewritten further on is located as ever.
#[test]
fn doubt_ends_where_a_root_agrees() {
    for seq in 8..SIZE {
        let mut ledger = ledger();
        ledger.rewrite(seq, SIZE);
        ledger.rows[2].bytes.pop();
        ledger.rows[3].leaf = Hash::of(b"no entry");
        let (from, to) = (seq / 8 * 8, seq / 8 * 8 + 7);
        let want = [
            (Code::EntryAltered, at(2)),
            (Code::LeafAltered, at(3)),
            (Code::CheckpointMismatch, Place::Entries { from, to }),
        ];
        let findings = ledger.check(&[]);
        let walked = findings.iter().filter(|f| f.code != Code::HeadAltered);
        let walked: Vec<Finding> = walked.cloned().collect();
        assert_eq!(codes_and_places(&walked), want);
    }
}

/// A bundle's last entry has no successor, and its checkpoint lies beyond: its line alone is named, not the
/// proof as well.
#[test]
fn a_flipped_hash_in_a_bundle_is_the_only_finding() {
    let untouched = Export::of(&ledger(), 3, 13, &[8, 15]);
    for place in 0..10 {
        let mut export = untouched.clone();
        export.rows[place].leaf = Hash::of(b"no entry");
        let findings = export.check(&export.text(), &[]).findings;
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].place, at(3 + place as u64));
    }
}

/// In a bundle, an entry that belongs elsewhere counts where it stands: of another ledger, or of a position
/// outside the range.
#[test]
fn a_foreign_line_of_a_bundle_is_the_only_finding() {
    let other = Ledger::grown("countersign/b", 2, SIZE, 8);
    let untouched = Export::of(&ledger(), 3, 13, &[8, 15]);
    for foreign in [
        &other.rows[9],
        &untouched.ledger.rows[20],
        &untouched.ledger.rows[1],
    ] {
        for place in 0..9 {
            let mut export = untouched.clone();
            export.rows[place] = foreign.clone();
            let mut findings = export.check(&export.text(), &[]).findings;
            // The disclosure of the entry that stood here belongs to none now.
            findings.retain(|f| f.code != Code::DisclosureAltered);
            let want = [(Code::EntryMisplaced, at(3 + place as u64))];
            assert_eq!(codes_and_places(&findings), want);
        }
    }
}

#[test]
fn an_altered_line_behind_a_repeated_one_is_named_by_its_own_position() {
    let mut export = Export::of(&ledger(), 3, 13, &[8, 15]);
    export.rows.insert(3, export.rows[0].clone());
    export.rows[4].bytes.pop();
    let findings = export.check(&export.text(), &[]).findings;
    let named = codes_and_places(&findings);
    assert!(named.contains(&(Code::EntryRepeated, at(3))), "{named:?}");
    assert!(named.contains(&(Code::EntryAltered, at(6))), "{named:?}");
}
