//! A ticket and what was decided on it, in Jira's words.

use crate::answers::{Decision, Finding, Ticket, TicketClaim};
use crate::printable::Printable;

/// A line about the ticket, and one for each decision.
pub(super) fn ticket(ticket: &Ticket) -> Vec<String> {
    let mut first = format!(
        "{}  severity {}, risk {:.1} of 10, {}",
        ticket.key,
        ticket.severity,
        ticket.risk,
        approval(ticket)
    );
    if ticket.deleted {
        first.push_str(", deleted in Jira");
    }
    let decisions = ticket.decisions.iter().map(decision);
    let findings = ticket.findings.iter().map(finding);
    let claims = ticket.claims.iter().map(claim);
    std::iter::once(first)
        .chain(decisions)
        .chain(findings)
        .chain(claims)
        .collect()
}

fn finding(finding: &Finding) -> String {
    let who = finding.who.as_ref();
    let who = who.map(|who| format!(", by {who}")).unwrap_or_default();
    format!(
        "    {}{who} at {}: {} ({})",
        finding.what, finding.recorded_at, finding.event_type, finding.event
    )
}

fn claim(claim: &TicketClaim) -> String {
    let place = claim.claim.place_and_commit();
    format!("    {} is said to be met in {place}", claim.requirement)
}

/// Why an approval no longer counts.
fn stale(ticket: &Ticket) -> &'static str {
    match ticket.stale.as_ref().map(Printable::as_str) {
        Some("REQUIREMENTS_CHANGED") => "other requirements apply since it was approved",
        Some("COMMENT_EDITED") => "the comment that approved it was edited",
        Some("COMMENT_DELETED") => "the comment that approved it was deleted",
        Some("MOVED") => "the issue moved to another project after it was approved",
        Some("COMMITS_ADDED") => "another commit came after it was approved",
        _ => "the issue changed after it was approved",
    }
}

fn approval(ticket: &Ticket) -> String {
    match ticket.approval.as_str() {
        "NONE" => "not approved".to_owned(),
        "APPROVED" => "approved".to_owned(),
        "REJECTED" => "rejected".to_owned(),
        "PARTLY" => "has an approval and needs another one".to_owned(),
        "STALE" => format!("approval is stale: {}", stale(ticket)),
        other => format!("approval {other}"),
    }
}

fn decision(decision: &Decision) -> String {
    let role = &decision.role;
    let role = match decision.role_source.as_ref().map(Printable::as_str) {
        Some("PROJECT_ROLE") => format!("project role {role}"),
        Some("GROUP") => format!("group {role}"),
        _ => role.to_string(),
    };
    let role = match &decision.in_place_of {
        Some(person) => format!("{role}, in the place of {person}"),
        None => role,
    };
    let state = match decision.state.as_str() {
        "COUNTING" => "counts",
        "SUPERSEDED" => "superseded by a later decision",
        "STALE" => "stale, counts no longer",
        other => other,
    };
    format!(
        "    {} by {} ({role}) at {}: {state}",
        decision.decision, decision.reviewer, decision.reviewed_at
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    fn lines(approval: &str, deleted: bool) -> Vec<String> {
        let decision = |decision: &str, state: &str, source: Option<&str>| {
            json!({ "event": "evt_1", "decision": decision, "state": state, "reviewer": "Carla\u{1b}[31m Ruiz",
                "role": "Approvers", "roleSource": source, "reviewedAt": "2026-03-02T15:00:00.000Z" })
        };
        let ticket = json!({ "key": "PAY-142", "site": "site_1", "deleted": deleted, "severity": "HIGH", "risk": 8.5,
            "requirementSet": "1", "assessedBy": "evt_1", "approval": approval, "decisions": [
                decision("APPROVED", "COUNTING", Some("PROJECT_ROLE")),
                decision("REJECTED", "SUPERSEDED", Some("GROUP")),
                decision("APPROVED", "STALE", None),
                { "event": "evt_2", "decision": "APPROVED", "state": "COUNTING", "reviewer": "Alice Ng",
                    "role": "Approvers", "roleSource": "GROUP", "inPlaceOf": "per_1",
                    "reviewedAt": "2026-03-02T15:00:00.000Z" },
            ], "findings": [{ "event": "evt_9", "eventType": "GATE_BYPASSED", "recordedAt": "2026-03-02T16:00:00.000Z",
                "what": "Came into “Done” without an approval", "who": "Ben Okafor" }] });
        super::ticket(&serde_json::from_value(ticket).unwrap())
    }

    #[test]
    fn a_ticket_reads_with_its_decisions() {
        assert_eq!(
            lines("APPROVED", false),
            [
                "PAY-142  severity HIGH, risk 8.5 of 10, approved",
                "    APPROVED by Carla\u{fffd}[31m Ruiz (project role Approvers) at 2026-03-02T15:00:00.000Z: counts",
                "    REJECTED by Carla\u{fffd}[31m Ruiz (group Approvers) at 2026-03-02T15:00:00.000Z: superseded by a \
                 later decision",
                "    APPROVED by Carla\u{fffd}[31m Ruiz (Approvers) at 2026-03-02T15:00:00.000Z: stale, counts no \
                 longer",
                "    APPROVED by Alice Ng (group Approvers, in the place of per_1) at 2026-03-02T15:00:00.000Z: counts",
                "    Came into “Done” without an approval, by Ben Okafor at 2026-03-02T16:00:00.000Z: GATE_BYPASSED (evt_9)",
            ]
        );
    }

    #[test]
    fn where_approval_stands_is_said_in_words() {
        for (approval, told) in [
            ("NONE", "10, not approved"),
            ("REJECTED", "10, rejected"),
            (
                "STALE",
                "10, approval is stale: the issue changed after it was approved",
            ),
            ("LATER", "10, approval LATER"),
        ] {
            assert!(lines(approval, false)[0].ends_with(told));
        }
        assert!(lines("NONE", true)[0].ends_with("not approved, deleted in Jira"));
    }
}
