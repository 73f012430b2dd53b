//! V:386-388: the security team is told of a critical issue by Jira's own mail, once, and what became of it is recorded.

use record::entries::ReviewRules;
use sandbox::{Edit, Fault, FaultKind, NewIssue};
use serde_json::{Value, json};

use crate::rules::rule;
use crate::world::World;

const CRITICAL: &str = "Customers pay by credit card, and patients upload files of their medical records, which go to \
    a third-party API.";
const TEAM: &str = "security-team";

impl World {
    /// Tells this group of critical issues.
    async fn tell(&self, group: &str) {
        let rules = ReviewRules {
            security_group: Some(group.to_owned()),
            ..ReviewRules::default()
        };
        rule(self, rules).await;
        self.quiet().await;
    }

    fn letters(&self, key: &str) -> Vec<Value> {
        let letters = self.jira().world().letters(key).unwrap();
        letters.as_array().unwrap().clone()
    }

    fn told(&self) -> Vec<ledger::Entry> {
        let all = self.entries().into_iter();
        all.filter(|it| it.kind == "SECURITY_TEAM_NOTIFIED")
            .collect()
    }

    async fn describe(&self, key: &str, description: &str) {
        let edit = Edit {
            description: Some(description.to_owned()),
            ..Edit::default()
        };
        self.jira().world().edit_issue("ben", key, edit).unwrap();
        self.quiet().await;
    }
}

async fn with_a_team() -> World {
    let world = World::installed().await;
    let jira = world.jira().world();
    jira.set_group_member(TEAM, "erin", true).unwrap();
    world.tell(TEAM).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn v_388_the_security_team_is_told_of_a_critical_issue_once() {
    let world = with_a_team().await;
    let made = world.ticket("Pay for treatment", CRITICAL).await;
    let ordinary = world.ticket("Pay by card", "Customers pay by credit card.");
    let ordinary = ordinary.await.key;
    world.quiet().await;
    assert!(world.letters(&ordinary).is_empty());
    let letters = world.letters(&made.key);
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0]["to"], json!(["erin@example.com"]));
    assert_eq!(letters[0]["readersOnly"], true);
    let subject = letters[0]["subject"].as_str().unwrap();
    assert!(
        subject.contains(&made.key) && subject.contains("CRITICAL"),
        "{subject}"
    );
    let words = letters[0].to_string();
    assert!(!words.contains("treatment") && !words.contains("credit card"));
    let told = world.told();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].payload["outcome"], "TAKEN");
    assert_eq!(told[0].payload["group"], TEAM);
    assert!(!json!(told).to_string().contains("example.com"));
    let panel = world.sit("carla", &made.key).await;
    let shown = world.panel_call(&panel.token, "fragment", None).await;
    assert!(shown.body.contains("Jira mails it to “security-team”"));
    // An edit that leaves it as critical is no news; what was less and comes back is.
    let more = format!("{CRITICAL} The heading is blue.");
    world.describe(&made.key, &more).await;
    assert_eq!(world.letters(&made.key).len(), 1);
    world.describe(&made.key, "The heading is blue.").await;
    assert_eq!(world.letters(&made.key).len(), 1);
    world.describe(&made.key, CRITICAL).await;
    assert_eq!(world.letters(&made.key).len(), 2);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_group_nobody_is_told() {
    let world = World::installed().await;
    let key = world.ticket("Pay for treatment", CRITICAL).await.key;
    world.quiet().await;
    assert!(world.letters(&key).is_empty() && world.told().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_see_the_issue_is_not_told_of_it() {
    let world = with_a_team().await;
    let jira = world.jira().world();
    jira.set_group_member(TEAM, "dan", true).unwrap();
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: "Pay for treatment".to_owned(),
        description: CRITICAL.to_owned(),
        restricted: true,
        assignee: Some("erin".to_owned()),
        ..NewIssue::default()
    };
    let made = jira.create_issue("ben", new).unwrap();
    world.quiet().await;
    let letters = world.letters(&made.key);
    assert_eq!(letters[0]["to"], json!(["erin@example.com"]));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_jira_refuses_is_recorded_and_not_tried_again() {
    let world = World::installed().await;
    world.tell("nobody-of-this-name").await;
    let key = world.ticket("Pay for treatment", CRITICAL).await.key;
    world.quiet().await;
    let told = world.told();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].payload["outcome"], "REFUSED");
    assert_eq!(told[0].payload["status"], 400);
    assert!(world.letters(&key).is_empty());
    let panel = world.sit("carla", &key).await;
    let shown = world.panel_call(&panel.token, "fragment", None).await;
    let words = "Jira did not mail it to “nobody-of-this-name”: it refused with status 400";
    assert!(shown.body.contains(words), "{}", shown.body);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_that_is_done_is_no_news() {
    let world = with_a_team().await;
    let key = world.ticket("Increase padding", "Four pixels.").await.key;
    let jira = world.jira().world();
    jira.transition("ben", &key, "Done").unwrap();
    world.quiet().await;
    world.describe(&key, CRITICAL).await;
    assert!(world.letters(&key).is_empty() && world.told().is_empty());
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_jira_is_away_the_notice_waits_and_goes_once() {
    let world = with_a_team().await;
    let away = FaultKind::Status {
        status: 503,
        retry_after: None,
    };
    world.jira().fault(Fault::on("/notify", 1, away));
    let key = world.ticket("Pay for treatment", CRITICAL).await.key;
    world.quiet().await;
    assert_eq!(world.letters(&key).len(), 1);
    assert_eq!(world.told().len(), 1);
    world.check_ledger().await;
}
