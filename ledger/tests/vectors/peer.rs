//! The tree beside an independent implementation of RFC 6962 (the crate `ct-merkle`): same roots, same proofs.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ledger::proof::{Subtree, consistency, inclusion};
use ledger::tile::row_root;
use ledger::{Frontier, Hash};
use sha2::Sha256;

const LEAVES: u64 = 130;

#[test]
fn roots_and_proofs_are_those_of_another_implementation() {
    let data: Vec<[u8; 8]> = (0..LEAVES).map(u64::to_be_bytes).collect();
    let leaves: Vec<Hash> = data.iter().map(|bytes| Hash::leaf(bytes)).collect();
    let mut read = |subtree: Subtree| -> Result<Hash, std::convert::Infallible> {
        let (first, many) = (subtree.index << subtree.level, 1u64 << subtree.level);
        Ok(row_root(&leaves[first as usize..(first + many) as usize]))
    };
    let concatenated =
        |proof: Vec<Hash>| -> Vec<u8> { proof.iter().flat_map(|hash| *hash.as_bytes()).collect() };
    let mut ours = Frontier::empty();
    let mut theirs: MemoryBackedTree<Sha256, [u8; 8]> = MemoryBackedTree::new();
    let (mut roots, mut proofs) = (0, 0);
    for size in 1..=LEAVES {
        ours.push(leaves[size as usize - 1]);
        theirs.push(data[size as usize - 1]);
        assert_eq!(ours.root().as_bytes(), theirs.root().as_bytes().as_slice());
        roots += 1;
        for index in 0..size {
            let proof = concatenated(inclusion(index, size, &mut read).unwrap());
            assert_eq!(proof, theirs.prove_inclusion(index as usize).as_bytes());
            proofs += 1;
        }
        for old in 1..size {
            let proof = concatenated(consistency(old, size, &mut read).unwrap());
            let added = (size - old) as usize;
            assert_eq!(proof, theirs.prove_consistency(added).as_bytes());
            proofs += 1;
        }
    }
    println!("ct-merkle: {roots} roots and {proofs} proofs are the same");
}
