//! An event of Forge's as a fact. Members are looked for at the body's root and under `payload`, since the platform's
//! documents show both. A fact is a claim: it says where to look, on the site that the token proved.

use record::facts::{Change, CommentChanged, Fact, TicketChanged, TicketDeleted, WorklogChanged};
use record::ids::{AccountId, IssueId, TicketKey};
use serde_json::Value;

use crate::webhook::WebhookRefusal;

/// The longest body that is read, in bytes.
const LONGEST: usize = 5 * 1024 * 1024;

/// What an event tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForgeEvent {
    /// Something happened to a ticket or a comment.
    Fact(Fact),
    /// The app was installed, or another version of it.
    Installed,
}

/// What this body tells of.
///
/// # Errors
/// The event is none this app uses, or the body is malformed.
pub fn parse(body: &[u8]) -> Result<ForgeEvent, WebhookRefusal> {
    if body.len() > LONGEST {
        return Err(WebhookRefusal::TooLong);
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| WebhookRefusal::NotJson)?;
    if !body.is_object() {
        return Err(WebhookRefusal::NotJson);
    }
    let body = Event(&body);
    let name = body.text("eventType");
    let name = name.ok_or(WebhookRefusal::Member("eventType"))?;
    match name {
        "avi:jira:created:issue" => body.ticket_changed(Change::Created),
        "avi:jira:updated:issue" => body.ticket_changed(Change::Updated),
        "avi:jira:deleted:issue" => {
            let (id, key) = body.ticket()?;
            Ok(ForgeEvent::Fact(Fact::TicketDeleted(TicketDeleted {
                id,
                key,
                claimed_at_ms: body.claimed_at(),
            })))
        }
        "avi:jira:commented:issue" => body.comment_changed(),
        "avi:jira:deleted:comment" => body.comment(Change::Deleted),
        "avi:jira:created:worklog" => body.worklog(Change::Created),
        "avi:jira:updated:worklog" => body.worklog(Change::Updated),
        "avi:jira:deleted:worklog" => body.worklog(Change::Deleted),
        "avi:forge:installed:app" | "avi:forge:upgraded:app" => Ok(ForgeEvent::Installed),
        other => Err(WebhookRefusal::NotHandled(crate::webhook::event_name(
            other,
        ))),
    }
}

struct Event<'b>(&'b Value);

impl<'b> Event<'b> {
    fn member(&self, name: &str) -> Option<&'b Value> {
        let payload = self.0.get("payload");
        self.0
            .get(name)
            .or_else(|| payload.and_then(|payload| payload.get(name)))
    }

    fn text(&self, name: &str) -> Option<&'b str> {
        self.member(name)?.as_str()
    }

    /// Milliseconds since 1970, as a number or as digits.
    fn claimed_at(&self) -> Option<i64> {
        let timestamp = self.member("timestamp")?;
        timestamp
            .as_i64()
            .or_else(|| timestamp.as_str()?.parse().ok())
    }

    fn by(&self) -> Option<AccountId> {
        self.text("atlassianId")?.parse().ok()
    }

    fn ticket(&self) -> Result<(IssueId, TicketKey), WebhookRefusal> {
        let issue = self
            .member("issue")
            .filter(|issue| issue.is_object())
            .ok_or(WebhookRefusal::Member("issue"))?;
        let key = issue.get("key").and_then(Value::as_str);
        Ok((
            id(issue.get("id"), "issue.id")?,
            key.and_then(|key| key.parse().ok())
                .ok_or(WebhookRefusal::Member("issue.key"))?,
        ))
    }

    fn ticket_changed(&self, change: Change) -> Result<ForgeEvent, WebhookRefusal> {
        let (id, key) = self.ticket()?;
        let items = self
            .member("changelog")
            .and_then(|log| log.get("items"))
            .and_then(Value::as_array);
        let mut edited: Vec<String> = Vec::new();
        for item in items.into_iter().flatten() {
            let field = item.get("fieldId").or_else(|| item.get("field"));
            if let Some(field) = field.and_then(Value::as_str)
                && !edited.iter().any(|known| known == field)
            {
                edited.push(field.to_owned());
            }
        }
        Ok(ForgeEvent::Fact(Fact::TicketChanged(TicketChanged {
            id,
            key,
            change,
            changelog: None,
            edited,
            claimed_at_ms: self.claimed_at(),
            by: self.by(),
        })))
    }

    /// One event tells of new and of edited comments: an edited one was updated later than it was created.
    fn comment_changed(&self) -> Result<ForgeEvent, WebhookRefusal> {
        let time = |name| self.member("comment").and_then(|comment| comment.get(name));
        let change = match (time("created"), time("updated")) {
            (Some(created), Some(updated)) if created != updated => Change::Updated,
            _ => Change::Created,
        };
        self.comment(change)
    }

    fn comment(&self, change: Change) -> Result<ForgeEvent, WebhookRefusal> {
        let comment = self
            .member("comment")
            .filter(|comment| comment.is_object())
            .ok_or(WebhookRefusal::Member("comment"))?;
        let ticket = match self.member("issue") {
            None => None,
            Some(_) => Some(self.ticket()?),
        };
        Ok(ForgeEvent::Fact(Fact::CommentChanged(CommentChanged {
            issue: None,
            ticket,
            comment: id(comment.get("id"), "comment.id")?,
            change,
            author: author_of(comment),
            updated: updated_of(comment),
            claimed_at_ms: self.claimed_at(),
        })))
    }

    fn worklog(&self, change: Change) -> Result<ForgeEvent, WebhookRefusal> {
        let worklog = self
            .member("worklog")
            .filter(|worklog| worklog.is_object())
            .ok_or(WebhookRefusal::Member("worklog"))?;
        Ok(ForgeEvent::Fact(Fact::WorklogChanged(WorklogChanged {
            issue: id(worklog.get("issueId"), "worklog.issueId")?,
            worklog: id(worklog.get("id"), "worklog.id")?,
            change,
            author: author_of(worklog),
            updated: updated_of(worklog),
            claimed_at_ms: self.claimed_at(),
        })))
    }
}

