//! What of a ticket counts as its content: that which an approval is about. Hashed under a key of the
//! ticket's own, so that the hash alone tells nobody what the ticket says.

use hmac::{Hmac, KeyInit, Mac};
use record::facts::TicketSnapshot;
use serde_json::{Value, json};
use sha2::Sha256;

/// Labels that this product may write itself are no content.
const OUR_LABELS: &str = "countersign-";

/// HMAC-SHA256 over the ticket's content in canonical form, hex. Comments, status, assignee, worklog,
/// links and what the ticket is a part of are no content; the order of labels, components and attachments is none either.
pub(crate) fn content_hash(ticket: &TicketSnapshot, key: &[u8]) -> String {
    let mut labels: Vec<&String> = ticket
        .labels
        .iter()
        .filter(|l| !l.starts_with(OUR_LABELS))
        .collect();
    labels.sort_unstable();
    let mut components: Vec<&String> = ticket.components.iter().collect();
    components.sort_unstable();
    let mut attachments: Vec<Value> = ticket
        .attachments
        .iter()
        .map(|a| json!([a.id, a.size.to_string()]))
        .collect();
    attachments.sort_by_key(Value::to_string);
    let content = json!({
        "summary": ticket.summary,
        "description": ticket.description,
        "issueType": ticket.issue_type,
        "priority": ticket.priority,
        "labels": labels,
        "components": components,
        "attachments": attachments,
        "fields": ticket.fields,
    });
    #[expect(
        clippy::expect_used,
        reason = "texts and lists of texts always have a canonical form"
    )]
    let canonical = serde_json_canonicalizer::to_vec(&content).expect("a canonical form");
    #[expect(
        clippy::expect_used,
        reason = "HMAC takes keys of any length (RFC 2104, section 2)"
    )]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    mac.update(b"countersign ticket content v1\n");
    mac.update(&canonical);
    mac.finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use record::facts::Attachment;

    use super::*;

    fn ticket() -> TicketSnapshot {
        TicketSnapshot {
            id: "10001".parse().unwrap(),
            key: "PAY-1".parse().unwrap(),
            project: "PAY".parse().unwrap(),
            summary: "Add card payment".to_owned(),
            description: "With a provider".to_owned(),
            issue_type: "Story".to_owned(),
            priority: Some("High".to_owned()),
            labels: vec!["b".to_owned(), "a".to_owned()],
            components: vec!["Checkout".to_owned()],
            attachments: vec![Attachment {
                id: "1".to_owned(),
                size: 10,
            }],
            fields: BTreeMap::new(),
            parent: None,
            status: "To Do".to_owned(),
            done: false,
            assignee: None,
            reporter: None,
            restricted: false,
            updated: "2026-11-21T10:00:00.000+0000".to_owned(),
        }
    }

    type Edit = fn(&mut TicketSnapshot);

    #[test]
    fn content_and_only_content_changes_the_hash() {
        let before = content_hash(&ticket(), &[1; 32]);
        let ordinary_work: [Edit; 7] = [
            |t| t.parent = Some("Checkout".to_owned()),
            |t| t.status = "Done".to_owned(),
            |t| t.done = true,
            |t| t.assignee = Some("5b10".parse().unwrap()),
            |t| t.labels.reverse(),
            |t| t.labels.push("countersign-high".to_owned()),
            |t| t.updated = "later".to_owned(),
        ];
        for edit in ordinary_work {
            let mut edited = ticket();
            edit(&mut edited);
            assert_eq!(content_hash(&edited, &[1; 32]), before);
        }
        let content: [Edit; 8] = [
            |t| t.summary.push('!'),
            |t| t.description.push('!'),
            |t| t.issue_type = "Bug".to_owned(),
            |t| t.priority = None,
            |t| t.labels.push("c".to_owned()),
            |t| t.components.clear(),
            |t| t.attachments[0].size = 11,
            |t| {
                drop(
                    t.fields
                        .insert("customfield_1".to_owned(), "HIGH".to_owned()),
                );
            },
        ];
        for edit in content {
            let mut edited = ticket();
            edit(&mut edited);
            assert_ne!(content_hash(&edited, &[1; 32]), before);
        }
        assert_ne!(content_hash(&ticket(), &[2; 32]), before);
    }
}
