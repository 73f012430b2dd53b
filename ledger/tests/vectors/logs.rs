//! A small log in the manner of C2SP tlog-checkpoint and tlog-tiles, and the arithmetic of tiles.

use ledger::entry::Origin;
use ledger::key::VerifierKey;
use ledger::proof::{self, Subtree};
use ledger::tile::{TileId, WIDTH, filled_between, row_root};
use ledger::{Checkpoint, Frontier, Hash};

use crate::notes::signing_key;
use crate::{hex, list, text, texts, vectors};

#[test]
fn the_small_log_is_reproduced() {
    let Some(file) = vectors("tlog_small_log.json") else {
        return;
    };
    let key = VerifierKey::parse(text(&file["vkey"])).unwrap();
    let signer = signing_key(text(&file["skey_test_only"]));
    let origin: Origin = key.name().parse().unwrap();
    let leaves: Vec<Hash> = texts(&file["entries_utf8"])
        .into_iter()
        .map(|entry| Hash::leaf(entry.as_bytes()))
        .collect();
    let mut tree = Frontier::empty();
    let mut roots = Vec::new();
    for (size, case) in list(&file["checkpoints"]).iter().enumerate() {
        let note = text(&case["checkpoint"]);
        let checkpoint =
            Checkpoint::verify(note.as_bytes(), &origin, std::slice::from_ref(&key)).unwrap();
        assert_eq!(checkpoint.size, size as u64);
        assert_eq!(checkpoint.root, tree.root());
        assert_eq!(checkpoint.sign(&signer).unwrap(), note);
        roots.push(checkpoint.root);
        leaves.get(size).iter().for_each(|leaf| tree.push(**leaf));
    }
    let last = list(&file["checkpoints"]).last().unwrap();
    assert_eq!(file["latest_checkpoint"], last["checkpoint"]);
    let mut read = |subtree: Subtree| -> Result<Hash, std::convert::Infallible> {
        let (first, many) = (subtree.index << subtree.level, 1u64 << subtree.level);
        Ok(row_root(&leaves[first as usize..(first + many) as usize]))
    };
    let mut proofs = 0;
    for size in 1..roots.len() {
        let root = &roots[size];
        for (at, leaf) in (0..).zip(&leaves[..size]) {
            let path = proof::inclusion(at, size as u64, &mut read).unwrap();
            assert!(proof::verify_inclusion(leaf, at, size as u64, &path, root).is_ok());
            proofs += 1;
        }
        for (old, old_root) in roots.iter().enumerate().take(size + 1).skip(1) {
            let path = proof::consistency(old as u64, size as u64, &mut read).unwrap();
            let holds = proof::verify_consistency(old as u64, size as u64, old_root, root, &path);
            assert!(holds.is_ok());
            proofs += 1;
        }
    }
    for case in list(&file["tile_level0_partial"]) {
        let row: Vec<u8> = hex(text(&case["hex"]));
        let ours: Vec<u8> = leaves.iter().flat_map(|leaf| *leaf.as_bytes()).collect();
        assert!(ours.starts_with(&row));
        let id = TileId { level: 0, index: 0 };
        let path = format!("{}.p/{}", id.path(), row.len() / 32);
        assert_eq!(path, text(&case["path"]));
    }
    assert_eq!((roots.len(), proofs), (16, 240));
    println!(
        "tlog_small_log.json: {} checkpoints verified and signed again, {proofs} proofs, {} partial tiles; \
         not run: {} entry bundles (a form this ledger does not have)",
        roots.len(),
        list(&file["tile_level0_partial"]).len(),
        list(&file["entry_bundle_partial"]).len()
    );
}

#[test]
fn tiles_are_named_and_counted_as_published() {
    let Some(file) = vectors("tlog_tiles_arith.json") else {
        return;
    };
    for case in list(&file["index_paths"]) {
        let index = case["n"].as_u64().unwrap();
        let path = TileId { level: 2, index }.path();
        assert_eq!(path, format!("tile/2/{}", text(&case["path"])));
    }
    let mut levels = 0;
    for shape in list(&file["tree_shapes"]) {
        let size = shape["size"].as_u64().unwrap();
        let filled = filled_between(0, size);
        for (level, want) in list(&shape["levels"]).iter().enumerate() {
            let full = filled
                .iter()
                .filter(|id| usize::from(id.level) == level)
                .count();
            assert_eq!(full as u64, want["full"].as_u64().unwrap());
            let hashes = size / WIDTH.pow(level as u32);
            assert_eq!(hashes % WIDTH, want["partial"].as_u64().unwrap());
            levels += 1;
        }
    }
    println!(
        "tlog_tiles_arith.json: {} paths, {levels} levels of {} trees",
        list(&file["index_paths"]).len(),
        list(&file["tree_shapes"]).len()
    );
}
