//! Tiles, checkpoints and the proofs between them, at the sizes where tiles fill.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use diesel::connection::SimpleConnection;
use ledger::proof::{verify_consistency, verify_inclusion};
use ledger::{Checkpoint, Frontier, Hash};
use record::ids::TenantId;
use scene::{Scene, number, plain};
use store::{Db, StoreError, StoredCheckpoint, origin_of};

/// The recorded leaves, which `walk` compares with the bytes elsewhere.
fn stored_leaves(db: &mut Db<'_>, tenant: &TenantId) -> Vec<Hash> {
    let mut leaves = Vec::new();
    db.each_entry(tenant, 0, |row| {
        leaves.push(Hash::try_from(row.leaf).unwrap());
        Ok::<_, StoreError>(())
    })
    .unwrap();
    leaves
}

fn tree(leaves: &[Hash]) -> Frontier {
    let mut tree = Frontier::empty();
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    tree
}

/// Tries every proof between these sizes, and of the entries at these places; gives how many.
fn try_proofs(db: &mut Db<'_>, tenant: &TenantId, sizes: &[u64], places: &[u64]) -> u32 {
    let leaves = stored_leaves(db, tenant);
    let root = |size: u64| tree(&leaves[..size as usize]).root();
    let mut tried = 0;
    for &size in sizes {
        let at = db.frontier_at(tenant, size).unwrap();
        assert_eq!(at, tree(&leaves[..size as usize]), "frontier at {size}");
        for &index in places.iter().filter(|index| **index < size) {
            let proof = db.inclusion_proof(tenant, index, size).unwrap();
            let leaf = &leaves[index as usize];
            verify_inclusion(leaf, index, size, &proof, &root(size)).unwrap();
            tried += 1;
        }
        for &old in sizes.iter().filter(|old| **old <= size) {
            let proof = db.consistency_proof(tenant, old, size).unwrap();
            verify_consistency(old, size, &root(old), &root(size), &proof).unwrap();
            tried += 1;
        }
    }
    tried
}

#[tokio::test]
async fn proofs_hold_where_tiles_fill() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    scene.fill(&tenant, 519).await;
    let sizes = [1, 2, 3, 255, 256, 257, 258, 511, 512, 513, 514, 520];
    let places = [0, 1, 254, 255, 256, 257, 510, 511, 512, 513, 519];
    let tried: Result<u32, StoreError> = scene
        .judge()
        .snapshot(|db| Ok(try_proofs(db, &tenant, &sizes, &places)));
    assert_eq!(tried.unwrap(), 78 + 68);
}

/// Puts rows as of a long ledger in place of the tenant's, up to its 65,300th entry: entries by their
/// leaves alone, which is all that tiles and proofs are made of.
fn make_long(scene: &Scene, tenant: &TenantId) {
    let mut sql = scene.sql();
    let (nothing, some_hash) = match scene.postgres() {
        None => ("x''", "randomblob(32)"),
        Some(_) => (
            "''",
            "decode(md5(random()::text) || md5(random()::text), 'hex')",
        ),
    };
    let rows = format!(
        "INSERT INTO entries WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 65299) \
         SELECT '{tenant}', i, {nothing}, {some_hash}, 'evt_' || i, {some_hash}, '', '', '', '' FROM n"
    );
    sql.batch_execute(&rows).unwrap();
    let leaves: Result<Vec<Hash>, StoreError> =
        scene.judge().snapshot(|db| Ok(stored_leaves(db, tenant)));
    let leaves = leaves.unwrap();
    for (index, row) in leaves.chunks_exact(256).enumerate() {
        let hashes: Vec<u8> = row.iter().flat_map(|leaf| *leaf.as_bytes()).collect();
        let hashes = scene.literal(&hashes);
        let tile = format!("INSERT INTO tiles VALUES ('{tenant}', 0, {index}, {hashes})");
        sql.batch_execute(&tile).unwrap();
    }
    let head = format!(
        "UPDATE heads SET size = 65300, last_leaf = {}, frontier = {}",
        scene.literal(leaves[65_299].as_bytes()),
        scene.literal(&tree(&leaves).to_bytes())
    );
    sql.batch_execute(&head).unwrap();
}

#[tokio::test]
async fn proofs_hold_where_a_tile_of_tiles_fills() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    make_long(&scene, &tenant);
    scene.fill(&tenant, 501).await;
    let mut sql = scene.sql();
    assert_eq!(
        number(&mut sql, "SELECT count(*) FROM tiles WHERE level = 0"),
        257
    );
    assert_eq!(
        number(&mut sql, "SELECT count(*) FROM tiles WHERE level = 1"),
        1
    );
    let sizes = [65_535, 65_536, 65_537, 65_793, 65_801];
    let places = [0, 255, 65_535, 65_536, 65_800];
    let tried: Result<u32, StoreError> = scene
        .judge()
        .snapshot(|db| Ok(try_proofs(db, &tenant, &sizes, &places)));
    assert_eq!(tried.unwrap(), 15 + 18);
}

