//! Reading as one who judges: without touching, beside a writer, and without believing the file.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use diesel::connection::SimpleConnection;
use record::ids::TenantId;
use scene::{Scene, plain, tell, walk};
use store::{Address, Db, LedgerRows, StoreError};

fn address_of(path: &Path) -> Address {
    format!("sqlite:{}", path.display()).parse().unwrap()
}

/// A copy of the database in one file, as nobody has it open.
fn copy(scene: &Scene, name: &str) -> Vec<u8> {
    let path = scene.file(name);
    let into = format!("VACUUM INTO '{}'", path.display());
    scene.sql().batch_execute(&into).unwrap();
    fs::read(path).unwrap()
}

#[test]
fn a_file_that_is_not_there_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let address = scene::address_in(&dir);
    let opened = LedgerRows::open(&address);
    assert!(matches!(opened, Err(StoreError::Unreachable(_))));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn judging_leaves_the_file_as_it_was() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    tell(&scene, &tenant).await;
    let before = copy(&scene, "alone.db");
    let path = scene.file("alone.db");
    let mut rows = LedgerRows::open(&address_of(&path)).unwrap();
    let judged: Result<_, StoreError> = rows.snapshot(|db| Ok(walk(db, &tenant)));
    assert!(judged.unwrap().findings.is_empty());
    assert_eq!(rows.damage().unwrap(), Vec::<String>::new());
    drop(rows);
    assert_eq!(fs::read(path).unwrap(), before);
}

#[tokio::test]
async fn a_snapshot_stays_what_it_was_while_a_writer_writes() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    let (mut rows, store) = (scene.judge(), scene.store.clone());
    let whose = tenant.clone();
    let handle = tokio::runtime::Handle::current();
    let judging = tokio::task::spawn_blocking(move || {
        let sizes: Result<_, StoreError> = rows.snapshot(|db| {
            let before = walk(db, &whose).size;
            let written = store.write(&whose, |tx| tx.append(plain("meanwhile")));
            let appended = handle.block_on(written)?;
            assert_eq!(appended.seq, before, "the writer does not wait for us");
            let after = walk(db, &whose);
            assert!(after.findings.is_empty());
            assert_eq!(db.frontier(&whose)?.size(), before);
            Ok((before, after.size))
        });
        let next: Result<_, StoreError> = rows.snapshot(|db| Ok(db.frontier(&whose)?.size()));
        (sizes.unwrap(), next.unwrap())
    });
    assert_eq!(judging.await.unwrap(), ((1, 1), 2));
}

#[tokio::test]
async fn a_database_that_was_shut_down_is_read_like_any_other() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    let path = scene.file("odd %41 ? # name.db");
    copy(&scene, "plain.db");
    fs::rename(scene.file("plain.db"), &path).unwrap();
    let address = address_of(&path);
    let mut wal =
        <diesel::SqliteConnection as diesel::Connection>::establish(path.to_str().unwrap())
            .unwrap();
    wal.batch_execute("PRAGMA journal_mode = WAL").unwrap();
    drop(wal);
    let judged: Result<_, StoreError> = LedgerRows::open(&address)
        .unwrap()
        .snapshot(|db| Ok(walk(db, &tenant).size));
    assert_eq!(judged.unwrap(), 1);
    let odd = fs::read_dir(path.parent().unwrap()).unwrap();
    let strays =
        odd.filter(|file| file.as_ref().unwrap().file_name().to_string_lossy() == "odd %41 ");
    assert_eq!(strays.count(), 0, "the name is not cut off");
}

