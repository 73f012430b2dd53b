//! Jira Data Center: the same methods give the same, though the site names people, rights, roles and pages otherwise.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use crate::fake_http;

use fake_http::{FakeHttp, Reply};
use jira::adf::{Inline, document};
use jira::rest::{
    Client, CommentDraft, Credential, HttpSettings, PersonalToken, RestError, Site, StepAnswer,
    TicketName, Written,
};
use record::ids::{AccountId, IssueId, ProjectKey, TicketKey};
use sandbox::{Config, Deployment, NewIssue, RoleActor, Sandbox};
use serde_json::json;

pub(crate) async fn data_center() -> Sandbox {
    let config = Config {
        deployment: Deployment::DataCenter,
        ..Config::default()
    };
    Sandbox::start(config).await.unwrap()
}

pub(crate) fn client() -> Client {
    Client::new(HttpSettings::default()).unwrap()
}

pub(crate) fn site(address: &str, token: &str) -> Site {
    Site {
        base_url: address.parse().unwrap(),
        credential: Credential::Personal(PersonalToken::new(token)),
    }
}

pub(crate) fn ticket(sandbox: &Sandbox, summary: &str) -> (IssueId, TicketKey) {
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: summary.to_owned(),
        description: "Pay with h2. cards".to_owned(),
        ..NewIssue::default()
    };
    let made = sandbox.world().create_issue("ben", new).unwrap();
    (
        made.id.to_string().parse().unwrap(),
        made.key.parse().unwrap(),
    )
}

fn account(sandbox: &Sandbox, name: &str) -> AccountId {
    let account = sandbox.world().account_id(name).unwrap();
    account.as_str().parse().unwrap()
}

#[tokio::test]
async fn people_are_known_by_their_keys_and_their_rights_by_their_names() {
    let sandbox = data_center().await;
    let (client, site) = (client(), site(sandbox.local_url(), "sandbox-pat-erin"));
    let at = client.at(&site);
    let me = at.myself().await.unwrap();
    assert_eq!(me.account, account(&sandbox, "erin"));
    let project = "PAY".parse().unwrap();
    assert!(at.may_ask_of_others(&me, &project).await.unwrap());
    let (id, key) = ticket(&sandbox, "Cards");
    for (name, browse, comment) in [("carla", true, true), ("dan", true, false)] {
        let user = at.user(&account(&sandbox, name)).await.unwrap();
        assert_eq!(user.login.as_deref(), Some(name));
        let may = at.ticket_permissions(&user, (&id, &key)).await.unwrap();
        assert_eq!((may.browse, may.comment), (browse, comment), "{name}");
    }
    let groups = at.groups_of(&account(&sandbox, "carla")).await.unwrap();
    let groups: Vec<_> = groups
        .iter()
        .map(|g| (g.id.is_some(), g.name.as_str()))
        .collect();
    assert!(
        groups.contains(&(false, sandbox::APPROVERS_GROUP)),
        "{groups:?}"
    );
}

#[tokio::test]
async fn who_is_no_administrator_may_not_ask_of_others() {
    let sandbox = data_center().await;
    let (client, site) = (client(), site(sandbox.local_url(), "sandbox-pat-alice"));
    let at = client.at(&site);
    let me = at.myself().await.unwrap();
    let project = "PAY".parse().unwrap();
    assert!(!at.may_ask_of_others(&me, &project).await.unwrap());
    let user = at.user(&account(&sandbox, "carla")).await.unwrap();
    let (id, key) = ticket(&sandbox, "Cards");
    let refused = at.ticket_permissions(&user, (&id, &key)).await;
    assert!(matches!(refused, Err(RestError::Forbidden { .. })));
}

#[tokio::test]
async fn somebody_whose_name_only_begins_alike_lends_no_right() {
    let server = FakeHttp::answering(|asked| match asked.path.as_str() {
        "/rest/api/2/user" => Reply::json(
            &json!({"key": "JIRAUSER1", "name": "dan", "displayName": "Dan", "active": true}),
        ),
        _ => Reply::json(&json!([{"key": "JIRAUSER2", "name": "daniel", "displayName": "Daniel"}])),
    })
    .await;
    let (client, site) = (client(), site(&server.base, "t0ken"));
    let at = client.at(&site);
    let dan = at.user(&"JIRAUSER1".parse().unwrap()).await.unwrap();
    let ticket = (&"1".parse().unwrap(), &"PAY-1".parse().unwrap());
    let may = at.ticket_permissions(&dan, ticket).await.unwrap();
    assert!(!may.browse && !may.comment);
    assert!(server.asked()[1].query.contains("username=dan&"));
}

