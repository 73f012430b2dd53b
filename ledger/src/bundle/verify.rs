//! Checking a bundle against keys that the auditor brought along; nothing inside is believed.

use std::collections::HashSet;

use crate::bundle::{Bundle, BundleEntry, read};
use crate::checkpoint::Checkpoint;
use crate::disclosure::{self, Disclosure};
use crate::entry::{Entry, EntryRef, Origin};
use crate::finding::{Code, Finding, Place, Verdict};
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::proof;
use crate::walk::{Held, Stored, Walk};

/// What checking a bundle came to.
#[derive(Debug)]
pub struct Checked {
    /// The ledger, as far as the bundle could be read.
    pub origin: Option<Origin>,
    /// The positions it covers: the first, and the one after the last.
    pub range: Option<(u64, u64)>,
    /// The largest checkpoint whose signature holds and which stands in its place.
    pub checkpoint: Option<Checkpoint>,
    /// The entries that could be read and stand where they say.
    pub entries: Vec<Entry>,
    /// The disclosures whose digests stand in the entries.
    pub disclosures: Vec<Disclosure>,
    /// The checkpoints kept from earlier visits that this bundle can neither confirm nor refute: of another
    /// ledger, smaller than its range's beginning, or between its end and its last checkpoint.
    pub unjudged: Vec<Checkpoint>,
    /// All that was found.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// The judgement over the whole bundle.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.findings)
    }
}

/// Checks a bundle with the keys of the ledger's operator, and with checkpoints that the auditor kept
/// from earlier visits.
#[must_use]
pub fn verify(bytes: &[u8], keys: &[VerifierKey], kept: &[Checkpoint]) -> Checked {
    match read(bytes) {
        Ok(bundle) => judge(&bundle, keys, kept),
        Err(malformed) => Checked {
            origin: None,
            range: None,
            checkpoint: None,
            entries: Vec::new(),
            disclosures: Vec::new(),
            unjudged: Vec::new(),
            findings: vec![Finding::new(
                Code::BundleAltered,
                Place::Line {
                    line: first_unfit_entry(bytes, malformed.line).unwrap_or(malformed.line),
                },
                malformed.to_string(),
            )],
        },
    }
}

/// A changed line break shows only further down. The first entry before that line which does not give
/// the hash that stands before it is nearer to the change.
fn first_unfit_entry(bytes: &[u8], before: usize) -> Option<usize> {
    let lines = bytes.split(|b| *b == b'\n').take(before).zip(1..);
    let mut entries = lines.filter_map(|(line, number)| {
        let (leaf, entry) = line.split_at_checked(64)?;
        let leaf: Hash = std::str::from_utf8(leaf).ok()?.parse().ok()?;
        Some((number, leaf, entry.strip_prefix(b" ")?))
    });
    entries
        .find(|(_, leaf, entry)| Hash::leaf(entry) != *leaf)
        .map(|(number, ..)| number)
}

fn judge(bundle: &Bundle<'_>, keys: &[VerifierKey], kept: &[Checkpoint]) -> Checked {
    let mut findings = Vec::new();
    let checkpoints = signed(bundle, keys, &mut findings);
    let first = bundle.before.size();
    let mut walk = Walk::from_frontier(bundle.origin.clone(), bundle.before.clone());
    for checkpoint in checkpoints.iter().filter(|c| c.size <= bundle.end) {
        walk.expect(checkpoint.size, checkpoint.root, Held::Inside);
    }
    let newest = checkpoints.last();
    let unjudged = compare_kept(bundle, kept, newest, &mut walk, &mut findings);
    let mut entries = Vec::new();
    let mut next = first;
    for line in &bundle.entries {
        let seq = own_position(bundle, line).unwrap_or(next);
        next = next.max(seq.saturating_add(1));
        entries.extend(walk.push(Stored {
            seq,
            leaf: line.leaf,
            bytes: line.bytes,
        }));
    }
    let outcome = walk.finish();
    let root = outcome.root;
    findings.extend(outcome.findings);
    match newest {
        Some(newest) if newest.size >= bundle.end => {
            extension(bundle, newest, root, &mut findings);
        }
        _ => uncovered(bundle, &mut findings),
    }
    let disclosures = disclosed(bundle, &entries, &mut findings);
    Checked {
        origin: Some(bundle.origin.clone()),
        range: Some((first, bundle.end)),
        checkpoint: checkpoints.into_iter().next_back(),
        entries,
        disclosures,
        unjudged,
        findings,
    }
}

