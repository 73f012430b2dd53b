//! An approver waives a requirement: who may, for how long, what it changes in a report, and that its end is told before
//! it comes.

use serde_json::{Value, json};

use crate::panel::{Answer, between};
use crate::world::World;

const WORDS: &str = "Patients read their medical records and upload documents.";
const REQUIREMENT: &str = "REQ-ENC-AT-REST";

/// A day so many days from today.
pub(crate) fn day(from_today: i64) -> String {
    let at = chrono::Utc::now() + chrono::Duration::days(from_today);
    at.format("%Y-%m-%d").to_string()
}

impl World {
    async fn waive(&self, who: &str, key: &str, change: Value) -> Answer {
        let seat = self.sit(who, key).await;
        let mut body = json!({ "requirement": REQUIREMENT, "reason": "Not before spring.", "until": day(30),
            "seen": seat.seen });
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.panel_call(&seat.token, "waive", Some(body)).await
    }

    fn of_kind(&self, kind: &str) -> usize {
        self.entries().iter().filter(|it| it.kind == kind).count()
    }
}

async fn coverage_of(world: &World, key: &str) -> Value {
    let program = world.program().await;
    let page = program
        .get("/v1/coverage?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z")
        .await
        .json();
    let tickets = page["tickets"].as_array().unwrap();
    let ticket = tickets.iter().find(|it| it["ticket"] == key).unwrap();
    let all = ticket["requirements"].as_array().unwrap();
    all.iter()
        .find(|it| it["id"] == REQUIREMENT)
        .unwrap()
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approver_waives_a_requirement_and_takes_it_back() {
    let world = World::installed().await;
    let key = world.ticket("Patient portal", WORDS).await.key;
    assert_eq!(coverage_of(&world, &key).await["coverage"], "UNKNOWN");
    let waived = world.waive("carla", &key, json!({})).await;
    assert_eq!(waived.status, 200, "{}", waived.body);
    assert!(waived.body.contains("Not before spring.") && waived.body.contains("Carla Ruiz"));
    let again = world.waive("carla", &key, json!({})).await;
    assert_eq!(
        (again.status, world.of_kind("REQUIREMENT_WAIVED")),
        (200, 1)
    );
    let covered = coverage_of(&world, &key).await;
    assert_eq!(covered["coverage"], "WAIVED");
    assert_eq!(covered["waiver"]["reason"], "Not before spring.");
    assert_eq!(covered["waiver"]["role"], "Approvers");
    let program = world.program().await;
    let given = program
        .get(&format!("/v1/tickets/{key}/requirements"))
        .await;
    assert!(given.body.contains("Not before spring."), "{}", given.body);
    let bytes = world.in_hex("bytes");
    let bytes = world.lines(&format!("SELECT {bytes} AS line FROM entries"));
    let words: String = "Not before spring"
        .bytes()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert!(
        bytes
            .iter()
            .all(|line| !line.to_lowercase().contains(&words))
    );

    // Longer: a later waiver takes its place.
    let longer = world
        .waive("carla", &key, json!({ "until": day(60) }))
        .await;
    assert_eq!(longer.status, 200, "{}", longer.body);
    let waiver = between(&longer.body, "name=\"waiver\" value=\"", "\"")
        .unwrap()
        .to_owned();
    let seat = world.sit("ben", &key).await;
    let refused = world
        .panel_call(&seat.token, "end-waiver", Some(json!({ "waiver": waiver })))
        .await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    let seat = world.sit("carla", &key).await;
    for (status, expected) in [(200, 1), (409, 1)] {
        let ended = world
            .panel_call(&seat.token, "end-waiver", Some(json!({ "waiver": waiver })))
            .await;
        assert_eq!(ended.status, status, "{}", ended.body);
        assert_eq!(world.of_kind("WAIVER_ENDED"), expected);
    }
    assert_eq!(coverage_of(&world, &key).await["coverage"], "UNKNOWN");
    assert!(!seat.look().await.body.contains("cs-waiver"));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_waiver_is_refused_and_nothing_is_recorded() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    let key = world.ticket("Patient portal", WORDS).await.key;
    for (who, change, status, words) in [
        ("ben", json!({}), 403, "reporter"),
        ("alice", json!({}), 403, "Only members"),
        ("carla", json!({ "reason": "  " }), 400, "reason is empty"),
        (
            "carla",
            json!({ "reason": "x".repeat(4_001) }),
            400,
            "longer than",
        ),
        ("carla", json!({ "until": day(-1) }), 400, "A waiver ends"),
        ("carla", json!({ "until": day(400) }), 400, "A waiver ends"),
        ("carla", json!({ "until": "" }), 400, "A waiver ends"),
        (
            "carla",
            json!({ "until": "2027-02-30" }),
            400,
            "A waiver ends",
        ),
        (
            "carla",
            json!({ "requirement": "REQ-PAY-TOKENS" }),
            400,
            "does not ask",
        ),
        ("carla", json!({ "requirement": 7 }), 400, "expected"),
        ("carla", json!({ "more": 7 }), 400, "expected"),
        (
            "carla",
            json!({ "seen": "evt_01M8JHH4DRGJ30B6V1MQKJ2RGK" }),
            409,
            "changed",
        ),
    ] {
        let answer = world.waive(who, &key, change.clone()).await;
        assert_eq!(answer.status, status, "{who} {change}: {}", answer.body);
        assert!(answer.body.contains(words), "{change}: {}", answer.body);
    }
    assert_eq!(world.of_kind("REQUIREMENT_WAIVED"), 0);
    // A waiver of another issue is not this one's.
    let waived = world.waive("carla", &key, json!({})).await;
    let waiver = between(&waived.body, "name=\"waiver\" value=\"", "\"")
        .unwrap()
        .to_owned();
    let other = world.ticket("Patient letters", WORDS).await.key;
    let seat = world.sit("carla", &other).await;
    let refused = world
        .panel_call(&seat.token, "end-waiver", Some(json!({ "waiver": waiver })))
        .await;
    assert_eq!((refused.status, world.of_kind("WAIVER_ENDED")), (409, 0));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_waiver_is_told_before_it_comes_and_once() {
    let world = World::installed().await;
    let key = world.ticket("Patient portal", WORDS).await.key;
    let waived = world.waive("carla", &key, json!({ "until": day(3) })).await;
    assert_eq!(waived.status, 200, "{}", waived.body);
    let casework = |world: &World| world.server.as_ref().unwrap().casework().clone();
    for _ in 0..2 {
        casework(&world)
            .mind_waivers(chrono::Utc::now())
            .await
            .unwrap();
        world.quiet().await;
        assert_eq!(world.of_kind("WAIVER_EXPIRING"), 1);
    }
    let told = json!(world.jira().world().comments(&key).unwrap()).to_string();
    assert_eq!(
        told.matches("Countersign: the waiver of").count(),
        1,
        "{told}"
    );
    assert!(told.contains(&format!("ends on {}", day(3))), "{told}");
    assert_eq!(coverage_of(&world, &key).await["coverage"], "WAIVED");
    let panel = world.sit("carla", &key).await.look().await;
    assert!(panel.body.contains("it ends soon"), "{}", panel.body);

    // Four days later, whoever looks first.
    let later = chrono::Utc::now() + chrono::Duration::days(4);
    for _ in 0..2 {
        casework(&world).mind_waivers(later).await.unwrap();
        world.quiet().await;
        assert_eq!(
            (
                world.of_kind("WAIVER_EXPIRING"),
                world.of_kind("WAIVER_ENDED")
            ),
            (1, 1)
        );
    }
    let comments = json!(world.jira().world().comments(&key).unwrap()).to_string();
    assert_eq!(
        comments.matches("Countersign: the waiver of").count(),
        1,
        "{comments}"
    );
    assert!(
        comments.contains(&format!("ended on {}", day(3))),
        "{comments}"
    );
    assert_eq!(coverage_of(&world, &key).await["coverage"], "UNKNOWN");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiver_does_not_outlive_what_asks_for_the_requirement() {
    let world = World::installed().await;
    let made = world.ticket("Patient portal", WORDS).await;
    let waived = world.waive("carla", &made.key, json!({})).await;
    assert_eq!(waived.status, 200, "{}", waived.body);
    let edit = |summary: &str, description: &str| {
        let edit = sandbox::Edit {
            summary: Some(summary.to_owned()),
            description: Some(description.to_owned()),
            ..sandbox::Edit::default()
        };
        world
            .jira()
            .world()
            .edit_issue("ben", &made.key, edit)
            .unwrap();
    };
    edit("Increase button padding", "Four pixels more.");
    world.quiet().await;
    assert_eq!(world.of_kind("WAIVER_ENDED"), 1);
    edit(
        "Patient portal",
        "Patients read their medical records; card numbers are stored.",
    );
    world.quiet().await;
    assert_eq!(coverage_of(&world, &made.key).await["coverage"], "UNKNOWN");
    world.check_ledger().await;
}
