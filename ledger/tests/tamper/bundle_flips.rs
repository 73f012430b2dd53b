//! Every single bit of a bundle's text, flipped once.

use ledger::{Finding, Place, Verdict};

use crate::exported::Export;
use crate::stored::{Ledger, flipped};
use crate::tally::{Tally, width};

fn names_line(findings: &[Finding], number: usize) -> bool {
    findings
        .iter()
        .any(|finding| finding.place == Place::Line { line: number })
}

/// Flips every bit of every byte, line breaks included.
fn flip_all(export: &Export) {
    let text = export.text();
    assert_eq!(export.check(&text, &[]).verdict(), Verdict::Verified);
    let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
    let mut entries = Tally::of("bit flips of entry lines");
    let mut others = Tally::of("bit flips of the other lines");
    let (mut in_entries, mut in_others, mut exact) = (0, 0, 0);
    let (mut seq, mut start) = (export.first, 0);
    for (line, number) in lines.iter().zip(1..) {
        let is_entry = line.get(64..66) == Some(b" {");
        for bit in 0..line.len() * 8 {
            let findings = export.check(&flipped(&text, start * 8 + bit), &[]).findings;
            if is_entry {
                let located = names_line(&findings, number) || width(&findings, seq) == Some(1);
                entries.count(&findings, Verdict::Altered, located);
                assert!(located, "line {number}, bit {bit}: {findings:?}");
                in_entries += 1;
            } else {
                exact += usize::from(names_line(&findings, number));
                others.count(&findings, Verdict::Altered, !findings.is_empty());
                in_others += 1;
            }
        }
        seq += u64::from(is_entry);
        start += line.len();
    }
    assert_eq!(seq, export.end);
    entries.close(in_entries);
    others.close(in_others);
    println!("bit flips of the other lines: {exact} name the very line");
}

#[test]
fn every_bit_of_a_bundle_from_the_first_entry_with_a_checkpoint_beyond_it() {
    let ledger = Ledger::grown("countersign/a", 1, 16, 4);
    flip_all(&Export::of(&ledger, 0, 12, &[4, 8, 15]));
}

#[test]
fn every_bit_of_a_bundle_from_the_middle_that_ends_at_a_checkpoint() {
    let ledger = Ledger::grown("countersign/a", 1, 16, 4);
    flip_all(&Export::of(&ledger, 7, 11, &[8, 11]));
}