/// Where an entry says it belongs, if it gives its hash and belongs to the bundle at all. So a line that
/// is missing or moved is named, and an altered one is still counted where it stands.
fn own_position(bundle: &Bundle<'_>, line: &BundleEntry<'_>) -> Option<u64> {
    if Hash::leaf(line.bytes) != line.leaf {
        return None;
    }
    let entry = EntryRef::read(line.bytes).ok()?;
    let range = bundle.before.size()..bundle.end;
    (entry.ledger == bundle.origin.as_str() && range.contains(&entry.seq)).then_some(entry.seq)
}

/// Holds the bundle against what the auditor kept; gives the checkpoints it says nothing about.
fn compare_kept(
    bundle: &Bundle<'_>,
    kept: &[Checkpoint],
    newest: Option<&Checkpoint>,
    walk: &mut Walk,
    findings: &mut Vec<Finding>,
) -> Vec<Checkpoint> {
    let reach = newest.map_or(0, |c| c.size).max(bundle.end);
    let mut unjudged = Vec::new();
    for checkpoint in kept {
        let (size, root) = (checkpoint.size, checkpoint.root);
        if checkpoint.origin != bundle.origin {
            unjudged.push(checkpoint.clone());
        } else if (bundle.before.size()..=bundle.end).contains(&size) || size > reach {
            walk.expect(size, root, Held::Outside);
        } else if newest.is_none_or(|newest| newest.size != size) {
            unjudged.push(checkpoint.clone());
        } else if newest.is_some_and(|newest| newest.root != root) {
            let to = size.saturating_sub(1);
            let place = Place::Entries { from: 0, to };
            let detail = format!("another root was signed for {size} entries before");
            findings.push(Finding::new(Code::Forked, place, detail));
        }
    }
    unjudged
}

/// The checkpoints whose signatures hold, in order; findings for all others.
fn signed(
    bundle: &Bundle<'_>,
    keys: &[VerifierKey],
    findings: &mut Vec<Finding>,
) -> Vec<Checkpoint> {
    let mut checkpoints: Vec<Checkpoint> = Vec::new();
    for (line, note) in &bundle.checkpoints {
        let place = Place::Line { line: *line };
        match Checkpoint::verify(note.as_bytes(), &bundle.origin, keys) {
            Err(error) => {
                findings.push(Finding::new(
                    Code::CheckpointAltered,
                    place,
                    error.to_string(),
                ));
            }
            Ok(checkpoint) => {
                let in_order = checkpoints.last().is_none_or(|before| {
                    before.size < checkpoint.size && before.size <= bundle.end
                }) && checkpoint.size > bundle.before.size();
                if in_order {
                    checkpoints.push(checkpoint);
                } else {
                    let detail = format!("a checkpoint of {} entries", checkpoint.size);
                    findings.push(Finding::new(Code::BundleAltered, place, detail));
                }
            }
        }
    }
    checkpoints
}

/// The newest checkpoint may be beyond the range: the proof leads from the range's tree to it. Where that
/// tree is unknown, the walk has said why.
fn extension(
    bundle: &Bundle<'_>,
    newest: &Checkpoint,
    root: Option<Hash>,
    findings: &mut Vec<Finding>,
) {
    let (line, proof) = &bundle.consistency;
    let Some(root) = root else { return };
    let holds = proof::verify_consistency(bundle.end, newest.size, &root, &newest.root, proof);
    if let Err(error) = holds {
        findings.push(Finding::new(
            Code::ProofFails,
            Place::Line { line: *line },
            error.to_string(),
        ));
    }
}

/// No checkpoint reaches the end of the range, so that there is nothing a proof could lead to.
fn uncovered(bundle: &Bundle<'_>, findings: &mut Vec<Finding>) {
    findings.push(Finding::new(
        Code::NoCheckpoint,
        Place::Ledger {
            ledger: bundle.origin.to_string(),
        },
        format!("no checkpoint of at least {} entries", bundle.end),
    ));
    let (line, proof) = &bundle.consistency;
    if !proof.is_empty() {
        let place = Place::Line { line: *line };
        let detail = "a proof that leads nowhere";
        findings.push(Finding::new(Code::ProofFails, place, detail));
    }
}

/// The disclosures that the entries commit to; a finding for each that none does.
fn disclosed(
    bundle: &Bundle<'_>,
    entries: &[Entry],
    findings: &mut Vec<Finding>,
) -> Vec<Disclosure> {
    let committed: HashSet<&str> = entries
        .iter()
        .flat_map(|entry| disclosure::digests(&entry.payload))
        .collect();
    let mut disclosures = Vec::new();
    for (line, text) in &bundle.disclosures {
        let known = committed.contains(disclosure::digest(text).as_str());
        match Disclosure::parse(text) {
            Ok(disclosure) if known => disclosures.push(disclosure),
            _ => findings.push(Finding::new(
                Code::DisclosureAltered,
                Place::Line { line: *line },
                "no entry of the bundle commits to this value",
            )),
        }
    }
    disclosures
}
