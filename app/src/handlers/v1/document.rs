//! The OpenAPI document, made from the handlers themselves, and a page to read it on.

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpResponse, web};
use serde_json::Value;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{Reading, events, gate, github, jira, jira_webhook, ledger, links, trail};
use crate::error::AppError;
use crate::state::AppState;

const POLICY: &str = "default-src 'none'; style-src 'self'; frame-ancestors 'none'";

/// The API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Countersign",
        description = "The audit trail: events from outside, the tickets that belong to them, and who approved what. \
            Everything recorded is in a tamper-evident ledger; every `verified` is computed for the answer it stands in."
    ),
    paths(
        events::report, events::list, events::show, events::verify,
        links::list, links::add, links::revoke,
        trail::walk, gate::ask,
        jira::connect, jira::change, jira::list, jira::show, jira::remove, jira::test, jira::sync,
        jira_webhook::receive,
        github::register, github::list, github::remove, github::webhook,
        ledger::show, ledger::consistency,
    ),
    modifiers(&ByKey),
    security(("key" = [])),
)]
struct Api;

struct ByKey;

impl Modify for ByKey {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("ak_live_… or ak_test_…")
            .description(Some("A key of `countersign-server key issue`."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(key));
    }
}

/// The document, for this server's address.
pub(crate) fn document(address: &str) -> Value {
    let mut document = serde_json::to_value(Api::openapi()).unwrap_or_default();
    document["servers"] = serde_json::json!([{ "url": address }]);
    say_what_problems_are(&mut document);
    document
}

/// Problems have a media type of their own (RFC 9457).
fn say_what_problems_are(document: &mut Value) {
    let paths = document["paths"].as_object_mut();
    let operations = paths.into_iter().flat_map(|paths| paths.values_mut());
    let operations = operations
        .filter_map(Value::as_object_mut)
        .flat_map(|of| of.values_mut());
    for operation in operations {
        let answers = operation["responses"].as_object_mut();
        for (status, answer) in answers.into_iter().flatten() {
            let content = answer.get_mut("content").and_then(Value::as_object_mut);
            if let (true, Some(content)) = (status.starts_with(['4', '5']), content)
                && let Some(shape) = content.remove("application/json")
            {
                content.insert("application/problem+json".to_owned(), shape);
            }
        }
    }
}

/// The document.
pub(crate) async fn show(state: web::Data<AppState>) -> HttpResponse {
    HttpResponse::Ok().json(document(state.config.address.as_str()))
}

/// The page.
pub(crate) async fn page(state: web::Data<AppState>) -> Result<HttpResponse, AppError> {
    let reading = Reading::of(&document(state.config.address.as_str()));
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(state.views.api(&reading)?))
}
