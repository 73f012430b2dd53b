//! Tickets, comments, properties and links: what is asked, and what becomes of the answer.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use crate::fake_http;

use fake_http::{FakeHttp, Reply};
use jira::adf::{Inline, document};
use jira::rest::{
    ApiToken, Client, Comment, CommentDraft, Credential, HttpSettings, NotAProperty, Notice,
    PropertyKey, PropertyValue, RemoteLink, RestError, Site, TicketName, Written,
};
use record::ids::{AccountId, IssueId, TicketKey};
use serde_json::{Value, json};

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

fn issue(change: impl FnOnce(&mut Value)) -> Value {
    let paragraph =
        json!({"type": "paragraph", "content": [{"type": "text", "text": "Store cards."}]});
    let mut issue = json!({"id": "10001", "key": "PAY-7", "self": "https://x", "fields": {
        "summary": "Card vault", "description": {"type": "doc", "version": 1, "content": [paragraph]},
        "issuetype": {"id": "1", "name": "Story"}, "priority": {"id": "2", "name": "High"},
        "labels": ["pci"], "components": [{"id": "3", "name": "vault"}],
        "attachment": [{"id": "77", "size": 12, "filename": "x.png"}],
        "status": {"name": "Done", "statusCategory": {"key": "done"}},
        "assignee": {"accountId": "5b10", "displayName": "Ada"}, "reporter": {"accountId": "5b11"},
        "security": null, "updated": "2026-11-21T10:00:00.000+0000", "project": {"key": "PAY"},
        "parent": {"id": "10000", "key": "PAY-1", "fields": {"summary": "Checkout"}},
        "customfield_1": [{"value": "PII"}, {"value": "PCI"}], "customfield_2": null}});
    change(&mut issue);
    issue
}

#[tokio::test]
async fn a_ticket_is_read_with_exactly_the_fields_needed() {
    let server = FakeHttp::in_turn(vec![Reply::json(&issue(|_| {}))]).await;
    let (client, site) = (client(), site(&server));
    let key: TicketKey = "PAY-7".parse().unwrap();
    let mapped = ["customfield_1".to_owned(), "customfield_2".to_owned()];
    let ticket = client
        .at(&site)
        .ticket(TicketName::Key(&key), &mapped)
        .await
        .unwrap();
    let asked = &server.asked()[0];
    assert_eq!(asked.path, "/rest/api/3/issue/PAY-7");
    assert_eq!(
        asked.query,
        "fields=summary%2Cdescription%2Cissuetype%2Cpriority%2Clabels%2Ccomponents%2Cattachment%2Cstatus\
         %2Cassignee%2Creporter%2Csecurity%2Cupdated%2Cproject%2Cparent%2Ccustomfield_1%2Ccustomfield_2"
    );
    assert_eq!(
        (
            ticket.id.as_str(),
            ticket.key.as_str(),
            ticket.project.as_str()
        ),
        ("10001", "PAY-7", "PAY")
    );
    assert_eq!(
        (ticket.summary.as_str(), ticket.description.as_str()),
        ("Card vault", "Store cards.")
    );
    assert_eq!(
        (ticket.issue_type.as_str(), ticket.priority.as_deref()),
        ("Story", Some("High"))
    );
    assert_eq!(
        (ticket.labels, ticket.components),
        (vec!["pci".to_owned()], vec!["vault".to_owned()])
    );
    assert_eq!(
        (
            ticket.attachments[0].id.as_str(),
            ticket.attachments[0].size
        ),
        ("77", 12)
    );
    assert_eq!(
        ticket.fields,
        [("customfield_1".to_owned(), "PII, PCI".to_owned())].into()
    );
    assert_eq!(
        (ticket.assignee, ticket.reporter),
        (Some(ada()), Some("5b11".parse().unwrap()))
    );
    assert_eq!(
        (ticket.status.as_str(), ticket.done, ticket.restricted),
        ("Done", true, false)
    );
    assert_eq!(ticket.updated, "2026-11-21T10:00:00.000+0000");
    assert_eq!(ticket.parent.as_deref(), Some("Checkout"));
}