#[tokio::test]
async fn a_tile_appears_with_its_last_entry_and_holds_the_leaves() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    scene.fill(&tenant, 254).await;
    let count = |scene: &Scene| number(&mut scene.sql(), "SELECT count(*) FROM tiles");
    assert_eq!((scene.size(&tenant).await, count(&scene)), (255, 0));
    scene.append(&tenant, plain("the 256th")).await;
    assert_eq!(count(&scene), 1);
    scene.append(&tenant, plain("the 257th")).await;
    assert_eq!(count(&scene), 1);
    let judged: Result<(), StoreError> = scene.judge().snapshot(|db| {
        let expected: Vec<u8> = stored_leaves(db, &tenant)[..256]
            .iter()
            .flat_map(|leaf| *leaf.as_bytes())
            .collect();
        let mut tiles = Vec::new();
        db.each_tile(&tenant, |tile| tiles.push(tile))?;
        assert_eq!((tiles[0].level, tiles[0].index), (0, 0));
        assert_eq!(tiles[0].hashes, expected);
        Ok(())
    });
    judged.unwrap();
}

#[tokio::test]
async fn sizes_beyond_the_ledger_have_no_frontier() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    scene.fill(&tenant, 300).await;
    let judged: Result<(), StoreError> = scene.judge().snapshot(|db| {
        for size in [302, 512, 65_536, 1 << 40, u64::MAX] {
            assert!(db.frontier_at(&tenant, size).is_err(), "{size}");
            assert!(db.consistency_proof(&tenant, 301, size).is_err(), "{size}");
            assert!(db.inclusion_proof(&tenant, 0, size).is_err(), "{size}");
        }
        assert_eq!(db.frontier_at(&tenant, 0)?, Frontier::empty());
        for seq in [301, u64::MAX] {
            assert!(db.entry(&tenant, seq)?.is_none());
            let mut found = 0;
            db.each_entry(&tenant, seq, |_| {
                found += 1;
                Ok::<_, StoreError>(())
            })?;
            assert_eq!(found, 0, "from {seq}");
        }
        Ok(())
    });
    judged.unwrap();
}

#[tokio::test]
async fn a_checkpoint_is_kept_once_and_found_by_what_it_covers() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    scene.fill(&tenant, 9).await;
    let mut after = None;
    for (size, moved) in [(4, false), (7, false), (10, false), (7, true)] {
        let kept: Result<(), StoreError> = scene
            .store
            .write(&tenant, move |tx| {
                let tenant = tx.tenant().clone();
                let key = tx.db().signing_key(&tenant, &scene::master())?;
                let checkpoint = Checkpoint {
                    origin: origin_of(&tenant),
                    size,
                    root: tx.db().frontier_at(&tenant, size)?.root(),
                };
                let note = checkpoint.sign(&key).unwrap();
                tx.keep_checkpoint(&StoredCheckpoint { size, note }, after)
            })
            .await;
        match moved {
            false => kept.unwrap(),
            true => assert!(matches!(kept, Err(StoreError::CheckpointMoved))),
        }
        // The last one was made after 7, and 10 came in between.
        after = Some(size.min(7));
    }
    let judged: Result<(), StoreError> = scene.judge().snapshot(|db| {
        let key = db.signing_key(&tenant, &scene::master())?.verifier_key();
        let sizes = |found: &[StoredCheckpoint]| -> Vec<u64> {
            found.iter().map(|checkpoint| checkpoint.size).collect()
        };
        let all = db.checkpoints_between(&tenant, 0, u64::MAX)?;
        assert_eq!(sizes(&all), [4, 7, 10]);
        assert_eq!(sizes(&db.checkpoints_between(&tenant, 4, 9)?), [7]);
        let stored = db.stored_checkpoints(&tenant)?;
        assert_eq!(stored.len(), 3);
        for checkpoint in &all {
            let origin = origin_of(&tenant);
            Checkpoint::verify(
                checkpoint.note.as_bytes(),
                &origin,
                std::slice::from_ref(&key),
            )
            .unwrap();
        }
        assert_eq!(db.newest_checkpoint(&tenant)?.unwrap().size, 10);
        for (seq, covering) in [(0, 4), (3, 4), (4, 7), (6, 7), (7, 10), (9, 10)] {
            let found = db.covering_checkpoint(&tenant, seq)?;
            assert_eq!(found.unwrap().size, covering, "{seq}");
        }
        for seq in [10, u64::MAX] {
            assert_eq!(db.covering_checkpoint(&tenant, seq)?, None);
        }
        Ok(())
    });
    judged.unwrap();
}
