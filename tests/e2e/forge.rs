//! The Forge door: the same stories behind it as behind the Connect door, and one ledger for a site that goes from the
//! one to the other.

use sandbox::{RawToken, TokenKey};
use serde_json::{Value, json};

use crate::panel::Answer;
use crate::world::World;

impl World {
    /// A server, and a site with the Forge app and nothing else.
    pub(crate) async fn installed_by_forge() -> Self {
        let world = Self::with_sites(1).await;
        world.install_forge().await;
        world
    }

    /// A call with these claims, and the token for the gateway that the platform sends along.
    pub(crate) async fn invoke(
        &self,
        claims: Value,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let system = self.jira().forge_system_token();
        self.invoke_with(claims, system, method, path, body).await
    }

    async fn invoke_with(
        &self,
        claims: Value,
        system: Option<String>,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let token = self.jira().raw_token(&RawToken {
            key: TokenKey::InstallKey,
            kid: None,
            claims,
        });
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.address());
        let mut request = self.http.request(method, url).bearer_auth(token.unwrap());
        if let Some(system) = system {
            request = request.header("x-forge-oauth-system", system);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::to(request).await
    }

    /// The panel, as Forge's page gets it for somebody.
    pub(crate) async fn forge_panel(&self, who: &str, key: &str) -> Answer {
        let claims = self.jira().forge_panel_claims(who, key).unwrap();
        fragment(self.invoke(claims, "GET", "/forge/panel", None).await)
    }

    pub(crate) async fn forge_decide(
        &self,
        who: &str,
        key: &str,
        decision: &str,
        comment: &str,
    ) -> Answer {
        let seen = self.forge_panel(who, key).await.seen().unwrap_or_default();
        let body = json!({ "decision": decision, "comment": comment, "seen": seen });
        let claims = self.jira().forge_panel_claims(who, key).unwrap();
        fragment(
            self.invoke(claims, "POST", "/forge/panel/review", Some(&body))
                .await,
        )
    }
}

