//! However many threads walk over a ledger, they find the same: over an untouched one, over tampered ones, and
//! while the server goes on writing.

#![allow(
    clippy::unwrap_used,
    reason = "all of this crate is test, its helpers included"
)]

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use ledger::{Actor, ActorKind, Code, Finding};
use record::entries::{
    CommentRecorded, ErasedReason, Observed, Payload, PersonRegistered, PersonalDataErased,
    TicketId,
};
use record::facts::{Change, Tracker};
use record::ids::{PersonId, SiteId, TenantId};
use record::scale::Severity;
use serde_json::Value;
use store::{ACCOUNT_ID, Address, Db, LedgerRows, MasterKey, NewEntry, Store, StoreError, Tx};
use tempfile::TempDir;
use ulid::Ulid;
use verifier::judge::{Progress, judge};
use verifier::memory::Remembered;

/// Four pieces and a bit.
const ENTRIES: u64 = 2_100;

struct Scene {
    directory: TempDir,
    store: Store,
    tenant: TenantId,
    site: SiteId,
}

struct Silent;

impl Progress for Silent {
    fn walked(&mut self, _: &TenantId, _: u64, _: u64) {}
}

impl Scene {
    /// A ledger in which every tenth entry introduces somebody and every other records a comment.
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let address = address_in(&directory, "ledger.sqlite");
        store::migrate(&address).unwrap();
        let scene = Self {
            store: Store::open(&address, MasterKey::from_bytes(&[7; 32])).unwrap(),
            tenant: TenantId::from_ulid(Ulid::generate()),
            site: SiteId::from_ulid(Ulid::generate()),
            directory,
        };
        let site = scene.site.clone();
        scene
            .write(move |tx| {
                tx.found_tenant()?;
                (1..ENTRIES).try_for_each(|n| tx.append(new(&site, n)).map(drop))
            })
            .await;
        scene
    }

    async fn write(
        &self,
        change: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static,
    ) {
        self.store.write(&self.tenant, change).await.unwrap();
    }

    /// A copy of the database, changed behind the store's back.
    fn tampered(&self, sql: &str) -> Address {
        let name = format!("{}.sqlite", Ulid::generate());
        let address = address_in(&self.directory, &name);
        let mut original = self.plain("ledger.sqlite");
        let copy = self.directory.path().join(&name);
        let vacuum = format!("VACUUM INTO '{}'", copy.display());
        original.batch_execute(&vacuum).unwrap();
        let behind = "PRAGMA ignore_check_constraints = ON;
            DROP TRIGGER entries_are_not_changed; DROP TRIGGER entries_are_not_removed;
            DROP TRIGGER entries_are_not_replaced;";
        let mut copy = self.plain(&name);
        copy.batch_execute(&format!("{behind}{sql}")).unwrap();
        address
    }

    fn plain(&self, name: &str) -> SqliteConnection {
        let path = self.directory.path().join(name);
        SqliteConnection::establish(&path.to_string_lossy()).unwrap()
    }

    fn findings(&self, address: &Address, threads: usize) -> Vec<Finding> {
        let mut rows = LedgerRows::open(address).unwrap();
        rows.snapshot(|db| self.judged(db, address, threads))
            .unwrap()
    }

    fn judged(
        &self,
        db: &mut Db<'_>,
        address: &Address,
        threads: usize,
    ) -> Result<Vec<Finding>, StoreError> {
        let mut readers: Vec<LedgerRows> = (1..threads)
            .map(|_| LedgerRows::open(address).unwrap())
            .collect();
        let remembered = Remembered::default();
        judge(db, &self.tenant, &remembered, &mut readers, &mut Silent)
            .map(|judged| judged.findings)
    }
}

fn address_in(directory: &TempDir, name: &str) -> Address {
    format!("sqlite:{}", directory.path().join(name).display())
        .parse()
        .unwrap()
}

