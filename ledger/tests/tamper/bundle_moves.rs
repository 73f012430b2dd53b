//! Entries of a bundle deleted, repeated, swapped, grafted and rewritten, the counts adjusted so that the
//! form is kept; and bundles held against what an auditor kept from an earlier visit.

use ledger::{Checkpoint, Code, Hash, Verdict};

use crate::exported::Export;
use crate::stored::Ledger;
use crate::tally::Tally;

fn ledger() -> Ledger {
    Ledger::grown("countersign/a", 1, 32, 4)
}

fn exports() -> [Export; 3] {
    let ledger = ledger();
    [
        Export::of(&ledger, 0, 16, &[8, 16]),
        Export::of(&ledger, 0, 16, &[8, 31]),
        Export::of(&ledger, 11, 27, &[16, 24, 27]),
    ]
}

#[test]
fn every_delete_repeat_swap_and_graft() {
    let other = Ledger::grown("countersign/b", 2, 32, 4);
    let mut deletes = Tally::of("bundle: deletes");
    let mut repeats = Tally::of("bundle: repeats");
    let mut swaps = Tally::of("bundle: swaps");
    let mut grafts = Tally::of("bundle: grafts");
    let tampered = |tally: &mut Tally, export: &Export, seq: u64| {
        let findings = export.check(&export.text(), &[]).findings;
        tally.count_at(&findings, Verdict::Altered, seq);
    };
    for untouched in exports() {
        for at in 0..16usize {
            let seq = untouched.first + at as u64;
            // To delete the last one is to cut: see below.
            if at < 15 {
                let mut export = untouched.clone();
                export.rows.remove(at);
                tampered(&mut deletes, &export, seq);
            }

            let mut export = untouched.clone();
            export.rows.insert(at, export.rows[at].clone());
            tampered(&mut repeats, &export, seq);

            let mut export = untouched.clone();
            export.rows[at] = other.rows[seq as usize].clone();
            tampered(&mut grafts, &export, seq);
            for with in at + 1..16 {
                let mut export = untouched.clone();
                export.rows.swap(at, with);
                tampered(&mut swaps, &export, seq);
            }
        }
    }
    deletes.close(45);
    repeats.close(48);
    grafts.close_within(48, 1);
    swaps.close(360);
}

#[test]
fn every_cut() {
    let mut tally = Tally::of("bundle: cuts");
    for untouched in exports() {
        for length in 1..16 {
            let mut export = untouched.clone();
            export.rows.truncate(length);
            let findings = export.check(&export.text(), &[]).findings;
            tally.count(&findings, Verdict::Altered, !findings.is_empty());
            assert_ne!(Verdict::of(&findings), Verdict::Verified);
        }
    }
    tally.close(45);
}

/// Two altered lines are two findings, each under its own position.
#[test]
fn every_pair_of_altered_lines() {
    let mut first = Tally::of("bundle: two altered lines, the first");
    let mut second = Tally::of("bundle: two altered lines, the second");
    let mut tried = 0;
    let [untouched, ..] = exports();
    for a in 0..16usize {
        for b in a + 1..16 {
            let mut export = untouched.clone();
            for at in [a, b] {
                let bytes = &mut export.rows[at].bytes;
                let last = bytes.len() - 1;
                bytes[last] = b']';
            }
            let findings = export.check(&export.text(), &[]).findings;
            first.count_at(&findings, Verdict::Altered, a as u64);
            second.count_at(&findings, Verdict::Altered, b as u64);
            tried += 1;
        }
    }
    first.close_within(tried, 1);
    second.close_within(tried, 1);
}

