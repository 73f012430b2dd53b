//! Our client makes every call it knows, as the app where Jira lets apps in, and as a person with an API token; each
//! also for something that is not there, where Jira has an answer of its own for that.

use jira::adf::{Inline, Link, document};
use jira::base_url::BaseUrl;
use jira::forge::ForgeToken;
use jira::rest::{
    ApiToken, Client, CommentDraft, Credential, HttpSettings, Notice, PropertyValue, RemoteLink,
    Site, SiteClient, TicketName, Written,
};
use record::ids::{AccountId, IssueId, ProjectKey, TicketKey};
use sandbox::{CARLA, NewIssue, Sandbox};
use serde_json::json;

use crate::story::app_is_installed;
use crate::tap::Tap;

/// What the calls are about.
struct Subject {
    ticket: IssueId,
    key: TicketKey,
    project: ProjectKey,
    person: AccountId,
}

/// Makes every call, and demands of each what it has to bring.
pub(crate) async fn every_operation(tap: &Tap, jira: &Sandbox) {
    let app = app_is_installed(tap, jira).await;
    tap.seen();
    let client = Client::new(HttpSettings::default()).unwrap();
    let base_url: BaseUrl = tap.address.parse().unwrap();
    let as_app = Site {
        base_url: base_url.clone(),
        credential: Credential::Connect {
            app_key: "dev.countersign.app".parse().unwrap(),
            client_key: jira.client_key().unwrap().parse().unwrap(),
            shared_secret: jira.shared_secret().unwrap().parse().unwrap(),
        },
    };
    let token = ApiToken::new("erin@example.com", "sandbox-token-erin");
    let as_person = Site {
        base_url,
        credential: Credential::Basic(token),
    };
    for site in [&as_app, &as_person] {
        let subject = subject(jira);
        let at = client.at(site);
        tickets(&at, &subject).await;
        comments(&at, &subject).await;
        work(&at, &subject, jira).await;
        links(&at, &subject).await;
        notices(&at, &subject).await;
        people(&at, &subject).await;
        projects(&at, &subject).await;
    }
    by_an_administrator(&client.at(&as_person), &subject(jira)).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    app.quiet(jira, &http).await;
    by_the_forge_app(&client, tap, jira).await;
    app.stop().await;
}

/// What Jira gives Forge's apps alone.
async fn by_the_forge_app(client: &Client, tap: &Tap, jira: &Sandbox) {
    // Nobody listens there for the news; the look-alike has the app all the same.
    jira.forge_install(&tap.address).await.unwrap();
    let token: ForgeToken = jira.forge_system_token().unwrap().parse().unwrap();
    let site = Site {
        base_url: format!("{}/ex/jira/{}", tap.address, jira.cloud_id())
            .parse()
            .unwrap(),
        credential: Credential::Forge(token),
    };
    let (at, id) = (client.at(&site), sandbox::FORGE_APP.parse().unwrap());
    let field = at.app_field(&id, "countersign-gate-field").await.unwrap();
    let ticket = subject(jira).ticket;
    at.put_app_field(&field.unwrap(), &ticket, "OPEN")
        .await
        .unwrap();
    assert_eq!(at.app_field(&id, "another").await.unwrap(), None);
    jira.forge_uninstall().await.unwrap();
}

fn subject(jira: &Sandbox) -> Subject {
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: "Add credit card payment".to_owned(),
        description: "Card data goes to a payment provider.".to_owned(),
        ..NewIssue::default()
    };
    let made = jira.world().create_issue("ben", new).unwrap();
    Subject {
        ticket: made.id.to_string().parse().unwrap(),
        key: made.key.parse().unwrap(),
        project: "PAY".parse().unwrap(),
        person: CARLA.parse().unwrap(),
    }
}

async fn tickets(at: &SiteClient<'_>, subject: &Subject) {
    let mapped = ["customfield_10016".to_owned()];
    let by_key = at.ticket(TicketName::Key(&subject.key), &mapped).await;
    assert_eq!(by_key.unwrap().summary, "Add credit card payment");
    let unknown: IssueId = "99999".parse().unwrap();
    assert!(at.ticket(TicketName::Id(&unknown), &[]).await.is_err());

    let first = at
        .search("project = PAY order by created", None)
        .await
        .unwrap();
    assert!(first.tickets.iter().any(|found| found.key == subject.key));
    assert!(at.search("order by created", None).await.is_err());

    let key = "dev.countersign.oracle".parse().unwrap();
    let ticket = &subject.ticket;
    assert_eq!(at.property(ticket, &key).await.unwrap(), None);
    for (count, written) in [(1, Written::Created), (2, Written::Updated)] {
        let value = PropertyValue::new(json!({ "count": count })).unwrap();
        assert_eq!(
            at.put_property(ticket, &key, &value).await.unwrap(),
            written
        );
    }
    let kept = at.property(ticket, &key).await.unwrap();
    assert_eq!(kept, Some(json!({ "count": 2 })));
}

