//! A notification as Jira sends it when a ticket was edited, of the usual length.

use serde_json::json;

/// `jira:issue_updated` of one of many tickets.
pub(super) fn body(ticket: usize) -> String {
    let (id, key) = (20_000 + ticket, format!("PAY-{ticket}"));
    let site = "https://example.atlassian.net/rest/api/2";
    let person = json!({
        "self": format!("{site}/user?accountId=712020:6f0c"),
        "accountId": "712020:6f0c",
        "accountType": "atlassian",
        "active": true,
        "displayName": "Grace Example",
        "timeZone": "Europe/Berlin",
        "avatarUrls": {
            "16x16": format!("{site}/avatar/16"), "24x24": format!("{site}/avatar/24"),
            "32x32": format!("{site}/avatar/32"), "48x48": format!("{site}/avatar/48"),
        },
    });
    let named = |what: &str, id: &str, name: &str| json!({ "self": format!("{site}/{what}/{id}"), "id": id, "name": name });
    let description = "The payment page takes a card number and sends it on to the provider. \
        It has to be encrypted on its way, and must never stand in a log. "
        .repeat(8);
    json!({
        "timestamp": 1_764_000_000_000_u64,
        "webhookEvent": "jira:issue_updated",
        "issue_event_type_name": "issue_updated",
        "user": person,
        "issue": {
            "id": id.to_string(),
            "self": format!("{site}/{id}"),
            "key": key,
            "fields": {
                "summary": "Encrypt card numbers on their way to the provider",
                "description": description,
                "issuetype": named("issuetype", "10001", "Story"),
                "priority": named("priority", "2", "High"),
                "status": named("status", "3", "In Progress"),
                "project": named("project", "10000", "Payments"),
                "labels": ["payments", "pci", "encryption"],
                "components": [named("component", "10010", "checkout"), named("component", "10011", "gateway")],
                "fixVersions": [named("version", "10020", "2026.12")],
                "assignee": person, "reporter": person, "creator": person,
                "created": "2026-11-20T09:12:00.000+0100",
                "updated": "2026-11-24T13:45:00.000+0100",
                "attachment": [], "subtasks": [], "issuelinks": [],
            },
        },
        "changelog": {
            "id": "30001",
            "items": [{
                "field": "description", "fieldtype": "jira", "fieldId": "description",
                "from": null, "fromString": "The payment page takes a card number.",
                "to": null, "toString": "The payment page takes a card number and sends it on.",
            }],
        },
    })
    .to_string()
}

/// The commit of the one push that all others are like.
const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

/// A push of one commit. Its message names a ticket.
pub(super) struct Push(String);

impl Push {
    /// The push, of whichever commit.
    pub(super) fn like_all() -> Self {
        Self(push(SHA))
    }

    /// The same of the commit whose hash is made of this.
    pub(super) fn of(&self, commit: u128) -> String {
        self.0.replace(SHA, &format!("{commit:040x}"))
    }
}

fn push(sha: &str) -> String {
    let person =
        json!({ "name": "Grace Example", "email": "grace@example.com", "username": "grace" });
    let commit = json!({ "id": sha, "message": "PAY-7: encrypt card numbers on their way to the provider",
        "timestamp": "2026-11-24T13:45:00+01:00", "url": format!("https://github.com/acme/pay/commit/{sha}"),
        "author": person, "committer": person, "added": [], "removed": [], "modified": ["checkout.rs"] });
    json!({ "ref": "refs/heads/main", "before": "ab".repeat(20), "after": sha, "created": false, "deleted": false,
        "forced": false, "commits": [commit], "head_commit": commit,
        "repository": { "id": 186_853_002, "full_name": "acme/pay", "html_url": "https://github.com/acme/pay" },
        "sender": { "login": "grace", "id": 21_031_067 } })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_is_what_the_server_reads() {
        let body = Push::like_all().of(7);
        let events = github::parse("push", body.as_bytes(), record::entries::PushAs::Commits);
        let [event] = &events.unwrap()[..] else {
            panic!("one event is expected")
        };
        let sha = format!("{:040x}", 7);
        assert_eq!(event.commit, Some(sha.parse().unwrap()));
        assert!(!body.contains(SHA));
    }

    #[test]
    fn it_is_what_the_server_reads_and_of_the_usual_length() {
        let body = body(7);
        assert!((4_300..4_700).contains(&body.len()), "{}", body.len());
        let fact = jira::webhook::parse(body.as_bytes()).unwrap();
        let record::facts::Fact::TicketChanged(changed) = fact else {
            panic!("{fact:?}")
        };
        assert_eq!(changed.key.as_str(), "PAY-7");
    }
}
