//! A search on Jira Data Center goes by positions, and finds each ticket though others move while its pages are read.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::Mutex;

use crate::fake_http;
use crate::rest_data_center::{client, data_center, site, ticket};

use fake_http::{FakeHttp, Reply};
use jira::rest::{RestError, SiteClient};
use serde_json::json;

async fn found(at: &SiteClient<'_>) -> Vec<String> {
    let all = at
        .search_all("project = PAY AND updated >= -60m ORDER BY updated ASC")
        .await;
    all.unwrap()
        .into_iter()
        .map(|ticket| ticket.key.as_str().to_owned())
        .collect()
}

#[tokio::test]
async fn a_search_finds_each_ticket_once_over_pages() {
    let sandbox = data_center().await;
    for number in 0..230 {
        ticket(&sandbox, &format!("Ticket {number}"));
    }
    let (client, site) = (client(), site(sandbox.local_url(), "sandbox-pat-erin"));
    let keys = found(&client.at(&site)).await;
    let expected: Vec<String> = (1..=keys.len()).map(|n| format!("PAY-{n}")).collect();
    assert_eq!((keys.len(), keys), (234, expected));
}

/// 250 tickets in a site whose order changes: before the nth call that is not for the start, so many of the first move
/// to the end.
async fn found_while(moves: &'static [usize]) -> (Vec<String>, usize) {
    let order: Vec<(u64, usize)> = (1..=250).map(|id| (id, 0)).collect();
    let state = Mutex::new((order, moves.iter()));
    let server = FakeHttp::answering(move |asked| {
        let (order, moves) = &mut *state.lock().unwrap();
        let wish = asked.json();
        let number = |name: &str| usize::try_from(wish[name].as_u64().unwrap()).unwrap();
        if number("startAt") > 0 && let Some(moved) = moves.next() {
            order[..*moved].iter_mut().for_each(|(_, changes)| *changes += 1);
            order.rotate_left(*moved);
        }
        let page = order.iter().skip(number("startAt")).take(number("maxResults"));
        let issue = |(id, changes): &(u64, usize)| {
            json!({"id": id.to_string(), "key": format!("PAY-{id}"), "fields": {"updated": changes.to_string()}})
        };
        let issues: Vec<_> = page.map(issue).collect();
        Reply::json(&json!({"startAt": number("startAt"), "total": 250, "issues": issues}))
    })
    .await;
    let (client, site) = (client(), site(&server.base, "t0ken"));
    let mut keys = found(&client.at(&site)).await;
    keys.sort_by_key(|key| key[4..].parse::<u32>().unwrap());
    (keys, server.asked().len())
}

#[tokio::test]
async fn what_moves_while_pages_are_read_hides_nothing() {
    let expected: Vec<String> = (1..=250).map(|n| format!("PAY-{n}")).collect();
    for (moves, calls) in [
        (&[][..], 3),
        (&[1], 4),
        (&[60], 4),
        (&[1, 0, 1, 0, 1], 6),
        (&[150], 6),
        (&[0, 150], 7),
    ] {
        let (keys, asked) = found_while(moves).await;
        assert_eq!(keys, expected, "{moves:?}");
        assert!(asked <= calls, "{moves:?}: {asked} calls");
    }
}

#[tokio::test]
async fn a_search_that_does_not_go_on_is_an_error() {
    for issues in [
        json!([]),
        json!([{"id": "7", "key": "PAY-7", "fields": {"updated": ""}}]),
    ] {
        let answer = json!({"startAt": 0, "total": 250, "issues": issues});
        let server = FakeHttp::answering(move |_| Reply::json(&answer)).await;
        let (client, site) = (client(), site(&server.base, "t0ken"));
        let at = client.at(&site);
        let all = at.search_all("project = PAY").await;
        assert!(matches!(all, Err(RestError::Nonsense { .. })), "{issues}");
        assert!(server.asked().len() < 5, "{issues}");
    }
}

/// In another order than that of changes, a ticket that was changed stays where it is.
#[tokio::test]
async fn a_change_begins_no_search_anew_where_it_moves_nothing() {
    let changes = Mutex::new(0);
    let server = FakeHttp::answering(move |asked| {
        let mut changes = changes.lock().unwrap();
        *changes += 1;
        let from = asked.json()["startAt"].as_u64().unwrap();
        let ids = (from + 1)..=(from + 100).min(250);
        let issue = |id: u64| json!({"id": id.to_string(), "key": format!("PAY-{id}"), "fields": {"updated": changes.to_string()}});
        let issues: Vec<_> = ids.map(issue).collect();
        Reply::json(&json!({"startAt": from, "total": 250, "issues": issues}))
    })
    .await;
    let (client, site) = (client(), site(&server.base, "t0ken"));
    let all = client
        .at(&site)
        .search_all("project = PAY ORDER BY created")
        .await;
    assert_eq!((all.unwrap().len(), server.asked().len()), (250, 3));
}
