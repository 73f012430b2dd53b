//! Bodies of webhooks in the shapes Jira Cloud sends; Data Center sends comments without their issue, and tells of them
//! once more as updates of it. Pure.

use serde_json::{Value, json};

use super::EventKind;
use crate::config::Deployment;
use crate::view::{FieldChoice, View};
use crate::world::{Change, Comment, Happening, What, World};

/// The body of one delivery; `excluded` leaves only the envelope.
pub(crate) fn body(
    world: &World,
    event: EventKind,
    happening: &Happening,
    excluded: bool,
) -> Value {
    let view = View::webhook(world);
    let mut out = json!({ "timestamp": happening.at, "webhookEvent": event.name() });
    if excluded {
        return out;
    }
    match &happening.what {
        What::Created { change } => {
            out["issue_event_type_name"] = json!("issue_created");
            whole_issue(&view, &mut out, happening);
            out["changelog"] = changelog(&view, change);
        }
        What::Updated { change, kind } => {
            out["issue_event_type_name"] = json!(kind);
            whole_issue(&view, &mut out, happening);
            out["changelog"] = changelog(&view, change);
        }
        What::Deleted => whole_issue(&view, &mut out, happening),
        What::Commented(comment) | What::CommentEdited(comment) | What::CommentDeleted(comment) => {
            small(&view, &mut out, happening, comment);
        }
        What::WorkLogged(worklog)
        | What::WorklogEdited(worklog)
        | What::WorklogDeleted(worklog) => {
            out["worklog"] = view.worklog(&happening.issue, worklog);
            out["isFromIssueLimitTransformation"] = json!(false);
        }
        // No document says what is in it; an app that needs more than this would learn nothing here.
        What::PropertySet(key) | What::PropertyRemoved(key) => {
            out["user"] = view.user(&happening.actor);
            out["issue"] = view.small_issue(&happening.issue);
            out["property"] = json!({ "key": key });
        }
    }
    out
}

fn whole_issue(view: &View<'_>, out: &mut Value, happening: &Happening) {
    out["user"] = view.user(&happening.actor);
    out["issue"] = view.issue(
        &happening.issue,
        &FieldChoice::new(std::iter::empty(), true),
    );
}

/// The update of an issue by which Data Center tells of a comment once more; that of a deleted one does not name it.
pub(crate) fn twin(world: &World, happening: &Happening) -> Option<Value> {
    let (kind, comment) = match &happening.what {
        What::Commented(comment) => ("issue_commented", Some(comment)),
        What::CommentEdited(comment) => ("issue_comment_edited", Some(comment)),
        What::CommentDeleted(_) => ("issue_comment_deleted", None),
        _ => return None,
    };
    let view = View::webhook(world);
    let mut out =
        json!({ "timestamp": happening.at, "webhookEvent": EventKind::IssueUpdated.name() });
    out["issue_event_type_name"] = json!(kind);
    whole_issue(&view, &mut out, happening);
    if let Some(comment) = comment {
        out["comment"] = view.comment(&happening.issue, comment, false);
    }
    (world.deployment == Deployment::DataCenter).then_some(out)
}

fn small(view: &View<'_>, out: &mut Value, happening: &Happening, comment: &Comment) {
    out["comment"] = view.comment(&happening.issue, comment, false);
    if view.world.deployment == Deployment::DataCenter {
        return;
    }
    out["issue"] = view.small_issue(&happening.issue);
    out["eventType"] = json!("primaryAction");
}

fn changelog(view: &View<'_>, change: &Change) -> Value {
    json!({ "id": change.id.to_string(), "items": view.items(change) })
}
