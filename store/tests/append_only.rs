//! The database itself refuses to change or remove entries and checkpoints, whoever asks.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use diesel::connection::SimpleConnection;
use scene::{Scene, number};
use store::{StoreError, StoredCheckpoint};

async fn scene_with_a_checkpoint() -> Scene {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    let kept: Result<(), StoreError> = scene
        .store
        .write(&tenant, |tx| {
            let signed = StoredCheckpoint {
                size: 1,
                note: "signed".to_owned(),
            };
            tx.keep_checkpoint(&signed, None)
        })
        .await;
    kept.unwrap();
    scene
}

/// The statement is refused in these words; without the trigger of this name it would go through.
async fn is_refused(statement: &str, trigger: &str, words: &str) {
    let scene = scene_with_a_checkpoint().await;
    let mut sql = scene.sql();
    let refused = sql.batch_execute(statement).unwrap_err();
    assert!(refused.to_string().contains(words), "{refused}");
    sql.batch_execute(&format!("DROP TRIGGER {trigger}"))
        .unwrap();
    sql.batch_execute(statement).unwrap();
}

const ENTRIES: &str = "entries are append-only";
const CHECKPOINTS: &str = "checkpoints are append-only";

#[tokio::test]
async fn an_entry_cannot_be_changed() {
    for column in ["bytes = x'00'", "severity = 'LOW'", "seq = 9"] {
        let statement = format!("UPDATE entries SET {column}");
        is_refused(&statement, "entries_are_not_changed", ENTRIES).await;
    }
}

#[tokio::test]
async fn an_entry_cannot_be_removed() {
    is_refused("DELETE FROM entries", "entries_are_not_removed", ENTRIES).await;
}

#[tokio::test]
async fn a_checkpoint_cannot_be_changed() {
    let statement = "UPDATE checkpoints SET note = 'forged'";
    is_refused(statement, "checkpoints_are_not_changed", CHECKPOINTS).await;
}

#[tokio::test]
async fn a_checkpoint_cannot_be_removed() {
    let statement = "DELETE FROM checkpoints";
    is_refused(statement, "checkpoints_are_not_removed", CHECKPOINTS).await;
}

const REPLACED: &str = "INSERT OR REPLACE INTO entries \
    SELECT tenant, seq + SHIFT, x'00', leaf, ID, IDEM, at, type, severity, subject FROM entries";

#[tokio::test]
async fn an_entry_cannot_be_replaced() {
    let (id, idem) = ("'evt_other'", "zeroblob(32)");
    for (shift, id, idem) in [("0", id, idem), ("1", "id", idem), ("1", id, "idem")] {
        let statement = REPLACED.replace("SHIFT", shift).replace("IDEM", idem);
        let statement = statement.replace("ID,", &format!("{id},"));
        is_refused(&statement, "entries_are_not_replaced", ENTRIES).await;
    }
}

#[tokio::test]
async fn a_checkpoint_cannot_be_replaced() {
    let scene = scene_with_a_checkpoint().await;
    let mut sql = scene.sql();
    let replace =
        "INSERT OR REPLACE INTO checkpoints SELECT tenant, size, 'forged' FROM checkpoints";
    let forged = "SELECT count(*) FROM checkpoints WHERE note = 'forged'";
    sql.batch_execute(replace).unwrap();
    assert_eq!(number(&mut sql, forged), 0);
    sql.batch_execute("DROP TRIGGER checkpoints_are_not_replaced")
        .unwrap();
    sql.batch_execute(replace).unwrap();
    assert_eq!(number(&mut sql, forged), 1);
}
