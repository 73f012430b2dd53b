//! What only PostgreSQL can do, and what only it has to be kept from: roles, several servers, a server that goes away.

#![allow(
    clippy::redundant_closure_for_method_calls,
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use diesel::connection::SimpleConnection;
use record::ids::TenantId;
use scene::{Scene, Sql, number, plain, texts, walk};
use store::{Address, LedgerRows, Role, Roles, Store, StoreError};
use tokio::task::JoinSet;

fn connect(url: &str) -> Sql {
    use diesel::Connection as _;
    Sql::Postgres(diesel::PgConnection::establish(url).unwrap())
}

/// A scene whose roles have their rights, and how each of them connects.
fn with_roles() -> Option<(Scene, String, String)> {
    let scene = Scene::on_postgres()?;
    let database = scene.postgres()?;
    let [app, verifier] = ["countersign_app", "countersign_verifier"];
    for role in [app, verifier] {
        database.make_role(role).unwrap();
    }
    let role = |name: &str| Some(name.parse::<Role>().unwrap());
    let roles = Roles {
        app: role(app),
        verifier: role(verifier),
    };
    store::grant(&scene.address, &roles).unwrap();
    let (app, verifier) = (database.url_for(app), database.url_for(verifier));
    Some((scene, app, verifier))
}

fn is_refused(sql: &mut Sql, statement: &str) {
    let refused = sql.batch_execute(statement).unwrap_err().to_string();
    assert!(
        refused.contains("permission denied") || refused.contains("must be owner"),
        "{statement}: {refused}"
    );
}

#[tokio::test]
async fn the_server_may_append_and_may_not_change_what_was_appended() {
    let Some((scene, app, _)) = with_roles() else {
        return;
    };
    let store = Store::open(&app.parse().unwrap(), scene::master()).unwrap();
    let tenant = TenantId::from_ulid(ulid::Ulid::generate());
    let told: Result<(), StoreError> = store
        .write(&tenant, |tx| {
            tx.found_tenant()?;
            tx.append(plain("as the server")).map(drop)
        })
        .await;
    told.unwrap();
    let mut sql = connect(&app);
    for table in ["entries", "tiles", "checkpoints"] {
        is_refused(&mut sql, &format!("UPDATE {table} SET tenant = 'x'"));
        is_refused(&mut sql, &format!("DELETE FROM {table}"));
        is_refused(&mut sql, &format!("TRUNCATE {table}"));
        is_refused(
            &mut sql,
            &format!("ALTER TABLE {table} DISABLE TRIGGER ALL"),
        );
        is_refused(&mut sql, &format!("DROP TABLE {table}"));
    }
    is_refused(&mut sql, "UPDATE disclosures SET disclosure = ''");
    is_refused(
        &mut sql,
        "INSERT INTO verifier_reports VALUES ('a', 'forged', 'now')",
    );
    is_refused(&mut sql, "CREATE TABLE mine (n INTEGER)");
    is_refused(
        &mut sql,
        "UPDATE __diesel_schema_migrations SET version = '1'",
    );
    assert_eq!(number(&mut sql, "SELECT count(*) FROM entries"), 2);
    drop(scene);
}

#[tokio::test]
async fn the_verifier_may_read_and_leave_reports_and_nothing_else() {
    let Some((scene, _, verifier)) = with_roles() else {
        return;
    };
    let tenant = scene.tenant().await;
    let address: Address = verifier.parse().unwrap();
    let judged: Result<_, StoreError> = LedgerRows::open(&address)
        .unwrap()
        .snapshot(|db| Ok(walk(db, &tenant)));
    assert!(judged.unwrap().findings.is_empty());
    store::leave_report(&address, "signed").unwrap();
    let left: Result<_, StoreError> = scene.store.read(|db| db.left_reports()).await;
    assert_eq!(left.unwrap().remove(0).note, "signed");
    let mut sql = connect(&verifier);
    let tables = "SELECT tablename AS t FROM pg_tables WHERE schemaname = 'public'";
    for table in scene::texts(&mut sql, tables) {
        is_refused(&mut sql, &format!("DELETE FROM {table}"));
        is_refused(&mut sql, &format!("TRUNCATE {table}"));
        if table != "verifier_reports" {
            is_refused(
                &mut sql,
                &format!("INSERT INTO {table} SELECT * FROM {table}"),
            );
        }
    }
    is_refused(&mut sql, "UPDATE entries SET severity = 'LOW'");
    is_refused(&mut sql, "UPDATE verifier_reports SET note = 'forged'");
}

