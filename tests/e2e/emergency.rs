//! Ways past a ticket's gate that are no approval: a release in an emergency, on which somebody has to decide in time; and
//! a move in Jira to where the project asks for an approval, which is recorded.

use record::entries::{EmergencyRule, Enforcement, ReviewRules};
use serde_json::json;

use crate::panel::Answer;
use crate::rules::{decide, is, rule, rule_for, standing};
use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";
const ON_CALL: &str = "on-call";

fn in_emergencies() -> ReviewRules {
    ReviewRules {
        emergency: Some(EmergencyRule {
            group: ON_CALL.to_owned(),
            hours: 4,
        }),
        ..ReviewRules::default()
    }
}

impl World {
    pub(crate) async fn release(&self, who: &str, key: &str, reason: &str) -> Answer {
        let seat = self.sit(who, key).await;
        let body = json!({ "reason": reason, "seen": seat.seen });
        let answer = self.panel_call(&seat.token, "release", Some(body)).await;
        self.quiet().await;
        answer
    }

    async fn mind_emergencies(&self, hours_from_now: i64) -> usize {
        let at = chrono::Utc::now() + chrono::Duration::hours(hours_from_now);
        let minded = self.casework().mind_emergencies(at).await.unwrap();
        self.quiet().await;
        minded
    }

    fn recorded(&self, kind: &str) -> usize {
        self.entries().iter().filter(|it| it.kind == kind).count()
    }

    /// What stands in the comments of a ticket, those of ours among them.
    fn commented(&self, key: &str) -> String {
        json!(self.jira().world().comments(key).unwrap()).to_string()
    }

    fn gate_field(&self, key: &str) -> Option<String> {
        let issue = self.jira().world().issue(key).unwrap();
        let value = &issue["fields"]["customfield_10300"];
        value.as_str().map(str::to_owned)
    }
}

/// Lets somebody, and nobody else, release in emergencies.
pub(crate) async fn put_on_call(world: &World, who: &str) {
    let jira = world.jira().world();
    jira.set_group_member(ON_CALL, who, true).unwrap();
    rule(world, in_emergencies()).await;
    world.quiet().await;
}

