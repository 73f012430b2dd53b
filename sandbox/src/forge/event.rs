//! Bodies of events in the shapes Forge sends. Pure.

use serde_json::{Value, json};

use crate::view::{FieldChoice, View};
use crate::webhook::EventKind;
use crate::world::{Happening, What, World};

/// The event's name as it travels in `eventType`; comments that are edited come under the name of new ones.
/// Of properties there is none.
const fn name(event: EventKind) -> Option<&'static str> {
    Some(match event {
        EventKind::IssueCreated => "avi:jira:created:issue",
        EventKind::IssueUpdated => "avi:jira:updated:issue",
        EventKind::IssueDeleted => "avi:jira:deleted:issue",
        EventKind::CommentCreated | EventKind::CommentUpdated => "avi:jira:commented:issue",
        EventKind::CommentDeleted => "avi:jira:deleted:comment",
        EventKind::WorklogCreated => "avi:jira:created:worklog",
        EventKind::WorklogUpdated => "avi:jira:updated:worklog",
        EventKind::WorklogDeleted => "avi:jira:deleted:worklog",
        EventKind::PropertySet | EventKind::PropertyRemoved => return None,
    })
}

/// The body of one event, if Forge has such an event.
pub(crate) fn body(world: &World, event: EventKind, happening: &Happening) -> Option<Value> {
    let view = View::webhook(world);
    let mut out = json!({
        "eventType": name(event)?,
        "timestamp": happening.at.to_string(),
        "atlassianId": happening.actor,
        "selfGenerated": false,
    });
    match &happening.what {
        What::Created { change } | What::Updated { change, .. } => {
            out["issue"] = whole(&view, happening);
            out["changelog"] = json!({ "items": change.items });
        }
        What::Deleted => out["issue"] = whole(&view, happening),
        What::Commented(comment) | What::CommentEdited(comment) | What::CommentDeleted(comment) => {
            out["issue"] = view.small_issue(&happening.issue);
            out["comment"] = view.comment(&happening.issue, comment, false);
        }
        What::WorkLogged(worklog)
        | What::WorklogEdited(worklog)
        | What::WorklogDeleted(worklog) => {
            out["worklog"] = view.worklog(&happening.issue, worklog);
        }
        What::PropertySet(_) | What::PropertyRemoved(_) => {}
    }
    Some(out)
}

fn whole(view: &View<'_>, happening: &Happening) -> Value {
    view.issue(
        &happening.issue,
        &FieldChoice::new(std::iter::empty(), true),
    )
}
