//! Proofs: the loops of RFC 9162 against the recursion of RFC 6962 they follow from. Whatever hashes a proof is
//! made of, it holds for the one root they lead to, and for none if there are too few or too many.

#![no_main]

use std::sync::LazyLock;

use fuzz::Small;
use ledger::Hash;
use ledger::proof::{ProofError, consistency, inclusion, verify_consistency, verify_inclusion};
use libfuzzer_sys::fuzz_target;

static LEDGER: LazyLock<Small> = LazyLock::new(|| Small::of(40));

fuzz_target!(|input: (u64, u64, u8, Vec<u8>)| {
    let (one, other, shift, bytes) = input;
    // All magnitudes, not only the huge ones.
    let (one, other) = (one >> (shift % 64), other >> (shift % 64));
    let hashes: Vec<Hash> = bytes.chunks(2).take(130).map(Hash::of).collect();
    let (leaf, proof) = hashes.split_first().unwrap_or((&Hash::NONE, &[]));
    included(leaf, one, other, proof);
    consistent(leaf, one, other, proof);
    honest(one, other, shift, bytes.len());
});

fn included(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) {
    let check =
        |leaf: &Hash, proof: &[Hash], root: &Hash| verify_inclusion(leaf, index, size, proof, root);
    let Some((root, rest)) = (index < size)
        .then(|| path(leaf, index, size, proof))
        .flatten()
    else {
        for root in proof.iter().chain([leaf]) {
            assert!(check(leaf, proof, root).is_err());
        }
        return;
    };
    let exact = &proof[..proof.len() - rest.len()];
    assert_eq!(check(leaf, exact, &root), Ok(()));
    if !rest.is_empty() {
        assert_eq!(check(leaf, proof, &root), Err(ProofError::Length));
    }
    if let Some((_, less)) = exact.split_last() {
        assert_eq!(check(leaf, less, &root), Err(ProofError::Length));
    }
    assert_eq!(
        check(leaf, exact, &Hash::of(root.as_bytes())),
        Err(ProofError::Root)
    );
    assert_eq!(
        check(&Hash::of(leaf.as_bytes()), exact, &root),
        Err(ProofError::Root)
    );
    assert_eq!(
        verify_inclusion(leaf, size, size, exact, &root),
        Err(ProofError::Range)
    );
}

/// The root that the path leads to, and what is left of the proof; none if there are too few hashes.
fn path<'p>(leaf: &Hash, index: u64, size: u64, proof: &'p [Hash]) -> Option<(Hash, &'p [Hash])> {
    if size == 1 {
        return Some((*leaf, proof));
    }
    let k = largest_power_below(size);
    if index < k {
        let (left, rest) = path(leaf, index, k, proof)?;
        let (right, rest) = rest.split_first()?;
        Some((Hash::node(&left, right), rest))
    } else {
        let (right, rest) = path(leaf, index - k, size - k, proof)?;
        let (left, rest) = rest.split_first()?;
        Some((Hash::node(left, &right), rest))
    }
}

fn consistent(old_root: &Hash, old: u64, new: u64, proof: &[Hash]) {
    let check = |proof: &[Hash], old_root: &Hash, new_root: &Hash| {
        verify_consistency(old, new, old_root, new_root, proof)
    };
    let in_range = old > 0 && old <= new;
    let Some((old_root, new_root, rest)) = in_range
        .then(|| subproof(old_root, old, new, true, proof))
        .flatten()
    else {
        for new_root in proof.iter().chain([old_root]) {
            assert!(check(proof, old_root, new_root).is_err());
        }
        return;
    };
    let exact = &proof[..proof.len() - rest.len()];
    assert_eq!(check(exact, &old_root, &new_root), Ok(()));
    if !rest.is_empty() {
        assert_eq!(check(proof, &old_root, &new_root), Err(ProofError::Length));
    }
    if let Some((_, less)) = exact.split_last() {
        assert_eq!(check(less, &old_root, &new_root), Err(ProofError::Length));
    }
    let other = |root: &Hash| Hash::of(root.as_bytes());
    assert_eq!(
        check(exact, &other(&old_root), &new_root),
        Err(ProofError::Root)
    );
    assert_eq!(
        check(exact, &old_root, &other(&new_root)),
        Err(ProofError::Root)
    );
}

/// The old and the new root that the hashes lead to, and those that are left; none if there are too few.
/// `known` says that the subtree is all of the old tree so far, so that its root is not part of the proof.
fn subproof<'p>(
    old_root: &Hash,
    old: u64,
    new: u64,
    known: bool,
    proof: &'p [Hash],
) -> Option<(Hash, Hash, &'p [Hash])> {
    if old == new {
        return match known {
            true => Some((*old_root, *old_root, proof)),
            false => proof.split_first().map(|(root, rest)| (*root, *root, rest)),
        };
    }
    let k = largest_power_below(new);
    if old <= k {
        let (before, after, rest) = subproof(old_root, old, k, known, proof)?;
        let (right, rest) = rest.split_first()?;
        Some((before, Hash::node(&after, right), rest))
    } else {
        let (before, after, rest) = subproof(old_root, old - k, new - k, false, proof)?;
        let (left, rest) = rest.split_first()?;
        Some((Hash::node(left, &before), Hash::node(left, &after), rest))
    }
}

fn largest_power_below(size: u64) -> u64 {
    (0..64)
        .map(|power| 1 << power)
        .take_while(|power| *power < size)
        .last()
        .unwrap_or(1)
}

/// Proofs that are made hold, and with any bit of them changed they do not.
fn honest(one: u64, other: u64, which: u8, bit: usize) {
    let small = &*LEDGER;
    let size = u64::from(which % 40) + 1;
    let root = small.frontier(size as usize).root();
    let (index, old) = (one % size, other % size + 1);
    let leaf = &small.leaves[index as usize];
    let mut read = |subtree| small.subtree(subtree);
    let Ok(proof) = inclusion(index, size, &mut read);
    assert_eq!(verify_inclusion(leaf, index, size, &proof, &root), Ok(()));
    if let Some(altered) = flipped(&proof, bit) {
        assert_eq!(
            verify_inclusion(leaf, index, size, &altered, &root),
            Err(ProofError::Root)
        );
    }
    let old_root = small.frontier(old as usize).root();
    let Ok(proof) = consistency(old, size, &mut read);
    assert_eq!(
        verify_consistency(old, size, &old_root, &root, &proof),
        Ok(())
    );
    if let Some(altered) = flipped(&proof, bit) {
        assert_eq!(
            verify_consistency(old, size, &old_root, &root, &altered),
            Err(ProofError::Root)
        );
    }
}

fn flipped(proof: &[Hash], bit: usize) -> Option<Vec<Hash>> {
    let mut altered = proof.to_vec();
    let at = bit.checked_rem(proof.len() * 256)?;
    let mut bytes = *altered[at / 256].as_bytes();
    bytes[at % 256 / 8] ^= 1 << (at % 8);
    altered[at / 256] = Hash::from_bytes(bytes);
    Some(altered)
}
