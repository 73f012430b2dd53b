//! Changes as a whole: all of one or nothing, each apart from those that share its commit, and answered
//! only when kept.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use std::sync::mpsc::channel;

use diesel::connection::SimpleConnection;
use record::ids::{SiteId, TenantId};
use scene::{Scene, number, of_comment, plain, walk};
use store::{Appended, Store, StoreError, Tx};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("not this time")]
    ByUs,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Holds the writer up in a commit of its own until `go`, so that all that queues up shares the next.
async fn hold_up(store: &Store, tenant: &TenantId) -> impl FnOnce() {
    let (go, wait) = channel::<()>();
    let (begun, running) = oneshot::channel();
    let (store, tenant) = (store.clone(), tenant.clone());
    tokio::spawn(async move {
        let held: Result<(), StoreError> = store
            .write(&tenant, move |_| {
                begun.send(()).unwrap();
                wait.recv().unwrap();
                Ok(())
            })
            .await;
        held.unwrap();
    });
    running.await.unwrap();
    move || go.send(()).unwrap()
}

type Change = fn(&mut Tx<'_>) -> Result<u64, Refused>;

/// Makes changes that share a commit.
async fn together<const N: usize>(
    scene: &Scene,
    tenant: &TenantId,
    changes: [Change; N],
) -> [Result<u64, Refused>; N] {
    let go = hold_up(&scene.store, tenant).await;
    let mut set = JoinSet::new();
    for (place, change) in changes.into_iter().enumerate() {
        let (store, tenant) = (scene.store.clone(), tenant.clone());
        set.spawn(async move { (place, store.write(&tenant, change).await) });
        tokio::task::yield_now().await;
    }
    go();
    let mut done = set.join_all().await;
    done.sort_by_key(|(place, _)| *place);
    let answers: Vec<_> = done.into_iter().map(|(_, answer)| answer).collect();
    answers.try_into().unwrap()
}

#[tokio::test]
async fn a_change_that_fails_leaves_nothing_and_its_neighbours_stay() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let [before, refused, panicked, after] = together(
        &scene,
        &tenant,
        [
            |tx| Ok(tx.append(plain("before"))?.seq),
            |tx| {
                tx.append(plain("refused"))?;
                Err(Refused::ByUs)
            },
            |tx| {
                tx.append(plain("panicked")).unwrap();
                panic!("as the test wants it")
            },
            |tx| Ok(tx.append(plain("after"))?.seq),
        ],
    )
    .await;
    assert_eq!((before.unwrap(), after.unwrap()), (1, 2));
    assert!(matches!(refused, Err(Refused::ByUs)));
    assert!(matches!(panicked, Err(Refused::Store(StoreError::Stopped))));
    assert_eq!(number(&mut scene.sql(), "SELECT count(*) FROM entries"), 3);
    let judged: Result<_, StoreError> = scene.judge().snapshot(|db| {
        assert_eq!(db.stored_head(&tenant)?.unwrap().size, 3);
        Ok(walk(db, &tenant))
    });
    assert!(judged.unwrap().findings.is_empty());
}

#[tokio::test]
async fn a_change_that_goes_on_after_a_failed_append_is_not_kept() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let published = || {
        let set = record::entries::RequirementsPublished {
            set: "5e".repeat(32),
            catalog: "ca".repeat(32),
            requirements: serde_json::json!([]),
        };
        scene::entry(set, "set:first")
    };
    scene.append(&tenant, published()).await;
    let mut twice = published();
    twice.once = "set:second".to_owned();
    let written: Result<(), StoreError> = scene
        .store
        .write(&tenant, move |tx| {
            drop(tx.append(twice));
            Ok(())
        })
        .await;
    assert!(matches!(written, Err(StoreError::HalfWritten)));
    assert_eq!(number(&mut scene.sql(), "SELECT count(*) FROM entries"), 2);
    assert_eq!(scene.size(&tenant).await, 2);
}

/// How many commits the write-ahead log holds: its frames that say how large the database is after
/// them. (Frames of 24 bytes and a page follow a header of 32 bytes; big-endian.)
fn commits_in_log(scene: &Scene) -> usize {
    let log = std::fs::read(scene.file("ledger.db-wal")).unwrap();
    let word = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let (page, salt) = (word(8) as usize, (word(16), word(20)));
    (32..log.len() - 23)
        .step_by(24 + page)
        .filter(|at| (word(at + 8), word(at + 12)) == salt)
        .filter(|at| word(at + 4) != 0)
        .count()
}

