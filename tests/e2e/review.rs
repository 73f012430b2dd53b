//! Somebody decides in the panel: who may, on what, how often it counts, and when it counts no more.

use casework::NotAReviewer;
use record::entries::SettingsChanged;
use record::ids::{ProjectKey, SiteId, TenantId};
use sandbox::{APPROVERS_GROUP, APPROVERS_ROLE, CARLA, Edit, Permission, RoleActor};

use crate::panel::Answer;
use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";

fn assert_refused(answer: &Answer, because: &NotAReviewer) {
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert_eq!(answer.detail(), format!("{because} Nothing was recorded."));
}

async fn change_settings(world: &World, change: impl FnOnce(&mut SettingsChanged)) {
    let line = world
        .lines("SELECT tenant || ' ' || id AS line FROM sites")
        .remove(0);
    let (tenant, site) = line.split_once(' ').unwrap();
    let (tenant, site): (TenantId, SiteId) = (tenant.parse().unwrap(), site.parse().unwrap());
    let mut settings = SettingsChanged {
        site,
        project: None,
        approver_role: None,
        approver_group: None,
        own_ticket: false,
        rules: record::entries::ReviewRules::default(),
    };
    change(&mut settings);
    let casework = world.server.as_ref().unwrap().casework();
    casework.change_settings(&tenant, settings).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_stands_in_the_ledger_and_in_jira() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let answer = world
        .decide("carla", &ticket.key, "APPROVED", "Tokens only: fine.")
        .await;
    assert_eq!(
        (answer.status, answer.approval()),
        (200, "APPROVED"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("Carla Ruiz") && answer.body.contains("Tokens only: fine."));
    assert_eq!(
        world.facts_about(ticket.id),
        ["TICKET_ASSESSED FIRST", "HUMAN_REVIEW APPROVED"]
    );
    let entry = world.about(ticket.id).pop().unwrap();
    let bytes = serde_json::to_string(&entry).unwrap();
    for personal in ["Carla", CARLA, "Tokens only", "Pay by card"] {
        assert!(
            !bytes.contains(personal),
            "the ledger's bytes hold {personal:?}"
        );
    }
    world.quiet().await;
    let property = &world.jira().world().properties(&ticket.key).unwrap()["countersign"];
    assert_eq!(property["approval"], "APPROVED");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_says_why() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let carla = world.sit("carla", &ticket.key).await;
    let answer = carla.decide("REJECTED", "  \n ").await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.detail().starts_with("Say why you reject"),
        "{}",
        answer.body
    );
    assert_eq!(
        carla.decide("APPROVED", &"x".repeat(4_001)).await.status,
        400
    );
    assert_eq!(carla.decide("PERHAPS", "").await.status, 400);
    assert_eq!(world.facts_about(ticket.id).len(), 1);
    let answer = carla.decide("REJECTED", "Card numbers are kept.").await;
    assert_eq!((answer.status, answer.approval()), (200, "REJECTED"));
    assert_eq!(world.facts_about(ticket.id)[1], "HUMAN_REVIEW REJECTED");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_button_twice_is_one_decision_and_a_change_of_mind_is_another() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let carla = world.sit("carla", &ticket.key).await;
    let presses = [
        "APPROVED", "APPROVED", "APPROVED", "REJECTED", "REJECTED", "APPROVED", "REJECTED",
    ];
    for decision in presses {
        let answer = carla.decide(decision, "Because.").await;
        assert_eq!((answer.status, answer.approval()), (200, decision));
    }
    let (one, two) = tokio::join!(carla.decide("APPROVED", ""), carla.decide("APPROVED", ""));
    assert_eq!((one.status, two.status), (200, 200));
    let decisions = &world.facts_about(ticket.id)[1..];
    assert_eq!(
        decisions,
        ["APPROVED", "REJECTED", "APPROVED", "REJECTED", "APPROVED"]
            .map(|decision| format!("HUMAN_REVIEW {decision}"))
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_at_the_same_moment_are_two_decisions() {
    let world = World::installed().await;
    let erin = world.jira().world().account_id("erin").unwrap();
    let role = RoleActor::User(erin);
    world
        .jira()
        .world()
        .add_to_role("PAY", APPROVERS_ROLE, role)
        .unwrap();
    let ticket = world.ticket("Pay by card", CARD).await;
    let (carla, erin) = (
        world.sit("carla", &ticket.key).await,
        world.sit("erin", &ticket.key).await,
    );
    let (one, two) = tokio::join!(carla.decide("APPROVED", ""), erin.decide("REJECTED", "No."));
    assert_eq!((one.status, two.status), (200, 200));
    let mut decisions = world.facts_about(ticket.id).split_off(1);
    let last = decisions.last().unwrap().clone();
    assert!(
        last.ends_with(carla.look().await.approval()),
        "the last one counts"
    );
    decisions.sort();
    assert_eq!(
        decisions,
        ["HUMAN_REVIEW APPROVED", "HUMAN_REVIEW REJECTED"]
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_seen_cannot_be_approved() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let carla = world.sit("carla", &ticket.key).await;
    let edit = Edit {
        description: Some(format!("{CARD} We keep the card number.")),
        ..Edit::default()
    };
    world.jira().set_flow(sandbox::Flow::Hold);
    world
        .jira()
        .world()
        .edit_issue("ben", &ticket.key, edit)
        .unwrap();
    // Nobody told the server: it reads the issue again before it believes the page.
    for _ in 0..2 {
        let answer = carla.decide("APPROVED", "").await;
        assert_eq!(answer.status, 409, "{}", answer.body);
        assert!(
            answer.detail().contains("Nothing was recorded"),
            "{}",
            answer.body
        );
    }
    assert!(!world.facts().contains(&"HUMAN_REVIEW APPROVED".to_owned()));
    let answer = world.decide("carla", &ticket.key, "APPROVED", "").await;
    assert_eq!((answer.status, answer.approval()), (200, "APPROVED"));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_makes_an_approval_stale_and_it_can_be_given_again() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    world.decide("carla", &ticket.key, "APPROVED", "").await;
    let edit = Edit {
        summary: Some("Pay by card or by invoice".to_owned()),
        ..Edit::default()
    };
    world
        .jira()
        .world()
        .edit_issue("ben", &ticket.key, edit)
        .unwrap();
    world.quiet().await;
    assert_eq!(world.page("carla", &ticket.key).await.approval(), "STALE");
    let answer = world.decide("carla", &ticket.key, "APPROVED", "").await;
    assert_eq!(answer.approval(), "APPROVED");
    let facts = world.facts_about(ticket.id);
    assert_eq!(facts[2], "TICKET_ASSESSED CONFIRMED");
    assert_eq!(
        facts[3..],
        ["APPROVAL_STALE CONTENT_CHANGED", "HUMAN_REVIEW APPROVED"]
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_decide_is_told_why() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    let role = NotAReviewer::NotInRole(format!("project role “{APPROVERS_ROLE}”"));
    let decide = async |who: &str| world.decide(who, &ticket.key, "APPROVED", "").await;
    assert_refused(&decide("ben").await, &NotAReviewer::OwnTicket("reporter"));
    assert_refused(&decide("alice").await, &role);
    assert_refused(&decide("dan").await, &NotAReviewer::NoPermission);
    let app = world.jira().app_account().unwrap().to_string();
    assert_refused(&decide(&app).await, &NotAReviewer::Machine);

    let to_carla = Edit {
        assignee: Some("carla".to_owned()),
        ..Edit::default()
    };
    jira.edit_issue("ben", &ticket.key, to_carla).unwrap();
    world.quiet().await;
    assert_refused(&decide("carla").await, &NotAReviewer::OwnTicket("assignee"));
    let to_nobody = Edit {
        assignee: Some(String::new()),
        ..Edit::default()
    };
    jira.edit_issue("ben", &ticket.key, to_nobody).unwrap();
    world.quiet().await;

    let open_page = world.sit("carla", &ticket.key).await;
    jira.set_permission("carla", "PAY", Permission::BrowseProjects, false)
        .unwrap();
    assert_refused(
        &open_page.decide("APPROVED", "").await,
        &NotAReviewer::NoPermission,
    );
    jira.set_permission("carla", "PAY", Permission::BrowseProjects, true)
        .unwrap();
    jira.set_active("carla", false).unwrap();
    assert_refused(
        &open_page.decide("APPROVED", "").await,
        &NotAReviewer::Inactive,
    );
    jira.set_active("carla", true).unwrap();
    let carla = RoleActor::User(jira.account_id("carla").unwrap());
    jira.remove_from_role("PAY", APPROVERS_ROLE, &carla)
        .unwrap();
    assert_refused(&open_page.decide("APPROVED", "").await, &role);

    assert_eq!(world.facts_about(ticket.id), ["TICKET_ASSESSED FIRST"]);
    assert!(!world.facts().contains(&"PERSON_REGISTERED".to_owned()));
    jira.add_to_role("PAY", APPROVERS_ROLE, carla).unwrap();
    assert_eq!(open_page.decide("APPROVED", "").await.status, 200);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_in_the_role_and_a_group_in_the_settings_are_ways_in() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    let decide = async |who: &str| world.decide(who, &ticket.key, "APPROVED", "").await;
    jira.set_group_member("reviewers", "alice", true).unwrap();
    assert_eq!(decide("alice").await.status, 403);
    let group = RoleActor::Group("reviewers".to_owned());
    jira.add_to_role("PAY", APPROVERS_ROLE, group.clone())
        .unwrap();
    assert_eq!(decide("alice").await.status, 200);
    let by_role = world.about(ticket.id).pop().unwrap();
    assert_eq!(by_role.payload["reviewer"]["roleSource"], "PROJECT_ROLE");

    jira.remove_from_role("PAY", APPROVERS_ROLE, &group)
        .unwrap();
    let nobody = NotAReviewer::NotInRole(format!(
        "project role “{APPROVERS_ROLE}” or the group “{APPROVERS_GROUP}”"
    ));
    change_settings(&world, |settings| {
        settings.approver_role = Some(APPROVERS_ROLE.to_owned());
        settings.approver_group = Some(APPROVERS_GROUP.to_owned());
    })
    .await;
    assert_refused(&decide("alice").await, &nobody);
    jira.set_group_member(APPROVERS_GROUP, "alice", true)
        .unwrap();
    let seat = world.sit("alice", &ticket.key).await;
    assert_eq!(seat.decide("REJECTED", "Not like this.").await.status, 200);
    let by_group = world.about(ticket.id).pop().unwrap();
    assert_eq!(by_group.payload["reviewer"]["roleSource"], "GROUP");
    assert_eq!(by_group.payload["reviewer"]["role"], APPROVERS_GROUP);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_has_settings_of_its_own() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let decide = async |who: &str| world.decide(who, &ticket.key, "APPROVED", "").await;
    let project: ProjectKey = "PAY".parse().unwrap();
    let other: ProjectKey = "CARE".parse().unwrap();
    change_settings(&world, |settings| {
        settings.project = Some(other);
        settings.approver_role = Some("Developers".to_owned());
    })
    .await;
    let role = NotAReviewer::NotInRole(format!("project role “{APPROVERS_ROLE}”"));
    assert_refused(&decide("alice").await, &role);
    change_settings(&world, |settings| settings.project = Some(project.clone())).await;
    assert_refused(&decide("carla").await, &NotAReviewer::NoRole);
    change_settings(&world, |settings| {
        settings.project = Some(project.clone());
        settings.approver_role = Some("Developers".to_owned());
        settings.own_ticket = true;
    })
    .await;
    assert_eq!(decide("ben").await.status, 200);
    let settings = world
        .facts()
        .into_iter()
        .filter(|fact| fact == "SETTINGS_CHANGED");
    assert_eq!(settings.count(), 4);
    world.check_ledger().await;
}
