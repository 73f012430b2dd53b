//! What follows from the entries is what the queries answer, table by table, at every step of a story
//! with every type of entry in it.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use record::entries::EntryType;
use scene::{ACCOUNT, Scene, folded, number, rows, tell, texts};
use store::StoreError;

#[tokio::test]
async fn every_row_is_what_the_entries_say() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let story = tell(&scene, &tenant).await;
    let whose = tenant.clone();
    let (from_entries, answered) = scene
        .store
        .read(move |db| Ok::<_, StoreError>((folded(db, &whose), rows(db, &whose))))
        .await
        .unwrap();
    assert_eq!(from_entries, answered);
    let mut sql = scene.sql();
    for (table, answered) in [
        ("tenants", usize::from(answered.tenant.is_some())),
        ("sites", answered.sites.len()),
        ("settings", answered.settings.len()),
        ("people", answered.people.len()),
        ("tickets", answered.tickets.len()),
        ("approvals", answered.approvals.len()),
        ("api_keys", answered.api_keys.len()),
        ("code_hosts", answered.code_hosts.len()),
        ("jira_integrations", answered.jira_integrations.len()),
        ("links", answered.links.len()),
        ("event_models", answered.event_models.len()),
        ("waivers", answered.waivers.len()),
        ("claims", answered.claims.len()),
        ("feeds", answered.feeds.len()),
        ("corrections", answered.corrections.len()),
        ("requirement_sets", answered.requirement_sets.len()),
        (
            "verifications",
            usize::from(answered.verification.is_some()),
        ),
    ] {
        let stored = number(&mut sql, &format!("SELECT count(*) FROM {table}"));
        assert!(stored > 0, "{table}");
        assert_eq!(stored, answered as i64, "{table}");
    }
    assert!(!answered.people.contains_key(&story.erased));
    assert!(answered.people.contains_key(&story.stays));
}

#[tokio::test]
async fn the_story_has_every_type_of_entry() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    tell(&scene, &tenant).await;
    let told = texts(&mut scene.sql(), "SELECT DISTINCT type AS t FROM entries");
    let missing: Vec<&str> = EntryType::ALL
        .iter()
        .map(|kind| kind.as_str())
        .filter(|kind| !told.iter().any(|told| told == kind))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[tokio::test]