#[tokio::test]
async fn roles_tell_who_has_them_by_name() {
    let sandbox = data_center().await;
    let leads = RoleActor::Group(sandbox::APPROVERS_GROUP.to_owned());
    let world = sandbox.world();
    world
        .add_to_role("PAY", sandbox::APPROVERS_ROLE, leads)
        .unwrap();
    let (client, site) = (client(), site(sandbox.local_url(), "sandbox-pat-erin"));
    let (at, project): (_, ProjectKey) = (client.at(&site), "PAY".parse().unwrap());
    let roles = at.roles(&project).await.unwrap();
    let role = roles
        .iter()
        .find(|role| role.name == sandbox::APPROVERS_ROLE);
    let actors = at.role_actors(&project, role.unwrap().id).await.unwrap();
    assert_eq!(
        (actors.accounts.len(), actors.logins),
        (0, vec!["carla".to_owned()])
    );
    assert_eq!(actors.groups[0].name, sandbox::APPROVERS_GROUP);
    assert_eq!(at.projects().await.unwrap()[0].key.as_str(), "CARE");
}

#[tokio::test]
async fn a_comment_of_ours_is_wiki_markup_and_found_again() {
    let sandbox = data_center().await;
    let (client, site) = (client(), site(sandbox.local_url(), "sandbox-pat-erin"));
    let at = client.at(&site);
    let (id, key) = ticket(&sandbox, "Cards");
    let body = document(&[vec![
        Inline::Strong("Approval needed".into()),
        Inline::Text(" for {code}".into()),
    ]]);
    let mark = "ours".parse().unwrap();
    let draft = CommentDraft {
        body,
        mark,
        internal: true,
    };
    let written = at.add_comment(&id, &draft).await.unwrap();
    let shown = sandbox.world().comments(key.as_str()).unwrap();
    assert_eq!(shown[0]["body"], "*Approval needed* for \\{code\\}");
    let found = at.marked_comment(&id, &draft.mark).await.unwrap().unwrap();
    assert_eq!(found.id, written);
    let updated = || sandbox.world().comments(key.as_str()).unwrap()[0]["updated"].clone();
    let before = updated();
    let same = at.update_comment(&id, &found, &draft).await.unwrap();
    assert_eq!((same, updated()), (Written::Updated, before.clone()));
    let other = CommentDraft {
        body: document(&[vec![Inline::Text("Approved".into())]]),
        ..draft
    };
    at.update_comment(&id, &found, &other).await.unwrap();
    assert_ne!(updated(), before);
    let text = "{quote}/approve{quote}\n[~carla] no";
    sandbox
        .world()
        .add_comment("ben", key.as_str(), text)
        .unwrap();
    let said = at.comments_since(&id, 0).await.unwrap();
    assert_eq!(said[0].own_words, ["…", "@ no"]);
    assert_eq!(said[0].author, Some(account(&sandbox, "ben")));
}

#[tokio::test]
async fn a_ticket_and_its_history_are_read() {
    let sandbox = data_center().await;
    let (client, site) = (client(), site(sandbox.local_url(), "sandbox-pat-erin"));
    let at = client.at(&site);
    let (id, key) = ticket(&sandbox, "Cards");
    sandbox
        .world()
        .transition("carla", key.as_str(), "Approved")
        .unwrap();
    let read = at.ticket(TicketName::Key(&key), &[]).await.unwrap();
    assert_eq!(
        (read.description.as_str(), read.status.as_str()),
        ("Pay with h2. cards", "Approved")
    );
    assert_eq!(read.reporter, Some(account(&sandbox, "ben")));
    let histories = at.histories(&id).await.unwrap();
    let latest = &histories.changes[0];
    assert!(histories.complete);
    assert_eq!(latest.author, Some(account(&sandbox, "carla")));
    assert_eq!(
        (
            latest.items[0].field.as_str(),
            latest.items[0].to.as_deref()
        ),
        ("status", Some("Approved"))
    );
    let status = at.own_address().await.unwrap();
    assert_eq!(status.as_str(), sandbox.base_url());
}

