//! The part of a story that comes from outside: a key and a code host that report, and what was linked.

use record::entries::{
    ApiKeyChange, ApiKeyChanged, CatalogChanged, ClaimChecked, CodeHostAccess, CodeHostChanged,
    CodeHostKind, Correction, Decision, EntryType, EventType, FeedChanged, FeedForm,
    FindingCorrected, Found, FoundIn, ImplementationClaimed, IntegrationState,
    JiraIntegrationChanged, KeyEnvironment, LineRange, LinkAdded, LinkRevoked,
    MonitoringAcknowledged, MonitoringOverdue, MonitoringRequested, NotCounted, NoticeOutcome,
    PushAs, Reported, Reporter, RequirementWaived, RequirementsAcknowledged, ReviewNotCounted,
    ReviewVia, Reviewer, RoleSource, Scope, SecurityTeamNotified, WaiverEnd, WaiverEnded,
    WaiverExpiring,
};
use record::facts::Tracker;
use record::ids::{ApiKeyId, CodeHostId, CommitSha, EventId, FeedId, TenantId};
use record::scale::{RiskTenths, Severity};
use serde_json::json;
use ulid::Ulid;

use super::story::{say, step};
use super::{Scene, Story, beside, entry};

pub(super) async fn reports(scene: &Scene, tenant: &TenantId, story: &Story) {
    let key = ApiKeyId::from_ulid(Ulid::generate());
    for (change, once) in [
        (ApiKeyChange::Issued, "key:1"),
        (ApiKeyChange::Revoked, "key:2"),
    ] {
        let changed = ApiKeyChanged {
            key: key.clone(),
            change,
            name: "build-server".to_owned(),
            environment: KeyEnvironment::Live,
            scopes: vec![Scope::EventsRead, Scope::EventsWrite],
            secret_digest: ledger::Hash::of(key.as_str().as_bytes()).to_string(),
            expires_at: Some("2027-01-01T00:00:00.000Z".to_owned()),
        };
        say(scene, tenant, entry(changed, once)).await;
    }
    let host = CodeHostId::from_ulid(Ulid::generate());
    for (state, once) in [
        (IntegrationState::Removed, "host:1"),
        (IntegrationState::Enabled, "host:2"),
    ] {
        let host = host.clone();
        step(scene, tenant, move |tx| {
            let secret_digest = tx.hold_code_host_secrets(&host, "a secret of the code host")?;
            let changed = CodeHostChanged {
                host,
                kind: CodeHostKind::GitHub,
                base_url: "https://github.com".to_owned(),
                state,
                push_as: PushAs::Commits,
                access: Some(CodeHostAccess::Token),
                secret_digest,
            };
            tx.append(entry(changed, once))
        })
        .await;
    }
    let site = story.site.clone();
    step(scene, tenant, move |tx| {
        let secret_digest = tx.hold_jira_secrets(&site, b"what opens the site")?;
        let connected = JiraIntegrationChanged {
            site,
            tracker: Tracker::Jira,
            base_url: "https://acme.atlassian.net".to_owned(),
            api_url: "https://acme.atlassian.net".to_owned(),
            state: IntegrationState::Enabled,
            projects: vec!["PAY".parse().unwrap(), "AI-GOV".parse().unwrap()],
            secret_digest,
        };
        tx.append(entry(connected, "jira"))
    })
    .await;
    step(scene, tenant, move |tx| {
        let feed = FeedId::from_ulid(Ulid::generate());
        let secret_digest = tx.hold_feed_secrets(&feed, b"where to, and what it is signed with")?;
        let changed = FeedChanged {
            feed,
            host: "siem.acme.test".to_owned(),
            form: FeedForm::CloudEvents,
            least: Severity::High,
            types: vec![EntryType::HumanReview, EntryType::Deployment],
            state: IntegrationState::Enabled,
            secret_digest,
        };
        tx.append(entry(changed, "feed"))
    })
    .await;
    let mut commit = None;
    for kind in EventType::ALL {
        let reported = Reported {
            by: Reporter::CodeHost(host.clone()),
            action: Some("PUSHED".parse().unwrap()),
            repository: Some("186853002".parse().unwrap()),
            commit: Some("a1b2c3d4".parse().unwrap()),
            base: None,
            model_id: Some("credit-scoring-v3.2".parse().unwrap()),
            claimed_at: None,
        };
        let words = vec![("payload", json!({"commit": {"message": "PAY-1: change"}}))];
        let new = beside(kind.payload(reported), &format!("{kind:?}"), words);
        commit = Some(say(scene, tenant, new).await.id);
    }
    let event = commit.unwrap();
    let not_counted = ReviewNotCounted {
        ticket: story.ticket.clone(),
        decision: Decision::Approved,
        person: story.stays.clone(),
        via: ReviewVia::Comment("777".parse().unwrap()),
        reason: NotCounted::OwnTicket,
    };
    say(scene, tenant, entry(not_counted, "not counted")).await;
    let by = Reporter::ApiKey(key.clone());
    let changed = CatalogChanged {
        catalog: "c".repeat(64),
        packs: Vec::new(),
        by: by.clone(),
        previous: None,
    };
    say(scene, tenant, entry(changed, "catalog:1")).await;
    let claimed = ImplementationClaimed {
        ticket: story.ticket.clone(),
        by,
        requirement: "REQ-ENC-AT-REST".to_owned(),
        requirement_set: "s".repeat(64),
        commit: None,
        lines: None,
        repository: None,
        replaces: None,
    };
    claims(scene, tenant, claimed).await;
    waivers(scene, tenant, story).await;
    corrections(scene, tenant, story).await;
    let watched = MonitoringRequested {
        ticket: story.ticket.clone(),
        deployment: event.clone(),
        risk_tenths: RiskTenths::capped(75),
    };
    let request = say(scene, tenant, entry(watched, "monitoring")).await.id;
    let overdue = MonitoringOverdue {
        ticket: story.ticket.clone(),
        request: request.clone(),
        until: "2027-01-01T00:00:00.000Z".to_owned(),
    };
    say(scene, tenant, entry(overdue, "monitoring:2")).await;
    let acknowledged = MonitoringAcknowledged {
        ticket: story.ticket.clone(),
        request,
        by: Reporter::ApiKey(key.clone()),
    };
    say(scene, tenant, entry(acknowledged, "monitoring:3")).await;
    let told = SecurityTeamNotified {
        ticket: story.ticket.clone(),
        assessment: event.clone(),
        risk_tenths: RiskTenths::capped(85),
        group: "security".to_owned(),
        outcome: NoticeOutcome::Taken,
        status: None,
    };
    say(scene, tenant, entry(told, "notice")).await;
    let read = RequirementsAcknowledged {
        ticket: story.ticket.clone(),
        by: story.stays.clone(),
        requirement_set: "s".repeat(64),
        seen: event.clone(),
    };
    say(scene, tenant, entry(read, "acknowledged")).await;
    let added = |ticket| LinkAdded {
        event: event.clone(),
        ticket_key: story.ticket.key.clone(),
        ticket,
        assignee: Some(story.stays.clone()),
        reporter: None,
        found_in: FoundIn::CommitMessage,
        fetched_at: None,
    };
    say(scene, tenant, entry(added(None), "link:1")).await;
    let link = entry(added(Some(story.ticket.clone())), "link:2");
    let link = say(scene, tenant, link).await.id;
    let revoked = LinkRevoked {
        link,
        event: event.clone(),
        ticket: Some(story.ticket.clone()),
    };
    say(scene, tenant, entry(revoked, "link:3")).await;
}

