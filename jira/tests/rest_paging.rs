//! Lists are followed to their end, and a list without one is an error instead of a loop.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use crate::fake_http;
use crate::sandbox_site;

use std::sync::atomic::{AtomicUsize, Ordering};

use fake_http::{Asked, FakeHttp, Reply};
use jira::adf::{Inline, document};
use jira::rest::{
    ApiToken, Client, CommentDraft, Credential, Group, HttpSettings, OutboxMark, RestError, Site,
};
use record::ids::IssueId;
use serde_json::{Value, json};

fn client() -> Client {
    Client::new(HttpSettings::default()).unwrap()
}

fn site(server: &FakeHttp) -> Site {
    Site {
        base_url: server.base.parse().unwrap(),
        credential: Credential::Basic(ApiToken::new("ada@example.com", "t0ken")),
    }
}

fn leads() -> Group {
    Group {
        id: Some("g-1".to_owned()),
        name: "leads".to_owned(),
    }
}

fn id(text: &str) -> IssueId {
    text.parse().unwrap()
}

fn mark() -> OutboxMark {
    "ours".parse().unwrap()
}

fn start(asked: &Asked) -> u64 {
    let from = asked
        .query
        .split('&')
        .find_map(|pair| pair.strip_prefix("startAt="));
    from.unwrap().parse().unwrap()
}

/// What the lists answer, each with one thing on the page, and described like this.
fn one_thing(asked: &Asked, describe: impl Fn(&mut Value)) -> Reply {
    let mut page = match asked.path.as_str() {
        "/rest/api/3/project/search" => {
            json!({"values": [{"id": "2", "key": "PAY", "name": "Pay"}]})
        }
        "/rest/api/3/group/member" => json!({"values": [{"accountId": "5b10"}]}),
        "/rest/api/3/search/jql" => {
            json!({"issues": [{"id": "1", "key": "PAY-1", "fields": {"updated": "2026"}}]})
        }
        _ => json!({"comments": [{"id": "1", "created": "", "updated": ""}]}),
    };
    describe(&mut page);
    Reply::json(&page)
}

/// How each list of this server ends: how many things, or why not; and after how many pages.
async fn walked(server: &FakeHttp) -> [(Result<usize, RestError>, usize); 4] {
    let (client, site) = (client(), site(server));
    let at = client.at(&site);
    let asked = |before: &mut usize| {
        let now = server.asked().len();
        now - std::mem::replace(before, now)
    };
    let mut before = 0;
    let projects = at.projects().await.map(|found| found.len());
    let projects = (projects, asked(&mut before));
    let members = at.group_members(&leads()).await.map(|found| found.len());
    let members = (members, asked(&mut before));
    let comments = at.marked_comment(&id("1"), &mark()).await;
    let comments = (
        comments.map(|found| usize::from(found.is_some())),
        asked(&mut before),
    );
    let tickets = at
        .search_all("project = PAY")
        .await
        .map(|found| found.len());
    [projects, members, comments, (tickets, asked(&mut before))]
}

#[tokio::test]
async fn a_list_without_an_end_is_an_error() {
    let tokens = AtomicUsize::new(0);
    let server = FakeHttp::answering(move |asked| {
        let token = tokens.fetch_add(1, Ordering::SeqCst).to_string();
        one_thing(asked, |page| {
            page["isLast"] = json!(false);
            page["nextPageToken"] = json!(token);
        })
    })
    .await;
    let pages = walked(&server).await.map(|(outcome, pages)| {
        assert!(
            matches!(outcome, Err(RestError::Nonsense { .. })),
            "{outcome:?}"
        );
        pages
    });
    assert_eq!(pages, [400, 400, 50, 1000]);
}

#[tokio::test]
async fn a_page_that_was_seen_before_is_an_error() {
    let server = FakeHttp::answering(|asked| {
        one_thing(asked, |page| {
            page["startAt"] = json!(0);
            page["total"] = json!(3);
            if asked.method == "POST" {
                let after_a = asked.json()["nextPageToken"] == "a";
                page["nextPageToken"] = json!(if after_a { "b" } else { "a" });
            }
        })
    })
    .await;
    let pages = walked(&server).await.map(|(outcome, pages)| {
        assert!(
            matches!(outcome, Err(RestError::Nonsense { .. })),
            "{outcome:?}"
        );
        pages
    });
    assert_eq!(pages, [2, 2, 2, 3]);
}

