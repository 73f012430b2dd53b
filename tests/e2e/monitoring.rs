//! V:386-388: what is deployed for a risky ticket is to be watched, whichever came first, the deployment or the link.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use record::entries::{PushAs, Scope};
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

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_says_to_watch_in_time_is_told_where_somebody_was_asked() {
    let world = World::installed().await;
    let (program, github) = (world.program().await, world.github(PushAs::Commits).await);
    let mind = async |hours: i64| {
        let casework = world.server.as_ref().unwrap().casework();
        let (at, within) = (
            Utc::now() + TimeDelta::hours(hours),
            Duration::from_secs(24 * 3_600),
        );
        casework.mind_monitoring(at, within).await.unwrap()
    };
    let words =
        "Customers pay by credit card and patients upload medical records to a third-party API.";
    let risky = world.ticket("Pay for treatment", words).await;
    deploy(&world, &github, 0xa1, &risky.key).await;
    assert_eq!(mind(48).await, 0, "no feed carries it to anybody");
    let scopes = [Scope::FeedsWrite, Scope::EventsRead];
    let desk = world.program_of(world.tenant(0).await, &scopes).await;
    let listen = async |kind: &str| {
        let feed = json!({ "url": "http://127.0.0.1:9/hook", "types": [kind] });
        assert_eq!(desk.post("/v1/feeds", &feed).await.status, 201);
    };
    listen("HUMAN_REVIEW").await;
    deploy(&world, &github, 0xa4, &risky.key).await;
    assert_eq!(mind(48).await, 0, "this feed carries something else");
    listen("MONITORING_REQUESTED").await;
    for commit in [0xa2, 0xa3] {
        deploy(&world, &github, commit, &risky.key).await;
    }
    world.quiet().await;
    let all = world.entries().into_iter();
    let requests = all.filter(|it| it.kind == "MONITORING_REQUESTED");
    let requests: Vec<String> = requests.map(|it| it.id).collect();
    let [_, _, watched, forgotten] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    let told = program.told(&["acknowledge", watched]);
    assert!(told.contains("is watched"), "{told}");
    let again = program.told(&["acknowledge", watched]);
    assert!(again.starts_with("Somebody had said before"), "{again}");
    let deployed = world
        .entries()
        .into_iter()
        .find(|it| it.kind == "DEPLOYMENT");
    for none in [
        deployed.unwrap().id,
        "evt_01HZABCDEF1234567890ABCDEF".to_owned(),
    ] {
        let path = format!("/v1/monitoring/{none}/acknowledge");
        assert_eq!(program.post(&path, &json!({})).await.status, 404, "{none}");
    }
    let counted = [mind(23).await, mind(25).await, mind(26).await];
    assert_eq!(counted, [0, 1, 0]);
    let overdue = world
        .entries()
        .into_iter()
        .rfind(|it| it.kind == "MONITORING_OVERDUE");
    assert_eq!(overdue.unwrap().payload["request"], json!(forgotten));
    world.quiet().await;
    let comments = world.jira().world().comments(&risky.key).unwrap();
    let told = format!("acknowledge {forgotten}");
    assert!(
        comments.iter().any(|it| it.to_string().contains(&told)),
        "{comments:?}"
    );
    let shown = program.told(&["show", &risky.key]);
    assert!(shown.contains("Nobody said in time to watch"), "{shown}");
    let late = program.runs(&["acknowledge", forgotten]);
    assert!(late.status.success(), "{late:?}");
    world.check_ledger().await;
}
