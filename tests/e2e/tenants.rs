//! Two companies on one server never meet, though their issues have the same ids and their people too.

use sandbox::{NewIssue, RawToken, TokenKey};
use serde_json::json;

use crate::panel::Answer;
use crate::world::World;

const OURS: &str = "Pay by card";
const THEIRS: &str = "Book an appointment";

async fn page(world: &World, site: usize, key: &str) -> Answer {
    let url = world.sites[site].iframe_url("carla", key).unwrap();
    Answer::to(world.http.get(url).header("Accept", "text/html")).await
}

fn make(world: &World, site: usize, summary: &str, description: &str) -> sandbox::IssueRef {
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: summary.to_owned(),
        description: description.to_owned(),
        ..NewIssue::default()
    };
    world.sites[site].world().create_issue("ben", new).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_one_companys_is_never_shown_to_the_other() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    world.install(1).await;
    let ours = make(&world, 0, OURS, "The credit card number is stored.");
    let theirs = make(&world, 1, THEIRS, "Patients read their diagnosis.");
    assert_eq!(
        (ours.id, &ours.key),
        (theirs.id, &theirs.key),
        "the ids have to be the same"
    );
    world.quiet().await;
    let answer = world
        .decide("carla", &ours.key, "APPROVED", "Ours is fine.")
        .await;
    assert_eq!(answer.approval(), "APPROVED");
    world.quiet().await;

    let (ours_shown, theirs_shown) = (
        page(&world, 0, &ours.key).await,
        page(&world, 1, &theirs.key).await,
    );
    assert!(ours_shown.body.contains("PCI DSS") && !ours_shown.body.contains("HIPAA"));
    assert!(theirs_shown.body.contains("HIPAA") && !theirs_shown.body.contains("PCI DSS"));
    assert_eq!(theirs_shown.approval(), "NONE");
    for foreign in [OURS, "Ours is fine", "Carla"] {
        assert!(
            !theirs_shown.body.contains(foreign),
            "{foreign:?} is shown to the other"
        );
    }
    assert_eq!(
        world.jira().world().properties(&ours.key).unwrap()["countersign"]["approval"],
        "APPROVED"
    );
    assert_eq!(
        world.sites[1].world().properties(&theirs.key).unwrap()["countersign"]["approval"],
        "NONE"
    );

    let tenants = world.lines("SELECT id AS line FROM tenants");
    let ledgers = world.lines("SELECT DISTINCT ledger_key AS line FROM tenants");
    assert_eq!((tenants.len(), ledgers.len()), (2, 2));
    assert_eq!(world.lines("SELECT tenant AS line FROM approvals").len(), 1);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_names_the_others_issue_sees_ones_own() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    world.install(1).await;
    let shared = make(&world, 0, OURS, "The credit card number is stored.");
    make(&world, 1, THEIRS, "Patients read their diagnosis.");
    let only_theirs = make(&world, 1, THEIRS, "Patients read their diagnosis again.");
    world.quiet().await;
    let size = world.entries().len();
    let token = |issue: u64| {
        let mut claims = world.jira().call_claims("GET", "/").unwrap();
        claims["sub"] = json!(sandbox::CARLA);
        claims["qsh"] = json!("context-qsh");
        claims["context"] =
            json!({ "jira": { "issue": { "id": issue.to_string(), "key": "PAY-1" } } });
        let raw = RawToken {
            key: TokenKey::SharedSecret,
            kid: None,
            claims,
        };
        world.jira().raw_token(&raw).unwrap()
    };
    let fragment = world
        .panel_call(&token(only_theirs.id), "fragment", None)
        .await;
    assert_eq!((fragment.status, fragment.state()), (200, "unknown"));
    let fragment = world.panel_call(&token(shared.id), "fragment", None).await;
    assert!(fragment.body.contains("PCI DSS") && !fragment.body.contains("HIPAA"));
    let seen = page(&world, 1, &only_theirs.key).await.seen().unwrap();
    let body = json!({ "decision": "APPROVED", "comment": "", "seen": seen });
    for issue in [only_theirs.id, shared.id] {
        let answer = world
            .panel_call(&token(issue), "review", Some(body.clone()))
            .await;
        assert_eq!(answer.status, 409, "{}", answer.body);
    }
    assert_eq!(world.entries().len(), size);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_in_two_companies_is_two_people() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    world.install(1).await;
    let ours = make(&world, 0, OURS, "The credit card number is stored.");
    for site in &world.sites {
        site.world().add_comment("alice", &ours.key, "Hello").ok();
    }
    make(&world, 1, THEIRS, "Patients read their diagnosis.");
    world.sites[1]
        .world()
        .add_comment("alice", &ours.key, "Hello")
        .unwrap();
    world.quiet().await;
    let people = world.lines("SELECT DISTINCT id AS line FROM people");
    assert_eq!(people.len(), 2);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_companys_trouble_is_not_the_others() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    world.install(1).await;
    world.sites[1].fault(sandbox::Fault {
        path_prefix: "/rest/".to_owned(),
        ..sandbox::Fault::everywhere(sandbox::FaultKind::Close)
    });
    make(&world, 1, THEIRS, "Patients read their diagnosis.");
    let ours = make(&world, 0, OURS, "The credit card number is stored.");
    world
        .until("our issue", async || world.facts_about(ours.id).len() == 1)
        .await;
    let answer = world.decide("carla", &ours.key, "APPROVED", "").await;
    assert_eq!(answer.approval(), "APPROVED");
    world.sites[1].clear_faults();
    world.sites[1].uninstall().await.unwrap();
    assert_eq!(page(&world, 0, &ours.key).await.state(), "current");
    world.quiet().await;
    world.check_ledger().await;
}
