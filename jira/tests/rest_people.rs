//! Rights, roles, accounts, projects and searches: what is asked, and what becomes of the answer.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use crate::fake_http;

use fake_http::{FakeHttp, Reply};
use jira::rest::{
    AccountKind, ApiToken, Client, Credential, Group, HttpSettings, RestError, Site, User,
};
use record::ids::{AccountId, IssueId, ProjectKey};
use serde_json::json;

fn site(server: &FakeHttp) -> Site {
    let credential = Credential::Basic(ApiToken::new("ada@example.com", "t0ken"));
    Site {
        base_url: server.base.parse().unwrap(),
        credential,
    }
}

fn client() -> Client {
    Client::new(HttpSettings::default()).unwrap()
}

fn ticket_id() -> IssueId {
    "10001".parse().unwrap()
}

fn ada() -> AccountId {
    "5b10".parse().unwrap()
}

#[tokio::test]
async fn a_right_counts_only_for_the_ticket_asked_for() {
    let grants = json!({"globalPermissions": [], "projectPermissions": [
        {"permission": "BROWSE_PROJECTS", "issues": [10001], "projects": []},
        {"permission": "ADD_COMMENTS", "issues": [10002], "projects": [10001]}]});
    let server = FakeHttp::in_turn(vec![Reply::json(&grants)]).await;
    let (client, site) = (client(), site(&server));
    let user = User {
        account: ada(),
        login: None,
        display_name: "Ada".to_owned(),
        email: None,
        kind: AccountKind::Person,
        active: true,
    };
    let may = client
        .at(&site)
        .ticket_permissions(&user, (&ticket_id(), &"PAY-1".parse().unwrap()))
        .await
        .unwrap();
    assert!(may.browse && !may.comment);
    let sent = server.asked()[0].json();
    assert_eq!(sent["accountId"], "5b10");
    assert_eq!(sent["projectPermissions"][0]["issues"], json!([10001]));
    assert!(!client.at(&site).administers(&ada()).await.unwrap());
}

#[tokio::test]
async fn a_role_is_accounts_and_groups() {
    let server = FakeHttp::answering(|asked| match asked.path.as_str() {
        "/rest/api/3/project/PAY/role" => Reply::json(&json!({
            "Approvers": "https://elsewhere.example/rest/api/3/project/1/role/10360"})),
        "/rest/api/3/project/PAY/role/10360" => Reply::json(&json!({"name": "Approvers", "actors": [
            {"type": "atlassian-user-role-actor", "actorUser": {"accountId": "5b10"}},
            {"type": "atlassian-group-role-actor", "actorGroup": {"groupId": "g-1", "name": "leads"}}]})),
        "/rest/api/3/group/member" if asked.query.contains("startAt=0") => Reply::json(
            &json!({"startAt": 0, "isLast": false, "values": [{"accountId": "5b10"}, {"accountId": "5b11"}]}),
        ),
        "/rest/api/3/group/member" => {
            Reply::json(&json!({"startAt": 2, "isLast": true, "values": [{"accountId": "5b12"}]}))
        }
        _ => Reply::json(&json!([{"groupId": "g-1", "name": "leads", "self": "x"}])),
    })
    .await;
    let (client, site) = (client(), site(&server));
    let (at, project): (_, ProjectKey) = (client.at(&site), "PAY".parse().unwrap());
    let roles = at.roles(&project).await.unwrap();
    assert_eq!((roles[0].id, roles[0].name.as_str()), (10360, "Approvers"));
    let actors = at.role_actors(&project, roles[0].id).await.unwrap();
    let leads = Group {
        id: Some("g-1".to_owned()),
        name: "leads".to_owned(),
    };
    assert_eq!(
        (actors.accounts, &actors.groups),
        (vec![ada()], &vec![leads.clone()])
    );
    let members = at.group_members(&leads).await.unwrap();
    let members: Vec<&str> = members.iter().map(AccountId::as_str).collect();
    assert_eq!(members, ["5b10", "5b11", "5b12"]);
    assert_eq!(at.groups_of(&ada()).await.unwrap(), [leads]);
}

#[tokio::test]
async fn accounts_and_projects_tell_their_kind() {
    let server = FakeHttp::answering(|asked| match asked.path.as_str() {
        "/rest/api/3/user" => {
            Reply::json(&json!({"accountId": "5b10", "accountType": "app", "active": false, "displayName": "Bot"}))
        }
        "/rest/api/3/project/HELP" => Reply::json(
            &json!({"id": "1", "key": "HELP", "name": "Help", "projectTypeKey": "service_desk", "simplified": true}),
        ),
        _ => Reply::json(&json!({"startAt": 0, "isLast": true, "values": [{"id": "2", "key": "PAY", "name": "Pay"}]})),
    })
    .await;
    let (client, site) = (client(), site(&server));
    let at = client.at(&site);
    let bot = at.user(&ada()).await.unwrap();
    assert_eq!(
        (bot.kind, bot.active, bot.display_name.as_str()),
        (AccountKind::App, false, "Bot")
    );
    assert!(!format!("{bot:?}").contains("Bot"));
    let help = at.project(&"HELP".parse().unwrap()).await.unwrap();
    assert!(help.service_desk && help.team_managed);
    let projects = at.projects().await.unwrap();
    assert_eq!((projects[0].key.as_str(), projects.len()), ("PAY", 1));
}

#[tokio::test]
async fn a_search_goes_on_until_the_last_page() {
    let found =
        |id: &str, key: &str| json!({"id": id, "key": key, "fields": {"updated": "2026-11-21"}});
    let first = json!({"issues": [found("1", "PAY-1")], "nextPageToken": "abc", "isLast": false});
    let last = json!({"issues": [found("2", "PAY-2")], "isLast": true});
    let stuck = json!({"issues": [], "nextPageToken": "abc"});
    let server = FakeHttp::in_turn([first, last, stuck].iter().map(Reply::json).collect()).await;
    let (client, site) = (client(), site(&server));
    let (at, jql) = (client.at(&site), "project = PAY ORDER BY updated");
    let page = at.search(jql, None).await.unwrap();
    assert_eq!(page.tickets[0].key.as_str(), "PAY-1");
    let end = at.search(jql, page.next.as_ref()).await.unwrap();
    assert!(end.next.is_none());
    assert_eq!(server.asked()[1].json()["nextPageToken"], "abc");
    assert_eq!(
        server.asked()[1].query,
        "",
        "a query may hold ticket text and stays out of the address"
    );
    let outcome = at.search(jql, page.next.as_ref()).await;
    assert!(
        matches!(outcome, Err(RestError::Nonsense { .. })),
        "a page that leads to itself never ends"
    );
}
