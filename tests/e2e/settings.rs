//! The settings page behind both doors: who may change who approves, what is recorded of it, and what a change does.

use casework::{NotAReviewer, SettingsRefused};
use sandbox::{APPROVERS_ROLE, CARLA, ERIN, Fault, FaultKind};
use serde_json::{Value, json};

use crate::invocation::fragment;
use crate::panel::Answer;
use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";

/// By which door somebody comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Connect,
    Forge,
}

const DOORS: [Door; 2] = [Door::Connect, Door::Forge];

impl World {
    async fn installed_through(door: Door) -> Self {
        match door {
            Door::Connect => Self::installed().await,
            Door::Forge => Self::installed_by_forge().await,
        }
    }

    async fn look_at_settings(&self, door: Door, who: &str) -> Answer {
        match door {
            Door::Connect => self.connect_settings(who, None).await,
            Door::Forge => {
                let claims = self.jira().forge_administration_claims(who).unwrap();
                fragment(self.invoke(claims, "GET", "/forge/settings", None).await)
            }
        }
    }

    async fn set(&self, door: Door, who: &str, body: &Value) -> Answer {
        match door {
            Door::Connect => self.connect_settings(who, Some(body)).await,
            Door::Forge => {
                let claims = self.jira().forge_administration_claims(who).unwrap();
                fragment(
                    self.invoke(claims, "POST", "/forge/settings", Some(body))
                        .await,
                )
            }
        }
    }

    /// A call of the page's script under Connect.
    async fn connect_settings(&self, who: &str, body: Option<&Value>) -> Answer {
        let url = format!("{}/connect/settings", self.address());
        let request = match body {
            Some(body) => self.http.post(url).json(body),
            None => self.http.get(format!("{url}/fragment")),
        };
        let token = self.jira().settings_token(who).unwrap();
        Answer::to(request.header("Authorization", format!("JWT {token}"))).await
    }

    async fn approve(&self, door: Door, who: &str, key: &str) -> Answer {
        match door {
            Door::Connect => self.decide(who, key, "APPROVED", "").await,
            Door::Forge => self.forge_decide(who, key, "APPROVED", "").await,
        }
    }
}

