//! Tenants never meet: with the ids of another tenant's things, every query finds nothing.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use ledger::Hash;
use record::ids::TenantId;
use scene::{ACCOUNT, Scene, Story, plain, tell, walk};
use store::{Appended, Db, StoreError, StoredCheckpoint, Tx};

/// Every query about one thing or all things of a tenant, asked in the name of `whose` about the things
/// of `story`; gives the names of those that answered with something.
pub(crate) fn asked(db: &mut Db<'_>, whose: &TenantId, story: &Story) -> Vec<&'static str> {
    let master = scene::master();
    let account = format!("{ACCOUNT}-2").parse().unwrap();
    let project = story.ticket.key.project();
    let (site, issue, seq) = (&story.site, &story.ticket.id, story.approved.seq);
    let mut count = 0;
    let mut counted = |found: bool| count += u32::from(found);
    db.each_entry(whose, 0, |_| {
        counted(true);
        Ok::<_, StoreError>(())
    })
    .unwrap();
    let entries = count > 0;
    let (mut tiles, mut tickets, mut approvals) = (0, 0, 0);
    db.each_tile(whose, |_| tiles += 1).unwrap();
    db.each_ticket(whose, &mut |_| tickets += 1).unwrap();
    db.each_approval(whose, &mut |_| approvals += 1).unwrap();
    [
        ("each_entry", entries),
        ("each_tile", tiles > 0),
        (
            "first_entry_from",
            db.first_entry_from(whose, 0, |_| ()).unwrap().is_some(),
        ),
        (
            "disclosures_between",
            !db.disclosures_between(whose, 0, 99).unwrap().is_empty(),
        ),
        ("each_ticket", tickets > 0),
        ("each_approval", approvals > 0),
        ("entry", db.entry(whose, seq).unwrap().is_some()),
        (
            "position",
            db.position(whose, &story.approved.id).unwrap().is_some(),
        ),
        (
            "positions_about",
            !db.positions_about(whose, "ledger", 9).unwrap().is_empty(),
        ),
        ("frontier", db.frontier(whose).unwrap().size() > 0),
        ("frontier_at", db.frontier_at(whose, 3).is_ok()),
        ("inclusion_proof", db.inclusion_proof(whose, 1, 3).is_ok()),
        (
            "consistency_proof",
            db.consistency_proof(whose, 1, 3).is_ok(),
        ),
        (
            "newest_checkpoint",
            db.newest_checkpoint(whose).unwrap().is_some(),
        ),
        (
            "covering_checkpoint",
            db.covering_checkpoint(whose, 0).unwrap().is_some(),
        ),
        (
            "checkpoints_between",
            !db.checkpoints_between(whose, 0, 99).unwrap().is_empty(),
        ),
        (
            "stored_checkpoints",
            !db.stored_checkpoints(whose).unwrap().is_empty(),
        ),
        ("stored_head", db.stored_head(whose).unwrap().is_some()),
        ("tenant", db.tenant(whose).unwrap().is_some()),
        ("signing_key", db.signing_key(whose, &master).is_ok()),
        ("sites", !db.sites(whose).unwrap().is_empty()),
        (
            "site_credential",
            db.site_credential(whose, site, &master).unwrap().is_some(),
        ),
        ("all_settings", !db.all_settings(whose).unwrap().is_empty()),
        (
            "settings_for",
            db.settings_for(whose, site, &project).unwrap().is_some(),
        ),
        ("people", !db.people(whose).unwrap().is_empty()),
        (
            "person_of",
            db.person_of(whose, site, &account).unwrap().is_some(),
        ),
        ("ticket", db.ticket(whose, site, issue).unwrap().is_some()),
        (
            "approvals",
            !db.approvals(whose, site, issue).unwrap().is_empty(),
        ),
        (
            "requirement_sets",
            !db.requirement_sets(whose).unwrap().is_empty(),
        ),
        (
            "requirement_set",
            db.requirement_set(whose, &story.set).unwrap().is_some(),
        ),
        (
            "last_verification",
            db.last_verification(whose).unwrap().is_some(),
        ),
    ]
    .into_iter()
    .filter(|(_, found)| *found)
    .map(|(query, _)| query)
    .collect()
}

pub(crate) async fn with_a_tile_and_a_checkpoint(scene: &Scene, tenant: &TenantId) -> Story {
    let story = tell(scene, tenant).await;
    scene.fill(tenant, 256).await;
    let kept: Result<(), StoreError> = scene
        .store
        .write(tenant, |tx| {
            let signed = StoredCheckpoint {
                size: 3,
                note: "signed".to_owned(),
            };
            tx.keep_checkpoint(&signed, None)
        })
        .await;
    kept.unwrap();
    story
}

#[tokio::test]
async fn no_query_finds_what_is_another_tenants() {
    let scene = Scene::new();
    let (tenant, stranger) = (
        scene.tenant().await,
        TenantId::from_ulid(ulid::Ulid::generate()),
    );
    let story = with_a_tile_and_a_checkpoint(&scene, &tenant).await;
    let judged: Result<(), StoreError> = scene.judge().snapshot(|db| {
        assert_eq!(asked(db, &tenant, &story).len(), 31, "the owner finds all");
        assert_eq!(asked(db, &stranger, &story), Vec::<&str>::new());
        Ok(())
    });
    judged.unwrap();
}

#[tokio::test]
async fn a_tenant_with_things_of_its_own_finds_none_of_the_others() {
    let scene = Scene::new();
    let (one, two) = (scene.tenant().await, scene.tenant().await);
    let (first, second) = (tell(&scene, &one).await, tell(&scene, &two).await);
    let judged: Result<(), StoreError> = scene.judge().snapshot(|db| {
        for (whose, of_another) in [(&one, &second), (&two, &first)] {
            let answered = asked(db, whose, of_another);
            for query in [
                "position",
                "site_credential",
                "settings_for",
                "person_of",
                "ticket",
                "approvals",
            ] {
                assert!(!answered.contains(&query), "{query}");
            }
            let other = if whose == &one { &two } else { &one };
            let registered = db
                .entry(other, of_another.registered.seq + 1)?
                .unwrap()
                .entry;
            assert!(db.beside(other, &registered, store::ACCOUNT_ID)?.is_some());
            assert_eq!(db.beside(whose, &registered, store::ACCOUNT_ID)?, None);
        }
        assert!(db.foreign_rows()?.is_empty());
        Ok(())
    });
    judged.unwrap();
}

#[tokio::test]
async fn ledgers_that_grow_in_turn_verify_each_alone() {
    let scene = Scene::new();
    let tenants = [scene.tenant().await, scene.tenant().await];
    for i in 0..60 {
        let appended: Appended = scene
            .append(&tenants[i % 2], plain(&format!("turn:{}", i / 2)))
            .await;
        assert_eq!(appended.seq, 1 + i as u64 / 2);
    }
    let judged: Result<Vec<Option<Hash>>, StoreError> = scene.judge().snapshot(|db| {
        let mut roots = Vec::new();
        for tenant in &tenants {
            let outcome = walk(db, tenant);
            assert!(outcome.findings.is_empty());
            assert_eq!(outcome.size, 31);
            assert_eq!(outcome.frontier, Some(db.frontier(tenant)?));
            let head = db.stored_head(tenant)?.unwrap();
            assert_eq!(head.last_leaf, outcome.last_leaf.as_bytes());
            roots.push(outcome.root);
        }
        Ok(roots)
    });
    let roots = judged.unwrap();
    assert_ne!(roots[0], roots[1]);
}

#[tokio::test]
async fn a_change_erases_only_what_is_its_tenants() {
    let scene = Scene::new();
    let (one, two) = (scene.tenant().await, scene.tenant().await);
    tell(&scene, &one).await;
    let digests = scene::texts(&mut scene.sql(), "SELECT digest AS t FROM disclosures");
    assert!(!digests.is_empty());
    let count = digests.len();
    let erase =
        move |tx: &mut Tx<'_>| (0..100).try_for_each(|seq| tx.erase_disclosures(seq, &digests));
    let erased: Result<(), StoreError> = scene.store.write(&two, erase).await;
    erased.unwrap();
    let left = scene::number(&mut scene.sql(), "SELECT count(*) FROM disclosures");
    assert_eq!(left, count as i64);
}

#[tokio::test]
async fn rows_that_name_nobody_are_listed() {
    use diesel::connection::SimpleConnection as _;
    let scene = Scene::new();
    scene.tenant().await;
    let stray = "INSERT INTO verifications VALUES ('ten_of_nobody', 'VERIFIED', 1, 0, '', 1); \
                 INSERT INTO requirement_sets VALUES ('ten_of_nobody', 'set', 1)";
    scene.sql().batch_execute(stray).unwrap();
    let found: Result<_, StoreError> = scene.judge().snapshot(|db| {
        assert_eq!(db.tenants()?.len(), 1);
        db.foreign_rows()
    });
    let nobody = "ten_of_nobody".to_owned();
    let expected = [
        ("requirement_sets", nobody.clone()),
        ("verifications", nobody),
    ];
    assert_eq!(found.unwrap(), expected);
}
