//! Appending to one ledger: places and links, keys that count once, values beside an entry, and a head
//! that somebody else moved.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use diesel::connection::SimpleConnection;
use ledger::Hash;
use ledger::disclosure::Disclosure;
use record::entries::{KeyAnnounced, KeyPurpose, Payload};
use scene::{Scene, beside, entry, number, plain, walk};
use serde_json::json;
use store::{Appended, StoreError, origin_of};

#[tokio::test]
async fn a_founded_ledger_begins_with_the_announcement_of_its_key() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let read: Result<(), StoreError> = scene
        .store
        .read(move |db| {
            let first = db.entry(&tenant, 0)?.unwrap();
            assert!(first.intact);
            assert_eq!(first.entry.kind, "KEY_ANNOUNCED");
            assert_eq!(first.entry.prev, Hash::NONE);
            assert_eq!(first.entry.ledger, origin_of(&tenant));
            let key = db.signing_key(&tenant, &scene::master())?.verifier_key();
            let payload = Payload::parse(&first.entry.kind, &first.entry.payload).unwrap();
            assert!(matches!(
                payload,
                Payload::KeyAnnounced(KeyAnnounced { purpose: KeyPurpose::Ledger, key: announced, .. })
                    if announced == key.to_string()
            ));
            assert_eq!(db.tenants()?, [tenant]);
            Ok(())
        })
        .await;
    read.unwrap();
}

#[tokio::test]
async fn a_ledger_is_founded_once_and_keeps_its_key() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let row = |scene: &Scene| {
        let query = "SELECT count(*) FROM tenants WHERE length(signing_key) > 32";
        number(&mut scene.sql(), query)
    };
    let whose = tenant.clone();
    let key = move |db: &mut store::Db<'_>| {
        Ok::<_, StoreError>(db.signing_key(&whose, &scene::master())?.seed())
    };
    let before = scene.store.read(key.clone()).await.unwrap();
    scene.found(&tenant).await;
    assert_eq!(scene.store.read(key).await.unwrap(), before);
    assert_eq!((scene.size(&tenant).await, row(&scene)), (1, 1));
}

#[tokio::test]
async fn each_entry_names_the_leaf_of_the_one_before() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    scene.fill(&tenant, 20).await;
    let read: Result<(), StoreError> = scene
        .store
        .read(move |db| {
            let mut before = Hash::NONE;
            for seq in 0..21 {
                let row = db.entry(&tenant, seq)?.unwrap();
                assert_eq!((row.entry.seq, row.entry.prev), (seq, before));
                let id = row.entry.id.parse().unwrap();
                assert_eq!(db.position(&tenant, &id)?, Some(seq));
                before = row.leaf;
            }
            assert!(db.entry(&tenant, 21)?.is_none());
            let about = db.positions_about(&tenant, "ledger", 3)?;
            assert_eq!(about, [20, 19, 18]);
            Ok(())
        })
        .await;
    read.unwrap();
}

#[tokio::test]
async fn what_counts_once_is_written_once() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let first = scene.append(&tenant, plain("delivery:1")).await;
    assert!(first.fresh);
    let again = scene.append(&tenant, plain("delivery:1")).await;
    let expected = Appended {
        fresh: false,
        ..first.clone()
    };
    assert_eq!(again, expected);
    let within: Result<(u64, u64), StoreError> = scene
        .store
        .write(&tenant, |tx| {
            let one = tx.append(plain("delivery:2"))?;
            let two = tx.append(plain("delivery:2"))?;
            Ok((one.seq, two.seq))
        })
        .await;
    assert_eq!(within.unwrap(), (2, 2));
    assert_eq!(scene.size(&tenant).await, 3);
    assert_eq!(number(&mut scene.sql(), "SELECT count(*) FROM entries"), 3);
}