/// Ben, who reports the issue, is on call; the app is there by both doors.
async fn on_call() -> (World, String) {
    let world = World::installed().await;
    world.install_forge().await;
    put_on_call(&world, "ben").await;
    let key = world.ticket("Pay by card", CARD).await.key;
    (world, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_opens_the_gate_until_somebody_decides() {
    let (world, key) = on_call().await;
    let program = world.program().await;
    assert_eq!(
        program.gate(&[&key], &[]).await,
        ("CLOSED".to_owned(), vec!["NOT_APPROVED".to_owned()])
    );
    let offered = world.page("ben", &key).await.body;
    assert!(offered.contains("Release in an emergency"), "{offered}");
    let released = world.release("ben", &key, "Nobody can pay.").await;
    assert_eq!(released.status, 200, "{}", released.body);
    for shown in ["Nobody can pay.", "Ben Okafor", "Its gate is open until"] {
        assert!(released.body.contains(shown), "{shown}: {}", released.body);
    }
    let again = world.release("ben", &key, "Nobody can pay.").await;
    assert_eq!(
        (again.status, world.recorded("EMERGENCY_RELEASED")),
        (200, 1),
        "a second press"
    );
    let open = program.post("/v1/gate", &json!({ "tickets": [key] })).await;
    let open = open.json();
    assert_eq!(
        (&open["state"], &open["observed"][0]["code"]),
        (&json!("OPEN"), &json!("RELEASED"))
    );
    assert_eq!(world.gate_field(&key).as_deref(), Some("OPEN"));
    assert_eq!(standing(&world, &key).await, "NONE", "it is no approval");
    assert!(
        world
            .commented(&key)
            .contains("Until then an approver has to")
    );
    let trail = program.get(&format!("/v1/trail?ticket={key}")).await.json();
    assert!(trail["tickets"][0]["releasedUntil"].is_string(), "{trail}");

    assert_eq!(
        decide(&world, "carla", &key, "APPROVED").await,
        is(200, "APPROVED")
    );
    assert!(
        world
            .commented(&key)
            .contains("Since then it was decided on")
    );
    assert_eq!(world.mind_emergencies(5).await, 0);
    assert_eq!(program.gate(&[&key], &[]).await.0, "OPEN");
    let open = world.release("ben", &key, "Once more.").await;
    assert_eq!(open.status, 409, "the gate is open: {}", open.body);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_on_which_nobody_decides_in_time_is_a_finding_and_shuts_the_gate() {
    let (world, key) = on_call().await;
    let program = world.program().await;
    let released = world.release("ben", &key, "Nobody can pay.").await;
    assert_eq!(released.status, 200, "{}", released.body);
    assert_eq!(world.mind_emergencies(3).await, 0);
    assert_eq!(world.gate_field(&key).as_deref(), Some("OPEN"));
    for (minded, recorded) in [(1, 1), (0, 1)] {
        assert_eq!(world.mind_emergencies(5).await, minded);
        assert_eq!(world.recorded("EMERGENCY_OVERDUE"), recorded);
    }
    assert_eq!(program.gate(&[&key], &[]).await.0, "CLOSED");
    assert_eq!(world.gate_field(&key).as_deref(), Some("CLOSED"));
    let finding = program
        .get("/v1/audit?eventType=EMERGENCY_OVERDUE")
        .await
        .json();
    assert_eq!(finding["events"][0]["severity"], "HIGH", "{finding}");
    assert!(
        world
            .commented(&key)
            .contains("nobody decided on it in time")
    );
    let page = world.page("ben", &key).await.body;
    assert!(page.contains("nobody decided in time"), "{page}");

    let again = world.release("ben", &key, "Once more.").await;
    assert_eq!(again.status, 409, "{}", again.body);
    assert!(again.detail().contains("nobody has decided on it since"));
    assert_eq!(
        decide(&world, "carla", &key, "REJECTED").await,
        is(200, "REJECTED")
    );
    let rejected = world.release("ben", &key, "Once more.").await;
    assert_eq!(rejected.status, 409, "{}", rejected.body);
    assert!(rejected.detail().starts_with("This issue was rejected."));
    assert_eq!(world.recorded("EMERGENCY_RELEASED"), 1);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whom_the_project_names_releases_and_says_why() {
    let (world, key) = on_call().await;
    let refused = async |who: &str, reason: &str| {
        let answer = world.release(who, &key, reason).await;
        (answer.status, answer.detail().to_owned())
    };
    let (status, told) = refused("carla", "An approver is not on call.").await;
    assert_eq!(status, 403);
    assert!(
        told.starts_with("Only members of the group “on-call” can"),
        "{told}"
    );
    let (status, told) = refused("ben", " ").await;
    assert_eq!((status, told.starts_with("Say why")), (400, true), "{told}");
    let stale = world.sit("ben", &key).await;
    let edit = sandbox::Edit {
        description: Some(format!("{CARD} And the security code.")),
        ..sandbox::Edit::default()
    };
    world.jira().world().edit_issue("ben", &key, edit).unwrap();
    world.quiet().await;
    let body = json!({ "reason": "Nobody can pay.", "seen": stale.seen });
    let changed = world.panel_call(&stale.token, "release", Some(body)).await;
    assert_eq!(changed.status, 409, "{}", changed.body);

    let observing = ReviewRules {
        enforcement: Enforcement::Observe,
        ..in_emergencies()
    };
    rule(&world, observing).await;
    assert_eq!(refused("ben", "Nobody can pay.").await.0, 409, "it is open");
    rule(&world, ReviewRules::default()).await;
    let (status, told) = refused("ben", "Nobody can pay.").await;
    assert_eq!(status, 403);
    assert!(
        told.starts_with("The project's settings name nobody"),
        "{told}"
    );
    let page = world.page("ben", &key).await.body;
    assert!(!page.contains("Release in an emergency"), "{page}");
    assert_eq!(world.recorded("EMERGENCY_RELEASED"), 0);
    world.check_ledger().await;
}

/// "Done" asks for an approval, in whatever case.
fn gated(enforcement: Enforcement) -> ReviewRules {
    ReviewRules {
        enforcement,
        gated_statuses: vec!["done".to_owned()],
        ..in_emergencies()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_that_comes_unapproved_to_where_an_approval_is_asked_for_is_recorded_once() {
    let (world, key) = on_call().await;
    let jira = || world.jira().world();
    jira().transition("ben", &key, "Done").unwrap();
    world.quiet().await;
    rule(&world, gated(Enforcement::Enforce)).await;
    jira().transition("ben", &key, "In Progress").unwrap();
    world.quiet().await;
    assert_eq!(
        world.recorded("GATE_BYPASSED"),
        0,
        "nobody had asked for it"
    );
    jira().transition("ben", &key, "Done").unwrap();
    world.quiet().await;
    jira().add_comment("ben", &key, "/approve").unwrap();
    world.quiet().await;
    let program = world.program().await;
    let found = program
        .get("/v1/audit?eventType=GATE_BYPASSED")
        .await
        .json();
    assert_eq!(found["events"].as_array().unwrap().len(), 1, "{found}");
    let found = &found["events"][0];
    assert_eq!(
        (&found["severity"], &found["payload"]["status"]),
        (&json!("HIGH"), &json!("done"))
    );
    assert!(
        world
            .commented(&key)
            .contains("came into “Done” without an approval")
    );
    let page = world.page("carla", &key).await.body;
    assert!(
        page.contains("Came into “done” without an approval by <bdi>Ben Okafor"),
        "{page}"
    );
    let trail = program.get(&format!("/v1/trail?ticket={key}")).await.json();
    let findings = trail["tickets"][0]["findings"].as_array().unwrap();
    let kinds: Vec<_> = findings.iter().map(|it| &it["eventType"]).collect();
    assert_eq!(kinds, ["REVIEW_NOT_COUNTED", "GATE_BYPASSED"], "{trail}");
    assert_eq!(findings[1]["who"], "Ben Okafor");

    assert_eq!(
        decide(&world, "carla", &key, "APPROVED").await,
        is(200, "APPROVED")
    );
    for status in ["In Progress", "Done"] {
        jira().transition("ben", &key, status).unwrap();
    }
    world.quiet().await;
    assert_eq!(world.recorded("GATE_BYPASSED"), 1, "it was approved");
    let edit = sandbox::Edit {
        description: Some(format!("{CARD} And the security code.")),
        ..sandbox::Edit::default()
    };
    jira().edit_issue("ben", &key, edit).unwrap();
    world.quiet().await;
    for status in ["In Progress", "Done"] {
        jira().transition("ben", &key, status).unwrap();
    }
    world.quiet().await;
    assert_eq!(world.recorded("GATE_BYPASSED"), 2, "the approval is stale");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_there_by_a_release_or_where_it_is_only_observed_went_around_less() {
    let (world, key) = on_call().await;
    let move_there = async |key: &str| {
        world.jira().world().transition("ben", key, "Done").unwrap();
        world.quiet().await;
    };
    rule(&world, gated(Enforcement::Enforce)).await;
    let released = world.release("ben", &key, "Nobody can pay.").await;
    assert_eq!(released.status, 200, "{}", released.body);
    move_there(&key).await;
    assert_eq!(world.recorded("GATE_BYPASSED"), 0, "it was released");
    rule(&world, gated(Enforcement::Observe)).await;
    let other = world.ticket("Refund by card", CARD).await.key;
    move_there(&other).await;
    let found = world.entries().into_iter();
    let found: Vec<_> = found.filter(|it| it.kind == "GATE_BYPASSED").collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, "MEDIUM");
    let of_category = ReviewRules {
        gated_statuses: vec!["category:done".to_owned()],
        ..ReviewRules::default()
    };
    rule(&world, of_category).await;
    let closed = world.ticket("Forget a card", CARD).await.key;
    move_there(&closed).await;
    let page = world.page("carla", &closed).await.body;
    assert!(page.contains("Came into done without"), "{page}");
    assert!(world.commented(&closed).contains("came into “Done”"));
    rule(&world, gated(Enforcement::Off)).await;
    let third = world.ticket("Keep a card", CARD).await.key;
    move_there(&third).await;
    assert_eq!(world.recorded("GATE_BYPASSED"), 2);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_opens_nothing_in_another_project_and_who_takes_a_decision_back_frees_no_other() {
    let (world, key) = on_call().await;
    let program = world.program().await;
    let released = world.release("ben", &key, "Nobody can pay.").await;
    assert_eq!(released.status, 200, "{}", released.body);
    for (decision, comment) in [("REJECTED", "no"), ("WITHDRAWN", "")] {
        let decided = world.decide("carla", &key, decision, comment).await;
        assert_eq!(decided.status, 200, "{}", decided.body);
        world.quiet().await;
    }
    let again = world.release("ben", &key, "Once more.").await;
    assert_eq!(again.status, 409, "{}", again.body);

    let other = world.ticket("Refund by card", CARD).await;
    let released = world
        .release("ben", &other.key, "Nobody is paid back.")
        .await;
    assert_eq!(released.status, 200, "{}", released.body);
    let jira = world.jira().world();
    jira.move_issue("ben", &other.key, "CARE").unwrap();
    world.quiet().await;
    let moved = jira.issue(&other.id.to_string()).unwrap();
    let moved = moved["key"].as_str().unwrap();
    assert!(moved.starts_with("CARE-"), "{moved}");
    assert_eq!(program.gate(&[moved], &[]).await.0, "CLOSED");
    let page = world.page("ben", moved).await.body;
    assert!(
        page.contains("Released in an emergency in another project."),
        "{page}"
    );
    assert_eq!(world.gate_field(moved).as_deref(), Some("CLOSED"));
    assert_eq!(world.mind_emergencies(5).await, 1, "nobody decided on it");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_is_judged_by_the_project_and_the_rules_of_its_time() {
    let (world, _) = on_call().await;
    let jira = || world.jira().world();
    rule_for(&world, Some("PAY"), gated(Enforcement::Enforce)).await;
    let new = sandbox::NewIssue {
        project: "CARE".to_owned(),
        summary: "Pay by card".to_owned(),
        ..sandbox::NewIssue::default()
    };
    let elsewhere = jira().create_issue("ben", new).unwrap();
    jira().transition("ben", &elsewhere.key, "Done").unwrap();
    world.quiet().await;
    jira().move_issue("ben", &elsewhere.key, "PAY").unwrap();
    world.quiet().await;
    assert_eq!(
        world.recorded("GATE_BYPASSED"),
        0,
        "nothing was asked for where it was"
    );
    let here = world.ticket("Refund by card", CARD).await;
    world.jira().set_flow(sandbox::Flow::Hold);
    jira().transition("ben", &here.key, "Done").unwrap();
    jira().move_issue("ben", &here.key, "CARE").unwrap();
    rule_for(&world, Some("PAY"), ReviewRules::default()).await;
    world.jira().release(sandbox::ReleaseOrder::Happened);
    world.jira().set_flow(sandbox::Flow::Deliver);
    world.quiet().await;
    assert_eq!(
        world.recorded("GATE_BYPASSED"),
        1,
        "it was asked for where it was, and when"
    );
    world.check_ledger().await;
}
