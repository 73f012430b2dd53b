//! The right that a deputy has is another's: it ends where that one could not decide, and reaches as far.

use record::entries::{PushAs, ReviewRules};
use sandbox::{Edit, Flow, ReleaseOrder};
use serde_json::json;

use crate::api_trail::{MESSAGE, governed};
use crate::deputies::{in_place_of_carla, today};
use crate::rules::{KEY, decide, is, rule, rule_for, standing};
use crate::waivers::WORDS;

const NOBODYS_PLACE: &str = "nobody in whose place you decide could approve or reject";

#[tokio::test(flavor = "multi_thread")]
async fn it_holds_in_projects_with_settings_of_their_own_and_ends_there_too() {
    let (world, key) = in_place_of_carla(ReviewRules::default()).await;
    rule_for(&world, Some("PAY"), ReviewRules::default()).await;
    assert_eq!(
        decide(&world, "alice", &key, "APPROVED").await,
        is(200, "APPROVED")
    );
    world.deputy("alice", "carla", &["--end"]).await.unwrap();
    rule_for(&world, Some("PAY"), ReviewRules::default()).await;
    let (status, told) = decide(&world, "alice", &key, "REJECTED").await;
    assert_eq!(status, 403, "{told}");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authors_deputy_cannot_approve_for_the_author() {
    let world = governed().await;
    rule(&world, ReviewRules::default()).await;
    let github = world.github(PushAs::Commits).await;
    let until = ["--until", &today()];
    world.deputy("erin", "carla", &until).await.unwrap();
    let mut push = crate::api::push(&"a1".repeat(20), MESSAGE, "main");
    push["commits"][0]["author"]["name"] = json!("carla ruiz");
    assert_eq!(github.deliver("push", &push).await.status, 202);
    world.quiet().await;
    let (status, told) = decide(&world, "erin", KEY, "APPROVED").await;
    assert_eq!(status, 403, "{told}");
    assert!(told.contains(NOBODYS_PLACE), "{told}");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_the_other_had_then_counts() {
    let (world, key) = in_place_of_carla(ReviewRules::default()).await;
    let jira = world.jira().world();
    let assigned = |who: &str| Edit {
        assignee: Some(who.to_owned()),
        ..Edit::default()
    };
    jira.edit_issue("ben", &key, assigned("carla")).unwrap();
    world.quiet().await;
    world.jira().set_flow(Flow::Hold);
    jira.add_comment("alice", &key, "/approve").unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    jira.edit_issue("ben", &key, assigned("")).unwrap();
    world.jira().set_flow(Flow::default());
    world.jira().release(ReleaseOrder::Happened);
    world.quiet().await;
    assert_eq!(standing(&world, &key).await, "NONE");
    let mut facts = world.facts();
    facts.retain(|fact| fact.contains("REVIEW"));
    assert_eq!(facts, ["REVIEW_NOT_COUNTED OWN_TICKET"]);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_cannot_be_lent_on() {
    let (world, key) = in_place_of_carla(ReviewRules::default()).await;
    let until = ["--until", &today()];
    world.deputy("erin", "alice", &until).await.unwrap();
    let (status, told) = decide(&world, "erin", &key, "APPROVED").await;
    assert_eq!(status, 403, "{told}");
    assert!(told.contains(NOBODYS_PLACE), "{told}");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_waives_in_the_others_place() {
    let (world, _) = in_place_of_carla(ReviewRules::default()).await;
    let key = world.ticket("Patient portal", WORDS).await.key;
    let waived = world.waive("alice", &key, json!({})).await;
    assert_eq!(waived.status, 200, "{}", waived.body);
    assert!(
        waived
            .body
            .contains("as Approvers, in somebody&#x27;s place"),
        "{}",
        waived.body
    );
    world.check_ledger().await;
}
