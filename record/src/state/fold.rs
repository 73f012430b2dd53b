//! The fold: what each entry does to the rows.

use crate::entries::{
    ApprovalStale, Decision, HumanReview, ImplementationClaimed, InstallationChanged, KeyAnnounced,
    KeyPurpose, LinkRevoked, Payload, Reported, RequirementWaived, SecretsResealed, TicketAssessed,
    TicketDeleted,
};
use crate::ids::EventId;
use crate::state::access::{ApiKey, CodeHost, JiraIntegration};
use crate::state::approving::{standing_after, stays};
use crate::state::claim::{Claim, ClaimStanding};
use crate::state::correction::CorrectedFinding;
use crate::state::feed::Feed;
use crate::state::kept::Rows;
use crate::state::link::{EventModel, Link};
use crate::state::release::{emergency_overdue, emergency_released};
use crate::state::rows::{
    Approval, ApprovalState, ForgeInstallation, LastVerification, Person, RequirementSet, Settings,
    Site, Tenant, Ticket, TicketApproval,
};
use crate::state::waiver::{Waiver, WaiverState};

/// An entry as far as the fold needs it.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'a> {
    /// Its position.
    pub seq: u64,
    /// Its id.
    pub id: &'a EventId,
    /// When it was received.
    pub at: &'a str,
    /// What it says.
    pub payload: &'a Payload,
}

impl Payload {
    /// Whether the fold does anything with such an entry. One that leads to no row can be appended without
    /// looking at any.
    #[must_use]
    pub const fn leads_to_rows(&self) -> bool {
        match self {
            Self::ImplementationClaimed(claim) => claim.repository.is_some(),
            Self::CatalogChanged(_)
            | Self::CommentRecorded(_)
            | Self::ExportCreated(_)
            | Self::GateBypassed(_)
            | Self::GateTampered(_)
            | Self::MonitoringAcknowledged(_)
            | Self::MonitoringOverdue(_)
            | Self::MonitoringRequested(_)
            | Self::RequirementsAcknowledged(_)
            | Self::ReviewNotCounted(_)
            | Self::SecurityTeamNotified(_)
            | Self::TicketMoved(_)
            | Self::TicketResolved(_)
            | Self::WorklogRecorded(_) => false,
            _ => match self.reported() {
                Some(reported) => reported.model_id.is_some() && reported.commit.is_some(),
                None => true,
            },
        }
    }
}

/// Carries one entry into the rows.
///
/// # Errors
/// If the place that keeps the rows fails.
pub fn fold<R: Rows>(entry: Recorded<'_>, rows: &mut R) -> Result<(), R::Error> {
    let Recorded {
        seq,
        id,
        at,
        payload,
    } = entry;
    fold_into(seq, id, at, payload.clone(), rows)
}

