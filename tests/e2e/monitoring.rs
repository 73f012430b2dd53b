//! V:386-388: what is deployed for a risky ticket is to be watched, whichever came first, the deployment or the link.

use record::entries::PushAs;
use serde_json::json;

use crate::coverage::deploy;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn v_387_what_is_deployed_for_a_risky_ticket_is_to_be_watched() {
    let world = World::installed().await;
    let (program, github) = (world.program().await, world.github(PushAs::Commits).await);
    let words =
        "Customers pay by credit card and patients upload medical records to a third-party API.";
    let risky = world.ticket("Pay for treatment", words).await;
    let ordinary = world
        .ticket("Increase button padding", "Four pixels more.")
        .await;
    deploy(&world, &github, 0xa1, &risky.key).await;
    deploy(&world, &github, 0xa2, &ordinary.key).await;
    let sha = "c3".repeat(20);
    let reported = json!({ "eventType": "DEPLOYMENT", "payload": { "environment": "eu", "commit": { "sha": sha } } });
    program.report(&reported).await;
    let requested = || {
        let all = world.entries().into_iter();
        let requests = all.filter(|it| it.kind == "MONITORING_REQUESTED");
        requests.map(|it| it.subject).collect::<Vec<_>>()
    };
    world.quiet().await;
    let of_risky = format!("/{}", risky.id);
    assert_eq!(requested().len(), 1);
    assert!(requested()[0].ends_with(&of_risky), "{:?}", requested());
    // The commit is heard of after its deployment; told again it is the same request.
    for _ in 0..2 {
        let message = format!("feat: more [{}]", risky.key);
        github.push(0xc3, &message, "main").await;
        world.quiet().await;
        assert_eq!(requested().len(), 2);
    }
    // A link by hand leads there as well.
    let by_hand = json!({ "eventType": "DEPLOYMENT", "payload": { "environment": "us" } });
    let event = program.report(&by_hand).await;
    let link = json!({ "type": "JIRA_TICKET", "externalId": risky.key });
    let path = format!("/v1/audit/{}/links", event["id"].as_str().unwrap());
    let linked = program.post(&path, &link).await;
    assert_eq!(linked.status, 201, "{}", linked.body);
    assert_eq!(requested().len(), 3);
    assert!(
        requested()
            .iter()
            .all(|subject| subject.ends_with(&of_risky))
    );
    world.check_ledger().await;
}
