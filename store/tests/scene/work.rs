//! What happens to a ticket besides edits and decisions: work is logged, it moves, it is resolved, it is released in
//! emergencies, its gate is written to, and it comes without an approval to where one is asked for.

use record::entries::{
    EmergencyOverdue, EmergencyReleased, GateBypassed, GateState, GateTampered, Observed,
    ResolvedBy, Reviewer, RoleSource, TicketMoved, TicketResolved, WorklogRecorded,
};
use record::facts::Change;
use record::ids::TenantId;
use serde_json::json;

use super::story::{Story, say};
use super::{Scene, beside, entry};

pub(super) async fn goes_on(scene: &Scene, tenant: &TenantId, story: &Story) {
    let worklog = WorklogRecorded {
        ticket: story.ticket.clone(),
        worklog: "778".parse().unwrap(),
        change: Change::Created,
        observed: Observed::Read,
        author: Some(story.stays.clone()),
        seconds: Some(3_600),
        started_at: None,
        claimed_at: None,
    };
    let body = vec![("body", json!("what was done"))];
    say(scene, tenant, beside(worklog, "worklog", body)).await;
    let moved = TicketMoved {
        ticket: story.ticket.clone(),
        from: "OPS-9".parse().unwrap(),
        changelog: "10414".parse().unwrap(),
        by: None,
        moved_at: "2026-11-21T09:00:00.000Z".to_owned(),
    };
    say(scene, tenant, entry(moved, "moved")).await;
    let resolved = TicketResolved {
        ticket: story.ticket.clone(),
        through: ResolvedBy::Resolution,
        changelog: "10415".parse().unwrap(),
        by: Some(story.stays.clone()),
        resolved_at: "2026-11-21T09:00:00.000Z".to_owned(),
    };
    say(scene, tenant, entry(resolved, "resolved")).await;
    emergencies(scene, tenant, story).await;
    let bypassed = GateBypassed {
        ticket: story.ticket.clone(),
        status: "Done".to_owned(),
        changelog: "10416".parse().unwrap(),
        by: Some(story.stays.clone()),
        moved_at: "2026-11-21T09:00:00.000Z".to_owned(),
    };
    say(scene, tenant, entry(bypassed, "bypassed")).await;
    let tampered = GateTampered {
        ticket: story.ticket.clone(),
        found: None,
        stands: GateState::Closed,
        by: Some(story.stays.clone()),
        claimed_at: None,
    };
    say(scene, tenant, entry(tampered, "tampered")).await;
}

/// One on which nobody decided in time, and one that stands.
async fn emergencies(scene: &Scene, tenant: &TenantId, story: &Story) {
    let released = |until: &str| EmergencyReleased {
        ticket: story.ticket.clone(),
        by: Reviewer {
            person: story.stays.clone(),
            role: "on-call".to_owned(),
            role_source: RoleSource::Group,
            speaks_for: None,
            in_place_of: None,
        },
        content_hash: "c".repeat(64),
        requirement_set: "s".repeat(64),
        until: until.to_owned(),
    };
    let words = || vec![("reason", json!("nobody can pay"))];
    let until = "2026-11-21T13:00:00.000Z";
    let first = beside(released(until), "emergency:1", words());
    let release = say(scene, tenant, first).await.id;
    let overdue = EmergencyOverdue {
        ticket: story.ticket.clone(),
        release,
        until: until.to_owned(),
    };
    say(scene, tenant, entry(overdue, "emergency:2")).await;
    let second = released("2027-01-01T00:00:00.000Z");
    say(scene, tenant, beside(second, "emergency:3", words())).await;
}
