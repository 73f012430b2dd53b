//! What happens to a ticket besides edits and decisions: work is logged, it moves, it is resolved.

use record::entries::{Observed, ResolvedBy, TicketMoved, TicketResolved, WorklogRecorded};
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
}
