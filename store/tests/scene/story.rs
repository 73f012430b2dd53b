//! One tenant's story, with every type of entry in it: an install, settings, people, assessments,
//! decisions, a verification, an erasure. After each step the rows are what the entries say.

use ledger::SigningKey;
use record::entries::{
    ApprovalStale, CommentRecorded, Decision, ErasedReason, ForgeInstallationChanged, HumanReview,
    InstallationChange, InstallationChanged, InstallationState, KeyAnnounced, KeyPurpose, Observed,
    PersonRegistered, PersonalDataErased, RequirementsPublished, ReviewRules, ReviewScope,
    ReviewType, Reviewer, RoleSource, SettingsChanged, StaleReason, TicketAssessed, TicketDeleted,
    TicketId, VerdictChange, Verification,
};
use record::facts::{Change, Tracker};
use record::ids::{EventId, PersonId, SiteId, TenantId};
use record::scale::{RiskTenths, Severity};
use serde_json::json;
use store::{ACCOUNT_ID, Appended, NewEntry, StoreError, Tx, origin_of};
use ulid::Ulid;

use super::reported::reports;
use super::work;
use super::{Scene, beside, entry, folded, master, plain, rows};

/// The account of the person who is erased at the end. The other one's is this and `-2`.
pub(crate) const ACCOUNT: &str = "712020:account-of-somebody";

const SECOND_SEED: [u8; 32] = [9; 32];

/// The names of what came up in a story.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) site: SiteId,
    pub(crate) client_key: String,
    pub(crate) secret: String,
    pub(crate) content_key: Vec<u8>,
    pub(crate) erased: PersonId,
    pub(crate) stays: PersonId,
    pub(crate) registered: Appended,
    pub(crate) ticket: TicketId,
    pub(crate) other: TicketId,
    pub(crate) set: String,
    pub(crate) assessed: Appended,
    pub(crate) approved: Appended,
}

/// Writes the story into the tenant's ledger.
pub(crate) async fn tell(scene: &Scene, tenant: &TenantId) -> Story {
    let mut story = beginning(scene, tenant).await;
    decisions(scene, tenant, &mut story).await;
    reports(scene, tenant, &story).await;
    end(scene, tenant, &story).await;
    story
}