/// The answer with the fragment in place of the JSON around it.
pub(crate) fn fragment(answer: Answer) -> Answer {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    match body["html"].as_str() {
        Some(html) if answer.status == 200 => Answer {
            body: html.to_owned(),
            ..answer
        },
        _ => answer,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_assessed_shown_and_decided_on_without_connect() {
    let world = World::installed_by_forge().await;
    let made = world
        .ticket(
            "Pay by credit card",
            "The card number goes to a payment provider.",
        )
        .await;
    let panel = world.forge_panel("carla", &made.key).await;
    assert_eq!(
        (panel.status, panel.state(), panel.approval()),
        (200, "current", "NONE")
    );
    assert!(!panel.body.contains("<script"));

    let own = world.forge_decide("ben", &made.key, "APPROVED", "").await;
    assert_eq!(own.status, 403, "{}", own.body);
    let done = world
        .forge_decide("carla", &made.key, "APPROVED", "fine")
        .await;
    assert_eq!((done.status, done.approval()), (200, "APPROVED"));
    world.quiet().await;
    let properties = world.jira().world().properties(&made.key).unwrap();
    assert_eq!(properties["countersign"]["approval"], "APPROVED");

    let facts = world.facts();
    assert_eq!(facts[1], "FORGE_INSTALLATION_CHANGED INSTALLED");
    assert!(
        !facts
            .iter()
            .any(|fact| fact.starts_with("INSTALLATION_CHANGED"))
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_edits_and_deletions_come_as_events() {
    let world = World::installed_by_forge().await;
    let made = world.ticket("Add a page", "A page with text.").await;
    let actions = world.jira().world();
    let comment = actions
        .add_comment("carla", &made.key, "a first thought")
        .unwrap();
    world.quiet().await;
    actions
        .edit_comment("carla", &made.key, comment, "a second thought")
        .unwrap();
    world.quiet().await;
    actions.delete_issue("erin", &made.key).unwrap();
    world.quiet().await;
    let told = world.facts_about(made.id).join("; ");
    for expected in [
        "COMMENT_RECORDED CREATED",
        "COMMENT_RECORDED UPDATED",
        "TICKET_DELETED",
    ] {
        assert!(told.contains(expected), "{expected} is not in {told}");
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_moves_from_connect_keeps_one_ledger() {
    let world = World::installed().await;
    let before = world
        .ticket("Pay by credit card", "The card number is kept.")
        .await;
    world.decide("carla", &before.key, "APPROVED", "fine").await;
    world.quiet().await;
    let ledger = world.lines("SELECT id AS line FROM tenants");

    world.install_forge().await;
    let between = world.ticket("Add a log", "Every access is logged.").await;
    world.jira().uninstall().await.unwrap();
    let after = world
        .ticket("Export health records", "Patient data as CSV.")
        .await;
    let done = world
        .forge_decide("carla", &after.key, "APPROVED", "fine")
        .await;
    assert_eq!(done.status, 200, "{}", done.body);
    world.quiet().await;

    assert_eq!(world.lines("SELECT id AS line FROM tenants"), ledger);
    let panel = world.forge_panel("carla", &before.key).await;
    assert_eq!(panel.approval(), "APPROVED");
    for ticket in [&before, &between, &after] {
        let told = world.facts_about(ticket.id);
        let assessed = told
            .iter()
            .filter(|fact| fact.starts_with("TICKET_ASSESSED FIRST"));
        assert_eq!(assessed.count(), 1, "{}: {told:?}", ticket.key);
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connect_site_that_is_not_proven_to_be_the_same_is_left_alone() {
    let world = World::with_sites(2).await;
    // Another site's installation that says it lives where this one does.
    let here = world.jira().base_url();
    world.sites[1].change_base_url(&here).await.unwrap();
    world.install(1).await;
    let before = world.lines("SELECT tenant AS line FROM forge_installations");
    let answered = world.jira().forge_install(&world.address()).await;
    assert_eq!(answered.unwrap(), 409);
    assert_eq!(
        world.lines("SELECT tenant AS line FROM forge_installations"),
        before
    );
    assert_eq!(world.lines("SELECT id AS line FROM tenants").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn installed_again_it_is_another_installation_of_the_same_ledger() {
    let world = World::installed_by_forge().await;
    let ledger = world.lines("SELECT id AS line FROM tenants");
    assert_eq!(world.jira().forge_uninstall().await.unwrap(), 204);
    world.install_forge().await;
    let made = world.ticket("Add a page", "A page with text.").await;
    assert_eq!(world.forge_panel("carla", &made.key).await.status, 200);
    assert_eq!(world.lines("SELECT id AS line FROM tenants"), ledger);
    let changes: Vec<String> = world
        .facts()
        .into_iter()
        .filter(|fact| fact.starts_with("FORGE_INSTALLATION_CHANGED"))
        .collect();
    let expected = ["INSTALLED", "UNINSTALLED", "REINSTALLED"];
    assert_eq!(
        changes,
        expected.map(|change| format!("FORGE_INSTALLATION_CHANGED {change}"))
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_before_permissions_waits_outside() {
    let world = World::with_sites(1).await;
    world.install_forge().await;
    let mut claims = world.jira().forge_platform_claims().unwrap();
    let other = "00000000-0000-0000-0000-0000000000aa";
    let gateway = world.jira().forge_gateway_url();
    claims["app"]["apiBaseUrl"] = json!(format!("{gateway}/ex/jira/{other}"));
    let before = world.imprint();
    let body = json!({ "eventType": "avi:forge:installed:app" });
    // Without a token nothing can be asked of a site that is not known yet; with a wrong one it does not answer.
    for system in [None, Some("not-yet-valid".to_owned())] {
        let answer = world
            .invoke_with(claims.clone(), system, "POST", "/forge/events", Some(&body))
            .await;
        assert_eq!(answer.status, 503, "{}", answer.body);
        let kind = answer.headers["content-type"].to_str().unwrap();
        assert_eq!(kind, "application/json");
    }
    assert_eq!(world.imprint(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_event_and_one_of_a_foreign_issue_change_nothing() {
    let world = World::installed_by_forge().await;
    let made = world.ticket("Add a page", "A page with text.").await;
    let entries = world.facts().len();
    let told = |id: &str, key: &str| json!({ "eventType": "avi:jira:updated:issue", "issue": { "id": id, "key": key }, "timestamp": "7" });
    let same = told(&made.id.to_string(), &made.key);
    for body in [&same, &same, &told("999999", "OTHER-1")] {
        let claims = world.jira().forge_platform_claims().unwrap();
        let answer = world
            .invoke(claims, "POST", "/forge/events", Some(body))
            .await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        world.quiet().await;
    }
    assert_eq!(world.facts().len(), entries);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_issue_is_the_one_that_is_signed() {
    let world = World::installed_by_forge().await;
    let made = world
        .ticket("Pay by credit card", "The card number is kept.")
        .await;
    let mut claims = world.jira().forge_panel_claims("carla", &made.key).unwrap();
    claims["context"]
        .as_object_mut()
        .unwrap()
        .remove("extension");
    let before = world.imprint();
    let body = json!({ "issue": made.id.to_string(), "issueKey": made.key });
    for path in ["/forge/panel/assess", "/forge/panel/review"] {
        let answer = world
            .invoke(claims.clone(), "POST", path, Some(&body))
            .await;
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    assert_eq!(world.imprint(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_registered_app_the_door_is_shut() {
    let mut world = World::without_server(1).await;
    world.start_with(&[("COUNTERSIGN_FORGE_APP", "")]).await;
    let answered = world.jira().forge_install(&world.address()).await;
    assert_eq!(answered.unwrap(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_work_waits_for_the_hourly_call() {
    let mut world = World::installed_by_forge().await;
    world.stop().await;
    world.start().await;
    // The event brings a token of its own; the call of every hour does, too.
    assert_eq!(world.jira().forge_tick().await.unwrap(), 204);
    let made = world
        .ticket("Pay by credit card", "The card number is kept.")
        .await;
    assert_eq!(
        world.forge_panel("carla", &made.key).await.state(),
        "current"
    );
    world.check_ledger().await;
}
