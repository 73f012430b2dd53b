//! The rest of the queries about one thing or all things of a tenant, asked in another tenant's name; and that none was
//! forgotten, by the store's own sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use record::entries::EntryType;
use record::facts::{Change, Fact, TicketChanged};
use record::ids::{ApiKeyId, CodeHostId, EventId, FeedId, TenantId};
use serde_json::json;
use store::{Db, Delivery, Effect, EntriesWanted, FeedPosition, NewEvent, StoreError, SyncState};

use crate::scene::{Scene, Story, master, plain};
use crate::tenants::{asked, with_a_tile_and_a_checkpoint};

/// What is asked for by its id.
struct Things {
    waits: EventId,
    comment: u64,
    link: EventId,
    event: EventId,
    claim: EventId,
    waiver: EventId,
    key: ApiKeyId,
    host: CodeHostId,
    feed: FeedId,
}

/// A story with work that waits in the queues.
async fn told_and_waiting(scene: &Scene, tenant: &TenantId) -> (Story, Things) {
    let story = with_a_tile_and_a_checkpoint(scene, tenant).await;
    let (site, issue) = (story.site.clone(), story.ticket.id.clone());
    let news = Fact::TicketChanged(TicketChanged {
        id: issue.clone(),
        key: story.ticket.key.clone(),
        change: Change::Updated,
        changelog: None,
        edited: Vec::new(),
        claimed_at_ms: None,
        by: None,
    });
    let news = Delivery {
        site: site.clone(),
        key: news.key(),
        fact: news,
    };
    assert!(scene.store.receive(tenant, news).await.unwrap());
    let effect = Effect {
        site: site.clone(),
        issue,
        name: "an effect".to_owned(),
        body: json!({}),
    };
    let waits = scene.store.write(tenant, move |tx| {
        tx.send(&effect)?;
        let event = NewEvent {
            entry: plain("an event that waits"),
            leads_to_tickets: true,
        };
        Ok::<_, StoreError>(tx.append_event(event)?.id)
    });
    let waits = waits.await.unwrap();
    let whose = tenant.clone();
    let found = scene.store.read(move |db| {
        let first = |db: &mut Db<'_>, kind: EntryType| -> Result<u64, StoreError> {
            let wanted = EntriesWanted {
                kind: Some(kind.as_str()),
                earliest_first: true,
                ..EntriesWanted::default()
            };
            Ok(db.positions_wanted(&whose, &wanted, 1)?[0])
        };
        let id = |db: &mut Db<'_>, seq: u64| -> Result<EventId, StoreError> {
            Ok(db.entry(&whose, seq)?.unwrap().entry.id.parse().unwrap())
        };
        let repository = "4711".parse().unwrap();
        let link = first(db, EntryType::LinkAdded)?;
        let link = id(db, link + 1)?;
        Ok::<_, StoreError>(Things {
            waits,
            comment: first(db, EntryType::CommentRecorded)?,
            event: db.link(&whose, &link)?.unwrap().event,
            claim: db.claims_looked_for(&whose, &repository, 0, 9)?[0]
                .claim
                .clone(),
            waiver: {
                let waived = first(db, EntryType::RequirementWaived)?;
                id(db, waived)?
            },
            key: db.api_keys(&whose)?.remove(0).unwrap().key,
            host: db.code_hosts(&whose)?.remove(0).unwrap().host,
            feed: db.feeds(&whose)?.remove(0).unwrap().feed,
            link,
        })
    });
    let things: Things = found.await.unwrap();
    let (key, feed) = (things.key.clone(), things.feed.clone());
    let queued = scene.store.queue(tenant, move |tx| {
        tx.keep_sync_state(&site, &SyncState::default())?;
        tx.keep_feed_position(&feed, &FeedPosition::default())?;
        tx.api_key_used(&key, "2026-11-21T09:00:00.000Z")?;
        let item = tx.claim_outbox(1)?.remove(0);
        tx.not_sent(&item, None, "refused")
    });
    queued.await.unwrap();
    (story, things)
}

