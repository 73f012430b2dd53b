//! The OpenAPI document, made from the handlers themselves, and a page to read it on.

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpResponse, web};
use record::entries::Scope;
use serde_json::{Value, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{
    Reading, catalog, claims, coverage, events, feeds, gate, github, jira, jira_webhook, ledger,
    links, monitoring, scan, tickets, trail,
};
use crate::error::AppError;
use crate::routes::{Caller, ROUTES};
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
        trail::walk, gate::ask, monitoring::acknowledge,
        catalog::preview, catalog::apply, scan::scan, coverage::page,
        tickets::requirements, tickets::validation, tickets::prompt, tickets::claim,
        claims::list, claims::check,
        jira::connect, jira::change, jira::list, jira::show, jira::remove, jira::test, jira::sync,
        jira_webhook::receive,
        feeds::add, feeds::list, feeds::remove,
        github::register, github::install, github::list, github::remove, github::webhook,
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
    document["servers"] = json!([{ "url": address }]);
    say_what_problems_are(&mut document);
    document
}

/// Adds what any call with a key can be answered with, and gives problems the media type of their own (RFC 9457).
fn say_what_problems_are(document: &mut Value) {
    for route in ROUTES {
        let (path, method) = (route.path.replace('/', "~1"), route.method.to_lowercase());
        let answers = document.pointer_mut(&format!("/paths/{path}/{method}/responses"));
        let Some(answers) = answers.and_then(Value::as_object_mut) else {
            continue;
        };
        for (status, description) in answers_to_keys(route.caller) {
            let answer = || json!({ "description": description, "content": { "application/json": { "schema": problem() } } });
            answers.entry(status).or_insert_with(answer);
        }
        for (status, answer) in answers.iter_mut() {
            let content = answer.get_mut("content").and_then(Value::as_object_mut);
            if let (true, Some(content)) = (status.starts_with(['4', '5']), content)
                && let Some(shape) = content.remove("application/json")
            {
                content.insert("application/problem+json".to_owned(), shape);
            }
        }
    }
}

fn problem() -> Value {
    json!({ "$ref": "#/components/schemas/Problem" })
}

/// Beside what its handler says, what a call with a key is answered with.
fn answers_to_keys(caller: Caller) -> Vec<(&'static str, String)> {
    let scope = match caller {
        Caller::KeyReadsEvents => Scope::EventsRead,
        Caller::KeyWritesEvents => Scope::EventsWrite,
        Caller::KeyWritesLinks => Scope::LinksWrite,
        Caller::KeyWritesIntegrations => Scope::IntegrationsWrite,
        Caller::KeyReadsLedger => Scope::LedgerRead,
        Caller::KeyReadsRequirements => Scope::RequirementsRead,
        Caller::KeyWritesClaims => Scope::ClaimsWrite,
        Caller::KeyWritesCatalog => Scope::CatalogWrite,
        Caller::KeyWritesFeeds => Scope::FeedsWrite,
        _ => return Vec::new(),
    };
    vec![
        ("401", "No key that opens anything.".to_owned()),
        ("403", format!("The key lacks `{scope}`.")),
        ("429", "Too many calls with this key.".to_owned()),
        ("503", "The database cannot be reached.".to_owned()),
    ]
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
