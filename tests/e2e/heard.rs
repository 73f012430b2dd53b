//! Decisions that people make in Jira itself: by a comment, or by a change of status. What is forged, edited, made by
//! somebody without the right, or about something else by now, leaves no approval that counts.

use sandbox::{APPROVERS_ROLE, CARLA, Edit, Permission, RoleActor};

use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";

async fn approval(world: &World, key: &str) -> String {
    world.quiet().await;
    world
        .sit("ben", key)
        .await
        .look()
        .await
        .approval()
        .to_owned()
}

fn last(world: &World, issue: u64) -> String {
    world.facts_about(issue).pop().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_015_a_comment_approves() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    jira.add_comment(
        "carla",
        &ticket.key,
        "/approve peer-reviewed and back-tested.",
    )
    .unwrap();
    assert_eq!(approval(&world, &ticket.key).await, "APPROVED");
    let entry = world
        .about(ticket.id)
        .into_iter()
        .find(|entry| entry.kind == "HUMAN_REVIEW")
        .unwrap();
    assert!(
        entry.payload["via"]["comment"].is_string(),
        "{:?}",
        entry.payload
    );
    assert_eq!(entry.payload["reviewer"]["role"], "Approvers");
    let bytes = serde_json::to_string(&entry).unwrap();
    assert!(!bytes.contains("peer-reviewed") && !bytes.contains(CARLA));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_015_a_change_of_status_approves_and_rejects() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    jira.transition("carla", &ticket.key, "Approved").unwrap();
    assert_eq!(approval(&world, &ticket.key).await, "APPROVED");
    jira.transition("carla", &ticket.key, "In Progress")
        .unwrap();
    assert_eq!(approval(&world, &ticket.key).await, "APPROVED");
    jira.transition("carla", &ticket.key, "Rejected").unwrap();
    assert_eq!(approval(&world, &ticket.key).await, "REJECTED");
    let reviews: Vec<String> = world
        .facts_about(ticket.id)
        .into_iter()
        .filter(|fact| fact.starts_with("HUMAN"))
        .collect();
    assert_eq!(reviews, ["HUMAN_REVIEW APPROVED", "HUMAN_REVIEW REJECTED"]);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_often_it_is_delivered_it_counts_once() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    world.jira().duplicate(4);
    let jira = world.jira().world();
    jira.add_comment("carla", &ticket.key, "/approve").unwrap();
    jira.transition("carla", &ticket.key, "Approved").unwrap();
    world.quiet().await;
    let reviews = world
        .facts_about(ticket.id)
        .into_iter()
        .filter(|fact| fact.starts_with("HUMAN"))
        .count();
    assert_eq!(reviews, 2);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_decide_decides_nothing_by_a_comment_either() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    let edit = Edit {
        assignee: Some("alice".to_owned()),
        ..Edit::default()
    };
    jira.edit_issue("ben", &ticket.key, edit).unwrap();
    jira.add_to_role(
        "PAY",
        APPROVERS_ROLE,
        RoleActor::User(jira.account_id("alice").unwrap()),
    )
    .unwrap();
    for (who, reason) in [
        ("alice", "OWN_TICKET"),
        ("ben", "OWN_TICKET"),
        ("erin", "NOT_IN_ROLE"),
    ] {
        jira.add_comment(who, &ticket.key, "/approve").unwrap();
        assert_eq!(approval(&world, &ticket.key).await, "NONE", "{who}");
        let entry = world
            .about(ticket.id)
            .into_iter()
            .rfind(|entry| entry.kind == "REVIEW_NOT_COUNTED")
            .unwrap();
        assert_eq!(entry.payload["reason"], reason, "{who}");
    }
    for who in ["alice", "erin"] {
        jira.transition(who, &ticket.key, "Approved").unwrap();
        assert_eq!(approval(&world, &ticket.key).await, "NONE", "{who}");
        jira.transition(who, &ticket.key, "To Do").unwrap();
    }
    let carla = world.sit("carla", &ticket.key).await.look().await;
    assert!(
        carla.body.contains("does not count"),
        "the panel says nothing of it"
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_lost_the_right_meanwhile_decides_nothing() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    let carla = RoleActor::User(jira.account_id("carla").unwrap());
    world.jira().set_flow(sandbox::Flow::Hold);
    jira.add_comment("carla", &ticket.key, "/approve").unwrap();
    jira.remove_from_role("PAY", APPROVERS_ROLE, &carla)
        .unwrap();
    world.jira().set_flow(sandbox::Flow::default());
    world.jira().release(sandbox::ReleaseOrder::Happened);
    assert_eq!(approval(&world, &ticket.key).await, "NONE");
    jira.add_to_role("PAY", APPROVERS_ROLE, carla).unwrap();
    jira.set_permission("carla", "PAY", Permission::AddComments, false)
        .unwrap();
    jira.transition("carla", &ticket.key, "Approved").unwrap();
    assert_eq!(approval(&world, &ticket.key).await, "NONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_word_counts_in_whatever_order_it_is_told() {
    let world = World::installed().await;
    let jira = world.jira().world();
    for by_status in [false, true] {
        let ticket = world.ticket("Pay by card", CARD).await;
        world.jira().set_flow(sandbox::Flow::Hold);
        jira.add_comment("carla", &ticket.key, "/approve").unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        match by_status {
            true => drop(jira.transition("carla", &ticket.key, "Rejected").unwrap()),
            false => drop(
                jira.add_comment("carla", &ticket.key, "/reject keys are logged")
                    .unwrap(),
            ),
        }
        world.jira().set_flow(sandbox::Flow::default());
        world.jira().release(sandbox::ReleaseOrder::Reversed);
        assert_eq!(
            approval(&world, &ticket.key).await,
            "REJECTED",
            "by status: {by_status}"
        );
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_assignee_when_deciding_decided_nothing() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    let assigned = |who: &str| Edit {
        assignee: Some(who.to_owned()),
        ..Edit::default()
    };
    jira.edit_issue("ben", &ticket.key, assigned("carla"))
        .unwrap();
    world.quiet().await;
    world.jira().set_flow(sandbox::Flow::Hold);
    jira.add_comment("carla", &ticket.key, "/approve").unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    jira.edit_issue("ben", &ticket.key, assigned("")).unwrap();
    world.jira().set_flow(sandbox::Flow::default());
    world.jira().release(sandbox::ReleaseOrder::Happened);
    assert_eq!(approval(&world, &ticket.key).await, "NONE");
    assert_eq!(last(&world, ticket.id), "REVIEW_NOT_COUNTED OWN_TICKET");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_says_it_otherwise_decides_nothing() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    for text in [
        "Not approved",
        "> /approve\nno",
        "Approved, if the tests pass",
        "Who said /approve?",
        "/reject",
    ] {
        world
            .jira()
            .world()
            .add_comment("carla", &ticket.key, text)
            .unwrap();
    }
    assert_eq!(approval(&world, &ticket.key).await, "NONE");
    let mut facts = world.facts();
    facts.retain(|fact| fact.contains("REVIEW"));
    assert_eq!(facts, ["REVIEW_NOT_COUNTED NO_REASON"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_becomes_an_approval_later_is_none() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira().world();
    let comment = jira
        .add_comment("carla", &ticket.key, "I will look at it")
        .unwrap();
    world.quiet().await;
    jira.edit_comment("carla", &ticket.key, comment, "/approve")
        .unwrap();
    assert_eq!(approval(&world, &ticket.key).await, "NONE");
    assert_eq!(last(&world, ticket.id), "REVIEW_NOT_COUNTED COMMENT_EDITED");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_by_a_comment_that_is_edited_or_deleted_is_stale() {
    let world = World::installed().await;
    let jira = world.jira().world();
    for deleted in [false, true] {
        let ticket = world.ticket("Pay by card", CARD).await;
        let comment = jira.add_comment("carla", &ticket.key, "/approve").unwrap();
        assert_eq!(approval(&world, &ticket.key).await, "APPROVED");
        let reason = match deleted {
            true => {
                jira.delete_comment("carla", &ticket.key, comment).unwrap();
                "APPROVAL_STALE COMMENT_DELETED"
            }
            false => {
                jira.edit_comment("carla", &ticket.key, comment, "/approve everything")
                    .unwrap();
                "APPROVAL_STALE COMMENT_EDITED"
            }
        };
        assert_eq!(approval(&world, &ticket.key).await, "STALE");
        assert!(world.facts_about(ticket.id).contains(&reason.to_owned()));
        let became = if deleted { "deleted" } else { "edited" };
        let why = format!("was approved by a comment that was {became} since");
        let gate = world.program().await.told(&["gate", &ticket.key]);
        assert!(gate.contains(&why), "{gate}");
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_of_what_was_edited_since_does_not_count() {
    let world = World::installed().await;
    let jira = world.jira().world();
    for by_comment in [true, false] {
        let ticket = world.ticket("Pay by card", CARD).await;
        world.jira().set_flow(sandbox::Flow::Hold);
        match by_comment {
            true => drop(jira.add_comment("carla", &ticket.key, "/approve").unwrap()),
            false => drop(jira.transition("carla", &ticket.key, "Approved").unwrap()),
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let edit = Edit {
            summary: Some("Pay by card and keep the number".to_owned()),
            ..Edit::default()
        };
        jira.edit_issue("ben", &ticket.key, edit).unwrap();
        world.jira().set_flow(sandbox::Flow::default());
        world.jira().release(sandbox::ReleaseOrder::Happened);
        assert_eq!(
            approval(&world, &ticket.key).await,
            "NONE",
            "by comment: {by_comment}"
        );
        assert!(
            world
                .facts_about(ticket.id)
                .contains(&"REVIEW_NOT_COUNTED CHANGED_SINCE".to_owned())
        );
    }
    world.check_ledger().await;
}