#[tokio::test]
async fn a_list_ends_where_jira_says_so_or_lists_nothing() {
    let last = |page: &mut Value| page["isLast"] = json!(true);
    let total = |page: &mut Value| {
        page["total"] = json!(1);
        page["nextPageToken"] = Value::Null;
    };
    let empty = |page: &mut Value| {
        for list in ["values", "comments", "issues"] {
            if page.get(list).is_some() {
                page[list] = json!([]);
            }
        }
        page["isLast"] = json!(false);
    };
    for (describe, things) in [(last as fn(&mut Value), 1), (total, 1), (empty, 0)] {
        let server = FakeHttp::answering(move |asked| {
            one_thing(asked, |page| {
                page["nextPageToken"] = json!("another");
                describe(page);
            })
        })
        .await;
        let [projects, members, comments, tickets] = walked(&server).await;
        assert_eq!((projects, members), ((Ok(things), 1), (Ok(things), 1)));
        assert_eq!((comments, tickets), ((Ok(0), 1), (Ok(things), 1)));
    }
}

#[tokio::test]
async fn pages_smaller_than_asked_for_leave_no_gap() {
    let server = FakeHttp::answering(|asked| {
        let start = start(asked);
        let end = (start + 40).min(90);
        let comment = |id: u64| {
            let mark = if id == 85 { "ours" } else { "other" };
            let property = json!({"key": "dev.countersign.outbox", "value": {"id": mark}});
            json!({"id": id.to_string(), "created": "", "updated": "", "body": document(&[]),
                "properties": [property]})
        };
        let comments: Vec<Value> = (start..end).map(comment).collect();
        Reply::json(&json!({"comments": comments, "startAt": start, "total": 90}))
    })
    .await;
    let (client, site) = (client(), site(&server));
    let found = client.at(&site).marked_comment(&id("1"), &mark()).await;
    assert_eq!(found.unwrap().unwrap().id, id("85"));
    let starts: Vec<u64> = server.asked().iter().map(start).collect();
    assert_eq!(starts, [0, 40, 80]);
}

#[tokio::test]
async fn a_search_finds_every_ticket_of_a_site() {
    let sandbox = sandbox_site::sandbox().await;
    let (client, site) = (client(), sandbox_site::site(&sandbox));
    let at = client.at(&site);
    let jql = "project = PAY ORDER BY updated";
    let known = at.search_all(jql).await.unwrap().len();
    for number in 0..230 {
        sandbox_site::ticket(&sandbox, &format!("Ticket {number}"));
    }
    sandbox.forget_requests();
    let found = at.search_all(jql).await.unwrap();
    let mut keys: Vec<String> = found.iter().map(|found| found.key.to_string()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!((found.len(), keys.len()), (known + 230, known + 230));
    assert_eq!(sandbox.requests().len(), found.len().div_ceil(100));
}

#[tokio::test]
async fn our_comment_is_found_below_many_others() {
    let sandbox = sandbox_site::sandbox().await;
    let (client, site) = (client(), sandbox_site::site(&sandbox));
    let at = client.at(&site);
    let ticket = sandbox_site::ticket(&sandbox, "Much talked about");
    let ticket_id = id(&ticket.id.to_string());
    let draft = CommentDraft {
        body: document(&[vec![Inline::Text("Ours.".to_owned())]]),
        mark: mark(),
        internal: false,
    };
    let ours = at.add_comment(&ticket_id, &draft).await.unwrap();
    for number in 0..120 {
        let text = format!("Comment {number}");
        sandbox
            .world()
            .add_comment("alice", &ticket.key, &text)
            .unwrap();
    }
    let found = at.marked_comment(&ticket_id, &mark()).await.unwrap();
    assert_eq!(found.unwrap().id, ours);
    let absent = "absent".parse().unwrap();
    assert_eq!(at.marked_comment(&ticket_id, &absent).await, Ok(None));
}
