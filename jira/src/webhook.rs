//! A webhook's body as a fact. Members nobody uses may be there or not; ids must have their form.
//!
//! A fact is a claim: it says where to look. Whether the call itself is genuine was decided before.
//!
//! One event has two readings: servers announce comments as `jira:issue_updated` too. It becomes the
//! comment's fact, so that it meets the `comment_*` event of the same comment under one key, if its
//! type is one of comments, the comment is in the body and the changelog tells of nothing else;
//! otherwise it is a change of the ticket.

mod body;

use record::facts::{
    Change, CommentChanged, Fact, PropertyChanged, TicketChanged, TicketDeleted, WorklogChanged,
};

use crate::wire::{Object, Person};
use body::Body;

/// The issue property that this app writes, and the only one whose changes it hears of.
pub const PROPERTY: &str = "countersign";

/// The longest body that is read, in bytes: Jira itself drops what is longer than 25 MB.
const LONGEST: usize = 25 * 1024 * 1024;

/// Why a body gives no fact. Holds the event's name at most.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefusal {
    /// The event is a known or unknown one that this app does not use. Not worth a repetition.
    #[error("the event {0} is not handled")]
    NotHandled(String),
    /// The body is not the JSON expected.
    #[error("the body is not the JSON object expected")]
    NotJson,
    /// A member this app needs is missing or does not have its form.
    #[error("the member {0} is missing or malformed")]
    Member(&'static str),
    /// The body is too long.
    #[error("the body is too long")]
    TooLong,
}

/// The fact a body tells of.
///
/// # Errors
/// The event is none this app uses, or the body is malformed.
pub fn parse(body: &[u8]) -> Result<Fact, WebhookRefusal> {
    if body.len() > LONGEST {
        return Err(WebhookRefusal::TooLong);
    }
    let Object(body): Object<Body> =
        serde_json::from_slice(body).map_err(|_| WebhookRefusal::NotJson)?;
    let event = body
        .webhook_event
        .as_deref()
        .ok_or(WebhookRefusal::Member("webhookEvent"))?;
    match event {
        "jira:issue_created" => ticket_changed(&body, Change::Created),
        "jira:issue_updated" => match legacy_comment(&body) {
            Some(change) => comment_changed(&body, change),
            None => ticket_changed(&body, Change::Updated),
        },
        "jira:issue_deleted" => {
            let (id, key) = body.ticket()?;
            let claimed_at_ms = body.timestamp;
            Ok(Fact::TicketDeleted(TicketDeleted {
                id,
                key,
                claimed_at_ms,
            }))
        }
        "comment_created" => comment_changed(&body, Change::Created),
        "comment_updated" => comment_changed(&body, Change::Updated),
        "comment_deleted" => comment_changed(&body, Change::Deleted),
        "worklog_created" => worklog_changed(&body, Change::Created),
        "worklog_updated" => worklog_changed(&body, Change::Updated),
        "worklog_deleted" => worklog_changed(&body, Change::Deleted),
        "issue_property_set" => property_changed(event, &body, Change::Updated),
        "issue_property_deleted" => property_changed(event, &body, Change::Deleted),
        other => Err(WebhookRefusal::NotHandled(event_name(other))),
    }
}

fn legacy_comment(body: &Body) -> Option<Change> {
    if body.comment.is_none()
        || body
            .changelog
            .as_ref()
            .is_some_and(|log| !log.items.is_empty())
    {
        return None;
    }
    match body.issue_event_type_name.as_deref() {
        Some("issue_commented") => Some(Change::Created),
        Some("issue_comment_edited") => Some(Change::Updated),
        Some("issue_comment_deleted") => Some(Change::Deleted),
        _ => None,
    }
}