#[tokio::test]
async fn two_hundred_writes_at_once_are_all_kept_in_few_commits() {
    let scene = Scene::in_a_file();
    let tenants = [
        scene.tenant().await,
        scene.tenant().await,
        scene.tenant().await,
    ];
    // While somebody reads, the log goes on and is not begun anew.
    let mut reader = scene.sql();
    reader.batch_execute("BEGIN").unwrap();
    number(&mut reader, "SELECT count(*) FROM entries");
    let commits_before = commits_in_log(&scene);
    let go = hold_up(&scene.store, &tenants[0]).await;
    let mut set = JoinSet::new();
    for i in 0..200 {
        let (store, tenant) = (scene.store.clone(), tenants[i % 3].clone());
        set.spawn(async move {
            let once = format!("write:{i}");
            let appended: Result<Appended, StoreError> = store
                .write(&tenant, move |tx| tx.append(plain(&once)))
                .await;
            (i % 3, appended.unwrap())
        });
    }
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    go();
    let acknowledged = set.join_all().await;
    let commits = commits_in_log(&scene) - commits_before;
    assert!((1..=4).contains(&commits), "{commits} commits");
    let mut judge = scene.judge();
    for (number, tenant) in tenants.iter().enumerate() {
        let mut of_tenant: Vec<&Appended> = acknowledged
            .iter()
            .filter(|(whose, _)| *whose == number)
            .map(|(_, appended)| appended)
            .collect();
        of_tenant.sort_by_key(|appended| appended.seq);
        let judged: Result<_, StoreError> = judge.snapshot(|db| {
            for (seq, appended) in (1..).zip(&of_tenant) {
                assert_eq!(appended.seq, seq);
                let row = db.entry(tenant, seq)?.unwrap();
                assert_eq!(
                    (row.leaf, &row.entry.id[..]),
                    (appended.leaf, appended.id.as_str())
                );
            }
            Ok(walk(db, tenant))
        });
        let judged = judged.unwrap();
        assert!(judged.findings.is_empty());
        assert_eq!(judged.size, 1 + of_tenant.len() as u64);
    }
}

#[tokio::test]
async fn an_answer_comes_only_once_others_can_read_what_was_written() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let mut sql = scene.sql();
    for i in 0..20 {
        let appended = scene.append(&tenant, plain(&format!("{i}"))).await;
        let last = number(&mut sql, "SELECT max(seq) FROM entries");
        assert_eq!(last, appended.seq as i64);
    }
}

#[tokio::test]
async fn a_database_that_gives_a_whole_commit_up_loses_nothing_that_was_answered() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    let mut sql = scene.sql();
    sql.batch_execute(
        "CREATE TRIGGER full BEFORE INSERT ON entries WHEN NEW.subject = 'too-much' \
         BEGIN SELECT RAISE(ROLLBACK, 'as if the disk were full'); END",
    )
    .unwrap();
    let answers = together(
        &scene,
        &tenant,
        [
            |tx| Ok(tx.append(plain("before"))?.seq),
            |tx| {
                let mut much = plain("too-much");
                much.subject = "too-much".to_owned();
                Ok(tx.append(much)?.seq)
            },
            |tx| Ok(tx.append(plain("after"))?.seq),
        ],
    )
    .await;
    assert!(answers[1].is_err());
    let mut judge = scene.judge();
    let judged: Result<_, StoreError> = judge.snapshot(|db| {
        for seq in answers.iter().flatten() {
            assert!(db.entry(&tenant, *seq)?.is_some(), "{seq} was answered");
        }
        Ok(walk(db, &tenant))
    });
    assert!(judged.unwrap().findings.is_empty());
    let next = scene.append(&tenant, plain("next")).await;
    assert!(next.fresh, "the writer writes on");
    for once in ["before", "after"] {
        scene.append(&tenant, plain(once)).await;
    }
    assert_eq!(scene.size(&tenant).await, 4, "each counts once");
}

#[tokio::test]
async fn readers_survive_queries_that_panic() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    for _ in 0..9 {
        let whose = tenant.clone();
        let read: Result<(), StoreError> = scene
            .store
            .read(move |db| {
                db.tenant(&whose)?;
                panic!("as the test wants it")
            })
            .await;
        assert!(matches!(read, Err(StoreError::Stopped)));
    }
    assert_eq!(scene.size(&tenant).await, 1);
}

#[tokio::test]
async fn nobody_waits_for_an_answer_that_was_to_be_given_in_a_runtime_that_ended() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    let site = SiteId::from_ulid(ulid::Ulid::generate());
    let go = hold_up(&scene.store, &tenant).await;
    let (store, whose) = (scene.store.clone(), tenant.clone());
    let ended = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let (queued, first) = oneshot::channel();
    ended.spawn(async move {
        let mut queued = Some(queued);
        let mut appending = Box::pin(store.append(&whose, plain("first")));
        std::future::poll_fn(|context| {
            let polled = appending.as_mut().poll(context);
            if let Some(queued) = queued.take() {
                queued.send(()).unwrap();
            }
            polled
        })
        .await
        .unwrap();
    });
    first.await.unwrap();
    ended.shutdown_background();
    let mut set = JoinSet::new();
    for n in 0..20 {
        let (store, tenant, site) = (scene.store.clone(), tenant.clone(), site.clone());
        set.spawn(async move { store.receive(&tenant, of_comment(&site, n)).await });
    }
    for _ in 0..30 {
        tokio::task::yield_now().await;
    }
    go();
    for received in set.join_all().await {
        assert!(received.unwrap());
    }
}
