//! A storm of deliveries through both doors of a site without the app: nothing is lost, nothing counts twice, and the
//! status says how it stands. `STORM=N` sends N deliveries.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use record::entries::PushAs;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::api::{push, signature};
use crate::api_jira::{SECRET, connected};
use crate::world::World;

/// How many are sent where nobody says.
const USUALLY: usize = 3_000;
const SENDERS: usize = 32;
/// How long all of it may take to be worked on.
const PATIENCE: Duration = Duration::from_secs(900);

/// A delivery, as its sender repeats it until it is taken.
struct Delivery {
    url: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// What happened on the site, each told of by a delivery; and what has to be recorded of it.
struct Story {
    deliveries: Vec<Delivery>,
    commits: Vec<String>,
    comments: Vec<u64>,
    tickets: Vec<String>,
}

async fn story(world: &World, site: &str) -> Story {
    let github = world.github(PushAs::Commits).await;
    let jira = world.jira().world();
    let mut story = Story {
        deliveries: Vec::new(),
        commits: Vec::new(),
        comments: Vec::new(),
        tickets: Vec::new(),
    };
    let told = |body: &Value| Delivery {
        url: format!("{}/v1/integrations/jira/webhook/{site}", world.address()),
        headers: vec![("X-Jira-Webhook-Secret", SECRET.to_owned())],
        body: body.to_string(),
    };
    for n in 0..12_u8 {
        let made = world.make(
            &format!("Pay by card, part {n}"),
            "Customers pay by credit card.",
        );
        let issue = json!({ "id": made.id.to_string(), "key": made.key });
        let created =
            json!({ "webhookEvent": "jira:issue_created", "timestamp": 1, "issue": issue });
        story.deliveries.push(told(&created));
        for text in ["Approved.", "/reject too early"] {
            let comment = jira.add_comment("carla", &made.key, text).unwrap();
            let said = json!({ "webhookEvent": "comment_created", "issue": issue,
                "comment": { "id": comment.to_string() } });
            story.deliveries.push(told(&said));
            story.comments.push(comment);
        }
        let sha = format!("{:02x}", 0xa0 + n).repeat(20);
        let pushed = push(&sha, &format!("{}: part {n}", made.key), "main").to_string();
        story.deliveries.push(Delivery {
            url: format!(
                "{}/v1/integrations/github/webhook/{}",
                world.address(),
                github.host
            ),
            headers: vec![
                ("X-GitHub-Event", "push".to_owned()),
                (
                    "X-Hub-Signature-256",
                    signature(&github.secret, pushed.as_bytes()),
                ),
            ],
            body: pushed,
        });
        story.commits.push(sha);
        story.tickets.push(made.key);
    }
    story
}

/// Sends so many deliveries, each in its turn and from many senders at once, until each is taken; how many were told to
/// come again.
async fn storm(world: &World, deliveries: Vec<Delivery>, count: usize) -> usize {
    let deliveries = Arc::new(deliveries);
    let mut senders = JoinSet::new();
    for first in 0..SENDERS {
        let (deliveries, http) = (Arc::clone(&deliveries), world.http.clone());
        senders.spawn(async move {
            let mut told_to_come_again = 0;
            for n in (first..count).step_by(SENDERS) {
                let delivery = &deliveries[n % deliveries.len()];
                loop {
                    let mut request = http.post(&delivery.url).body(delivery.body.clone());
                    for (name, value) in &delivery.headers {
                        request = request.header(*name, value);
                    }
                    let status = request.send().await.unwrap().status().as_u16();
                    if status == 202 {
                        break;
                    }
                    assert_eq!(status, 503);
                    told_to_come_again += 1;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            told_to_come_again
        });
    }
    senders.join_all().await.into_iter().sum()
}

async fn calm(world: &World) {
    let begun = Instant::now();
    loop {
        let ready = world.ready().await;
        assert_eq!(ready["inbox"]["laidAside"], 0, "{ready}");
        if ready["inbox"]["waiting"] == 0 && ready["outbox"]["waiting"] == 0 {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{ready}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_storm_nothing_is_lost_and_nothing_counts_twice() {
    let count = std::env::var("STORM").ok();
    let count = count
        .and_then(|count| count.parse().ok())
        .unwrap_or(USUALLY);
    let (world, site) = connected().await;
    let story = story(&world, &site).await;
    let begun = Instant::now();
    let again = storm(&world, story.deliveries, count).await;
    let taken = begun.elapsed();
    calm(&world).await;
    println!(
        "{count} deliveries taken in {taken:.1?}, {again} told to come again, all worked on after {:.1?}",
        begun.elapsed()
    );
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for entry in world.entries() {
        let said = Value::Object(entry.payload.clone());
        let of = match entry.kind.as_str() {
            "CONFIG_CHANGE" => &said["commit"],
            "COMMENT_RECORDED" => &said["comment"],
            "LINK_ADDED" | "TICKET_ASSESSED" => &said["ticket"]["key"],
            _ => continue,
        };
        let of = of.as_str().unwrap_or_default().to_owned();
        *counts.entry((entry.kind.clone(), of)).or_default() += 1;
    }
    let comments: Vec<String> = story.comments.iter().map(u64::to_string).collect();
    let expected = [
        ("CONFIG_CHANGE", &story.commits),
        ("COMMENT_RECORDED", &comments),
        ("LINK_ADDED", &story.tickets),
        ("TICKET_ASSESSED", &story.tickets),
    ];
    let expected: BTreeMap<(String, String), usize> = expected
        .into_iter()
        .flat_map(|(kind, of)| of.iter().map(move |of| ((kind.to_owned(), of.clone()), 1)))
        .collect();
    assert_eq!(counts, expected);
    let program = world.program().await;
    let status = program
        .get(&format!("/v1/integrations/jira/{site}"))
        .await
        .json();
    assert!(status["lastWebhook"].is_string(), "{status}");
    assert!(status["lastError"].is_null(), "{status}");
    world.check_ledger().await;
}