/// Makes one change and compares every row with the entries.
pub(super) async fn step<F>(scene: &Scene, tenant: &TenantId, change: F) -> Appended
where
    F: FnOnce(&mut Tx<'_>) -> Result<Appended, StoreError> + Send + 'static,
{
    let appended = scene.store.write(tenant, change).await.unwrap();
    assert!(appended.fresh);
    let (whose, seq) = (tenant.clone(), appended.seq);
    let compared: Result<(), StoreError> = scene
        .store
        .read(move |db| {
            assert_eq!(folded(db, &whose), rows(db, &whose), "after entry {seq}");
            Ok(())
        })
        .await;
    compared.unwrap();
    appended
}

pub(super) async fn say(scene: &Scene, tenant: &TenantId, new: NewEntry) -> Appended {
    step(scene, tenant, |tx| tx.append(new)).await
}

async fn beginning(scene: &Scene, tenant: &TenantId) -> Story {
    let site = SiteId::from_ulid(Ulid::generate());
    let (client_key, secret) = (format!("client-of-{site}"), format!("secret-of-{site}"));
    let (whose, key, text) = (site.clone(), client_key.clone(), secret.clone());
    step(scene, tenant, move |tx| {
        let digest = tx.hold_shared_secret(&whose, &text)?;
        let change = InstallationChange::Installed;
        tx.append(entry(installation(&whose, &key, change, digest), "install"))
    })
    .await;
    for (change, state, once) in [
        (
            InstallationChange::Installed,
            InstallationState::Enabled,
            "forge:1",
        ),
        (
            InstallationChange::Uninstalled,
            InstallationState::Uninstalled,
            "forge:2",
        ),
    ] {
        let forge = ForgeInstallationChanged {
            site: site.clone(),
            tracker: Tracker::Jira,
            cloud_id: format!("cloud-of-{site}"),
            installation_id: format!("installation-of-{site}"),
            base_url: "https://acme.atlassian.net".to_owned(),
            change,
            state,
        };
        say(scene, tenant, entry(forge, once)).await;
    }
    for (project, role, once) in [
        (None, "Administrators", "settings:1"),
        (Some("PAY"), "Security", "settings:2"),
        (Some("PAY"), "Approvers", "settings:3"),
    ] {
        let settings = SettingsChanged {
            site: site.clone(),
            project: project.map(|key| key.parse().unwrap()),
            approver_role: Some(role.to_owned()),
            approver_group: None,
            own_ticket: project.is_none(),
            rules: ReviewRules {
                authors: project.is_none(),
                ..ReviewRules::default()
            },
        };
        say(scene, tenant, entry(settings, once)).await;
    }
    let erased = PersonId::from_ulid(Ulid::generate());
    let stays = PersonId::from_ulid(Ulid::generate());
    let other_account = format!("{ACCOUNT}-2");
    let registered = say(scene, tenant, person(&erased, &site, ACCOUNT)).await;
    say(scene, tenant, person(&stays, &site, &other_account)).await;
    let set = "5e".repeat(32);
    let published = RequirementsPublished {
        set: set.clone(),
        catalog: "ca".repeat(32),
        requirements: json!([]),
    };
    say(scene, tenant, entry(published, "set")).await;
    let (ticket, other) = (
        ticket(&site, "10001", "PAY-1"),
        ticket(&site, "10002", "PAY-2"),
    );
    let content_key = format!("key-of-{site}").into_bytes();
    let (about, key, set_too) = (ticket.clone(), content_key.clone(), set.clone());
    let assessed = step(scene, tenant, move |tx| {
        let digest = tx.hold(key);
        tx.append(assessment(&about, &digest, 31, &set_too, "assessed:1"))
    })
    .await;
    Story {
        site,
        client_key,
        secret,
        content_key,
        erased,
        stays,
        registered,
        ticket,
        other,
        set,
        approved: assessed.clone(),
        assessed,
    }
}

async fn decisions(scene: &Scene, tenant: &TenantId, story: &mut Story) {
    let (about, set) = (story.ticket.clone(), story.set.clone());
    let digest = ledger::Hash::of(&story.content_key).to_string();
    let again = assessment(&about, &digest, 74, &set, "assessed:2");
    let raised = say(scene, tenant, again).await;
    let first = say(
        scene,
        tenant,
        review(story, &raised.id, Decision::Approved, 1),
    )
    .await;
    let edited = assessment(&about, &digest, 75, &set, "assessed:3");
    let shown_by = say(scene, tenant, edited).await;
    let stale = ApprovalStale {
        ticket: about.clone(),
        approval: first.id,
        reason: StaleReason::ContentChanged,
        shown_by: shown_by.id.clone(),
    };
    say(scene, tenant, entry(stale, "stale")).await;
    say(
        scene,
        tenant,
        review(story, &shown_by.id, Decision::Rejected, 2),
    )
    .await;
    let approved = say(
        scene,
        tenant,
        review(story, &shown_by.id, Decision::Approved, 3),
    )
    .await;
    story.approved = approved;
    let comment = CommentRecorded {
        ticket: about,
        comment: "777".parse().unwrap(),
        change: Change::Created,
        observed: Observed::Read,
        author: Some(story.stays.clone()),
        claimed_at: None,
    };
    let body = vec![("body", json!("what somebody wrote"))];
    say(scene, tenant, beside(comment, "comment", body)).await;
    work::goes_on(scene, tenant, story).await;
}

async fn end(scene: &Scene, tenant: &TenantId, story: &Story) {
    let (other, set) = (story.other.clone(), story.set.clone());
    step(scene, tenant, move |tx| {
        let digest = tx.hold(b"key of another ticket".to_vec());
        tx.append(assessment(&other, &digest, 5, &set, "assessed:other"))
    })
    .await;
    let deleted = TicketDeleted {
        ticket: story.other.clone(),
        observed: Observed::Read,
    };
    say(scene, tenant, entry(deleted, "deleted")).await;
    for (run, verdict) in ["INCOMPLETE", "VERIFIED"].into_iter().enumerate() {
        let once = format!("verification:{run}");
        say(
            scene,
            tenant,
            entry(verification(verdict, run as u64), &once),
        )
        .await;
    }
    step(scene, tenant, rotate).await;
    let (whose, registered) = (story.erased.clone(), story.registered.clone());
    step(scene, tenant, move |tx| erase(tx, whose, registered.seq)).await;
    step(scene, tenant, |tx| {
        tx.reseal(&master())?;
        tx.append(plain("after the resealing"))
    })
    .await;
    let (site, key) = (story.site.clone(), story.client_key.clone());
    step(scene, tenant, move |tx| {
        let tenant = tx.tenant().clone();
        let rows = tx.db().sites(&tenant)?;
        let digest = rows[0].as_ref().unwrap().secret_digest.clone();
        let change = InstallationChange::Disabled;
        tx.append(entry(installation(&site, &key, change, digest), "disable"))
    })
    .await;
}

/// Announces another key of the ledger's.
fn rotate(tx: &mut Tx<'_>) -> Result<Appended, StoreError> {
    let tenant = tx.tenant().clone();
    let key = SigningKey::from_seed(origin_of(&tenant).as_str(), &SECOND_SEED).unwrap();
    let sealed = master().seal(&format!("{tenant}/signing-key"), &SECOND_SEED)?;
    let announced = KeyAnnounced {
        purpose: KeyPurpose::Ledger,
        key: key.verifier_key().to_string(),
        sealed_digest: Some(tx.hold(sealed)),
    };
    tx.append(entry(announced, "ledger-key:second"))
}

fn erase(tx: &mut Tx<'_>, person: PersonId, seq: u64) -> Result<Appended, StoreError> {
    let tenant = tx.tenant().clone();
    let row = tx.db().entry(&tenant, seq)?.unwrap();
    let digests: Vec<String> = ledger::disclosure::digests(&row.entry.payload)
        .map(str::to_owned)
        .collect();
    tx.erase_disclosures(seq, &digests)?;
    let erased = PersonalDataErased {
        person: Some(person),
        event: None,
        reason: ErasedReason::Request,
        digests,
    };
    tx.append(entry(erased, "erase"))
}

fn installation(
    site: &SiteId,
    client_key: &str,
    change: InstallationChange,
    secret_digest: String,
) -> InstallationChanged {
    InstallationChanged {
        site: site.clone(),
        tracker: Tracker::Jira,
        client_key: client_key.to_owned(),
        base_url: "https://example.test".to_owned(),
        cloud_id: Some("a-cloud".to_owned()),
        change,
        state: match change {
            InstallationChange::Disabled => InstallationState::Disabled,
            _ => InstallationState::Enabled,
        },
        secret_digest,
    }
}

fn person(person: &PersonId, site: &SiteId, account: &str) -> NewEntry {
    let registered = PersonRegistered {
        person: person.clone(),
        site: site.clone(),
    };
    let account = vec![(ACCOUNT_ID, json!(account))];
    beside(registered, &format!("person:{person}"), account)
}

fn ticket(site: &SiteId, id: &str, key: &str) -> TicketId {
    TicketId {
        tracker: Tracker::Jira,
        site: site.clone(),
        id: id.parse().unwrap(),
        key: key.parse().unwrap(),
    }
}

/// An assessment whose content differs with its risk.
pub(crate) fn assessment(
    ticket: &TicketId,
    key_digest: &str,
    tenths: u32,
    set: &str,
    once: &str,
) -> NewEntry {
    let assessed = TicketAssessed {
        ticket: ticket.clone(),
        change: VerdictChange::First,
        content_hash: ledger::Hash::of(&tenths.to_be_bytes()).to_string(),
        content_key_digest: key_digest.to_owned(),
        catalog: "ca".repeat(32),
        requirement_set: set.to_owned(),
        severity: Severity::High,
        risk_tenths: RiskTenths::capped(tenths),
        indicators: vec!["payment_card_data".to_owned()],
        frameworks: Vec::new(),
        previous: None,
    };
    beside(
        assessed,
        once,
        vec![("assessment", json!({"risk": tenths}))],
    )
}

fn review(story: &Story, assessed: &EventId, decision: Decision, round: u8) -> NewEntry {
    let review = HumanReview {
        ticket_key: story.ticket.key.clone(),
        ticket: story.ticket.clone(),
        review_type: ReviewType::ChangeApproval,
        scope: ReviewScope::Plan,
        decision,
        reviewer: Reviewer {
            person: story.erased.clone(),
            role: "Approvers".to_owned(),
            role_source: RoleSource::ProjectRole,
            speaks_for: None,
            in_place_of: None,
        },
        content_hash: "c0".repeat(32),
        requirement_set: story.set.clone(),
        reviewed_at: "2026-11-21T09:00:00.000Z".to_owned(),
        linked_audit_events: vec![assessed.clone()],
        needs: None,
        via: None,
    };
    let words = vec![
        ("displayName", json!("Somebody")),
        ("comment", json!("as discussed")),
    ];
    beside(review, &format!("review:{round}"), words)
}

fn verification(verdict: &str, findings: u64) -> Verification {
    Verification {
        report: "4e".repeat(32),
        key: "countersign-verifier/x+00000000+AA".to_owned(),
        verdict: verdict.to_owned(),
        size: 12,
        root: None,
        findings,
        verified_at: "2026-11-21T09:00:00.000Z".to_owned(),
    }
}