async fn a_row_that_was_edited_no_longer_follows_from_the_entries() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    tell(&scene, &tenant).await;
    for edit in [
        "UPDATE tenants SET since = '2020-01-01T00:00:00.000Z'",
        "UPDATE tenants SET signing_key = x'00'",
        "UPDATE sites SET state = 'ENABLED'",
        "UPDATE forge_installations SET cloud_id = 'other'",
        "UPDATE settings SET own_ticket = 1 WHERE project = 'PAY'",
        "DELETE FROM people",
        "UPDATE tickets SET content_key = x'00' WHERE issue = '10001'",
        "UPDATE tickets SET risk_tenths = 1 WHERE issue = '10001'",
        "UPDATE approvals SET state = 'COUNTING'",
        "UPDATE approvals SET in_place_of = 'per_01HZABCDEF1234567890ABCDEF' WHERE in_place_of IS NULL",
        "DELETE FROM requirement_sets",
        "UPDATE api_keys SET revoked = 0",
        "UPDATE api_keys SET scopes = 'ledger:read'",
        "UPDATE api_keys SET secret_digest = 'another'",
        "UPDATE code_hosts SET webhook_secret = x'00'",
        "UPDATE code_hosts SET base_url = 'https://elsewhere.test'",
        "UPDATE links SET issue = '10002' WHERE issue IS NOT NULL",
        "UPDATE links SET revoked = 0",
        "DELETE FROM links",
        "UPDATE jira_integrations SET api_url = 'https://elsewhere.test'",
        "UPDATE jira_integrations SET projects = 'PAY OTHER'",
        "UPDATE jira_integrations SET secrets = x'00'",
        "UPDATE event_models SET model = 'another' WHERE seq = (SELECT max(seq) FROM event_models)",
        "UPDATE tickets SET released_until = '2999-01-01T00:00:00.000Z' WHERE released_until IS NOT NULL",
        "UPDATE tickets SET release = NULL, released_until = NULL",
        "UPDATE tickets SET release = replace(release, ' ', ' X') WHERE release IS NOT NULL",
        "UPDATE waivers SET until = '2999-01-01T00:00:00.000Z'",
        "UPDATE waivers SET state = 'GIVEN'",
        "UPDATE waivers SET requirement = 'REQ-OTHER'",
        "DELETE FROM waivers",
        "UPDATE claims SET standing = 'PRESENT'",
        "UPDATE claims SET checked_seq = NULL",
        "UPDATE claims SET repository = '1'",
        "DELETE FROM claims",
        "UPDATE feeds SET host = 'elsewhere.test'",
        "UPDATE corrections SET correction = 'DISMISSED'",
        "UPDATE corrections SET indicator = 'other' WHERE indicator = 'health'",
        "DELETE FROM corrections",
        "UPDATE feeds SET least = 'INFO'",
        "UPDATE feeds SET types = ''",
        "UPDATE feeds SET secrets = x'00'",
        "UPDATE verifications SET findings = 0",
    ] {
        use diesel::Connection as _;
        use diesel::connection::SimpleConnection as _;
        let copy = scene.file("edited.db");
        let mut sql = scene.sql();
        sql.batch_execute(&format!("VACUUM INTO '{}'", copy.display()))
            .unwrap();
        let mut edited = diesel::SqliteConnection::establish(copy.to_str().unwrap()).unwrap();
        edited.batch_execute(edit).unwrap();
        let address = format!("sqlite:{}", copy.display()).parse().unwrap();
        let differs: Result<bool, StoreError> = store::LedgerRows::open(&address)
            .unwrap()
            .snapshot(|db| Ok(folded(db, &tenant) != rows(db, &tenant)));
        assert!(differs.unwrap(), "{edit}");
        drop(edited);
        std::fs::remove_file(copy).unwrap();
    }
}

#[tokio::test]
async fn what_was_held_lands_in_its_row_and_what_was_erased_is_gone() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let story = tell(&scene, &tenant).await;
    let told = story.clone();
    let read: Result<(), StoreError> = scene
        .store
        .read(move |db| {
            let ticket = db.ticket(&tenant, &told.site, &told.ticket.id)?.unwrap();
            assert_eq!(*ticket.content_key, told.content_key);
            let site = db
                .site_credential(&tenant, &told.site, &scene::master())?
                .unwrap();
            assert_eq!(*site.shared_secret, told.secret);
            let found = db
                .site_by_client_key(&told.client_key, &scene::master())?
                .unwrap();
            assert_eq!((found.tenant, found.site), (tenant.clone(), site.site));
            let account = ACCOUNT.parse().unwrap();
            assert_eq!(db.person_of(&tenant, &told.site, &account)?, None);
            let kept = format!("{ACCOUNT}-2").parse().unwrap();
            assert_eq!(
                db.person_of(&tenant, &told.site, &kept)?,
                Some(told.stays.clone())
            );
            let row = db.entry(&tenant, told.registered.seq)?.unwrap();
            assert!(row.intact);
            assert_eq!(db.beside(&tenant, &row.entry, store::ACCOUNT_ID)?, None);
            Ok(())
        })
        .await;
    read.unwrap();
}

#[tokio::test]
async fn a_project_has_its_own_settings_or_those_of_the_site() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let story = tell(&scene, &tenant).await;
    let read: Result<(), StoreError> = scene
        .store
        .read(move |db| {
            let mut role = |project: &str| {
                let project = project.parse().unwrap();
                let settings = db.settings_for(&tenant, &story.site, &project).unwrap();
                settings.unwrap().approver_role
            };
            assert_eq!(role("PAY").as_deref(), Some("Approvers"));
            assert_eq!(role("OTHER").as_deref(), Some("Administrators"));
            Ok(())
        })
        .await;
    read.unwrap();
}
