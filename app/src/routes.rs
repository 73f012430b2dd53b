//! The whole URL table. A route stands here with who may call it, or it does not exist; the access matrix
//! walks this table.

use actix_web::HttpResponse;
use actix_web::http::header::ALLOW;
use actix_web::web::{self, PayloadConfig, ServiceConfig};

use crate::auth::{Connect, Forge};
use crate::handlers::{
    acknowledgements, assets, corrections, descriptor, emergency, forge, health, integrations,
    lifecycle, mcp, panel, review, settings, v1, waivers, webhooks,
};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Anybody: the answer holds nothing that is not public.
    Anybody,
    /// Jira's page frame: the shared secret over this very request, in the address.
    ConnectPage,
    /// Jira's server: the shared secret over this very request.
    ConnectServer,
    /// Our own panel inside Jira: a context token.
    ConnectContext,
    /// Our own page inside Jira's administration: a context token that names a person and no ticket.
    ConnectPerson,
    /// Atlassian: its own key over this very request.
    ConnectInstall,
    /// A page of Forge's: an invocation token that names a person and a ticket.
    ForgePage,
    /// Forge's administration page: an invocation token of that page's that names a person.
    ForgeAdministration,
    /// Forge's platform: an invocation token of a site.
    ForgePlatform,
    /// A program: a key with the scope `events:read`.
    KeyReadsEvents,
    /// A program: a key with the scope `events:write`.
    KeyWritesEvents,
    /// A program: a key with the scope `links:write`.
    KeyWritesLinks,
    /// A program: a key with the scope `integrations:write`.
    KeyWritesIntegrations,
    /// A program: a key with the scope `ledger:read`.
    KeyReadsLedger,
    /// A program: a key with the scope `requirements:read`.
    KeyReadsRequirements,
    /// A program: a key with the scope `claims:write`.
    KeyWritesClaims,
    /// A program: a key with the scope `catalog:write`.
    KeyWritesCatalog,
    /// A program: a key with the scope `feeds:write`.
    KeyWritesFeeds,
    /// A Jira site that an API token opens: its webhook's secret.
    JiraWebhook,
    /// A code host: its signature over the very bytes.
    CodeHost,
}

/// A route.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'static str,
    /// Who may call it.
    pub caller: Caller,
    handler: fn() -> actix_web::Route,
}

macro_rules! routes {
    ($($method:ident $path:literal $caller:ident $handler:path;)*) => {
        /// Every route of this server.
        pub const ROUTES: &[Route] = &[$(Route {
            method: stringify!($method),
            path: $path,
            caller: Caller::$caller,
            handler: || routes!(@ $method).to($handler),
        }),*];
    };
    (@ GET) => { web::get() };
    (@ POST) => { web::post() };
    (@ PATCH) => { web::patch() };
    (@ DELETE) => { web::delete() };
}