#[test]
fn every_rewrite_with_and_without_the_key() {
    let untouched = ledger();
    let mut without = Tally::of("bundle: rewritten to the end, without the key");
    let mut with = Tally::of("bundle: rewritten and signed with the stolen key");
    for seq in 0..16 {
        let mut forged = ledger();
        forged.rewrite(seq, 32);
        let mut export = Export::of(&forged, 0, 16, &[4, 8, 12, 16]);
        let kept = [untouched.checkpoint(16)];
        let findings = export.check(&export.text(), &kept).findings;
        with.count_at(&findings, Verdict::RolledBack, seq);
        assert_eq!(
            export.check(&export.text(), &[]).verdict(),
            Verdict::Verified
        );

        export.ledger = ledger();
        let findings = export.check(&export.text(), &[]).findings;
        without.count_at(&findings, Verdict::Altered, seq);
    }
    with.close_within(16, 16);
    without.close_within(16, 4);
}

/// What an auditor kept is compared wherever the bundle reaches: at its beginning, inside, at its end and at
/// its last checkpoint. Where it does not reach, it is said to have judged nothing.
#[test]
fn kept_checkpoints_are_compared_or_named() {
    let ledger = ledger();
    let export = Export::of(&ledger, 11, 27, &[16, 24, 30]);
    let text = export.text();
    let (mut compared, mut unjudged, mut beyond) = (0, 0, 0);
    for size in 1..=32 {
        let right = ledger.checkpoint(size);
        let wrong = Checkpoint {
            root: Hash::of(b"another history"),
            ..right.clone()
        };
        let of_right = export.check(&text, std::slice::from_ref(&right));
        let of_wrong = export.check(&text, std::slice::from_ref(&wrong));
        match size {
            11..=27 | 30 => {
                assert_eq!(of_right.verdict(), Verdict::Verified, "{size}");
                assert_eq!(of_right.unjudged, []);
                assert_eq!(of_wrong.verdict(), Verdict::RolledBack, "{size}");
                assert_eq!(of_wrong.findings[0].code, Code::Forked);
                compared += 1;
            }
            31.. => {
                assert_eq!(of_right.verdict(), Verdict::RolledBack, "{size}");
                assert_eq!(of_right.findings[0].code, Code::RolledBack);
                beyond += 1;
            }
            _ => {
                assert_eq!(of_right.unjudged, [right]);
                assert_eq!(of_right.verdict(), Verdict::Verified);
                unjudged += 1;
            }
        }
    }
    let foreign = Ledger::grown("countersign/b", 2, 32, 4).checkpoint(16);
    let of_foreign = export.check(&text, std::slice::from_ref(&foreign));
    assert_eq!(of_foreign.unjudged, [foreign]);
    println!(
        "kept checkpoints: {compared} compared, {beyond} show a bundle that ends too early, {unjudged} said to be \
         out of its reach"
    );
}

#[test]
fn a_bundle_without_a_checkpoint_of_its_end_is_incomplete() {
    let ledger = ledger();
    let mut export = Export::of(&ledger, 0, 16, &[8]);
    export.sizes = vec![8];
    let checked = export.check(&export.text(), &[]);
    assert_eq!(checked.verdict(), Verdict::Incomplete);
    let stranger = Ledger::grown("countersign/a", 9, 1, 1).vkeys();
    let export = Export::of(&ledger, 0, 16, &[16]);
    let checked = ledger::bundle::verify(&export.text(), &stranger, &[]);
    assert_eq!(checked.verdict(), Verdict::Altered);
    assert!(checked.checkpoint.is_none());
}

