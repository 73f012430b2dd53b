//! Inclusion and consistency proofs: RFC 6962, sections 2.1.1 and 2.1.2; verification as in RFC 9162,
//! sections 2.1.3.2 and 2.1.4.2. Making a proof reads complete subtrees through the caller.

use crate::hash::Hash;

/// A complete subtree: `2^level` leaves, the `index`-th of its level from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subtree {
    /// 0 is a leaf.
    pub level: u8,
    /// Position among the subtrees of that level.
    pub index: u64,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index or the sizes are out of range.
    #[error("index or sizes out of range")]
    Range,
    /// The number of hashes cannot be right for these sizes.
    #[error("a proof of this length cannot fit these sizes")]
    Length,
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Checks that `leaf` stands at `index` of the tree of `size` leaves with this root.
///
/// # Errors
/// If it does not follow from the proof.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = Hash::node(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = Hash::node(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match (last == 0, hash == *root) {
        (false, _) => Err(ProofError::Length),
        (true, false) => Err(ProofError::Root),
        (true, true) => Ok(()),
    }
}

/// Checks that the tree of `new_size` leaves begins with the tree of `old_size` leaves.
///
/// # Errors
/// If it does not follow from the proof. An `old_size` of 0 is refused: it proves nothing.
pub fn verify_consistency(
    old_size: u64,
    new_size: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size == 0 || old_size > new_size {
        return Err(ProofError::Range);
    }
    if old_size == new_size {
        return match (proof.is_empty(), old_root == new_root) {
            (false, _) => Err(ProofError::Length),
            (true, false) => Err(ProofError::Root),
            (true, true) => Ok(()),
        };
    }
    let whole = old_size.is_power_of_two().then_some(old_root);
    let mut path = whole.into_iter().chain(proof);
    if proof.is_empty() {
        return Err(ProofError::Length);
    }
    let shift = (old_size - 1).trailing_ones();
    let (mut node, mut last) = ((old_size - 1) >> shift, (new_size - 1) >> shift);
    let Some(first) = path.next() else {
        return Err(ProofError::Length);
    };
    let (mut old, mut new) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            old = Hash::node(sibling, &old);
            new = Hash::node(sibling, &new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new = Hash::node(&new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match (last == 0, old == *old_root && new == *new_root) {
        (false, _) => Err(ProofError::Length),
        (true, false) => Err(ProofError::Root),
        (true, true) => Ok(()),
    }
}

/// The proof that the leaf at `index` is in the tree of `size` leaves.
///
/// # Errors
/// Whatever `read` fails with. An index outside the tree gives an empty proof, which proves nothing.
pub fn inclusion<E>(
    index: u64,
    size: u64,
    read: &mut impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let mut proof = Vec::new();
    let (mut low, mut high) = (0, size);
    let mut siblings = Vec::new();
    while high - low > 1 && index < size {
        let middle = low + split(high - low);
        if index < middle {
            siblings.push((middle, high));
            high = middle;
        } else {
            siblings.push((low, middle));
            low = middle;
        }
    }
    for (low, high) in siblings.into_iter().rev() {
        proof.push(range_root(low, high, read)?);
    }
    Ok(proof)
}

/// The proof that the tree of `new_size` leaves begins with the tree of `old_size` leaves.
///
/// # Errors
/// Whatever `read` fails with. Sizes out of range give an empty proof, which proves nothing.
pub fn consistency<E>(
    old_size: u64,
    new_size: u64,
    read: &mut impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    if old_size == 0 || old_size >= new_size {
        return Ok(Vec::new());
    }
    let (mut low, mut high) = (0, new_size);
    let mut parts = Vec::new();
    while high != old_size {
        let middle = low + split(high - low);
        if old_size <= middle {
            parts.push((middle, high));
            high = middle;
        } else {
            parts.push((low, middle));
            low = middle;
        }
    }
    if low != 0 {
        parts.push((low, high));
    }
    parts
        .into_iter()
        .rev()
        .map(|(low, high)| range_root(low, high, read))
        .collect()
}

/// The root of the tree over leaves `low..high`, where `low` is a multiple of every complete subtree
/// that the range splits into.
fn range_root<E>(
    low: u64,
    high: u64,
    read: &mut impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Hash, E> {
    let length = high - low;
    if length.is_power_of_two() {
        let level = length.trailing_zeros() as u8;
        return read(Subtree {
            level,
            index: low >> level,
        });
    }
    let middle = low + split(length);
    let left = range_root(low, middle, read)?;
    let right = range_root(middle, high, read)?;
    Ok(Hash::node(&left, &right))
}

/// The largest power of two smaller than `length`, which is at least 2.
const fn split(length: u64) -> u64 {
    1 << (63 - (length - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Frontier;

    fn leaf(i: u64) -> Hash {
        Hash::leaf(&i.to_be_bytes())
    }

    fn root(size: u64) -> Hash {
        let mut tree = Frontier::empty();
        (0..size).for_each(|i| tree.push(leaf(i)));
        tree.root()
    }

    fn read(subtree: Subtree) -> Result<Hash, std::convert::Infallible> {
        let mut tree = Frontier::empty();
        let length = 1 << subtree.level;
        (0..length).for_each(|i| tree.push(leaf(subtree.index * length + i)));
        Ok(tree.root())
    }

    #[test]
    fn every_proof_of_small_trees_holds_and_no_altered_one_does() {
        let mut tried = 0;
        for size in 1..=33 {
            let root_now = root(size);
            for index in 0..size {
                let proof = inclusion(index, size, &mut read).unwrap();
                assert_eq!(
                    verify_inclusion(&leaf(index), index, size, &proof, &root_now),
                    Ok(())
                );
                assert!(
                    verify_inclusion(&leaf(index + 1), index, size, &proof, &root_now).is_err()
                );
                for cut in 0..proof.len() {
                    let mut less = proof.clone();
                    less.remove(cut);
                    assert!(verify_inclusion(&leaf(index), index, size, &less, &root_now).is_err());
                }
                tried += 1;
            }
            for old in 1..=size {
                let proof = consistency(old, size, &mut read).unwrap();
                assert_eq!(
                    verify_consistency(old, size, &root(old), &root_now, &proof),
                    Ok(())
                );
                assert!(verify_consistency(old, size, &root(old + 1), &root_now, &proof).is_err());
                tried += 1;
            }
        }
        assert_eq!(tried, 2 * (33 * 34 / 2));
        assert_eq!(
            verify_consistency(0, 3, &root(0), &root(3), &[]),
            Err(ProofError::Range)
        );
    }
}