/// The names of the queries that answered with something.
fn answered(
    db: &mut Db<'_>,
    (whose, owner): (&TenantId, &TenantId),
    story: &Story,
    things: &Things,
) -> Result<Vec<&'static str>, StoreError> {
    let Story { site, ticket, .. } = story;
    let issue = &ticket.id;
    let comment = db.entry(owner, things.comment)?.unwrap().entry;
    let model = "credit-scoring-v3.2".parse().unwrap();
    let repository = "4711".parse().unwrap();
    let all = EntriesWanted::default();
    let (mut claims, mut links, mut waivers, mut corrections) = (0, 0, 0, 0);
    db.each_claim(whose, &mut |_| claims += 1)?;
    db.each_link(whose, &mut |_| links += 1)?;
    db.each_waiver(whose, &mut |_| waivers += 1)?;
    db.each_correction(whose, &mut |_| corrections += 1)?;
    let mut entries = 0;
    db.each_of_entries(whose, 0, 9, |_| -> Result<(), StoreError> {
        entries += 1;
        Ok(())
    })?;
    let found = [
        ("each_claim", claims > 0),
        ("each_link", links > 0),
        ("each_waiver", waivers > 0),
        ("each_correction", corrections > 0),
        ("each_of_entries", entries > 0),
        (
            "tickets_after",
            !db.tickets_after(whose, None, 9)?.is_empty(),
        ),
        (
            "position_under",
            db.position_under(whose, "install")?.is_some(),
        ),
        (
            "positions_wanted",
            !db.positions_wanted(whose, &all, 9)?.is_empty(),
        ),
        (
            "subjects_beginning",
            !db.subjects_beginning(whose, "ledg", 9)?.is_empty(),
        ),
        (
            "digests_beside",
            !db.digests_beside(whose, &comment, &["body"])?.is_empty(),
        ),
        ("beside", db.beside(whose, &comment, "body")?.is_some()),
        ("sites_in_use", !db.sites_in_use(whose)?.is_empty()),
        (
            "feed_position",
            db.feed_position(whose, &things.feed)?.is_some(),
        ),
        ("ticket_has_news", db.ticket_has_news(whose, site, issue)?),
        ("event_waits", db.event_waits(whose, &things.waits)?),
        (
            "unsent",
            db.unsent(whose, site, issue, "an effect")?.is_some(),
        ),
        (
            "last_error_of",
            db.last_error_of(whose, "an effect")?.is_some(),
        ),
        ("api_keys", !db.api_keys(whose)?.is_empty()),
        (
            "api_key_used_at",
            db.api_key_used_at(whose, &things.key)?.is_some(),
        ),
        ("claim", db.claim(whose, &things.claim)?.is_some()),
        (
            "claims_looked_for",
            !db.claims_looked_for(whose, &repository, 0, 9)?.is_empty(),
        ),
        ("code_hosts", !db.code_hosts(whose)?.is_empty()),
        ("code_host", db.code_host(whose, &things.host)?.is_some()),
        (
            "corrections",
            !db.corrections(whose, site, issue)?.is_empty(),
        ),
        (
            "positions_of_model",
            !db.positions_of_model(whose, &model, 9)?.is_empty(),
        ),
        ("event_models", !db.event_models(whose)?.is_empty()),
        ("feeds", !db.feeds(whose)?.is_empty()),
        ("feed", db.feed(whose, &things.feed)?.is_some()),
        (
            "feed_secrets",
            db.feed_secrets(whose, &things.feed, &master())?.is_some(),
        ),
        (
            "forge_installation",
            db.forge_installation(whose, site)?.is_some(),
        ),
        (
            "forge_installations",
            !db.forge_installations(whose)?.is_empty(),
        ),
        (
            "jira_integrations",
            !db.jira_integrations(whose)?.is_empty(),
        ),
        (
            "jira_integration",
            db.jira_integration(whose, site)?.is_some(),
        ),
        ("jira_opened_by", db.jira_opened_by(whose, site)?.is_some()),
        ("link", db.link(whose, &things.link)?.is_some()),
        (
            "links_of_event",
            !db.links_of_event(whose, &things.event)?.is_empty(),
        ),
        (
            "links_of_ticket",
            !db.links_of_ticket(whose, site, issue, 9)?.is_empty(),
        ),
        (
            "account_of",
            db.account_of(whose, site, &story.stays)?.is_some(),
        ),
        (
            "settings_of_site",
            db.settings_of_site(whose, site)?.is_some(),
        ),
        (
            "tickets_by_key",
            !db.tickets_by_key(whose, &ticket.key)?.is_empty(),
        ),
        (
            "tickets_of_site",
            !db.tickets_of_site(whose, site)?.is_empty(),
        ),
        (
            "decided_tickets",
            !db.decided_tickets(whose, site)?.is_empty(),
        ),
        ("waiver", db.waiver(whose, &things.waiver)?.is_some()),
        (
            "holding_waivers",
            !db.holding_waivers(whose, site, issue)?.is_empty(),
        ),
        ("sync_state", db.sync_state(whose, site)?.is_some()),
        ("has_connect", db.has_connect(whose, site)?),
        ("last_position", db.last_position(whose)?.is_some()),
    ];
    let found = found.into_iter().filter(|(_, found)| *found);
    Ok(found.map(|(query, _)| query).collect())
}

/// The names of the store's queries that take a tenant.
fn queries_in(folder: &Path, names: &mut BTreeSet<String>) {
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            queries_in(&path, names);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for function in text.split("pub fn ").skip(1) {
            let (head, _) = function.split_once('{').unwrap_or((function, ""));
            let taken: Vec<&str> = head.split([',', '(']).map(str::trim).collect();
            if taken.contains(&"&mut self") && head.contains(": &TenantId") {
                let name = head.split(['(', '<']).next().unwrap_or_default();
                names.insert(name.to_owned());
            }
        }
    }
}

#[tokio::test]
async fn every_query_of_a_tenants_finds_nothing_in_anothers_name() {
    let scene = Scene::new();
    let (one, two) = (scene.tenant().await, scene.tenant().await);
    let (story, things) = told_and_waiting(&scene, &one).await;
    let stranger = TenantId::from_ulid(ulid::Ulid::generate());
    let looked: Result<BTreeSet<&str>, StoreError> = scene.judge().snapshot(|db| {
        let owners = answered(db, (&one, &one), &story, &things)?;
        assert_eq!(
            answered(db, (&stranger, &one), &story, &things)?,
            Vec::<&str>::new()
        );
        let by_another = answered(db, (&two, &one), &story, &things)?;
        assert_eq!(
            by_another,
            [
                "each_of_entries",
                "positions_wanted",
                "subjects_beginning",
                "last_position"
            ],
            "of its own ledger, which has begun"
        );
        Ok(owners.into_iter().chain(asked(db, &one, &story)).collect())
    });
    let looked = looked.unwrap();
    let mut queries = BTreeSet::new();
    queries_in(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut queries,
    );
    let strange = looked.iter().filter(|query| !queries.contains(**query));
    let strange: Vec<&&str> = strange.collect();
    assert!(strange.is_empty(), "no query of the sources: {strange:?}");
    queries.retain(|query| !looked.contains(query.as_str()));
    assert_eq!(queries, BTreeSet::new(), "never asked in another's name");
}