/// One that is not looked for again, one that drifted and was claimed anew, and one that moved.
async fn claims(scene: &Scene, tenant: &TenantId, claimed: ImplementationClaimed) {
    let words = || vec![("place", json!("src/card.rs"))];
    let commit: CommitSha = "a1b2c3d".parse().unwrap();
    let lines = Some(LineRange { first: 3, last: 9 });
    let marked = ImplementationClaimed {
        commit: Some(commit.clone()),
        lines,
        repository: Some("4711".parse().unwrap()),
        ..claimed.clone()
    };
    let (ticket, by) = (claimed.ticket.clone(), claimed.by.clone());
    say(scene, tenant, beside(claimed, "claim:1", words())).await;
    let first = beside(marked.clone(), "claim:2", words());
    let first = say(scene, tenant, first).await.id;
    let checked = |claim: &EventId, found| ClaimChecked {
        ticket: ticket.clone(),
        by: by.clone(),
        claim: claim.clone(),
        found,
        commit: commit.clone(),
        lines,
    };
    let drifted = beside(checked(&first, Found::Drifted), "claim:3", words());
    say(scene, tenant, drifted).await;
    let anew = ImplementationClaimed {
        replaces: Some(first.clone()),
        ..marked
    };
    let anew = say(scene, tenant, beside(anew, "claim:4", words()))
        .await
        .id;
    let moved = beside(checked(&anew, Found::Moved), "claim:5", words());
    say(scene, tenant, moved).await;
    // What was replaced stays so.
    say(
        scene,
        tenant,
        entry(checked(&first, Found::Gone), "claim:6"),
    )
    .await;
}