/// [`fold`], for who has no other use for what the entry says.
///
/// # Errors
/// If the place that keeps the rows fails.
pub fn fold_into<R: Rows>(
    seq: u64,
    id: &EventId,
    at: &str,
    payload: Payload,
    rows: &mut R,
) -> Result<(), R::Error> {
    match payload {
        Payload::KeyAnnounced(key) => key_announced(key, at, rows),
        Payload::InstallationChanged(change) => installation_changed(change, seq, rows),
        Payload::ForgeInstallationChanged(change) => {
            rows.put_forge_installation(ForgeInstallation {
                site: change.site,
                cloud_id: change.cloud_id,
                installation_id: change.installation_id,
                base_url: change.base_url,
                state: change.state.as_str().to_owned(),
                seq,
            })
        }
        Payload::SettingsChanged(change) => rows.put_settings(Settings {
            site: change.site,
            project: change.project,
            approver_role: change.approver_role,
            approver_group: change.approver_group,
            own_ticket: change.own_ticket,
            rules: change.rules,
            seq,
        }),
        Payload::SecretsResealed(resealed) => secrets_resealed(&resealed, rows),
        Payload::PersonRegistered(person) => rows.put_person(Person {
            person: person.person,
            site: person.site,
            seq,
        }),
        Payload::TicketAssessed(assessed) => ticket_assessed(assessed, id, seq, rows),
        Payload::RequirementsPublished(published) => rows.put_requirement_set(RequirementSet {
            set: published.set,
            seq,
        }),
        Payload::TicketDeleted(deleted) => ticket_deleted(&deleted, rows),
        Payload::HumanReview(review) => human_review(review, id, seq, rows),
        Payload::ApprovalStale(stale) => approval_stale(&stale, rows),
        Payload::EmergencyReleased(released) => emergency_released(released, id, rows),
        Payload::EmergencyOverdue(overdue) => emergency_overdue(&overdue, rows),
        Payload::Verification(verification) => rows.put_verification(LastVerification {
            verdict: verification.verdict,
            size: verification.size,
            findings: verification.findings,
            verified_at: verification.verified_at,
            seq,
        }),
        Payload::PersonalDataErased(erased) => match &erased.person {
            Some(person) => rows.remove_person(person),
            None => Ok(()),
        },
        Payload::ApiKeyChanged(change) => rows.put_api_key(ApiKey::of(change, seq)),
        Payload::CodeHostChanged(change) => rows.put_code_host(CodeHost::of(change, seq)),
        Payload::JiraIntegrationChanged(change) => {
            rows.put_jira_integration(JiraIntegration::of(change, seq))
        }
        Payload::FindingCorrected(corrected) => {
            rows.put_correction(CorrectedFinding::of(corrected, id, seq))
        }
        Payload::FeedChanged(change) => rows.put_feed(Feed::of(change, seq)),
        Payload::LinkAdded(link) => rows.put_link(Link::of(link, id, seq)),
        Payload::LinkRevoked(revoked) => link_revoked(&revoked, rows),
        Payload::RequirementWaived(waived) => requirement_waived(waived, id, seq, rows),
        Payload::ImplementationClaimed(claimed) => implementation_claimed(claimed, id, seq, rows),
        Payload::ClaimChecked(checked) => {
            claim_became(&checked.claim, checked.found.into(), seq, rows)
        }
        Payload::WaiverExpiring(expiring) => {
            waiver_became(&expiring.waiver, WaiverState::Expiring, rows)
        }
        Payload::WaiverEnded(ended) => waiver_became(&ended.waiver, WaiverState::Ended, rows),
        other => match other.reported() {
            Some(Reported {
                model_id: Some(model),
                commit: Some(_),
                ..
            }) => rows.put_event_model(EventModel {
                model: model.clone(),
                seq,
            }),
            // As `Payload::leads_to_rows` has it.
            _ => Ok(()),
        },
    }
}

fn key_announced<R: Rows>(key: KeyAnnounced, at: &str, rows: &mut R) -> Result<(), R::Error> {
    match (key.purpose, key.sealed_digest) {
        (KeyPurpose::Ledger, Some(digest)) => rows.put_tenant(Tenant {
            ledger_key: key.key,
            signing_key_digest: digest,
            since: at.to_owned(),
        }),
        _ => Ok(()),
    }
}

fn installation_changed<R: Rows>(
    change: InstallationChanged,
    seq: u64,
    rows: &mut R,
) -> Result<(), R::Error> {
    rows.put_site(Site {
        site: change.site,
        client_key: change.client_key,
        base_url: change.base_url,
        cloud_id: change.cloud_id,
        state: change.state.as_str().to_owned(),
        secret_digest: change.secret_digest,
        seq,
    })
}

fn secrets_resealed<R: Rows>(resealed: &SecretsResealed, rows: &mut R) -> Result<(), R::Error> {
    if let Some(mut tenant) = rows.tenant()? {
        tenant
            .signing_key_digest
            .clone_from(&resealed.signing_key_digest);
        rows.put_tenant(tenant)?;
    }
    for site in &resealed.sites {
        if let Some(mut row) = rows.site(&site.site)? {
            row.secret_digest.clone_from(&site.secret_digest);
            rows.put_site(row)?;
        }
    }
    for host in &resealed.code_hosts {
        if let Some(mut row) = rows.code_host(&host.host)? {
            row.secret_digest.clone_from(&host.secret_digest);
            rows.put_code_host(row)?;
        }
    }
    for site in &resealed.jira_integrations {
        if let Some(mut row) = rows.jira_integration(&site.site)? {
            row.secret_digest.clone_from(&site.secret_digest);
            rows.put_jira_integration(row)?;
        }
    }
    for feed in &resealed.feeds {
        if let Some(mut row) = rows.feed(&feed.feed)? {
            row.secret_digest.clone_from(&feed.secret_digest);
            rows.put_feed(row)?;
        }
    }
    Ok(())
}

fn ticket_assessed<R: Rows>(
    assessed: TicketAssessed,
    id: &EventId,
    seq: u64,
    rows: &mut R,
) -> Result<(), R::Error> {
    let ticket = assessed.ticket;
    let (approval, release) = rows.decided(&ticket.site, &ticket.id)?;
    rows.put_ticket(Ticket {
        site: ticket.site,
        issue: ticket.id,
        key: ticket.key,
        deleted: false,
        content_hash: assessed.content_hash,
        content_key_digest: assessed.content_key_digest,
        catalog: assessed.catalog,
        requirement_set: assessed.requirement_set,
        severity: assessed.severity.as_str().to_owned(),
        risk_tenths: assessed.risk_tenths.tenths(),
        assessed_by: id.clone(),
        assessed_seq: seq,
        approval,
        release,
    })
}