fn ticket_changed(body: &Body, change: Change) -> Result<Fact, WebhookRefusal> {
    let (id, key) = body.ticket()?;
    let changelog = body.changelog.as_ref();
    Ok(Fact::TicketChanged(TicketChanged {
        id,
        key,
        change,
        changelog: changelog.map(body::Changelog::id).transpose()?.flatten(),
        edited: changelog.map(body::Changelog::fields).unwrap_or_default(),
        claimed_at_ms: body.timestamp,
        by: body.user.as_ref().and_then(Person::account),
    }))
}

fn comment_changed(body: &Body, change: Change) -> Result<Fact, WebhookRefusal> {
    let comment = body
        .comment
        .as_ref()
        .ok_or(WebhookRefusal::Member("comment"))?;
    let ticket = body.issue.as_ref().map(|_| body.ticket()).transpose()?;
    Ok(Fact::CommentChanged(CommentChanged {
        issue: comment.issue().filter(|_| ticket.is_none()),
        ticket,
        comment: comment.id()?,
        change,
        author: comment.author.as_ref().and_then(Person::account),
        updated: comment.updated.clone(),
        claimed_at_ms: body.timestamp,
    }))
}

fn worklog_changed(body: &Body, change: Change) -> Result<Fact, WebhookRefusal> {
    let worklog = body
        .worklog
        .as_ref()
        .ok_or(WebhookRefusal::Member("worklog"))?;
    Ok(Fact::WorklogChanged(WorklogChanged {
        issue: worklog.issue()?,
        worklog: worklog.id()?,
        change,
        author: worklog.author.as_ref().and_then(Person::account),
        updated: worklog.updated.clone(),
        claimed_at_ms: body.timestamp,
    }))
}

/// What such a notification holds beside the event is documented nowhere: only the ticket is insisted on.
/// Where it does not say which property it is, it is not said who wrote ours.
fn property_changed(event: &str, body: &Body, change: Change) -> Result<Fact, WebhookRefusal> {
    let is_named = match body.property_key() {
        Some(PROPERTY) => true,
        Some(_) => return Err(WebhookRefusal::NotHandled(event_name(event))),
        None => false,
    };
    let by = body.user.as_ref().filter(|_| is_named);
    Ok(Fact::PropertyChanged(PropertyChanged {
        issue: body.issue_id()?,
        change,
        by: by.and_then(Person::account),
        claimed_at_ms: body.timestamp,
    }))
}