#[tokio::test]
async fn a_parent_in_another_form_is_none() {
    let forms = [
        Value::Null,
        json!("PAY-1"),
        json!({"key": "PAY-1"}),
        json!({"key": "PAY-1", "fields": null}),
        json!({"fields": {"summary": 7}}),
    ];
    for form in forms {
        let odd = issue(|issue| issue["fields"]["parent"] = form.clone());
        let server = FakeHttp::in_turn(vec![Reply::json(&odd)]).await;
        let (client, site) = (client(), site(&server));
        let (id, client) = (ticket_id(), client.at(&site));
        let ticket = client.ticket(TicketName::Id(&id), &[]).await.unwrap();
        assert_eq!(ticket.parent, None, "{form}");
    }
}

#[tokio::test]
async fn a_bare_ticket_is_a_ticket() {
    let bare = issue(|issue| {
        for name in ["description", "priority", "assignee", "reporter"] {
            issue["fields"][name] = Value::Null;
        }
        for name in ["attachment", "components", "labels", "customfield_1"] {
            issue["fields"].as_object_mut().unwrap().remove(name);
        }
        issue["fields"]["status"]["statusCategory"]["key"] = json!("indeterminate");
        issue["fields"]["security"] = json!({"id": "10000", "name": "Board only"});
    });
    let server = FakeHttp::in_turn(vec![Reply::json(&bare)]).await;
    let (client, site) = (client(), site(&server));
    let ticket = client
        .at(&site)
        .ticket(TicketName::Id(&ticket_id()), &[])
        .await
        .unwrap();
    assert_eq!(
        (
            ticket.description.as_str(),
            ticket.priority,
            ticket.assignee
        ),
        ("", None, None)
    );
    assert!(!ticket.done && ticket.restricted && ticket.attachments.is_empty());
}

#[tokio::test]
async fn a_ticket_without_its_parts_is_nonsense() {
    for name in ["status", "updated", "project", "issuetype"] {
        let broken = issue(|issue| drop(issue["fields"].as_object_mut().unwrap().remove(name)));
        let server = FakeHttp::in_turn(vec![Reply::json(&broken)]).await;
        let (client, site) = (client(), site(&server));
        let outcome = client
            .at(&site)
            .ticket(TicketName::Id(&ticket_id()), &[])
            .await;
        assert!(matches!(outcome, Err(RestError::Nonsense { .. })), "{name}");
    }
}

fn comment(id: u32, mark: &str) -> Value {
    let properties = json!([{"key": "dev.countersign.outbox", "value": {"id": mark}}]);
    json!({"id": id.to_string(), "author": {"accountId": "5b10"}, "body": document(&[]), "jsdPublic": false,
        "created": "2026-11-21T10:00:00.000+0000", "updated": "2026-11-21T10:00:01.000+0000",
        "properties": properties})
}

#[tokio::test]
async fn our_comment_is_found_by_its_mark_on_a_later_page() {
    let server = FakeHttp::answering(|asked| {
        let first = asked.query.contains("startAt=0&");
        let comments: Vec<Value> = if first {
            (0..100).map(|id| comment(id, "other")).collect()
        } else {
            vec![comment(200, "ours")]
        };
        Reply::json(&json!({"comments": comments, "total": 101}))
    })
    .await;
    let (client, site) = (client(), site(&server));
    let found = client
        .at(&site)
        .marked_comment(&ticket_id(), &"ours".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.id.as_str(), found.author, found.public),
        ("200", Some(ada()), false)
    );
    assert!(
        server
            .asked()
            .iter()
            .all(|asked| asked.query.contains("expand=properties"))
    );
    let none = client
        .at(&site)
        .marked_comment(&ticket_id(), &"absent".parse().unwrap())
        .await
        .unwrap();
    assert!(none.is_none());
    assert_eq!(server.asked().len(), 4, "two pages each time");
}