fn author_of(thing: &Value) -> Option<AccountId> {
    let author = thing.get("author")?.get("accountId")?;
    author.as_str()?.parse().ok()
}

fn updated_of(thing: &Value) -> Option<String> {
    Some(thing.get("updated")?.as_str()?.to_owned())
}

fn id(value: Option<&Value>, member: &'static str) -> Result<IssueId, WebhookRefusal> {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err(WebhookRefusal::Member(member)),
    };
    text.parse().map_err(|_| WebhookRefusal::Member(member))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> Result<ForgeEvent, WebhookRefusal> {
        parse(body.to_string().as_bytes())
    }

    #[test]
    fn an_edit_tells_what_was_edited_at_the_root_and_under_payload() {
        let members = json!({
            "eventType": "avi:jira:updated:issue",
            "issue": {"id": "10001", "key": "PAY-1", "fields": {"summary": "ours"}},
            "atlassianId": "5b10a2844c20165700ede21g",
            "changelog": {"items": [{"field": "summary", "fieldId": "summary"}, {"field": "labels"}, {"field": "labels"}]},
            "timestamp": "1790000000000",
        });
        let at_root = read(&members).unwrap();
        let nested =
            read(&json!({"eventType": "avi:jira:updated:issue", "payload": members})).unwrap();
        assert_eq!(at_root, nested);
        let ForgeEvent::Fact(Fact::TicketChanged(changed)) = at_root else {
            panic!("a change of a ticket is expected");
        };
        assert_eq!(changed.edited, ["summary", "labels"]);
        assert_eq!(changed.claimed_at_ms, Some(1_790_000_000_000));
        assert_eq!(
            (changed.id.as_str(), changed.key.as_str()),
            ("10001", "PAY-1")
        );
        assert!(changed.by.is_some());
    }

    #[test]
    fn a_comment_that_was_updated_later_was_edited() {
        let told = |updated: &str| {
            let body = json!({
                "eventType": "avi:jira:commented:issue",
                "issue": {"id": 10001, "key": "PAY-1"},
                "comment": {"id": "7", "created": "2026-11-21T09:00:00.000+0000", "updated": updated},
            });
            match read(&body).unwrap() {
                ForgeEvent::Fact(Fact::CommentChanged(comment)) => comment.change,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(told("2026-11-21T09:00:00.000+0000"), Change::Created);
        assert_eq!(told("2026-11-21T09:05:00.000+0000"), Change::Updated);
    }

    #[test]
    fn what_is_malformed_is_told_from_what_is_not_ours() {
        assert_eq!(parse(b"[]"), Err(WebhookRefusal::NotJson));
        assert_eq!(parse(b"{"), Err(WebhookRefusal::NotJson));
        assert_eq!(
            parse(&vec![b' '; LONGEST + 1]),
            Err(WebhookRefusal::TooLong)
        );
        assert_eq!(read(&json!({})), Err(WebhookRefusal::Member("eventType")));
        let other = json!({"eventType": "avi:jira:viewed:issue\n"});
        assert_eq!(
            read(&other),
            Err(WebhookRefusal::NotHandled(
                "avi:jira:viewed:issue".to_owned()
            ))
        );
        for issue in [
            json!(["10001", "PAY-1"]),
            json!({"id": "1x", "key": "PAY-1"}),
            json!({"id": "1"}),
        ] {
            let body = json!({"eventType": "avi:jira:deleted:issue", "issue": issue});
            assert!(
                matches!(read(&body), Err(WebhookRefusal::Member(_))),
                "{body}"
            );
        }
        let installed = json!({"eventType": "avi:forge:installed:app"});
        assert_eq!(read(&installed), Ok(ForgeEvent::Installed));
    }
}
