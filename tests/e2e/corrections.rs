//! An approver sets right what was found in an issue: what follows from it, for how long it holds, and for which issue.

use sandbox::Edit;
use serde_json::{Value, json};

use crate::panel::Answer;
use crate::world::World;

const SUMMARY: &str = "Checkout page";
const WORDS: &str = "Customers pay by credit card.";

impl World {
    async fn correct(&self, who: &str, key: &str, change: Value) -> Answer {
        let seat = self.sit(who, key).await;
        let mut body = json!({ "indicator": "payment", "correction": "DISMISSED",
            "reason": "It is a picture of a card.", "seen": seat.seen });
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.panel_call(&seat.token, "correct", Some(body)).await
    }

    async fn standing(&self, key: &str) -> (String, bool) {
        let program = self.program().await;
        let given = program
            .get(&format!("/v1/tickets/{key}/requirements"))
            .await
            .json();
        let frameworks = given["frameworks"].to_string();
        let approval = given["approval"].as_str().unwrap().to_owned();
        (approval, frameworks.contains("PCI DSS"))
    }

    fn edit(&self, key: &str, description: &str) {
        let edit = Edit {
            description: Some(description.to_owned()),
            ..Edit::default()
        };
        self.jira().world().edit_issue("ben", key, edit).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dismissed_finding_asks_for_nothing_while_the_same_words_speak_for_it() {
    let world = World::installed().await;
    let made = world.ticket(SUMMARY, WORDS).await;
    let other = world.ticket(SUMMARY, WORDS).await.key;
    let key = made.key;
    world.decide("carla", &key, "APPROVED", "fine").await;
    world.quiet().await;
    assert_eq!(world.standing(&key).await, ("APPROVED".to_owned(), true));
    let dismissed = world.correct("carla", &key, json!({})).await;
    assert_eq!(dismissed.status, 200, "{}", dismissed.body);
    assert!(
        dismissed.body.contains("It is a picture of a card.")
            && dismissed.body.contains("Carla Ruiz")
    );
    assert!(
        dismissed
            .body
            .contains("said not to be involved; nothing follows")
    );
    // Other requirements apply: what was approved is no longer what is asked for.
    assert_eq!(world.standing(&key).await, ("STALE".to_owned(), false));
    assert_eq!(
        world.standing(&other).await,
        ("NONE".to_owned(), true),
        "it holds for that issue alone"
    );
    let facts = world.facts_about(made.id);
    assert!(
        facts
            .iter()
            .any(|fact| fact.starts_with("FINDING_CORRECTED")),
        "{facts:?}"
    );
    assert!(
        facts.iter().any(|fact| fact == "TICKET_ASSESSED LOWERED"),
        "{facts:?}"
    );
    let program = world.program().await;
    let validated = program
        .get(&format!("/v1/tickets/{key}/validation"))
        .await
        .json();
    assert_eq!(validated["passes"], true, "{validated}");
    let preview = program.post("/v1/catalog/preview", &json!({})).await.json();
    assert_eq!(preview["changed"], 0, "{preview}");
    // An edit beside the words changes nothing; other words bring the finding back.
    world.edit(&key, &format!("{WORDS} The heading is blue."));
    world.quiet().await;
    assert!(!world.standing(&key).await.1);
    world.edit(
        &key,
        "Customers pay by credit card, and the card number is stored for refunds.",
    );
    world.quiet().await;
    assert!(world.standing(&key).await.1);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_added_asks_for_all_that_follows_until_the_words_decide_again() {
    let world = World::installed().await;
    let key = world
        .ticket("Increase button padding", "Four pixels more.")
        .await
        .key;
    assert!(!world.standing(&key).await.1);
    let added = world
        .correct(
            "carla",
            &key,
            json!({ "correction": "ADDED", "reason": "It is the card form." }),
        )
        .await;
    assert_eq!(added.status, 200, "{}", added.body);
    assert!(world.standing(&key).await.1);
    world.edit(&key, "Five pixels more.");
    world.quiet().await;
    assert!(world.standing(&key).await.1, "it holds whatever is edited");
    let restored = world
        .correct(
            "carla",
            &key,
            json!({ "correction": "RESTORED", "reason": "Wrong form." }),
        )
        .await;
    assert_eq!(restored.status, 200, "{}", restored.body);
    assert!(!world.standing(&key).await.1);
    assert!(!restored.body.contains("cs-corrections"));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sets_nothing_right_is_refused_and_nothing_is_recorded() {
    let world = World::installed().await;
    let key = world.ticket(SUMMARY, WORDS).await.key;
    for (who, change, status, words) in [
        ("ben", json!({}), 403, "reporter"),
        ("alice", json!({}), 403, "Only members"),
        ("carla", json!({ "reason": " " }), 400, "reason is empty"),
        (
            "carla",
            json!({ "reason": "x".repeat(4_001) }),
            400,
            "longer than",
        ),
        (
            "carla",
            json!({ "indicator": "weather" }),
            400,
            "knows nothing",
        ),
        (
            "carla",
            json!({ "indicator": "../x" }),
            400,
            "knows nothing",
        ),
        ("carla", json!({ "indicator": "health" }), 400, "already"),
        ("carla", json!({ "correction": "ADDED" }), 400, "already"),
        ("carla", json!({ "correction": "RESTORED" }), 400, "already"),
        (
            "carla",
            json!({ "correction": "FORGOTTEN" }),
            400,
            "expected",
        ),
        (
            "carla",
            json!({ "seen": "evt_01M8JHH4DRGJ30B6V1MQKJ2RGK" }),
            409,
            "changed",
        ),
    ] {
        let answer = world.correct(who, &key, change.clone()).await;
        assert_eq!(answer.status, status, "{who} {change}: {}", answer.body);
        assert!(answer.body.contains(words), "{change}: {}", answer.body);
    }
    assert!(
        world
            .entries()
            .iter()
            .all(|it| it.kind != "FINDING_CORRECTED")
    );
    world.check_ledger().await;
}

/// A score ends at 10: one more thing that an issue is about may ask for nothing and add nothing. That it was said is
/// shown all the same, and so is what was assessed by it.
#[tokio::test(flavor = "multi_thread")]
async fn a_correction_from_which_nothing_else_follows_is_assessed_too() {
    let world = World::installed().await;
    let made = world
        .ticket("Increase button padding", "Four pixels more.")
        .await;
    let say = async |indicator: &str| {
        let change = json!({ "indicator": indicator, "correction": "ADDED", "reason": "As the team knows." });
        let said = world.correct("carla", &made.key, change).await;
        assert_eq!(said.status, 200, "{indicator}: {}", said.body);
        let facts = world.facts_about(made.id);
        facts[facts.len() - 2..].to_vec()
    };
    for indicator in ["payment", "health", "children", "secrets", "ai_model"] {
        assert_eq!(say(indicator).await[0], "FINDING_CORRECTED");
    }
    assert_eq!(
        say("vulnerability").await,
        ["FINDING_CORRECTED", "TICKET_ASSESSED CONFIRMED"]
    );
    world.check_ledger().await;
}