/// One that is superseded, one that is warned of and ends, and one that holds.
async fn waivers(scene: &Scene, tenant: &TenantId, story: &Story) {
    let waived = |requirement: &str| RequirementWaived {
        ticket: story.ticket.clone(),
        requirement: requirement.to_owned(),
        requirement_set: "s".repeat(64),
        by: Reviewer {
            person: story.stays.clone(),
            role: "Approvers".to_owned(),
            role_source: RoleSource::ProjectRole,
            speaks_for: None,
            in_place_of: None,
        },
        until: "2027-01-01T00:00:00.000Z".to_owned(),
    };
    let words = || vec![("reason", json!("not before spring"))];
    let first = beside(waived("REQ-ENC-AT-REST"), "waiver:1", words());
    say(scene, tenant, first).await;
    let ends = beside(waived("REQ-ENC-AT-REST"), "waiver:2", words());
    let ends = say(scene, tenant, ends).await.id;
    say(
        scene,
        tenant,
        beside(waived("REQ-FILE-TYPES"), "waiver:3", words()),
    )
    .await;
    let expiring = WaiverExpiring {
        ticket: story.ticket.clone(),
        waiver: ends.clone(),
        requirement: "REQ-ENC-AT-REST".to_owned(),
        until: "2027-01-01T00:00:00.000Z".to_owned(),
    };
    say(scene, tenant, entry(expiring, "waiver:4")).await;
    let ended = WaiverEnded {
        ticket: story.ticket.clone(),
        waiver: ends,
        requirement: "REQ-ENC-AT-REST".to_owned(),
        reason: WaiverEnd::Expired,
        by: None,
    };
    say(scene, tenant, entry(ended, "waiver:5")).await;
}

/// One finding that was dismissed and is restored, and one that was added.
async fn corrections(scene: &Scene, tenant: &TenantId, story: &Story) {
    let corrected = |indicator: &str, correction| FindingCorrected {
        ticket: story.ticket.clone(),
        indicator: indicator.to_owned(),
        correction,
        by: Reviewer {
            person: story.stays.clone(),
            role: "Approvers".to_owned(),
            role_source: RoleSource::Group,
            speaks_for: None,
            in_place_of: None,
        },
        seen: EventId::from_ulid(Ulid::generate()),
        of_words: (correction == Correction::Dismissed).then(|| "d".repeat(64)),
    };
    for (indicator, correction, once) in [
        ("payment", Correction::Dismissed, "corrected:1"),
        ("payment", Correction::Restored, "corrected:2"),
        ("health", Correction::Added, "corrected:3"),
    ] {
        let words = vec![("reason", json!("as the team knows"))];
        let new = beside(corrected(indicator, correction), once, words);
        say(scene, tenant, new).await;
    }
}