fn wish(project: Option<&str>, role: &str, group: &str) -> Value {
    json!({ "project": project, "approverRole": role, "approverGroup": group, "ownTicket": false, "rules": {} })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sets_who_approves_and_the_next_review_follows() {
    for door in DOORS {
        let world = World::installed_through(door).await;
        let ticket = world.ticket("Pay by card", CARD).await;
        let page = world.look_at_settings(door, "erin").await;
        assert_eq!(page.status, 200, "{door:?}: {}", page.body);
        for shown in ["Whole site", APPROVERS_ROLE, "<form", "PCI DSS"] {
            assert!(page.body.contains(shown), "{door:?}: {shown:?} is missing");
        }
        assert!(!page.body.contains("<script"));
        assert_eq!(world.approve(door, "alice", &ticket.key).await.status, 403);

        let done = world
            .set(door, "erin", &wish(Some("PAY"), " Developers ", ""))
            .await;
        assert_eq!(done.status, 200, "{door:?}: {}", done.body);
        for shown in ["Saved and recorded in the ledger.", "PAY", "Developers"] {
            assert!(done.body.contains(shown), "{door:?}: {shown:?} is missing");
        }
        let carla = world.approve(door, "carla", &ticket.key).await;
        let role = NotAReviewer::NotInRole("project role “Developers”".to_owned());
        assert_eq!(carla.detail(), format!("{role} Nothing was recorded."));
        let alice = world.approve(door, "alice", &ticket.key).await;
        assert_eq!((alice.status, alice.approval()), (200, "APPROVED"));

        let entries = world.entries();
        let set = entries
            .iter()
            .rfind(|entry| entry.kind == "SETTINGS_CHANGED");
        let set = set.unwrap();
        assert_eq!(set.payload["project"], "PAY");
        assert_eq!(set.payload["approverRole"], "Developers");
        assert_eq!(set.payload.get("approverGroup"), None);
        assert_eq!(set.actor.kind, ledger::ActorKind::Person);
        let known = entries.iter().any(|entry| {
            entry.kind == "PERSON_REGISTERED" && entry.payload["person"] == set.actor.id.as_str()
        });
        assert!(known, "{door:?}: nobody is known as {}", set.actor.id);
        let bytes = serde_json::to_string(&entries).unwrap();
        assert!(!bytes.contains(ERIN) && !bytes.contains(CARLA));
        world.quiet().await;
        world.check_ledger().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_administer_jira_reads_and_changes_nothing() {
    for door in DOORS {
        let world = World::installed_through(door).await;
        let before = world.imprint();
        let page = world.look_at_settings(door, "carla").await;
        assert_eq!(page.status, 200, "{door:?}: {}", page.body);
        assert!(page.body.contains("Only administrators") && page.body.contains(APPROVERS_ROLE));
        assert!(!page.body.contains("<form") && !page.body.contains("data-action"));
        let body = wish(None, "Developers", "");
        let refused = world.set(door, "carla", &body).await;
        assert_eq!(refused.status, 403, "{door:?}: {}", refused.body);
        let told = SettingsRefused::NotAnAdministrator.to_string();
        assert_eq!(refused.detail(), told);
        // The right counts as it is now, whatever the page that is open looks like.
        let jira = world.jira().world();
        jira.set_site_admin("erin", false).unwrap();
        assert_eq!(world.set(door, "erin", &body).await.status, 403);
        assert_eq!(world.imprint(), before);
        jira.set_site_admin("carla", true).unwrap();
        assert_eq!(world.set(door, "carla", &body).await.status, 200);
        world.check_ledger().await;
    }
}

/// Atlassian asks that an administration page refuses everybody else.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_that_connect_frames_opens_for_administrators_alone() {
    let world = World::installed().await;
    let open = async |who: &str| {
        let url = world.jira().settings_url(who).unwrap();
        Answer::to(world.http.get(url).header("Accept", "text/html")).await
    };
    let page = open("erin").await;
    assert_eq!(page.status, 200, "{}", page.body);
    for part in ["<!doctype html>", "data-page=\"settings\"", "<form"] {
        assert!(page.body.contains(part), "{part} is missing");
    }
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    let frame = format!("frame-ancestors {}", world.jira().base_url());
    assert!(policy.ends_with(&frame), "{policy}");
    let refused = open("carla").await;
    assert_eq!(refused.status, 403);
    assert!(!refused.body.contains(APPROVERS_ROLE));
    let anonymous = world.jira().settings_url("erin").unwrap();
    let path = anonymous.split("&jwt=").next().unwrap();
    let claims = world.jira().call_claims("GET", path).unwrap();
    let token = sandbox::RawToken {
        key: sandbox::TokenKey::SharedSecret,
        kid: None,
        claims,
    };
    let token = world.jira().raw_token(&token).unwrap();
    let nobody = Answer::to(world.http.get(format!("{path}&jwt={token}"))).await;
    assert_eq!(nobody.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused_in_plain_words() {
    let long = "x".repeat(256);
    for door in DOORS {
        let world = World::installed_through(door).await;
        let before = world.imprint();
        for (body, refusal) in [
            (
                wish(Some("NOWHERE"), "Developers", ""),
                SettingsRefused::NoSuchProject,
            ),
            (
                wish(Some("../PAY"), "Developers", ""),
                SettingsRefused::NoSuchProject,
            ),
            (
                wish(Some(""), "Developers", ""),
                SettingsRefused::NoSuchProject,
            ),
            (wish(None, "", " \n"), SettingsRefused::Nobody),
            (wish(None, &long, ""), SettingsRefused::TooLong),
            (wish(None, "Developers", &long), SettingsRefused::TooLong),
        ] {
            let answer = world.set(door, "erin", &body).await;
            assert_eq!(answer.status, 400, "{door:?} {body}: {}", answer.body);
            assert_eq!(answer.detail(), refusal.to_string(), "{door:?} {body}");
        }
        for body in [
            json!({}),
            json!([]),
            json!({ "approverRole": "a", "site": "another" }),
        ] {
            assert_eq!(world.set(door, "erin", &body).await.status, 400, "{body}");
        }
        assert_eq!(world.imprint(), before, "{door:?}");
        world.check_ledger().await;
    }
}

/// A panel's token proves the same person, and still is not the administration page's; nor the other way round.
#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_one_page_opens_no_other() {
    let world = World::installed().await;
    world.install_forge().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira();
    let before = world.imprint();
    let body = wish(None, "Developers", "");
    let url = format!("{}/connect/settings", world.address());
    let panel = jira.context_token("erin", &ticket.key).unwrap();
    let request = world.http.post(url).json(&body);
    let answer = Answer::to(request.header("Authorization", format!("JWT {panel}"))).await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    let settings = jira.settings_token("carla").unwrap();
    assert_eq!(
        world.panel_call(&settings, "fragment", None).await.status,
        401
    );

    let panel = jira.forge_panel_claims("erin", &ticket.key).unwrap();
    for (method, body) in [("GET", None), ("POST", Some(&body))] {
        let answer = world
            .invoke(panel.clone(), method, "/forge/settings", body)
            .await;
        assert_eq!(answer.status, 403, "{}", answer.body);
    }
    let mut nobody = jira.forge_administration_claims("erin").unwrap();
    nobody.as_object_mut().unwrap().remove("principal");
    for claims in [nobody, jira.forge_platform_claims().unwrap()] {
        let answer = world.invoke(claims, "GET", "/forge/settings", None).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    let settings = jira.forge_administration_claims("carla").unwrap();
    let answer = world.invoke(settings, "GET", "/forge/panel", None).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(world.imprint(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_jira_cannot_be_asked_nobody_is_an_administrator() {
    let world = World::installed().await;
    let before = world.imprint();
    for status in [500, 403] {
        let kind = FaultKind::Status {
            status,
            retry_after: None,
        };
        (world.jira()).fault(Fault::on("/rest/api/3/permissions/check", 9, kind));
        let answer = world
            .set(Door::Connect, "erin", &wish(None, "Developers", ""))
            .await;
        assert_eq!(answer.status, 503, "{}", answer.body);
        world.jira().clear_faults();
    }
    assert_eq!(world.imprint(), before);
}

/// Whoever runs the server can set it on a site that Forge has handed no token for.
#[tokio::test(flavor = "multi_thread")]
async fn the_operator_needs_no_token_of_the_site() {
    let mut world = World::installed_by_forge().await;
    world.stop().await;
    world.start().await;
    let line = world
        .lines("SELECT tenant || ' ' || site AS line FROM settings")
        .remove(0);
    let (tenant, site) = line.split_once(' ').unwrap();
    let settings = record::entries::SettingsChanged {
        site: site.parse().unwrap(),
        project: None,
        approver_role: Some("Developers".to_owned()),
        approver_group: None,
        own_ticket: false,
        rules: record::entries::ReviewRules::default(),
    };
    let casework = world.server.as_ref().unwrap().casework();
    let tenant = tenant.parse().unwrap();
    let appended = casework.change_settings(&tenant, settings.clone()).await;
    assert!(appended.is_ok(), "{appended:?}");
    let elsewhere = record::entries::SettingsChanged {
        site: "site_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        ..settings
    };
    assert!(casework.change_settings(&tenant, elsewhere).await.is_err());
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_deputies_and_leaves_them_as_they_are() {
    let world = World::installed().await;
    let until = ["--until", &crate::deputies::today()];
    world.deputy("alice", "carla", &until).await.unwrap();
    let wished = wish(None, APPROVERS_ROLE, "");
    let saved = world.set(Door::Connect, "erin", &wished).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    let shown = format!("a deputy until {}", until[1]);
    assert!(saved.body.contains(&shown), "{}", saved.body);
    world.quiet().await;
    world.check_ledger().await;
}