#[tokio::test]
async fn our_comment_carries_its_mark_and_stays_internal() {
    let server = FakeHttp::in_turn(vec![Reply::json(&comment(9, "row-1")).with_status(201)]).await;
    let (client, site) = (client(), site(&server));
    let body = document(&[vec![Inline::Text("Recorded.".to_owned())]]);
    let draft = CommentDraft {
        body,
        mark: "row-1".parse().unwrap(),
        internal: true,
    };
    let id = client
        .at(&site)
        .add_comment(&ticket_id(), &draft)
        .await
        .unwrap();
    assert_eq!(id.as_str(), "9");
    client
        .at(&site)
        .update_comment(&ticket_id(), &known(id), &draft)
        .await
        .unwrap();
    for asked in server.asked() {
        assert_eq!(
            asked.json()["properties"],
            json!([{"key": "dev.countersign.outbox", "value": {"id": "row-1"}},
                   {"key": "sd.public.comment", "value": {"internal": true}}])
        );
        assert_eq!(asked.json()["body"]["type"], "doc");
    }
    let update = &server.asked()[1];
    assert_eq!(
        (update.method.as_str(), update.query.as_str()),
        ("PUT", "notifyUsers=false")
    );
}

fn known(id: IssueId) -> Comment {
    Comment {
        id,
        author: None,
        update_author: None,
        text: String::new(),
        own_words: Vec::new(),
        created: String::new(),
        updated: String::new(),
        public: true,
    }
}

#[tokio::test]
async fn a_property_is_read_written_and_removed() {
    let server = FakeHttp::answering(|asked| match asked.method.as_str() {
        "GET" => Reply::json(&json!({"key": "countersign.gate", "value": {"open": true}})),
        "PUT" => Reply::status(201),
        _ => Reply::status(404),
    })
    .await;
    let (client, site) = (client(), site(&server));
    let (at, key): (_, PropertyKey) = (client.at(&site), "countersign.gate".parse().unwrap());
    assert_eq!(
        at.property(&ticket_id(), &key).await.unwrap(),
        Some(json!({"open": true}))
    );
    let value = PropertyValue::new(json!({"open": false})).unwrap();
    assert_eq!(
        at.put_property(&ticket_id(), &key, &value).await.unwrap(),
        Written::Created
    );
    at.delete_property(&ticket_id(), &key).await.unwrap();
    assert_eq!(server.asked()[1].json(), json!({"open": false}));
    assert_eq!(
        server.asked()[2].path,
        "/rest/api/3/issue/10001/properties/countersign.gate"
    );
    assert_eq!(
        PropertyValue::new(json!("x".repeat(32_767))),
        Err(NotAProperty::TooLong)
    );
    assert!("a/b".parse::<PropertyKey>().is_err());
}

#[tokio::test]
async fn a_notice_goes_to_those_of_a_group_who_may_see_the_ticket() {
    let server = FakeHttp::in_turn(vec![Reply::status(204), Reply::status(400)]).await;
    let (client, site) = (client(), site(&server));
    let notice = Notice {
        group: "security",
        subject: "PAY-7",
        text: "It is CRITICAL.",
    };
    let at = client.at(&site);
    assert_eq!(at.notify(&ticket_id(), &notice).await, Ok(()));
    let sent = server.asked()[0].json();
    assert_eq!(sent["to"], json!({"groups": [{"name": "security"}]}));
    assert_eq!(
        sent["restrict"],
        json!({"permissions": [{"key": "BROWSE"}]})
    );
    let refused = at.notify(&ticket_id(), &notice).await;
    assert!(matches!(
        refused,
        Err(RestError::Rejected { status: 400, .. })
    ));
}

#[tokio::test]
async fn a_remote_link_says_all_each_time() {
    let server = FakeHttp::in_turn(vec![Reply::json(&json!({"id": 1, "self": "x"}))]).await;
    let (client, site) = (client(), site(&server));
    let link = RemoteLink::new(
        "countersign:7",
        "Entry 7",
        "https://c.example/7".parse().unwrap(),
    )
    .unwrap();
    let link = link
        .summary("approved")
        .relationship("recorded in")
        .resolved(true);
    assert_eq!(
        client
            .at(&site)
            .put_remote_link(&ticket_id(), &link)
            .await
            .unwrap(),
        Written::Updated
    );
    let sent = server.asked()[0].json();
    assert_eq!(sent["globalId"], "countersign:7");
    assert_eq!(sent["object"]["status"]["resolved"], true);
    assert!(RemoteLink::new("g".repeat(256), "t", "https://x".parse().unwrap()).is_err());
    assert!(RemoteLink::new("g", "t", "javascript:x".parse().unwrap()).is_err());
}
