//! The Forge door: the same stories behind it as behind the Connect door, and one ledger for a site that goes from the
//! one to the other.

use ledger::{Verdict, VerifierKey};
use sandbox::{Fault, FaultKind};
use serde_json::json;

use crate::reports::reports;
use crate::world::World;

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
    let unavailable = FaultKind::Status {
        status: 503,
        retry_after: None,
    };
    world.jira().fault(Fault {
        path_prefix: "/ex/jira/".to_owned(),
        ..Fault::everywhere(unavailable)
    });
    let made = world.make("Pay by credit card", "The card number is kept.");
    let waits_for = |world: &World, words: &str| {
        let reasons = world.lines("SELECT coalesce(last_error, '') AS line FROM inbox");
        reasons.len() == 1 && reasons[0].contains(words)
    };
    world
        .until("the event to wait for Jira", async || {
            waits_for(&world, "the site is unavailable")
        })
        .await;
    world.stop().await;
    let attempts = |world: &World| world.lines("SELECT '' || attempts AS line FROM inbox");
    let at_jira = attempts(&world);
    world.jira().clear_faults();
    world.start().await;
    world
        .until("the event to wait for a token", async || {
            waits_for(&world, "no token")
        })
        .await;
    assert_eq!(attempts(&world), at_jira, "that is no fault of the event's");
    // As if nobody looked for a token before an hour is over.
    world.overwrite("UPDATE inbox SET next_attempt_ms = next_attempt_ms + 3600000");
    assert_eq!(world.jira().forge_tick().await.unwrap(), 204);
    world.quiet().await;
    assert_eq!(
        world.forge_panel("carla", &made.key).await.state(),
        "current"
    );
    world.check_ledger().await;
}

/// The verifier has no way into a site that Forge alone reaches: the app tells the ticket what the report says.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_entry_is_told_through_the_app_once() {
    let world = World::installed_in_a_file().await;
    world.install_forge().await;
    world.jira().uninstall().await.unwrap();
    let made = world
        .ticket("Pay by credit card", "The card number is kept.")
        .await;
    world.check_ledger().await;

    let damage = "DROP TRIGGER entries_are_not_changed; \
                  UPDATE entries SET severity = 'LOW' WHERE subject LIKE 'ticket/%'";
    world.overwrite(damage);
    assert_eq!(world.verdict().await, Some(Verdict::Altered));
    assert_eq!(world.verdict().await, Some(Verdict::Altered));

    let key = std::fs::read_to_string(world.file("verifier/verifier.vkey")).unwrap();
    let key = VerifierKey::parse(key.trim_end()).unwrap();
    let casework = world.server.as_ref().unwrap().casework();
    let left = reports(&world);
    let notes = left
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap());
    let notes: Vec<String> = notes.collect();
    let telling = notes.iter().filter(|note| note.contains("is damaged"));
    assert_eq!(telling.count(), 1, "a ticket that was told is told again");
    for note in &notes {
        casework.take_report(note, &key).await.unwrap();
    }
    world.quiet().await;
    let actions = world.jira().world();
    let property = actions.properties(&made.key).unwrap()["countersign.integrity"].clone();
    assert_eq!(property["verdict"], "ALTERED");
    let comments = json!(actions.comments(&made.key).unwrap()).to_string();
    assert_eq!(comments.matches("is damaged").count(), 1, "{comments}");
}

/// Through the bridge whoever may open a page can call any path of ours.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_opens_no_route_of_the_platform() {
    let world = World::installed_by_forge().await;
    let made = world.ticket("Add a page", "A page with text.").await;
    let before = world.imprint();
    let event = json!({ "eventType": "avi:jira:deleted:issue", "issue": { "id": "999999", "key": "OTHER-1" } });
    for path in ["/forge/events", "/forge/tick", "/forge/uninstalling"] {
        let claims = world.jira().forge_panel_claims("alice", &made.key).unwrap();
        let answer = world.invoke(claims, "POST", path, Some(&event)).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.body);
    }
    assert_eq!(world.imprint(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_under_way_does_not_bring_the_app_back() {
    let world = World::installed_by_forge().await;
    let made = world.ticket("Add a page", "A page with text.").await;
    let (claims, system) = (
        world.jira().forge_platform_claims().unwrap(),
        world.jira().forge_system_token(),
    );
    world.jira().forge_uninstall().await.unwrap();
    let before = world.imprint();
    let late = json!({
        "eventType": "avi:jira:updated:issue",
        "issue": { "id": made.id.to_string(), "key": made.key },
    });
    for (path, status) in [("/forge/events", 204), ("/forge/tick", 409)] {
        let (claims, system) = (claims.clone(), system.clone());
        let answer = world
            .invoke_with(claims, system, "POST", path, Some(&late))
            .await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
    assert_eq!(world.imprint(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_has_forge_first_is_one_ledger_too() {
    let world = World::installed_by_forge().await;
    let made = world
        .ticket("Pay by credit card", "The card number is kept.")
        .await;
    world.install(0).await;
    assert_eq!(world.lines("SELECT id AS line FROM tenants").len(), 1);
    let done = world.decide("carla", &made.key, "APPROVED", "fine").await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(
        world.forge_panel("carla", &made.key).await.approval(),
        "APPROVED"
    );
    world.quiet().await;
    world.check_ledger().await;
}