#[tokio::test]
async fn rights_that_were_given_by_hand_are_taken_away_again() {
    let Some((scene, app, _)) = with_roles() else {
        return;
    };
    scene.tenant().await;
    scene
        .sql()
        .batch_execute("GRANT ALL ON entries TO countersign_app, PUBLIC")
        .unwrap();
    let roles = Roles {
        app: Some("countersign_app".parse().unwrap()),
        verifier: None,
    };
    store::grant(&scene.address, &roles).unwrap();
    is_refused(&mut connect(&app), "DELETE FROM entries");
}

#[tokio::test]
async fn not_even_the_owner_changes_entries_by_mistake() {
    let Some(scene) = Scene::on_postgres() else {
        return;
    };
    let tenant = scene.tenant().await;
    let signed = store::StoredCheckpoint {
        size: 1,
        note: "signed".to_owned(),
    };
    let kept: Result<(), StoreError> = scene
        .store
        .write(&tenant, move |tx| tx.keep_checkpoint(&signed, None))
        .await;
    kept.unwrap();
    let mut sql = scene.sql();
    for table in ["entries", "checkpoints"] {
        for statement in [
            "UPDATE {} SET tenant = 'x'",
            "DELETE FROM {}",
            "TRUNCATE {}",
        ] {
            let statement = statement.replace("{}", table);
            let refused = sql.batch_execute(&statement).unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{statement}: {refused}");
        }
    }
}

#[tokio::test]
async fn what_is_put_in_taken_away_or_put_in_front_is_named() {
    for (statements, named) in [
        ("CREATE TABLE mine (n INTEGER)", "mine"),
        ("DROP INDEX entries_by_subject", "entries_by_subject"),
        (
            "ALTER TABLE entries DISABLE TRIGGER entries_are_not_removed",
            "entries_are_not_removed",
        ),
        (
            "ALTER TABLE settings RENAME TO hidden; CREATE VIEW settings AS SELECT * FROM hidden",
            "settings",
        ),
        (
            "CREATE RULE eats AS ON INSERT TO inbox DO INSTEAD NOTHING",
            "eats",
        ),
        ("ALTER TABLE tickets ENABLE ROW LEVEL SECURITY", "tickets"),
        (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "refuse_change",
        ),
        (
            "ALTER TABLE entries ALTER COLUMN severity DROP NOT NULL",
            "entries.severity",
        ),
    ] {
        let Some(scene) = Scene::on_postgres() else {
            return;
        };
        scene.sql().batch_execute(statements).unwrap();
        let strange: Result<_, StoreError> = scene.judge().snapshot(|db| db.strange_objects());
        let strange = strange.unwrap();
        assert!(strange.contains(named), "{statements}: {strange:?}");
    }
}

