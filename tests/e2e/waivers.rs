//! An approver waives a requirement: who may, for how long, what it changes in a report, and that its end is told before
//! it comes.

use record::entries::PushAs;
use sandbox::NewIssue;
use serde_json::{Value, json};

use crate::panel::{Answer, between};
use crate::world::World;

pub(crate) const WORDS: &str = "Patients read their medical records and upload documents.";
const REQUIREMENT: &str = "REQ-ENC-AT-REST";

/// A day so many days from today.
pub(crate) fn day(from_today: i64) -> String {
    let at = chrono::Utc::now() + chrono::Duration::days(from_today);
    at.format("%Y-%m-%d").to_string()
}

impl World {
    pub(crate) async fn waive(&self, who: &str, key: &str, change: Value) -> Answer {
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

const WAIVED: &str = "Waived by an approver until ";

/// What an assistant is told.
async fn prompted(world: &World, key: &str) -> String {
    let program = world.program().await;
    let path = format!("/v1/tickets/{key}/prompt");
    let prompt = program.post(&path, &json!({})).await;
    assert_eq!(prompt.status, 200, "{}", prompt.body);
    prompt.json()["prompt"].as_str().unwrap().to_owned()
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
    assert!(prompted(&world, &key).await.contains(WAIVED));
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
    assert!(!prompted(&world, &key).await.contains(WAIVED));
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

#[tokio::test(flavor = "multi_thread")]
async fn a_waiver_counts_if_it_was_there_before_the_deployment() {
    let world = World::installed().await;
    let (program, github) = (world.program().await, world.github(PushAs::Commits).await);
    let before = world.ticket("Patient portal", WORDS).await.key;
    let after = world.ticket("Patient letters", WORDS).await.key;
    assert_eq!(world.waive("carla", &before, json!({})).await.status, 200);
    for (number, key) in [(0xa1, &before), (0xa2, &after)] {
        let sha = github
            .push(number, &format!("feat: it [{key}]"), "main")
            .await;
        let reported =
            json!({ "eventType": "DEPLOYMENT", "payload": { "commit": { "sha": sha } } });
        program.report(&reported).await;
    }
    world.quiet().await;
    assert_eq!(world.waive("carla", &after, json!({})).await.status, 200);
    let late = coverage_of(&world, &after).await;
    assert_eq!(late["coverage"], "FAILED");
    assert!(
        late["waiver"].is_object(),
        "it is shown all the same: {late}"
    );
    // Given anew, it has held all the time.
    let longer = world
        .waive("carla", &before, json!({ "until": day(60) }))
        .await;
    assert_eq!(longer.status, 200, "{}", longer.body);
    assert_eq!(coverage_of(&world, &before).await["coverage"], "WAIVED");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_one_waiver_keeps_no_other_from_ending() {
    let world = World::installed().await;
    let broken = world.ticket("Patient portal", WORDS).await;
    let other = world.ticket("Patient letters", WORDS).await;
    for (key, days) in [(&broken.key, 2), (&other.key, 3)] {
        let waived = world
            .waive("carla", key, json!({ "until": day(days) }))
            .await;
        assert_eq!(waived.status, 200, "{}", waived.body);
    }
    world.overwrite(&format!(
        "UPDATE tickets SET risk_tenths = 999 WHERE issue = '{}'",
        broken.id
    ));
    let casework = world.server.as_ref().unwrap().casework().clone();
    casework.mind_waivers(chrono::Utc::now()).await.unwrap();
    let warned: Vec<_> = world
        .entries()
        .into_iter()
        .filter(|it| it.kind == "WAIVER_EXPIRING")
        .collect();
    assert_eq!(warned.len(), 1);
    assert!(warned[0].subject.ends_with(&format!("/{}", other.id)));
}

/// The same person may see the issue in its panel; who reads elsewhere need not be allowed to.
#[tokio::test(flavor = "multi_thread")]
async fn of_an_issue_that_a_security_level_hides_the_reason_stays_in_its_panel() {
    let world = World::installed().await;
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: "Patient portal".to_owned(),
        description: WORDS.to_owned(),
        restricted: true,
        ..NewIssue::default()
    };
    let key = world.jira().world().create_issue("erin", new).unwrap().key;
    world.quiet().await;
    let waived = world
        .waive(
            "carla",
            &key,
            json!({ "reason": "HUSH because of Foo Corp" }),
        )
        .await;
    assert_eq!(waived.status, 200, "{}", waived.body);
    assert!(waived.body.contains("HUSH"));
    let seat = world.sit("carla", &key).await;
    let body = json!({ "indicator": "payment", "correction": "ADDED", "reason": "HUSH as well", "seen": seat.seen });
    let corrected = world.panel_call(&seat.token, "correct", Some(body)).await;
    assert_eq!(corrected.status, 200, "{}", corrected.body);
    assert_eq!(corrected.body.matches("HUSH").count(), 2);
    let program = world.program().await;
    for path in [
        "/v1/coverage?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z".to_owned(),
        format!("/v1/tickets/{key}/requirements"),
        "/v1/audit?limit=100".to_owned(),
        format!("/v1/trail?ticket={key}"),
    ] {
        let answer = program.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(!answer.body.contains("HUSH"), "{path}: {}", answer.body);
    }
    let covered = coverage_of(&world, &key).await;
    assert_eq!(covered["coverage"], "WAIVED");
}
