//! What the verifier makes of a database that somebody, or a later release, has written to.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use ledger::entry::Draft;
use ledger::{Actor, ActorKind, Entry, Frontier, Hash, Verdict};
use serde_json::Map;
use store::{LedgerRows, StoreError, origin_of};

use crate::world::World;

fn writing(world: &World) -> SqliteConnection {
    let file = world.file("countersign.sqlite");
    SqliteConnection::establish(file.to_str().unwrap()).unwrap()
}

/// A ledger that was seen in order, and whose server has stopped.
async fn seen_and_stopped() -> World {
    let mut world = World::installed_in_a_file().await;
    world.check_ledger().await;
    world.stop().await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_the_head_still_counts_was_altered_and_not_turned_back() {
    let world = seen_and_stopped().await;
    let steal = "DROP TRIGGER entries_are_not_changed; \
                 UPDATE entries SET tenant = tenant || 'x' WHERE seq = (SELECT max(seq) FROM entries)";
    world.overwrite(steal);
    assert_eq!(world.verdict().await, Some(Verdict::Altered));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_the_migrations_is_judged_too() {
    for change in [
        "run_on = '1970-01-01 00:00:01'",
        "version = '20261121000009'",
    ] {
        let world = seen_and_stopped().await;
        assert_eq!(world.verdict().await, Some(Verdict::Verified));
        let change =
            format!("UPDATE __diesel_schema_migrations SET {change} WHERE version LIKE '%0003'");
        world.overwrite(&change);
        assert_eq!(world.verdict().await, Some(Verdict::Altered), "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_a_later_release_is_not_called_tampering() {
    let world = seen_and_stopped().await;
    let mut rows = LedgerRows::open(&world.database()).unwrap();
    let read = rows.snapshot(|db| {
        let tenant = db.named_tenants()?.remove(0).parse().unwrap();
        let head = db.stored_head(&tenant)?.unwrap();
        Ok::<_, StoreError>((tenant, head))
    });
    let (tenant, head) = read.unwrap();
    let seq = u64::try_from(head.size).unwrap();
    let draft = Draft {
        id: "evt_01M80000000000000000000000".to_owned(),
        idem: Hash::of(b"later"),
        at: store::now(),
        kind: "OF_A_LATER_RELEASE".to_owned(),
        source: "COUNTERSIGN".to_owned(),
        severity: "INFO".to_owned(),
        subject: "ledger".to_owned(),
        actor: Actor {
            id: "countersign-server".to_owned(),
            kind: ActorKind::System,
        },
        payload: Map::new(),
    };
    let prev = Hash::try_from(head.last_leaf.as_slice()).unwrap();
    let (entry, bytes) = Entry::seal(draft, &origin_of(&tenant), seq, prev).unwrap();
    let leaf = Hash::leaf(&bytes);
    let mut frontier = Frontier::from_bytes(seq, &head.frontier).unwrap();
    frontier.push(leaf);
    let mut connection = writing(&world);
    diesel::sql_query("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'INFO', 'ledger')")
        .bind::<Text, _>(tenant.as_str())
        .bind::<BigInt, _>(head.size)
        .bind::<Binary, _>(&bytes)
        .bind::<Binary, _>(leaf.as_bytes().as_slice())
        .bind::<Text, _>(&entry.id)
        .bind::<Binary, _>(entry.idem.as_bytes().as_slice())
        .bind::<Text, _>(&entry.at)
        .bind::<Text, _>(&entry.kind)
        .execute(&mut connection)
        .unwrap();
    diesel::sql_query("UPDATE heads SET size = ?, last_leaf = ?, frontier = ?")
        .bind::<BigInt, _>(head.size + 1)
        .bind::<Binary, _>(leaf.as_bytes().as_slice())
        .bind::<Binary, _>(frontier.to_bytes())
        .execute(&mut connection)
        .unwrap();
    assert_eq!(world.verdict().await, Some(Verdict::Incomplete));
}
