//! A project's rules of review: how many have to approve, of which group, which statuses and commands decide, and what
//! the gate does.

use record::entries::{ApprovalRule, Enforcement, ReviewRules, ReviewScope, SettingsChanged};
use record::ids::{SiteId, TenantId};
use record::scale::Severity;
use sandbox::{APPROVERS_GROUP, APPROVERS_ROLE, RoleActor};
use serde_json::{Value, json};

use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";
pub(crate) const KEY: &str = "AI-GOV-142";

/// Sets the rules of the whole site, where members of the role approve.
pub(crate) async fn rule(world: &World, rules: ReviewRules) {
    rule_for(world, None, rules).await;
}

/// The same for one project.
pub(crate) async fn rule_for(world: &World, project: Option<&str>, rules: ReviewRules) {
    let line = world
        .lines("SELECT tenant || ' ' || id AS line FROM sites")
        .remove(0);
    let (tenant, site) = line.split_once(' ').unwrap();
    let (tenant, site): (TenantId, SiteId) = (tenant.parse().unwrap(), site.parse().unwrap());
    let settings = SettingsChanged {
        site,
        project: project.map(|project| project.parse().unwrap()),
        approver_role: Some(APPROVERS_ROLE.to_owned()),
        approver_group: None,
        own_ticket: false,
        rules: rules.checked().unwrap(),
    };
    let casework = world.server.as_ref().unwrap().casework();
    casework.change_settings(&tenant, settings).await.unwrap();
}

pub(crate) fn needing(approvals: u8, group: Option<&str>, scope: ReviewScope) -> ReviewRules {
    ReviewRules {
        approvals: vec![ApprovalRule {
            from: Severity::Low,
            approvals,
            group: group.map(str::to_owned),
            scope,
        }],
        ..ReviewRules::default()
    }
}

/// Lets somebody approve in a project, besides Carla.
pub(crate) fn let_approve(world: &World, who: &str, project: &str) {
    let jira = world.jira().world();
    let actor = RoleActor::User(jira.account_id(who).unwrap());
    jira.add_to_role(project, APPROVERS_ROLE, actor).unwrap();
}

pub(crate) async fn decide(world: &World, who: &str, key: &str, decision: &str) -> (u16, String) {
    let comment = if decision == "REJECTED" { "no" } else { "" };
    let answer = world.decide(who, key, decision, comment).await;
    world.quiet().await;
    let approval = match answer.status {
        200 => answer.approval().to_owned(),
        _ => answer.detail().to_owned(),
    };
    (answer.status, approval)
}

/// How an issue's approval stands.
pub(crate) async fn standing(world: &World, key: &str) -> String {
    world.page("carla", key).await.approval().to_owned()
}