/// Disclosures are what may be left out; one that no entry commits to is named.
#[test]
fn disclosures_may_be_left_out_but_not_put_in() {
    let [export, ..] = exports();
    let text = String::from_utf8(export.text()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let at = lines
        .iter()
        .position(|l| l.starts_with("disclosures "))
        .unwrap();
    assert_eq!(lines[at], "disclosures 4");
    let mut fewer = lines.clone();
    fewer[at] = "disclosures 3";
    fewer.remove(at + 2);
    let checked = export.check((fewer.join("\n") + "\n").as_bytes(), &[]);
    assert_eq!(checked.verdict(), Verdict::Verified);
    assert_eq!(checked.disclosures.len(), 3);

    let mut foreign = lines.clone();
    let put_in = ledger::disclosure::Disclosure::new(&[0; 16], "comment", "x".into());
    foreign[at] = "disclosures 5";
    let place = (at + 1..)
        .find(|n| *n > at + 4 || lines[*n] > put_in.as_str())
        .unwrap();
    foreign.insert(place, put_in.as_str());
    let checked = export.check((foreign.join("\n") + "\n").as_bytes(), &[]);
    assert_eq!(checked.verdict(), Verdict::Altered);
    let line = place + 1;
    assert_eq!(checked.findings[0].code, Code::DisclosureAltered);
    assert_eq!(checked.findings[0].place, ledger::Place::Line { line });

    let mut twice = lines.clone();
    twice[at] = "disclosures 5";
    twice.insert(at + 1, lines[at + 1]);
    let checked = export.check((twice.join("\n") + "\n").as_bytes(), &[]);
    assert_eq!(checked.verdict(), Verdict::Altered);
}

/// Signed checkpoints stand in ascending order, behind the beginning of the range, and only the last beyond
/// its end.
#[test]
fn checkpoints_out_of_order_are_named() {
    let ledger = ledger();
    for (sizes, at, counts) in [
        (vec![8, 8, 16], 1, 16),
        (vec![12, 8, 16], 1, 16),
        (vec![20, 24], 1, 20),
        (vec![4, 16], 0, 16),
        (vec![3, 16], 0, 16),
    ] {
        let export = Export::of(&ledger, 4, 16, &sizes);
        let text = export.text();
        let checked = export.check(&text, &[]);
        let findings = checked.findings;
        let notes = String::from_utf8(text).unwrap();
        let line = notes
            .lines()
            .zip(2..)
            .filter(|(line, _)| line.starts_with("note "))
            .map(|(_, line)| line)
            .nth(at)
            .unwrap();
        let place = ledger::Place::Line { line };
        let named = findings
            .iter()
            .any(|f| f.code == Code::BundleAltered && f.place == place);
        assert!(named, "{sizes:?}: {findings:?}");
        assert_eq!(checked.checkpoint, Some(ledger.checkpoint(counts)));
    }
}

/// The frontier's line is at fault, and not what is taken for its hashes.
#[test]
fn a_frontier_of_another_size_is_named() {
    let export = Export::of(&ledger(), 11, 27, &[27]);
    let text = String::from_utf8(export.text()).unwrap();
    let wrong = text.replacen("first 11", "first 8", 1);
    let findings = export.check(wrong.as_bytes(), &[]).findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, Code::BundleAltered);
    assert_eq!(findings[0].place, ledger::Place::Line { line: 5 });
}

/// Without a checkpoint that covers the end, a proof would be bytes that nothing holds.
#[test]
fn a_proof_that_leads_nowhere_is_named() {
    let export = Export::of(&ledger(), 0, 16, &[8, 31]);
    let text = String::from_utf8(export.text()).unwrap();
    let last_note = text.rfind("note 5\n").unwrap();
    let proof = text.find("consistency ").unwrap();
    let without = text[..last_note].replacen("checkpoints 2", "checkpoints 1", 1) + &text[proof..];
    let findings = export.check(without.as_bytes(), &[]).findings;
    let codes: Vec<Code> = findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, [Code::NoCheckpoint, Code::ProofFails]);
}

/// A proof that does not lead to the last checkpoint is named by its line, if no entry is at fault.
#[test]
fn a_proof_of_something_else_is_named() {
    let export = Export::of(&ledger(), 0, 16, &[8, 31]);
    let text = String::from_utf8(export.text()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.starts_with("consistency "))
        .unwrap();
    let mut wrong = lines.clone();
    wrong[at + 1] = &lines[6][..64];
    let findings = export
        .check((wrong.join("\n") + "\n").as_bytes(), &[])
        .findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, Code::ProofFails);
    assert_eq!(findings[0].place, ledger::Place::Line { line: at + 1 });
}
