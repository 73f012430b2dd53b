//! Approval steps of requests, as Jira Service Management's own interface tells of them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::error::RestError;
use super::query::Query;
use crate::clock;
use crate::site::{Site, lock};
use crate::view::View;
use crate::world::{Answer, Step, WorldError};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/rest/servicedeskapi/request/{key}/approval",
        web::get().to(list),
    );
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    start: usize,
    limit: Option<usize>,
}

async fn list(
    request: HttpRequest,
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
    Query(page): Query<Page>,
) -> Result<HttpResponse, RestError> {
    if request
        .headers()
        .get("X-ExperimentalApi")
        .is_none_or(|agreed| agreed != "opt-in")
    {
        let words = "This API is experimental. Experimental APIs are not guaranteed to be stable.";
        return Err(RestError::new(StatusCode::PRECONDITION_FAILED, words));
    }
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let project = world.project(&issue.project);
    if !project.is_some_and(|project| project.service_desk) {
        return Err(WorldError::NoSuchIssue.into());
    }
    let limit = page.limit.unwrap_or(50).clamp(1, 50);
    let view = View::rest(&world);
    let steps = issue.steps.iter().skip(page.start).take(limit);
    let values: Vec<Value> = steps.map(|step| shown(&view, &caller, step)).collect();
    let last = page.start + values.len() >= issue.steps.len();
    Ok(HttpResponse::Ok().json(json!({
        "size": values.len(),
        "start": page.start,
        "limit": limit,
        "isLastPage": last,
        "values": values,
    })))
}

fn shown(view: &View<'_>, caller: &Caller, step: &Step) -> Value {
    let approvers: Vec<Value> = step
        .answers
        .iter()
        .map(|(who, answer)| json!({ "approver": view.user(who), "approverDecision": answer }))
        .collect();
    let may_answer = step
        .answers
        .iter()
        .any(|(who, answer)| *who == caller.account && *answer == Answer::Pending);
    let outcome = match step.ended {
        Some(_) => step.outcome(),
        None => Answer::Pending,
    };
    let mut out = json!({
        "id": step.id.to_string(),
        "name": step.name,
        "finalDecision": outcome,
        "canAnswerApproval": may_answer,
        "approvers": approvers,
        "createdDate": moment(step.created),
    });
    if let Some(ended) = step.ended {
        out["completedDate"] = moment(ended);
    }
    out
}

fn moment(at: i64) -> Value {
    let iso = clock::iso(at);
    json!({ "iso8601": iso, "jira": iso, "friendly": "Today", "epochMillis": at })
}