async fn comments(at: &SiteClient<'_>, subject: &Subject) {
    let ticket = &subject.ticket;
    let entry = url::Url::parse("https://countersign.example/entry/7").unwrap();
    let draft = |text: &str| CommentDraft {
        body: document(&[vec![
            Inline::Strong("Countersign".to_owned()),
            Inline::Text(format!(" {text} ")),
            Inline::Link(Link::new("entry 7", entry.clone()).unwrap()),
            Inline::Code("0a1b".to_owned()),
        ]]),
        mark: "01J0ORACLE".parse().unwrap(),
        internal: true,
    };
    let mark = "01J0ORACLE".parse().unwrap();
    assert!(at.marked_comment(ticket, &mark).await.unwrap().is_none());
    let id = at.add_comment(ticket, &draft("found")).await.unwrap();
    let written = at.comment(ticket, &id).await.unwrap();
    at.update_comment(ticket, &written, &draft("mended"))
        .await
        .unwrap();
    let read = at.comment(ticket, &id).await.unwrap();
    let found = at.marked_comment(ticket, &mark).await.unwrap().unwrap();
    assert_eq!(read.text, "Countersign mended entry 70a1b");
    assert_eq!(found.id, id);
    assert!(at.comment(ticket, &"99999".parse().unwrap()).await.is_err());
}

async fn work(at: &SiteClient<'_>, subject: &Subject, jira: &Sandbox) {
    let key = subject.key.as_str();
    let logged = jira.world().log_work("ben", key, 3_600, "Read it").unwrap();
    let all = at.worklogs_since(&subject.ticket, 0).await.unwrap();
    let id: IssueId = logged.to_string().parse().unwrap();
    let one = at.worklog(&subject.ticket, &id).await.unwrap();
    assert_eq!(
        (all.as_slice(), one.seconds),
        ([one.clone()].as_slice(), Some(3_600))
    );
    assert_eq!(one.text, "Read it");
    let none = at.worklog(&subject.ticket, &"99999".parse().unwrap()).await;
    assert!(none.is_err());
    let statuses = at.statuses().await.unwrap();
    let done = statuses
        .iter()
        .filter(|status| status.category == Some(record::entries::StatusCategory::Done));
    let done: Vec<&str> = done.map(|status| status.name.as_str()).collect();
    assert_eq!(done, ["Done", "Closed"]);
}

async fn links(at: &SiteClient<'_>, subject: &Subject) {
    for (resolved, written) in [(false, Written::Created), (true, Written::Updated)] {
        let page = url::Url::parse("https://countersign.example/ticket").unwrap();
        let link = RemoteLink::new("countersign:1", "The ledger's entries", page.clone())
            .unwrap()
            .summary("12 entries")
            .relationship("attested by")
            .icon(page.join("/icon.png").unwrap())
            .resolved(resolved);
        let done = at.put_remote_link(&subject.ticket, &link).await;
        assert_eq!(done.unwrap(), written);
    }
}

async fn notices(at: &SiteClient<'_>, subject: &Subject) {
    for (group, is_there) in [
        (sandbox::APPROVERS_GROUP, true),
        ("nobody-of-this-name", false),
    ] {
        let notice = Notice {
            group,
            subject: "Countersign: an issue is CRITICAL",
            text: "It needs a security review.",
        };
        let told = at.notify(&subject.ticket, &notice).await;
        assert_eq!(told.is_ok(), is_there);
    }
}

async fn people(at: &SiteClient<'_>, subject: &Subject) {
    let person = &subject.person;
    assert_eq!(at.user(person).await.unwrap().display_name, "Carla Ruiz");
    assert!(at.user(&"nobody".parse().unwrap()).await.is_err());
    assert!(!at.groups_of(person).await.unwrap().is_empty());
    let (user, key) = (at.user(person).await.unwrap(), &subject.key);
    let may = at.ticket_permissions(&user, (&subject.ticket, key)).await;
    assert!(may.unwrap().comment);
    assert!(!at.administers(person).await.unwrap());
}

async fn projects(at: &SiteClient<'_>, subject: &Subject) {
    at.own_address().await.unwrap();
    let project = at.project(&subject.project).await.unwrap();
    assert!(!project.team_managed);
    assert!(at.project(&"NONE".parse().unwrap()).await.is_err());
    let projects = at.projects().await.unwrap();
    assert!(projects.contains(&project));
    let roles = at.roles(&subject.project).await.unwrap();
    let approvers = roles.iter().find(|role| role.name == "Approvers").unwrap();
    let actors = at.role_actors(&subject.project, approvers.id).await;
    let only = std::slice::from_ref(&subject.person);
    assert_eq!(actors.unwrap().accounts, only);
}

/// What Jira gives no app, or no app with our scopes.
async fn by_an_administrator(at: &SiteClient<'_>, subject: &Subject) {
    assert_eq!(at.myself().await.unwrap().display_name, "Erin Shah");
    for group in at.groups_of(&subject.person).await.unwrap() {
        let members = at.group_members(&group).await.unwrap();
        assert!(members.contains(&subject.person));
    }
    let key = "dev.countersign.oracle".parse().unwrap();
    let value = PropertyValue::new(json!(true)).unwrap();
    at.put_property(&subject.ticket, &key, &value)
        .await
        .unwrap();
    at.delete_property(&subject.ticket, &key).await.unwrap();
    assert_eq!(at.property(&subject.ticket, &key).await.unwrap(), None);
}