/// An event's name as far as it is fit for a log.
pub(crate) fn event_name(text: &str) -> String {
    let fit = |c: &char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-' | '.');
    text.chars().filter(fit).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &str) -> WebhookRefusal {
        parse(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn what_is_malformed_is_told_from_what_is_not_ours() {
        assert_eq!(refusal("[]"), WebhookRefusal::NotJson);
        assert_eq!(refusal("{}"), WebhookRefusal::Member("webhookEvent"));
        assert_eq!(
            refusal(r#"{"webhookEvent":"sprint_started"}"#),
            WebhookRefusal::NotHandled("sprint_started".to_owned())
        );
        assert_eq!(
            refusal(r#"{"webhookEvent":"jira:issue_created"}"#),
            WebhookRefusal::Member("issue")
        );
        assert_eq!(
            refusal(r#"{"webhookEvent":"worklog_created","worklog":{"id":"1"}}"#),
            WebhookRefusal::Member("worklog.issueId")
        );
    }

    #[test]
    fn of_properties_ours_alone_is_heard_and_who_wrote_it_where_it_is_said_to_be_ours() {
        let told = |members: &str| {
            let body = format!(
                r#"{{"webhookEvent":"issue_property_set","timestamp":7,"user":{{"accountId":"ben"}},{members}}}"#
            );
            parse(body.as_bytes())
        };
        let ours = |by: Option<&str>| {
            Ok(Fact::PropertyChanged(PropertyChanged {
                issue: "1".parse().unwrap(),
                change: Change::Updated,
                by: by.map(|by| by.parse().unwrap()),
                claimed_at_ms: Some(7),
            }))
        };
        let issue = r#""issue":{"id":"1"}"#;
        let named = |key: &str| told(&format!(r#"{issue},"property":{{"key":"{key}"}}"#));
        assert_eq!(named(PROPERTY), ours(Some("ben")));
        assert_eq!(told(issue), ours(None));
        let others = WebhookRefusal::NotHandled("issue_property_set".to_owned());
        assert_eq!(named("somebody.elses"), Err(others));
        let elsewhere = |key: &str| told(&format!(r#"{issue},"propertyKey":"{key}""#));
        assert_eq!(elsewhere(PROPERTY), ours(Some("ben")));
        assert!(elsewhere("somebody.elses").is_err());
        for unread in ["7", "null", r#""countersign""#, r#"{"key":7}"#] {
            let body = format!(r#"{issue},"property":{unread}"#);
            assert_eq!(told(&body), ours(None), "{unread}");
        }
        let unsaid = told(r#""property":{"key":"countersign"}"#);
        assert_eq!(unsaid, Err(WebhookRefusal::Member("issue")));
    }

    #[test]
    fn a_list_of_values_is_no_object() {
        let deleted = |issue: &str| {
            refusal(&format!(
                r#"{{"webhookEvent":"jira:issue_deleted","issue":{issue}}}"#
            ))
        };
        assert_eq!(deleted(r#"["1","A-1"]"#), WebhookRefusal::NotJson);
        let list = r#"["jira:issue_deleted",null,1,null,{"id":"1","key":"A-1"},null,null]"#;
        assert_eq!(refusal(list), WebhookRefusal::NotJson);
        let commented = |members: &str| {
            refusal(&format!(
                r#"{{"webhookEvent":"comment_created",{members}}}"#
            ))
        };
        for members in [
            r#""comment":["7",null,null]"#,
            r#""comment":{"id":"7","author":["x",null,null]}"#,
            r#""comment":{"id":"7"},"user":["x",null,null]"#,
            r#""comment":{"id":"7"},"changelog":["1",[]]"#,
            r#""comment":{"id":"7"},"changelog":{"items":[["x","x"]]}"#,
        ] {
            assert_eq!(commented(members), WebhookRefusal::NotJson, "{members}");
        }
    }

    #[test]
    fn a_body_beyond_the_bound_is_not_parsed() {
        assert_eq!(
            parse(&vec![b' '; LONGEST + 1]),
            Err(WebhookRefusal::TooLong)
        );
    }

    #[test]
    fn an_event_name_cannot_break_a_log_line() {
        let body = format!(r#"{{"webhookEvent":"x\n{}"}}"#, "y".repeat(100));
        let WebhookRefusal::NotHandled(name) = refusal(&body) else {
            panic!("handled")
        };
        assert_eq!(name.len(), 64);
        assert!(!name.contains('\n'));
    }

    #[test]
    fn ids_must_have_their_form() {
        let body =
            |issue: &str| format!(r#"{{"webhookEvent":"jira:issue_deleted","issue":{issue}}}"#);
        assert_eq!(
            refusal(&body(r#"{"id":"1x","key":"A-1"}"#)),
            WebhookRefusal::Member("issue.id")
        );
        assert_eq!(
            refusal(&body(r#"{"id":"1","key":"../A"}"#)),
            WebhookRefusal::Member("issue.key")
        );
        assert!(parse(body(r#"{"id":10001,"key":"A-1"}"#).as_bytes()).is_ok());
    }

    #[test]
    fn a_comment_with_a_transition_is_a_change_of_the_ticket() {
        let body = |items: &str| {
            format!(
                r#"{{"webhookEvent":"jira:issue_updated","issue_event_type_name":"issue_commented",
                "issue":{{"id":"1","key":"A-1"}},"comment":{{"id":"7"}},"changelog":{{"items":{items}}}}}"#
            )
        };
        let fact = parse(body(r#"[{"field":"status"}]"#).as_bytes()).unwrap();
        assert!(matches!(fact, Fact::TicketChanged(_)));
        let fact = parse(body("[]").as_bytes()).unwrap();
        assert!(matches!(fact, Fact::CommentChanged(_)));
    }
}
