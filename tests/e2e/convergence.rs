//! The same facts, told in any order, more than once or not at all where a reading makes up for it, lead to the same
//! entries, each once. What only a notification can tell, that a comment was deleted, may be missing and is never made up.
//! `CONVERGENCE=N` tries N orders of five hundred facts, which takes a while; `CONVERGENCE=A-B`, those of these seeds.

use std::collections::BTreeSet;
use std::time::Duration;

use record::entries::PushAs;
use reqwest::Method;
use sandbox::{Edit, NewIssue};
use serde_json::{Value, json};

use crate::api::{deployment, deployment_status, push, review};
use crate::api_jira::{SECRET, body};
use crate::panel::Answer;
use crate::world::World;

/// Whatever can be told.
#[derive(Clone)]
enum Told {
    Jira(Value),
    GitHub(&'static str, Value),
    Read,
}

/// A small generator of numbers (splitmix64), so that each order can be had again by its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

/// How many tickets the story is of; each has about twelve facts.
const A_FEW: u8 = 7;
const MANY: u8 = 45;

/// What happened, as a site and a code host tell of it; the site itself knows it all already.
fn story(world: &World, tickets: u8) -> Vec<Told> {
    let jira = world.jira().world();
    let mut told = Vec::new();
    for n in 0..tickets {
        let new = NewIssue {
            project: "PAY".to_owned(),
            summary: format!("Pay by card, part {n}"),
            description: "Customers pay by credit card.".to_owned(),
            ..NewIssue::default()
        };
        let made = jira.create_issue("ben", new).unwrap();
        let issue = json!({ "id": made.id.to_string(), "key": made.key });
        told.push(Told::Jira(
            json!({ "webhookEvent": "jira:issue_created", "timestamp": 1, "issue": issue }),
        ));
        let edit = Edit {
            summary: Some(format!("Pay by card, part {n} of all")),
            ..Edit::default()
        };
        let change = jira.edit_issue("ben", &made.key, edit).unwrap().unwrap();
        told.push(changed(&issue, change, "summary"));
        a_moment_later();
        let mut comments = Vec::new();
        for text in ["looks good", "Approved.", "Not approved yet"] {
            comments.push(jira.add_comment("carla", &made.key, text).unwrap());
        }
        comments.push(jira.add_comment("alice", &made.key, "/approve").unwrap());
        for comment in &comments {
            told.push(commented(&issue, *comment, "created"));
        }
        a_moment_later();
        if n % 2 == 0 {
            jira.edit_comment("carla", &made.key, comments[0], "looks very good")
                .unwrap();
            told.push(commented(&issue, comments[0], "updated"));
            jira.delete_comment("carla", &made.key, comments[2])
                .unwrap();
            told.push(commented(&issue, comments[2], "deleted"));
        }
        a_moment_later();
        if n % 3 == 0 {
            let change = jira.transition("carla", &made.key, "Rejected").unwrap();
            told.push(changed(&issue, change, "status"));
        }
        told.extend(what_else_happens(world, &made.key, &issue, n));
        let (sha, number) = (format!("{:02x}", 0xa0 + n).repeat(20), 1_000 + u64::from(n));
        told.push(Told::GitHub(
            "push",
            push(&sha, &format!("{}: part {n}", made.key), "main"),
        ));
        let reviewed = review(number, &sha, &format!("{}: part {n}", made.key));
        told.push(Told::GitHub("pull_request_review", reviewed));
        told.push(Told::GitHub("deployment", deployment(number, &sha)));
        for state in ["in_progress", "success"] {
            let status = deployment_status(number, &sha, state);
            told.push(Told::GitHub("deployment_status", status));
        }
    }
    told
}

/// Work is logged on some tickets, some are resolved, some move to another project.
fn what_else_happens(world: &World, key: &str, issue: &Value, n: u8) -> Vec<Told> {
    let jira = world.jira().world();
    let mut told = Vec::new();
    if n % 4 == 1 {
        let logged = jira.log_work("ben", key, 3_600, "read it").unwrap();
        told.push(worked(issue, logged, "created"));
        if n % 8 == 1 {
            a_moment_later();
            jira.change_worklog("ben", key, logged, 7_200).unwrap();
            told.push(worked(issue, logged, "updated"));
        }
        let slip = jira.log_work("ben", key, 60, "").unwrap();
        jira.delete_worklog("ben", key, slip).unwrap();
        told.push(worked(issue, slip, "created"));
        told.push(worked(issue, slip, "deleted"));
    }
    if n % 5 == 2 {
        let change = jira.transition("ben", key, "Done").unwrap();
        told.push(changed(issue, change, "status"));
    }
    if n % 6 == 4 {
        a_moment_later();
        let change = jira.move_issue("ben", key, "CARE").unwrap();
        told.push(changed(issue, change, "project"));
    }
    told
}

fn worked(issue: &Value, worklog: u64, what: &str) -> Told {
    Told::Jira(
        json!({ "webhookEvent": format!("worklog_{what}"), "timestamp": worklog,
        "worklog": { "id": worklog.to_string(), "issueId": issue["id"] } }),
    )
}

/// Jira counts milliseconds: what happens in the same one has no order.
fn a_moment_later() {
    std::thread::sleep(std::time::Duration::from_millis(2));
}

fn changed(issue: &Value, change: u64, field: &str) -> Told {
    let items = json!([{ "field": field, "fieldId": field }]);
    Told::Jira(
        json!({ "webhookEvent": "jira:issue_updated", "timestamp": change, "issue": issue,
        "changelog": { "id": change.to_string(), "items": items } }),
    )
}

fn commented(issue: &Value, comment: u64, what: &str) -> Told {
    Told::Jira(
        json!({ "webhookEvent": format!("comment_{what}"), "issue": issue, "comment": { "id": comment.to_string() } }),
    )
}

/// The facts in another order: some of Jira's lost, some of all repeated, readings between them and one at the end.
fn in_another_order(story: &[Told], seed: u64) -> Vec<Told> {
    let mut dice = Dice(seed);
    let mut order: Vec<Told> = Vec::new();
    for told in story {
        let lost = matches!(told, Told::Jira(_)) && dice.below(5) == 0;
        let times = if lost {
            0
        } else {
            1 + usize::from(dice.below(4) == 0)
        };
        order.extend(std::iter::repeat_n(told.clone(), times));
    }
    order.extend(std::iter::repeat_n(Told::Read, 3));
    for at in (1..order.len()).rev() {
        order.swap(at, dice.below(at + 1));
    }
    order.push(Told::Read);
    order
}

/// What the ledger says, without what is new in every world; how often a deleted comment is told of apart.
fn facts(world: &World) -> (Vec<String>, BTreeSet<String>) {
    let (mut facts, mut only_told) = (Vec::new(), BTreeSet::new());
    let entries = world.entries();
    let commit_of = |event: &Value| {
        let entry = entries.iter().find(|entry| json!(entry.id) == *event);
        entry
            .map(|entry| {
                let of = |name| entry.payload.get(name);
                format!("{} {:?} {:?}", entry.kind, of("action"), of("commit"))
            })
            .unwrap_or_default()
    };
    for entry in &entries {
        let said = Value::Object(entry.payload.clone());
        let ticket = &said["ticket"]["key"];
        let fact = match entry.kind.as_str() {
            "TICKET_ASSESSED" => {
                format!("assessed {ticket} {} {}", said["change"], said["severity"])
            }
            "COMMENT_RECORDED" | "WORKLOG_RECORDED" => {
                let (of, id) = match said["worklog"].is_string() {
                    true => ("worklog", &said["worklog"]),
                    false => ("comment", &said["comment"]),
                };
                let fact = format!("{of} {id} {} {}", said["change"], said["seconds"]);
                if said["observed"] == "WEBHOOK" {
                    only_told.insert(fact);
                    continue;
                }
                fact
            }
            "HUMAN_REVIEW" => format!("review {ticket} {} {}", said["decision"], said["via"]),
            "REVIEW_NOT_COUNTED" => {
                format!("not counted {ticket} {} {}", said["via"], said["reason"])
            }
            "CONFIG_CHANGE" | "DEPLOYMENT" | "CODE_REVIEWED" => {
                format!("{} {} {}", entry.kind, said["action"], said["commit"])
            }
            "LINK_ADDED" => format!("link {ticket} {}", commit_of(&said["event"])),
            "APPROVAL_STALE" => format!("stale {ticket} {}", said["reason"]),
            "TICKET_RESOLVED" => format!("resolved {ticket} {}", said["through"]),
            "TICKET_MOVED" => format!("moved {} to {ticket}", said["from"]),
            "REQUIREMENTS_PUBLISHED" => format!("set {}", said["set"]),
            _ => continue,
        };
        facts.push(fact);
    }
    facts.sort();
    (facts, only_told)
}

/// In which order the facts are told.
#[derive(Clone, Copy)]
enum Order {
    AsTheyHappened,
    /// The site's are told by nobody.
    ReadAlone,
    Shuffled(u64),
}

/// Sends once more, as every sender does, while the server says that it cannot take it now.
async fn until_taken<F: Future<Output = Answer>>(send: impl Fn() -> F) -> Answer {
    for _ in 0..9 {
        let answer = send().await;
        if answer.status != 503 {
            return answer;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    send().await
}

/// A site that is read when that is told and never before, so that what the app writes takes no number from the story.
async fn connected() -> (World, String) {
    let mut world = World::without_server(1).await;
    world.start_with(&[("COUNTERSIGN_SYNC_SECONDS", "0")]).await;
    let casework = world.server.as_ref().unwrap().casework();
    casework.create_tenant().await.unwrap();
    let connected = world.connect(&body(world.jira())).await;
    world.quiet().await;
    (world, connected["id"].as_str().unwrap().to_owned())
}

async fn tell(tickets: u8, order: Order) -> (Vec<String>, BTreeSet<String>, usize) {
    let (world, site) = connected().await;
    let github = world.github(PushAs::Commits).await;
    let program = world.program().await;
    let story = story(&world, tickets);
    let count = story.len();
    let order: Vec<Told> = match order {
        Order::AsTheyHappened => story.into_iter().chain([Told::Read]).collect(),
        Order::ReadAlone => {
            let told = story.into_iter();
            let told = told.filter(|told| !matches!(told, Told::Jira(_)));
            told.chain([Told::Read]).collect()
        }
        Order::Shuffled(seed) => in_another_order(&story, seed),
    };
    for told in order {
        match told {
            Told::Jira(payload) => {
                let url = format!("{}/v1/integrations/jira/webhook/{site}", world.address());
                let answer = until_taken(|| {
                    let request = world
                        .http
                        .post(&url)
                        .header("X-Jira-Webhook-Secret", SECRET);
                    Answer::to(request.body(payload.to_string()))
                });
                let answer = answer.await;
                assert_eq!(answer.status, 202, "{}", answer.body);
            }
            Told::GitHub(event, payload) => {
                let answer = until_taken(|| github.deliver(event, &payload)).await;
                assert_eq!(answer.status, 202, "{}", answer.body);
            }
            Told::Read => {
                let path = format!("/v1/integrations/jira/{site}/sync");
                let answer = until_taken(|| Answer::to(program.request(Method::POST, &path))).await;
                assert_eq!(answer.status, 200, "{}", answer.body);
            }
        }
    }
    world.quiet().await;
    world.check_ledger().await;
    let (facts, only_told) = facts(&world);
    (facts, only_told, count)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_order_the_same_facts_are_recorded_once() {
    let (tickets, orders) = match std::env::var("CONVERGENCE") {
        Ok(wanted) => {
            let (first, last) = wanted.split_once('-').unwrap_or(("1", wanted.as_str()));
            (MANY, first.parse().unwrap()..=last.parse().unwrap())
        }
        Err(_) => (A_FEW, 1..=6),
    };
    let last = *orders.end();
    let (expected, all_told, count) = tell(tickets, Order::AsTheyHappened).await;
    let once: BTreeSet<&String> = expected.iter().collect();
    assert_eq!(once.len(), expected.len(), "something is recorded twice");
    for of in [
        "assessed",
        "comment",
        "review",
        "not counted",
        "CONFIG_CHANGE",
        "CODE_REVIEWED",
        "DEPLOYMENT \"SUCCESS\"",
        "link",
        "worklog",
        "resolved",
        "moved",
    ] {
        assert!(
            expected.iter().any(|fact| fact.starts_with(of)),
            "the story lacks {of}"
        );
    }
    let (read, only_told, _) = tell(tickets, Order::ReadAlone).await;
    assert_eq!(read, expected, "what is told leads where reading leads");
    assert!(only_told.is_empty(), "reading alone invents {only_told:?}");
    for seed in orders.clone() {
        let (facts, only_told, _) = tell(tickets, Order::Shuffled(seed)).await;
        assert_eq!(facts, expected, "order {seed}");
        assert!(
            only_told.is_subset(&all_told),
            "order {seed} invents {only_told:?}"
        );
        println!("order {seed} of {last}: the same");
    }
    println!(
        "{} orders of {count} facts, {} entries each",
        orders.count(),
        expected.len()
    );
}