routes! {
    // Tried in this order: what programs send all day stands first.
    POST "/v1/audit"                        KeyWritesEvents v1::events::report;
    POST "/v1/integrations/github/webhook/{host}" CodeHost  v1::github::webhook;
    GET  "/atlassian-connect.json"          Anybody        descriptor::show;
    GET  "/assets/{name}"                   Anybody        assets::show;
    GET  "/health/live"                     Anybody        health::live;
    GET  "/health/ready"                    Anybody        health::ready;
    POST "/connect/installed"               ConnectInstall lifecycle::installed;
    POST "/connect/uninstalled"             ConnectInstall lifecycle::uninstalled;
    POST "/connect/enabled"                 ConnectServer  lifecycle::enabled;
    POST "/connect/disabled"                ConnectServer  lifecycle::disabled;
    POST "/connect/webhooks/issue-created"  ConnectServer  webhooks::receive;
    POST "/connect/webhooks/issue-updated"  ConnectServer  webhooks::receive;
    POST "/connect/webhooks/issue-deleted"  ConnectServer  webhooks::receive;
    POST "/connect/webhooks/comment-created" ConnectServer webhooks::receive;
    POST "/connect/webhooks/comment-updated" ConnectServer webhooks::receive;
    POST "/connect/webhooks/comment-deleted" ConnectServer webhooks::receive;
    POST "/connect/webhooks/worklog-created" ConnectServer webhooks::receive;
    POST "/connect/webhooks/worklog-updated" ConnectServer webhooks::receive;
    POST "/connect/webhooks/worklog-deleted" ConnectServer webhooks::receive;
    POST "/connect/webhooks/property-set"   ConnectServer  webhooks::receive;
    POST "/connect/webhooks/property-deleted" ConnectServer webhooks::receive;
    GET  "/connect/panel"                   ConnectPage    panel::page;
    GET  "/connect/panel/fragment"          ConnectContext panel::fragment::<Connect>;
    POST "/connect/panel/assess"            ConnectContext panel::assess::<Connect>;
    POST "/connect/panel/review"            ConnectContext review::decide::<Connect>;
    POST "/connect/panel/waive"             ConnectContext waivers::waive::<Connect>;
    POST "/connect/panel/end-waiver"        ConnectContext waivers::end::<Connect>;
    POST "/connect/panel/release"           ConnectContext emergency::release::<Connect>;
    POST "/connect/panel/correct"           ConnectContext corrections::correct::<Connect>;
    POST "/connect/panel/acknowledge"       ConnectContext acknowledgements::acknowledge::<Connect>;
    GET  "/connect/settings"                ConnectPage    settings::page;
    GET  "/connect/settings/fragment"       ConnectPerson  settings::fragment::<Connect>;
    POST "/connect/settings"                ConnectPerson  settings::change::<Connect>;
    GET  "/forge/panel"                     ForgePage      panel::fragment::<Forge>;
    POST "/forge/panel/assess"              ForgePage      panel::assess::<Forge>;
    POST "/forge/panel/review"              ForgePage      review::decide::<Forge>;
    POST "/forge/panel/waive"               ForgePage      waivers::waive::<Forge>;
    POST "/forge/panel/end-waiver"          ForgePage      waivers::end::<Forge>;
    POST "/forge/panel/release"             ForgePage      emergency::release::<Forge>;
    POST "/forge/panel/correct"             ForgePage      corrections::correct::<Forge>;
    POST "/forge/panel/acknowledge"         ForgePage      acknowledgements::acknowledge::<Forge>;
    GET  "/forge/settings"                  ForgeAdministration settings::fragment::<Forge>;
    POST "/forge/settings"                  ForgeAdministration settings::change::<Forge>;
    POST "/forge/events"                    ForgePlatform  forge::event;
    POST "/forge/tick"                      ForgePlatform  forge::tick;
    POST "/forge/uninstalling"              ForgePlatform  forge::uninstalling;
    GET  "/v1/openapi.json"                 Anybody         v1::document::show;
    GET  "/integrations"                    Anybody         integrations::page;
    GET  "/v1/docs"                         Anybody         v1::document::page;
    GET  "/v1/audit"                        KeyReadsEvents  v1::events::list;
    POST "/v1/audit/verify"                 KeyReadsEvents  v1::events::verify;
    GET  "/v1/audit/{event}"                KeyReadsEvents  v1::events::show;
    GET  "/v1/audit/{event}/links"          KeyReadsEvents  v1::links::list;
    POST "/v1/audit/{event}/links"          KeyWritesLinks  v1::links::add;
    DELETE "/v1/audit/{event}/links/{link}" KeyWritesLinks  v1::links::revoke;
    POST "/v1/monitoring/{event}/acknowledge" KeyWritesEvents v1::monitoring::acknowledge;
    GET  "/v1/trail"                        KeyReadsEvents  v1::trail::walk;
    POST "/v1/gate"                         KeyReadsEvents  v1::gate::ask;
    POST "/v1/integrations/jira"            KeyWritesIntegrations v1::jira::connect;
    GET  "/v1/integrations/jira"            KeyReadsEvents  v1::jira::list;
    POST "/v1/integrations/jira/webhook"    JiraWebhook     v1::jira_webhook::receive;
    POST "/v1/integrations/jira/webhook/{site}" JiraWebhook v1::jira_webhook::receive;
    GET  "/v1/integrations/jira/{site}"     KeyReadsEvents  v1::jira::show;
    PATCH "/v1/integrations/jira/{site}"    KeyWritesIntegrations v1::jira::change;
    DELETE "/v1/integrations/jira/{site}"   KeyWritesIntegrations v1::jira::remove;
    POST "/v1/integrations/jira/{site}/test" KeyWritesIntegrations v1::jira::test;
    POST "/v1/integrations/jira/{site}/sync" KeyWritesIntegrations v1::jira::sync;
    POST "/v1/integrations/github"          KeyWritesIntegrations v1::github::register;
    GET  "/v1/integrations/github"          KeyReadsEvents  v1::github::list;
    POST "/v1/integrations/github/install"  KeyWritesIntegrations v1::github::install;
    POST "/v1/integrations/github/webhook"  CodeHost        v1::github::webhook;
    DELETE "/v1/integrations/github/{host}" KeyWritesIntegrations v1::github::remove;
    POST "/v1/feeds"                        KeyWritesFeeds  v1::feeds::add;
    GET  "/v1/feeds"                        KeyReadsEvents  v1::feeds::list;
    DELETE "/v1/feeds/{feed}"               KeyWritesFeeds  v1::feeds::remove;
    GET  "/v1/tickets/{ticket}/requirements" KeyReadsRequirements v1::tickets::requirements;
    GET  "/v1/tickets/{ticket}/validation"  KeyReadsRequirements v1::tickets::validation;
    POST "/v1/tickets/{ticket}/prompt"      KeyReadsRequirements v1::tickets::prompt;
    POST "/v1/tickets/{ticket}/claims"      KeyWritesClaims v1::tickets::claim;
    GET  "/v1/claims"                       KeyReadsRequirements v1::claims::list;
    POST "/v1/claims/checks"                KeyWritesClaims v1::claims::check;
    GET  "/v1/coverage"                     KeyReadsRequirements v1::coverage::page;
    POST "/v1/catalog/preview"              KeyReadsRequirements v1::catalog::preview;
    POST "/v1/catalog/scan"                 KeyReadsRequirements v1::scan::scan;
    POST "/v1/catalog/apply"                KeyWritesCatalog v1::catalog::apply;
    POST "/mcp"                             KeyReadsRequirements mcp::answer;
    GET  "/v1/ledger"                       KeyReadsLedger  v1::ledger::show;
    GET  "/v1/ledger/consistency"           KeyReadsLedger  v1::ledger::consistency;
}

/// Registers every route of the table. An address takes no other method than those it stands here with.
pub fn configure(config: &mut ServiceConfig) {
    let mut registered: Vec<&str> = Vec::new();
    for route in ROUTES {
        if registered.contains(&route.path) {
            continue;
        }
        registered.push(route.path);
        let methods = ROUTES.iter().filter(|other| other.path == route.path);
        let allowed: Vec<&str> = methods.clone().map(|other| other.method).collect();
        let other_method = methods
            .fold(web::resource(route.path), |resource, other| {
                resource.route((other.handler)())
            })
            .app_data(PayloadConfig::new(largest_body(route.caller)))
            .default_service(web::to(move || not_taken(allowed.join(", "))));
        config.service(other_method);
    }
}

/// The largest body that is read, in bytes. A code host's push may be as large as it makes them.
const fn largest_body(caller: Caller) -> usize {
    match caller {
        Caller::CodeHost => 25 * 1024 * 1024,
        _ => 5 * 1024 * 1024,
    }
}

async fn not_taken(allowed: String) -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header((ALLOW, allowed))
        .finish()
}