#[tokio::test]
async fn an_approval_step_is_told_once_it_ended() {
    let sandbox = data_center().await;
    let world = sandbox.world();
    let (client, site) = (client(), site(sandbox.local_url(), "sandbox-pat-erin"));
    let at = client.at(&site);
    let (id, key) = ticket(&sandbox, "Cards");
    let no_request = at.ended_approval_steps(&id).await;
    assert!(matches!(no_request, Err(RestError::NotFound { .. })));
    assert!(!at.histories(&id).await.unwrap().service_desk);
    world.make_service_desk("PAY").unwrap();
    assert!(at.histories(&id).await.unwrap().service_desk);
    for number in 0..60 {
        let name = format!("Step {number}");
        let asked = ["carla", "alice"];
        let step = world
            .ask_for_approval(key.as_str(), &name, &asked, 1)
            .unwrap();
        if number != 7 {
            world
                .answer_approval("carla", key.as_str(), step, number % 2 == 0)
                .unwrap();
        }
    }
    let steps = at.ended_approval_steps(&id).await.unwrap();
    assert_eq!(steps.len(), 59, "over pages, without the one that goes on");
    let last = steps.last().unwrap();
    assert_eq!(last.name, "Step 59");
    assert_eq!(last.outcome, StepAnswer::Declined);
    let carla = account(&sandbox, "carla");
    assert_eq!(last.answers, [carla], "of two who were asked");
    assert!(last.began_ms <= last.ended_ms);
}

#[tokio::test]
async fn older_names_of_permissions_are_tried_and_a_full_list_tells_nothing() {
    let dan = json!({"key": "JIRAUSER1", "name": "dan", "displayName": "Dan", "active": true});
    let mut many: Vec<_> = (0..100)
        .map(|n| json!({"key": format!("K{n}"), "name": "dan0"}))
        .collect();
    let full = many.clone();
    many[99] = dan.clone();
    let ask = async |listed: serde_json::Value, user: serde_json::Value| {
        let server = FakeHttp::answering(move |asked| match asked.path.as_str() {
            "/rest/api/2/user" => Reply::json(&user),
            _ if asked.query.contains("BROWSE_PROJECTS") => Reply::status(400),
            _ if asked.query.contains("ADD_COMMENTS") => Reply::status(400),
            _ => Reply::json(&listed),
        })
        .await;
        let (client, site) = (client(), site(&server.base, "t0ken"));
        let at = client.at(&site);
        let user = at.user(&"JIRAUSER1".parse().unwrap()).await.unwrap();
        let ticket = (&"1".parse().unwrap(), &"PAY-1".parse().unwrap());
        at.ticket_permissions(&user, ticket).await
    };
    let may = ask(json!(many), dan.clone()).await.unwrap();
    assert!(may.browse && may.comment);
    let unknown = ask(json!(full), dan).await;
    assert!(matches!(unknown, Err(RestError::Nonsense { .. })));
}

#[tokio::test]
async fn a_field_of_the_sites_own_is_not_the_status() {
    let answer = json!({"key": "PAY-1", "fields": {}, "changelog": {"total": 1, "histories": [{
        "id": "5", "created": "2026-03-01T09:00:00.000+0000", "items": [
            {"field": "Status", "fieldtype": "custom", "toString": "Approved"},
            {"field": "status", "fieldtype": "jira", "toString": "Done"}]}]}});
    let server = FakeHttp::in_turn(vec![Reply::json(&answer)]).await;
    let (client, site) = (client(), site(&server.base, "t0ken"));
    let read = client
        .at(&site)
        .histories(&"1".parse().unwrap())
        .await
        .unwrap();
    let fields: Vec<&str> = read.changes[0]
        .items
        .iter()
        .map(|item| item.field.as_str())
        .collect();
    assert_eq!(fields, ["custom field status", "status"]);
}

#[tokio::test]
async fn an_administrator_whom_nobody_is_told_of_may_not_ask() {
    for (status, may) in [(200, true), (403, false), (404, false)] {
        let server = FakeHttp::answering(move |asked| match asked.path.as_str() {
            "/rest/api/2/myself" => Reply::json(
                &json!({"key": "K", "name": "erin", "displayName": "Erin", "active": true}),
            ),
            "/rest/api/2/mypermissions" => {
                Reply::json(&json!({"permissions": {"ADMINISTER": {"havePermission": true}}}))
            }
            _ if status == 200 => Reply::json(&json!([])),
            _ => Reply::status(status),
        })
        .await;
        let (client, site) = (client(), site(&server.base, "t0ken"));
        let at = client.at(&site);
        let me = at.myself().await.unwrap();
        let asked = at.may_ask_of_others(&me, &"PAY".parse().unwrap()).await;
        assert_eq!(asked.unwrap(), may, "{status}");
    }
}