fn ticket_deleted<R: Rows>(deleted: &TicketDeleted, rows: &mut R) -> Result<(), R::Error> {
    let Some(mut ticket) = rows.ticket(&deleted.ticket.site, &deleted.ticket.id)? else {
        return Ok(());
    };
    ticket.deleted = true;
    rows.put_ticket(ticket)
}

fn link_revoked<R: Rows>(revoked: &LinkRevoked, rows: &mut R) -> Result<(), R::Error> {
    let Some(mut link) = rows.link(&revoked.link)? else {
        return Ok(());
    };
    link.revoked = true;
    rows.put_link(link)
}

/// A later waiver of the same requirement takes the place of an earlier one, whoever gave it.
fn requirement_waived<R: Rows>(
    waived: RequirementWaived,
    id: &EventId,
    seq: u64,
    rows: &mut R,
) -> Result<(), R::Error> {
    for mut earlier in rows.holding_waivers(&waived.ticket.site, &waived.ticket.id)? {
        if earlier.requirement == waived.requirement {
            earlier.state = WaiverState::Superseded;
            rows.put_waiver(earlier)?;
        }
    }
    rows.put_waiver(Waiver::of(waived, id, seq))
}

/// What holds no longer stays so.
fn waiver_became<R: Rows>(
    waiver: &EventId,
    state: WaiverState,
    rows: &mut R,
) -> Result<(), R::Error> {
    match rows.waiver(waiver)? {
        Some(mut row) if row.state.holds() => {
            row.state = state;
            rows.put_waiver(row)
        }
        _ => Ok(()),
    }
}

/// One that is made instead of an earlier claim ends it.
fn implementation_claimed<R: Rows>(
    claimed: ImplementationClaimed,
    id: &EventId,
    seq: u64,
    rows: &mut R,
) -> Result<(), R::Error> {
    if let Some(earlier) = &claimed.replaces {
        claim_became(earlier, ClaimStanding::Replaced, seq, rows)?;
    }
    match Claim::of(claimed, id, seq) {
        Some(claim) => rows.put_claim(claim),
        None => Ok(()),
    }
}

/// What is gone or replaced stays so.
fn claim_became<R: Rows>(
    claim: &EventId,
    standing: ClaimStanding,
    seq: u64,
    rows: &mut R,
) -> Result<(), R::Error> {
    match rows.claim(claim)? {
        Some(row) if row.standing.is_looked_for() => rows.put_claim(Claim {
            standing,
            checked_seq: Some(seq),
            ..row
        }),
        _ => Ok(()),
    }
}

/// A later decision takes the place of earlier ones, but for approvals that stay beside it.
fn human_review<R: Rows>(
    review: HumanReview,
    id: &EventId,
    seq: u64,
    rows: &mut R,
) -> Result<(), R::Error> {
    let (site, issue) = (review.ticket.site.clone(), review.ticket.id.clone());
    let mut approving = Vec::new();
    for mut earlier in rows.counting(&site, &issue)? {
        let approves = earlier.decision == Decision::Approved.as_str();
        if approves && stays(&review, &earlier.reviewer, earlier.in_place_of.as_ref()) {
            approving.push(earlier.speaks_for);
            continue;
        }
        earlier.state = ApprovalState::Superseded;
        rows.put_approval(earlier)?;
    }
    if review.decision == Decision::Approved {
        approving.push(review.reviewer.speaks_for.clone());
    }
    if let Some(mut ticket) = rows.ticket(&site, &issue)? {
        let spoke_for = approving.iter().map(Option::as_ref);
        ticket.approval = standing_after(&review, ticket.approval, spoke_for);
        if matches!(
            ticket.approval,
            TicketApproval::Approved | TicketApproval::Rejected
        ) {
            ticket.release = None;
        }
        rows.put_ticket(ticket)?;
    }
    rows.put_approval(Approval::of(review, id, seq))
}

fn approval_stale<R: Rows>(stale: &ApprovalStale, rows: &mut R) -> Result<(), R::Error> {
    let (site, issue) = (&stale.ticket.site, &stale.ticket.id);
    for mut approval in rows.counting(site, issue)? {
        if approval.event == stale.approval {
            approval.state = ApprovalState::Stale;
            rows.put_approval(approval)?;
        }
    }
    if let Some(mut ticket) = rows.ticket(site, issue)? {
        ticket.approval = TicketApproval::Stale;
        rows.put_ticket(ticket)?;
    }
    Ok(())
}
