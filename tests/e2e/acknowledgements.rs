//! A developer says to have read what an issue asks for: whoever may see it, once, of what is there now.

use sandbox::Edit;
use serde_json::{Value, json};

use crate::panel::Answer;
use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";

impl World {
    async fn acknowledge(&self, who: &str, key: &str) -> Answer {
        let seat = self.sit(who, key).await;
        self.panel_call(
            &seat.token,
            "acknowledge",
            Some(json!({ "seen": seat.seen })),
        )
        .await
    }

    async fn read_by(&self, key: &str) -> Vec<Value> {
        let program = self.program().await;
        let path = format!("/v1/tickets/{key}/requirements");
        let given = program.get(&path).await.json();
        given["acknowledgements"].as_array().unwrap().clone()
    }

    fn acknowledged(&self) -> Vec<ledger::Entry> {
        let all = self.entries().into_iter();
        all.filter(|it| it.kind == "REQUIREMENTS_ACKNOWLEDGED")
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_has_read_what_an_issue_asks_for_and_approves_nothing_by_it() {
    let world = World::installed().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    assert!(world.read_by(&key).await.is_empty());
    // Ben reports the issue: he may not approve it, and may well read it.
    for who in ["ben", "ben", "alice"] {
        let read = world.acknowledge(who, &key).await;
        assert_eq!((read.status, read.approval()), (200, "NONE"), "{who}");
        assert!(read.body.contains("Read by"), "{}", read.body);
    }
    let said = world.read_by(&key).await;
    let who: Vec<&str> = said.iter().map(|it| it["who"].as_str().unwrap()).collect();
    assert_eq!(who, ["Alice Ng", "Ben Okafor"]);
    let entries = world.acknowledged();
    assert_eq!(entries.len(), 2, "the same again is the same");
    let bytes = serde_json::to_string(&entries).unwrap();
    assert!(!bytes.contains("Okafor") && !bytes.contains(sandbox::BEN));
    let program = world.program().await;
    assert_eq!(program.gate(&[&key], &[]).await.0, "CLOSED");
    // Other requirements were not read yet; the same ones under another text were.
    let edit = |description: &str| Edit {
        description: Some(description.to_owned()),
        ..Edit::default()
    };
    let jira = world.jira().world();
    let same = format!("{CARD} The heading is blue.");
    jira.edit_issue("ben", &key, edit(&same)).unwrap();
    world.quiet().await;
    assert_eq!(world.read_by(&key).await.len(), 2);
    let more = format!("{CARD} Patients upload medical records.");
    jira.edit_issue("ben", &key, edit(&more)).unwrap();
    world.quiet().await;
    assert!(world.read_by(&key).await.is_empty());
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_forgotten_has_still_read_it_without_a_name() {
    let world = World::installed_in_a_file().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    assert_eq!(world.acknowledge("alice", &key).await.status, 200);
    let alice = world.acknowledged().remove(0).actor.id;
    let tenant = world.tenant(0).await;
    let erase = [
        "erase",
        "--tenant",
        tenant.as_str(),
        "--person",
        alice.as_str(),
    ];
    let erased = world.operate(&erase, &[]);
    assert!(erased.status.success(), "{erased:?}");
    assert_eq!(world.read_by(&key).await[0]["who"], Value::Null);
    let shown = world.acknowledge("ben", &key).await;
    assert!(shown.body.contains("somebody whose name was erased"));
    assert!(!shown.body.contains("Alice Ng"));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_seen_or_asks_for_nothing_is_not_acknowledged() {
    let world = World::installed().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    let plain = world.ticket("Increase button padding", "Four pixels more.");
    let plain = plain.await.key;
    let nothing = world.acknowledge("alice", &plain).await;
    assert_eq!(nothing.status, 409, "{}", nothing.body);
    assert!(nothing.body.contains("asks for nothing"));
    let seat = world.sit("alice", &key).await;
    for (body, status) in [
        (json!({ "seen": "evt_01M8JHH4DRGJ30B6V1MQKJ2RGK" }), 409),
        (json!({ "seen": "not an entry" }), 400),
        (json!({ "seen": seat.seen, "who": "carla" }), 400),
        (json!({}), 400),
    ] {
        let answer = world
            .panel_call(&seat.token, "acknowledge", Some(body.clone()))
            .await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
    }
    let edit = Edit {
        description: Some(format!("{CARD} Patients upload medical records.")),
        ..Edit::default()
    };
    world.jira().world().edit_issue("ben", &key, edit).unwrap();
    let body = json!({ "seen": seat.seen });
    let stale = world
        .panel_call(&seat.token, "acknowledge", Some(body))
        .await;
    assert_eq!(stale.status, 409, "{}", stale.body);
    assert!(world.acknowledged().is_empty());
    world.check_ledger().await;
}