pub(crate) fn is(status: u16, approval: &str) -> (u16, String) {
    (status, approval.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_have_to_approve_and_one_of_them_of_a_group() {
    let world = World::installed().await;
    rule(&world, needing(2, Some(APPROVERS_GROUP), ReviewScope::Plan)).await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let program = world.program().await;
    for who in ["alice", "erin"] {
        let_approve(&world, who, "PAY");
    }
    assert_eq!(
        decide(&world, "alice", &ticket.key, "APPROVED").await,
        is(200, "PARTLY")
    );
    assert_eq!(
        decide(&world, "alice", &ticket.key, "APPROVED").await,
        is(200, "PARTLY")
    );
    let gate = program.gate(&[&ticket.key], &[]).await;
    assert_eq!(
        gate,
        ("CLOSED".to_owned(), vec!["MORE_APPROVALS".to_owned()])
    );
    assert_eq!(
        decide(&world, "erin", &ticket.key, "APPROVED").await,
        is(200, "PARTLY")
    );
    let page = world.page("carla", &ticket.key).await;
    let needs = format!(
        "It needs 2 approvals, one of them by a member of “{APPROVERS_GROUP}”; 2 count now."
    );
    assert!(page.body.contains(&needs), "{}", page.body);
    assert_eq!(
        decide(&world, "carla", &ticket.key, "APPROVED").await,
        is(200, "APPROVED")
    );
    assert_eq!(program.gate(&[&ticket.key], &[]).await.0, "OPEN");
    assert_eq!(
        decide(&world, "alice", &ticket.key, "WITHDRAWN").await,
        is(200, "APPROVED")
    );
    assert_eq!(
        decide(&world, "carla", &ticket.key, "WITHDRAWN").await,
        is(200, "PARTLY")
    );
    assert_eq!(
        decide(&world, "alice", &ticket.key, "REJECTED").await,
        is(200, "REJECTED")
    );
    assert_eq!(
        decide(&world, "carla", &ticket.key, "APPROVED").await,
        is(200, "PARTLY")
    );
    assert_eq!(
        decide(&world, "erin", &ticket.key, "APPROVED").await,
        is(200, "APPROVED")
    );
    let edit = sandbox::Edit {
        summary: Some("Pay by credit card".to_owned()),
        ..sandbox::Edit::default()
    };
    let jira = world.jira().world();
    jira.edit_issue("ben", &ticket.key, edit).unwrap();
    world.quiet().await;
    assert_eq!(standing(&world, &ticket.key).await, "STALE");
    assert_eq!(
        decide(&world, "erin", &ticket.key, "APPROVED").await,
        is(200, "PARTLY")
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_goes_by_the_risk_and_holds_for_comments_too() {
    let world = World::installed().await;
    let mut rules = needing(2, None, ReviewScope::Plan);
    rules.approvals[0].from = Severity::Medium;
    rule(&world, rules).await;
    let text = "We store the medical records of patients and the credit card numbers of customers in the EU, with their \
        passwords, and send both to an external API.";
    let risky = world.ticket("Store patient records and cards", text).await;
    let harmless = world.ticket("Fix a typo", "In the footer.").await;
    let_approve(&world, "alice", "PAY");
    assert_eq!(
        decide(&world, "carla", &harmless.key, "APPROVED").await,
        is(200, "APPROVED")
    );
    let jira = world.jira().world();
    for (who, approval) in [("carla", "PARTLY"), ("alice", "APPROVED")] {
        jira.add_comment(who, &risky.key, "/approve").unwrap();
        world.quiet().await;
        assert_eq!(standing(&world, &risky.key).await, approval);
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_projects_own_statuses_and_commands_decide() {
    let world = World::installed().await;
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let rules = ReviewRules {
        approved_statuses: names(&["in progress"]),
        approve_commands: names(&["/lgtm"]),
        ..ReviewRules::default()
    };
    rule(&world, rules).await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    jira.add_comment("carla", &ticket.key, "/approve").unwrap();
    jira.transition("carla", &ticket.key, "Approved").unwrap();
    world.quiet().await;
    assert_eq!(standing(&world, &ticket.key).await, "NONE");
    jira.transition("carla", &ticket.key, "In Progress")
        .unwrap();
    world.quiet().await;
    assert_eq!(standing(&world, &ticket.key).await, "APPROVED");
    jira.add_comment("carla", &ticket.key, "/reject: not so")
        .unwrap();
    world.quiet().await;
    assert_eq!(standing(&world, &ticket.key).await, "REJECTED");
    jira.add_comment("carla", &ticket.key, "/lgtm after all")
        .unwrap();
    world.quiet().await;
    assert_eq!(standing(&world, &ticket.key).await, "APPROVED");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_of_statuses_decides_when_an_issue_comes_into_it() {
    let world = World::installed().await;
    let rules = ReviewRules {
        approved_statuses: vec!["category:in-progress".to_owned()],
        rejected_statuses: vec!["category:done".to_owned()],
        ..ReviewRules::default()
    };
    rule(&world, rules).await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    let move_to = async |status: &str| {
        jira.transition("carla", &ticket.key, status).unwrap();
        world.quiet().await;
        standing(&world, &ticket.key).await
    };
    assert_eq!(move_to("In Progress").await, "APPROVED");
    assert_eq!(
        decide(&world, "carla", &ticket.key, "WITHDRAWN").await.0,
        200
    );
    assert_eq!(move_to("Approved").await, "NONE", "of the same category");
    assert_eq!(move_to("Done").await, "REJECTED");
    world.check_ledger().await;
}

/// The usual name of a rejection is of the category that approves here.
#[tokio::test(flavor = "multi_thread")]
async fn who_moves_an_issue_to_a_status_that_rejects_is_not_heard_to_approve() {
    let world = World::installed().await;
    let rules = ReviewRules {
        approved_statuses: vec!["category:in-progress".to_owned()],
        ..ReviewRules::default()
    };
    rule(&world, rules).await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    jira.transition("carla", &ticket.key, "Rejected").unwrap();
    world.quiet().await;
    assert_eq!(standing(&world, &ticket.key).await, "REJECTED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_only_observes_keeps_its_gate_open_and_says_what_is_missing() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let program = world.program().await;
    let ask = async || {
        program
            .post("/v1/gate", &json!({ "tickets": [ticket.key] }))
            .await
            .json()
    };
    assert_eq!(ask().await["state"], "CLOSED");
    for (enforcement, observed) in [
        (Enforcement::Observe, json!("NOT_APPROVED")),
        (Enforcement::Off, Value::Null),
    ] {
        let rules = ReviewRules {
            enforcement,
            ..ReviewRules::default()
        };
        rule(&world, rules).await;
        let gate = ask().await;
        assert_eq!(
            (&gate["state"], &gate["reasons"]),
            (&json!("OPEN"), &json!([]))
        );
        assert_eq!(gate["observed"][0]["code"], observed);
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_an_approval_back_opens_nothing() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    for who in ["alice", "erin"] {
        let_approve(&world, who, "PAY");
    }
    rule(&world, needing(4, None, ReviewScope::Plan)).await;
    for who in ["alice", "erin", "carla"] {
        let standing = decide(&world, who, &ticket.key, "APPROVED").await;
        assert_eq!(standing, is(200, "PARTLY"));
    }
    rule(&world, needing(2, None, ReviewScope::Plan)).await;
    let standing = decide(&world, "carla", &ticket.key, "WITHDRAWN").await;
    assert_eq!(standing, is(200, "PARTLY"));
    let standing = decide(&world, "carla", &ticket.key, "APPROVED").await;
    assert_eq!(standing, is(200, "APPROVED"));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_decides_from_when_it_was_named_on() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    jira.transition("carla", &ticket.key, "In Progress")
        .unwrap();
    world.quiet().await;
    let rules = ReviewRules {
        approved_statuses: vec!["In Progress".to_owned()],
        ..ReviewRules::default()
    };
    rule(&world, rules).await;
    jira.transition("carla", &ticket.key, "To Do").unwrap();
    world.quiet().await;
    assert_eq!(standing(&world, &ticket.key).await, "NONE");
    jira.transition("carla", &ticket.key, "In Progress")
        .unwrap();
    world.quiet().await;
    assert_eq!(standing(&world, &ticket.key).await, "APPROVED");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_approval_under_stricter_rules_is_another_one() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    for (rules, approval) in [
        (ReviewRules::default(), "APPROVED"),
        (needing(1, None, ReviewScope::Code), "APPROVED"),
        (needing(2, None, ReviewScope::Plan), "PARTLY"),
    ] {
        rule(&world, rules).await;
        let standing = decide(&world, "carla", &ticket.key, "APPROVED").await;
        assert_eq!(standing, is(200, approval));
    }
    let reviews = world.facts_about(ticket.id).into_iter();
    assert_eq!(reviews.filter(|fact| fact.starts_with("HUMAN")).count(), 3);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_is_given_approvers_of_its_own_keeps_the_rules_of_the_site() {
    let world = World::installed().await;
    let rules = needing(2, None, ReviewScope::Plan);
    rule(&world, rules.clone()).await;
    let (casework, tenant) = (world.casework(), world.tenant(0).await);
    let site: SiteId = world.lines("SELECT id AS line FROM sites")[0]
        .parse()
        .unwrap();
    let project = "PAY".parse().unwrap();
    for of in [None, Some(&project)] {
        let known = casework.settings_now(&tenant, &site, of).await.unwrap();
        assert_eq!(known.unwrap().rules, rules);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_alone_leave_who_approves_as_it_is() {
    let world = World::installed().await;
    rule(&world, ReviewRules::default()).await;
    let (tenant, site) = (
        world.tenant(0).await,
        world.lines("SELECT id AS line FROM sites"),
    );
    let file = world.file("rules.json");
    std::fs::write(&file, r#"{"gatedStatuses": ["Done"]}"#).unwrap();
    let of = [
        "tenant",
        "approvers",
        "--tenant",
        tenant.as_str(),
        "--site",
        &site[0],
    ];
    let with_rules = [&of[..], &["--rules", file.to_str().unwrap()]].concat();
    let ended = world.operate(&with_rules, &[]);
    assert!(ended.status.success(), "{ended:?}");
    let site: SiteId = site[0].parse().unwrap();
    let known = world.casework().settings_now(&tenant, &site, None).await;
    let known = known.unwrap().unwrap();
    assert_eq!(known.approver_role.as_deref(), Some(APPROVERS_ROLE));
    assert_eq!(known.rules.gated_statuses, ["Done"]);
    let nothing = world.operate(&of, &[]);
    assert!(!nothing.status.success());
    let told = String::from_utf8(nothing.stderr).unwrap();
    assert!(told.contains("--role or --group is needed"), "{told}");
    world.check_ledger().await;
}
