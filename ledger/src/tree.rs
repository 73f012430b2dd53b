//! The Merkle tree of RFC 6962, section 2.1, grown one leaf at a time.

use crate::hash::Hash;

/// A tree known by the roots of its complete subtrees, from left to right: at most 64 hashes. Enough
/// to append and to know the root, not enough to prove.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

/// The number of hashes does not fit the size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} leaves has {expected} complete subtrees, not {found}")]
pub struct FrontierError {
    size: u64,
    expected: u32,
    found: usize,
}

impl Frontier {
    /// A tree without leaves.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            size: 0,
            roots: Vec::new(),
        }
    }

    /// The tree of this size with these complete subtrees, largest first.
    ///
    /// # Errors
    /// If there are more or fewer hashes than bits set in `size`.
    pub fn from_parts(size: u64, roots: Vec<Hash>) -> Result<Self, FrontierError> {
        let expected = size.count_ones();
        if roots.len() != expected as usize {
            return Err(FrontierError {
                size,
                expected,
                found: roots.len(),
            });
        }
        Ok(Self { size, roots })
    }

    /// The tree of this size from hashes one after another, 32 bytes each.
    ///
    /// # Errors
    /// If the number of bytes does not fit the size.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, FrontierError> {
        let roots: Vec<Hash> = bytes
            .chunks(32)
            .filter_map(|chunk| Hash::try_from(chunk).ok())
            .collect();
        if roots.len() * 32 != bytes.len() {
            let expected = size.count_ones();
            return Err(FrontierError {
                size,
                expected,
                found: roots.len(),
            });
        }
        Self::from_parts(size, roots)
    }

    /// The hashes one after another, 32 bytes each.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.roots
            .iter()
            .flat_map(|root| *root.as_bytes())
            .collect()
    }

    /// The number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, largest first.
    #[must_use]
    pub fn roots(&self) -> &[Hash] {
        &self.roots
    }

    /// Appends a leaf: its hash joins the complete subtrees of the same height.
    pub fn push(&mut self, leaf: Hash) {
        let mut joined = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                joined = Hash::node(&left, &joined);
            }
        }
        self.roots.push(joined);
        self.size += 1;
    }

    /// The root hash: SHA-256 of nothing for the empty tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut from_right = self.roots.iter().rev();
        let Some(last) = from_right.next() else {
            return Hash::of(b"");
        };
        from_right.fold(*last, |right, left| Hash::node(left, &right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(n: u8) -> Vec<Hash> {
        (0..n).map(|i| Hash::leaf(&[i])).collect()
    }

    /// The recursive definition, written down as RFC 6962 has it.
    fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::of(b""),
            [one] => *one,
            many => {
                let k = many.len().next_power_of_two() / 2;
                Hash::node(&mth(&many[..k]), &mth(&many[k..]))
            }
        }
    }

    #[test]
    fn the_grown_root_is_the_defined_root() {
        let leaves = leaves(130);
        let mut tree = Frontier::empty();
        for n in 0..leaves.len() {
            assert_eq!(tree.root(), mth(&leaves[..n]), "{n}");
            let again = Frontier::from_bytes(tree.size(), &tree.to_bytes()).unwrap();
            assert_eq!(again, tree);
            tree.push(leaves[n]);
        }
    }

    #[test]
    fn a_frontier_of_another_size_is_refused() {
        assert!(Frontier::from_parts(3, leaves(1)).is_err());
        assert!(Frontier::from_bytes(1, &[0; 31]).is_err());
        assert!(Frontier::from_bytes(1, &[0; 33]).is_err());
    }
}