fn new(site: &SiteId, n: u64) -> NewEntry {
    let (payload, beside): (Payload, (&'static str, Value)) = match n % 10 {
        0 => {
            let registered = PersonRegistered {
                person: PersonId::from_ulid(Ulid(u128::from(n))),
                site: site.clone(),
            };
            (
                registered.into(),
                (ACCOUNT_ID, format!("account-{n}").into()),
            )
        }
        _ => {
            let comment = CommentRecorded {
                ticket: TicketId {
                    tracker: Tracker::Jira,
                    site: site.clone(),
                    id: "10001".parse().unwrap(),
                    key: "PAY-1".parse().unwrap(),
                },
                comment: n.to_string().parse().unwrap(),
                change: Change::Created,
                observed: Observed::Read,
                author: None,
                claimed_at: None,
            };
            (comment.into(), ("body", "what somebody wrote".into()))
        }
    };
    NewEntry {
        payload,
        beside: vec![beside],
        subject: "ticket/1".to_owned(),
        severity: Severity::Info,
        actor: Actor {
            id: "countersign-server".to_owned(),
            kind: ActorKind::System,
        },
        source: "JIRA",
        once: format!("written:{n}"),
    }
}

/// Whoever has the right to write, at work in every piece of the ledger.
const TAMPERINGS: &[(&str, &str, Code)] = &[
    (
        "an entry's bytes",
        "UPDATE entries SET bytes = CAST(replace(bytes, 'PAY-1', 'PAY-2') AS BLOB) \
        WHERE seq IN (5, 511, 512, 1023, 1999)",
        Code::EntryAltered,
    ),
    (
        "recorded hashes",
        "UPDATE entries SET leaf = zeroblob(32) WHERE seq IN (0, 512, 1024, 2099)",
        Code::LeafAltered,
    ),
    (
        "a hash that is none",
        "UPDATE entries SET leaf = x'00' WHERE seq IN (511, 1024)",
        Code::ColumnAltered,
    ),
    (
        "look-up columns",
        "UPDATE entries SET subject = 'ticket/2' WHERE seq IN (1, 513, 2000)",
        Code::ColumnAltered,
    ),
    (
        "entries taken out",
        "DELETE FROM entries WHERE seq IN (7, 512, 1500, 1501, 1502)",
        Code::EntryMissing,
    ),
    (
        "pieces taken out",
        "DELETE FROM entries WHERE seq BETWEEN 400 AND 1700",
        Code::EntryMissing,
    ),
    (
        "the beginning taken out",
        "DELETE FROM entries WHERE seq < 600",
        Code::EntryMissing,
    ),
    (
        "the end taken out",
        "DELETE FROM entries WHERE seq >= 1024",
        Code::EntryMissing,
    ),
    (
        "entries moved",
        "UPDATE entries SET seq = 9000 WHERE seq = 40; UPDATE entries SET seq = 40 WHERE seq = 1600; \
        UPDATE entries SET seq = 1600 WHERE seq = 9000",
        Code::EntryMisplaced,
    ),
    (
        "the end moved far away",
        "UPDATE entries SET seq = seq + 1000000000000000000 WHERE seq > 2000",
        Code::EntryMissing,
    ),
    (
        "an entry far beyond the end",
        "UPDATE entries SET seq = 9223372036854775807 WHERE seq = 2099",
        Code::EntryMissing,
    ),
    (
        "values beside entries",
        "UPDATE disclosures SET disclosure = 'WyJ4Il0' WHERE seq IN (3, 700, 1800)",
        Code::DisclosureAltered,
    ),
    (
        "values taken away",
        "DELETE FROM disclosures WHERE seq IN (3, 10, 700, 1800)",
        Code::DisclosureMissing,
    ),
    (
        "values beside no entry",
        "DELETE FROM entries WHERE seq BETWEEN 600 AND 1600; \
        UPDATE disclosures SET seq = 5000 WHERE seq = 9; UPDATE disclosures SET seq = -5 WHERE seq = 19; \
        UPDATE entries SET seq = 9000 WHERE seq = 2099",
        Code::DisclosureAltered,
    ),
    (
        "somebody's account",
        "UPDATE people SET account_id = 'another-' || seq WHERE seq IN (10, 2000)",
        Code::ProjectionAltered,
    ),
    (
        "a tile",
        "UPDATE tiles SET hashes = zeroblob(8192) WHERE idx IN (0, 5)",
        Code::TileAltered,
    ),
    ("all entries", "DELETE FROM entries", Code::EntryMissing),
];

#[tokio::test]
async fn any_number_of_threads_finds_the_same() {
    let scene = Scene::new().await;
    let untouched = scene.tampered("");
    for threads in [1, 2, 3] {
        assert_eq!(scene.findings(&untouched, threads), [], "{threads} threads");
    }
    for (what, sql, code) in TAMPERINGS {
        let address = scene.tampered(sql);
        let alone = scene.findings(&address, 1);
        assert!(
            alone.iter().any(|found| found.code == *code),
            "{what}: {alone:?}"
        );
        for threads in [2, 3] {
            let found = scene.findings(&address, threads);
            assert_eq!(found, alone, "{what}, {threads} threads");
        }
    }
}

/// What is judged is one moment, though readers come to the database later than that.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_erased_during_a_walk_is_not_missing() {
    let scene = Scene::new().await;
    let address = address_in(&scene.directory, "ledger.sqlite");
    let mut rows = LedgerRows::open(&address).unwrap();
    let (mut before, mut during) = (None, Vec::new());
    rows.snapshot(|db| -> Result<(), StoreError> {
        before = db.last_position(&scene.tenant)?;
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(scene.write(erase_everybody));
        });
        for threads in [3, 3, 3, 1] {
            during.extend(scene.judged(db, &address, threads)?);
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(before, Some(ENTRIES as i64 - 1));
    assert_eq!(during, []);
    assert_eq!(scene.findings(&address, 3), []);
}

/// Erases every account that stands beside an entry, and says so.
fn erase_everybody(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let tenant = tx.tenant().clone();
    for n in (10..ENTRIES).step_by(10) {
        let stored = tx.db().disclosures_between(&tenant, n as i64, n as i64)?;
        let digests: Vec<String> = stored.into_iter().map(|row| row.digest).collect();
        tx.erase_disclosures(n, &digests)?;
        let erased = PersonalDataErased {
            person: Some(PersonId::from_ulid(Ulid(u128::from(n)))),
            event: None,
            reason: ErasedReason::Request,
            digests,
        };
        tx.append(NewEntry {
            payload: erased.into(),
            beside: Vec::new(),
            once: format!("erased:{n}"),
            subject: "person/1".to_owned(),
            severity: Severity::Info,
            actor: Actor {
                id: "countersign-server".to_owned(),
                kind: ActorKind::System,
            },
            source: "COUNTERSIGN",
        })?;
    }
    Ok(())
}