/// Asks for everything; any answer will do, as long as there is one.
fn ask_all(db: &mut Db<'_>, tenant: &TenantId) -> Result<(), StoreError> {
    let size = db.frontier(tenant)?.size();
    let answers = [
        db.each_entry(tenant, 0, |_| Ok(())),
        db.each_tile(tenant, drop),
        db.each_ticket(tenant, &mut drop),
        db.each_approval(tenant, &mut drop),
        db.first_entry_from(tenant, 0, |_| ()).map(drop),
        db.disclosures_between(tenant, 0, i64::MAX).map(drop),
        db.stored_checkpoints(tenant).map(drop),
        db.stored_head(tenant).map(drop),
        db.frontier_at(tenant, size).map(drop),
        db.inclusion_proof(tenant, 3, size).map(drop),
        db.tenants().map(drop),
        db.named_tenants().map(drop),
        db.foreign_rows().map(drop),
        db.tenant(tenant).map(drop),
        db.sites(tenant).map(drop),
        db.all_settings(tenant).map(drop),
        db.people(tenant).map(drop),
        db.requirement_sets(tenant).map(drop),
        db.last_verification(tenant).map(drop),
        db.tenants_with_work().map(drop),
        db.inbox_depth().map(drop),
        db.outbox_depth().map(drop),
    ];
    answers.into_iter().collect()
}

/// Opens and asks a damaged file; whether the damage was noticed.
fn is_noticed(address: &Address, tenant: &TenantId) -> bool {
    let Ok(mut rows) = LedgerRows::open(address) else {
        return true;
    };
    let damage = rows.damage();
    let asked = rows.snapshot(|db| ask_all(db, tenant));
    asked.is_err() || damage.map_or(true, |lines| !lines.is_empty())
}

#[tokio::test]
async fn every_page_that_is_overwritten_is_noticed_and_nothing_panics() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    tell(&scene, &tenant).await;
    scene.fill(&tenant, 260).await;
    let whole = copy(&scene, "whole.db");
    let page = usize::from(u16::from_be_bytes([whole[16], whole[17]]));
    let path = scene.file("damaged.db");
    let address = address_of(&path);
    fs::write(&path, &whole).unwrap();
    assert!(
        !is_noticed(&address, &tenant),
        "nothing is wrong with the copy"
    );
    let pages = whole.len() / page;
    assert!(pages > 50);
    for number in 0..pages {
        let mut damaged = whole.clone();
        for chunk in damaged[number * page..][..page].chunks_exact_mut(64) {
            chunk.copy_from_slice(&store::random::<64>().unwrap());
        }
        fs::write(&path, damaged).unwrap();
        let noticed = catch_unwind(AssertUnwindSafe(|| is_noticed(&address, &tenant)));
        assert!(noticed.unwrap(), "page {number} of {pages}");
    }
}

#[tokio::test]
async fn a_file_that_is_cut_short_is_noticed() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    tell(&scene, &tenant).await;
    let whole = copy(&scene, "whole.db");
    let path = scene.file("short.db");
    fs::write(&path, &whole).unwrap();
    assert!(
        !is_noticed(&address_of(&path), &tenant),
        "nothing is missing"
    );
    for length in [0, 50, 4_096, whole.len() / 2, whole.len() - 4_096] {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(is_noticed(&address_of(&path), &tenant), "{length} bytes");
    }
}

#[tokio::test]
async fn words_that_are_no_text_are_an_error_and_no_panic() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    tell(&scene, &tenant).await;
    let nonsense = "CAST(x'ff00fe' AS TEXT)";
    for (table, column) in [
        ("heads", "frontier"),
        ("tenants", "ledger_key"),
        ("sites", "base_url"),
        ("settings", "approver_role"),
        ("people", "id"),
        ("tickets", "approval"),
        ("approvals", "state"),
        ("verifications", "verdict"),
        ("disclosures", "disclosure"),
    ] {
        let copied = scene.file("words.db");
        copy(&scene, "words.db");
        let edit = format!("UPDATE {table} SET {column} = {nonsense}");
        let path = copied.to_str().unwrap();
        let mut sql = <diesel::SqliteConnection as diesel::Connection>::establish(path).unwrap();
        sql.batch_execute(&edit).unwrap_or_else(|_| {
            let one = format!("{edit} WHERE rowid = (SELECT min(rowid) FROM {table})");
            sql.batch_execute(&one).unwrap();
        });
        drop(sql);
        let mut rows = LedgerRows::open(&address_of(&copied)).unwrap();
        let asked = catch_unwind(AssertUnwindSafe(|| {
            rows.snapshot(|db| ask_all(db, &tenant))
        }));
        drop(asked.unwrap());
        fs::remove_file(copied).unwrap();
    }
}
