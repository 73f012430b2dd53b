//! The ticket that is told of the ledger as a whole: by the verifier itself, or through the app where it alone has a way
//! in.

use ledger::{Verdict, VerifierKey};
use sandbox::IssueRef;
use serde_json::json;
use verifier::config::{Config, Delivery, ReportTicket};

use crate::reports::reports;
use crate::world::World;

const DAMAGE: &str = "DROP TRIGGER entries_are_not_changed; \
                      UPDATE entries SET severity = 'LOW' WHERE subject LIKE 'ticket/%'";
const TOLD: &str = "verification of the whole ledger: ALTERED";

/// A ledger in order, a ticket of the operator's, and then damage.
async fn damaged(world: &World) -> IssueRef {
    world
        .ticket("Pay by credit card", "The card number is kept.")
        .await;
    let told = world.ticket("Audit desk", "News of the ledger.").await;
    world.check_ledger().await;
    world.overwrite(DAMAGE);
    told
}

fn to(config: &mut Config, ticket: &IssueRef) {
    config.report_ticket = Some(ReportTicket {
        key: ticket.key.parse().unwrap(),
        site: None,
    });
}

fn comments(world: &World, ticket: &IssueRef) -> String {
    json!(world.jira().world().comments(&ticket.key).unwrap()).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verifier_tells_it_where_connect_lets_it_in() {
    let world = World::installed_in_a_file().await;
    let ticket = damaged(&world).await;
    for _ in 0..2 {
        let verdict = world.verdict_by(|config| {
            to(config, &ticket);
            config.delivery = Some(Delivery {
                master_key_file: world.file("data/master.key"),
                app_key: "dev.countersign.app".parse().unwrap(),
            });
        });
        assert_eq!(verdict.await, Some(Verdict::Altered));
    }
    let told = comments(&world, &ticket);
    assert_eq!(told.matches(TOLD).count(), 1, "{told}");
    assert!(
        reports(&world)
            .iter()
            .all(|file| !std::fs::read_to_string(file).unwrap().contains("\"whole\""))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_tells_it_where_forge_alone_lets_it_in() {
    let world = World::installed_in_a_file().await;
    world.install_forge().await;
    world.jira().uninstall().await.unwrap();
    let ticket = damaged(&world).await;
    for _ in 0..2 {
        let verdict = world.verdict_by(|config| to(config, &ticket));
        assert_eq!(verdict.await, Some(Verdict::Altered));
    }
    let key = std::fs::read_to_string(world.file("verifier/verifier.vkey")).unwrap();
    let key = VerifierKey::parse(key.trim_end()).unwrap();
    let casework = world.server.as_ref().unwrap().casework();
    let notes: Vec<String> = reports(&world)
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    let telling = notes.iter().filter(|note| note.contains(TOLD));
    assert_eq!(telling.count(), 1, "what was told is told again");
    for note in &notes {
        casework.take_report(note, &key).await.unwrap();
    }
    world.quiet().await;
    let told = comments(&world, &ticket);
    assert_eq!(told.matches(TOLD).count(), 1, "{told}");
}