/// Two servers on one database append to the same ledgers, in groups that hold several of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_append_to_the_same_ledgers_without_forking_or_waiting_in_a_circle() {
    let Some(scene) = Scene::on_postgres() else {
        return;
    };
    let tenants = [
        scene.tenant().await,
        scene.tenant().await,
        scene.tenant().await,
    ];
    let other = Store::open(&scene.address, scene::master()).unwrap();
    let mut writers = JoinSet::new();
    for (server, store) in [scene.store.clone(), other].into_iter().enumerate() {
        for n in 0..24 {
            let (store, tenants) = (store.clone(), tenants.clone());
            writers.spawn(async move {
                for i in 0..20 {
                    let tenant = &tenants[(n + i) % 3];
                    let once = format!("{server}:{n}:{i}");
                    let new = plain(&once);
                    match i % 2 {
                        0 => store.append(tenant, new).await.unwrap(),
                        _ => store.write(tenant, |tx| tx.append(new)).await.unwrap(),
                    };
                }
            });
        }
    }
    writers.join_all().await;
    let judged: Result<(), StoreError> = scene.judge().snapshot(|db| {
        let outcomes = tenants.each_ref().map(|tenant| walk(db, tenant));
        assert!(outcomes.iter().all(|outcome| outcome.findings.is_empty()));
        assert_eq!(
            outcomes.iter().map(|outcome| outcome.size).sum::<u64>(),
            3 + 2 * 24 * 20
        );
        Ok(())
    });
    judged.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_two_servers_are_told_at_once_waits_once_and_is_claimed_once() {
    let Some(scene) = Scene::on_postgres() else {
        return;
    };
    let tenant = scene.tenant().await;
    let other = Store::open(&scene.address, scene::master()).unwrap();
    let site = record::ids::SiteId::from_ulid(ulid::Ulid::generate());
    let mut told = JoinSet::new();
    for n in 0..100 {
        for store in [scene.store.clone(), other.clone()] {
            let (tenant, delivery) = (tenant.clone(), scene::of_comment(&site, n));
            told.spawn(async move { store.receive(&tenant, delivery).await.unwrap() });
        }
    }
    let fresh = told
        .join_all()
        .await
        .into_iter()
        .filter(|fresh| *fresh)
        .count();
    assert_eq!(fresh, 100);
    let mut claims = JoinSet::new();
    for store in [scene.store.clone(), other] {
        let tenant = tenant.clone();
        claims.spawn(async move {
            let mut facts = Vec::new();
            loop {
                let claimed = store.queue(&tenant, |tx| tx.claim_inbox(7)).await.unwrap();
                if claimed.is_empty() {
                    return facts;
                }
                facts.extend(claimed.into_iter().map(|item| item.fact.key()));
            }
        });
    }
    let mut facts: Vec<String> = claims.join_all().await.into_iter().flatten().collect();
    facts.sort_unstable();
    facts.dedup();
    assert_eq!(facts.len(), 100);
}

#[tokio::test]
async fn who_calls_is_known_though_the_connection_was_cut() {
    let Some(scene) = Scene::on_postgres() else {
        return;
    };
    for _ in 0..3 {
        let nobody = scene.store.api_key_owner("of no key".to_owned()).await;
        assert_eq!(nobody.unwrap(), None);
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE application_name = 'countersign-reader' AND datname = current_database()";
        scene.sql().batch_execute(cut).unwrap();
    }
    scene.store.close().await.unwrap();
    let late = scene.store.api_key_owner("of no key".to_owned()).await;
    assert!(matches!(late, Err(StoreError::Stopped)), "{late:?}");
}

#[tokio::test]
async fn a_connection_that_was_cut_is_replaced_and_an_append_counts_once() {
    let Some(scene) = Scene::on_postgres() else {
        return;
    };
    let tenant = scene.tenant().await;
    for n in 0..5 {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE application_name = 'countersign' AND datname = current_database()";
        scene.sql().batch_execute(cut).unwrap();
        let appended = scene
            .store
            .append(&tenant, plain(&format!("{n}")))
            .await
            .unwrap();
        assert_eq!(appended.seq, n + 1);
        let again = scene
            .store
            .append(&tenant, plain(&format!("{n}")))
            .await
            .unwrap();
        assert_eq!(
            (again.seq, again.leaf, again.fresh),
            (appended.seq, appended.leaf, false)
        );
    }
}

#[tokio::test]
async fn an_append_that_counts_already_costs_no_connection() {
    let Some(scene) = Scene::on_postgres() else {
        return;
    };
    let tenant = scene.tenant().await;
    let sessions = "SELECT pid || '' AS t FROM pg_stat_activity \
                    WHERE application_name = 'countersign' AND datname = current_database() ORDER BY pid";
    let before = texts(&mut scene.sql(), sessions);
    for fresh in [true, false, false] {
        let appended = scene.store.append(&tenant, plain("once")).await.unwrap();
        assert_eq!((appended.seq, appended.fresh), (1, fresh));
    }
    assert_eq!(texts(&mut scene.sql(), sessions), before);
}

#[test]
fn a_role_is_a_plain_name() {
    for name in ["", "A", "a b", "a;drop", "\"a\"", "1a", "public\"; --"] {
        assert!(name.parse::<Role>().is_err(), "{name}");
    }
    assert_eq!(
        "countersign_app".parse::<Role>().unwrap().to_string(),
        "countersign_app"
    );
}