#[tokio::test]
async fn a_value_beside_an_entry_is_found_by_its_digest_and_not_in_the_bytes() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let Payload::ExportCreated(payload) = plain("x").payload else {
        unreachable!()
    };
    let words = vec![
        ("comment", json!("words of a person")),
        ("name", json!("A")),
    ];
    let appended = scene.append(&tenant, beside(payload, "words", words)).await;
    let mut sql = scene.sql();
    let words_of = scene.literal(b"words of");
    let found = match scene.postgres() {
        None => format!("instr(bytes, {words_of}) > 0"),
        Some(_) => format!("position({words_of}::bytea IN bytes) > 0"),
    };
    let in_bytes = format!("SELECT count(*) FROM entries WHERE {found}");
    assert_eq!(number(&mut sql, &in_bytes), 0);
    let whose = tenant.clone();
    let read: Result<String, StoreError> = scene
        .store
        .read(move |db| {
            let entry = db.entry(&whose, appended.seq)?.unwrap().entry;
            let words = db.beside(&whose, &entry, "comment")?;
            assert_eq!(words, Some(json!("words of a person")));
            assert_eq!(db.beside(&whose, &entry, "name")?, Some(json!("A")));
            assert_eq!(db.beside(&whose, &entry, "nickname")?, None);
            let stored = db.disclosures_between(&whose, 0, i64::MAX)?;
            assert_eq!(stored.len(), 2);
            for row in &stored {
                assert_eq!(ledger::disclosure::digest(&row.disclosure), row.digest);
                assert_eq!(row.seq, appended.seq as i64);
            }
            let comment = stored.iter().find(|row| {
                Disclosure::parse(&row.disclosure)
                    .is_ok_and(|disclosure| disclosure.name() == "comment")
            });
            Ok(comment.unwrap().digest.clone())
        })
        .await;
    let digest = read.unwrap();
    let forged = Disclosure::new(&[1; 16], "comment", json!("words of nobody"));
    let forge = format!(
        "UPDATE disclosures SET disclosure = '{}' WHERE digest = '{digest}'",
        forged.as_str()
    );
    sql.batch_execute(&forge).unwrap();
    let given: Result<_, StoreError> = scene
        .store
        .read(move |db| {
            let entry = db.entry(&tenant, appended.seq)?.unwrap().entry;
            db.beside(&tenant, &entry, "comment")
        })
        .await;
    assert_eq!(
        given.unwrap(),
        None,
        "a value that was changed is not given"
    );
}

#[tokio::test]
async fn a_head_that_moves_during_an_append_lets_nothing_through() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let (somebody, nobody) = match scene.postgres() {
        None => (
            "CREATE TRIGGER somebody AFTER INSERT ON entries BEGIN \
             UPDATE heads SET size = size + 1 WHERE tenant = NEW.tenant; END",
            "DROP TRIGGER somebody",
        ),
        Some(_) => (
            "CREATE FUNCTION somebody() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN \
             UPDATE heads SET size = size + 1 WHERE tenant = NEW.tenant; RETURN NULL; END'; \
             CREATE TRIGGER somebody AFTER INSERT ON entries FOR EACH ROW EXECUTE FUNCTION somebody()",
            "DROP TRIGGER somebody ON entries",
        ),
    };
    scene.sql().batch_execute(somebody).unwrap();
    let written = scene.store.write(&tenant, |tx| tx.append(plain("a"))).await;
    assert!(matches!(written, Err(StoreError::HeadMoved)));
    assert_eq!(number(&mut scene.sql(), "SELECT count(*) FROM entries"), 1);
    scene.sql().batch_execute(nobody).unwrap();
    assert_eq!(scene.append(&tenant, plain("a")).await.seq, 1);
}

#[tokio::test]
async fn nothing_is_appended_to_a_head_that_was_edited() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    scene.fill(&tenant, 3).await;
    let forward = "UPDATE heads SET size = 8, frontier = last_leaf";
    let back = "UPDATE heads SET size = 2, frontier = last_leaf, \
                last_leaf = (SELECT leaf FROM entries WHERE seq = 1)";
    let leaf = format!("UPDATE heads SET last_leaf = {}", scene.literal(&[0; 32]));
    for edit in [forward, back, &leaf, "DELETE FROM heads"] {
        let mut sql = scene.sql();
        sql.batch_execute("CREATE TEMP TABLE kept AS SELECT * FROM heads")
            .unwrap();
        sql.batch_execute(edit).unwrap();
        let written = scene.store.write(&tenant, |tx| tx.append(plain("a"))).await;
        assert!(matches!(written, Err(StoreError::HeadMoved)), "{edit}");
        assert_eq!(
            number(&mut sql, "SELECT count(*) FROM entries"),
            4,
            "{edit}"
        );
        sql.batch_execute("DELETE FROM heads; INSERT INTO heads SELECT * FROM kept")
            .unwrap();
    }
    assert_eq!(scene.append(&tenant, plain("a")).await.seq, 4);
    let judged: Result<_, StoreError> = scene.judge().snapshot(|db| Ok(walk(db, &tenant)));
    assert!(judged.unwrap().findings.is_empty());
}

#[tokio::test]
async fn an_entry_may_only_name_values_that_somebody_held() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let forgot = KeyAnnounced {
        purpose: KeyPurpose::Ledger,
        key: "countersign/x+00000000+AA".to_owned(),
        sealed_digest: Some("00".repeat(32)),
    };
    let written = scene
        .store
        .write(&tenant, |tx| tx.append(entry(forgot, "second key")))
        .await;
    assert!(matches!(written, Err(StoreError::NotHeld)));
    assert_eq!(scene.size(&tenant).await, 1);
}

#[tokio::test]
async fn an_entry_that_has_not_its_form_is_refused() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let mut too_long = plain("a");
    too_long.subject = "s".repeat(300_000);
    let written = scene.store.write(&tenant, |tx| tx.append(too_long)).await;
    assert!(matches!(written, Err(StoreError::Entry(_))));
    assert_eq!(scene.size(&tenant).await, 1);
}
