//! What waits after Jira said no: exactly what the reason names, exactly so long, and nothing is sent
//! meanwhile.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use crate::fake_http;
use crate::limited_site;

use std::time::Duration;

use jira::rest::{Client, Quota, RateLimitReason, RateLimitScope};
use limited_site::{
    Hand, LimitedSite, NOW, SECRET, UNTIL_NEXT_HOUR, busy, comment, limited, read, write,
};

const REASON: &str = "RateLimit-Reason";

/// The calls that pass, each tried once at both sites.
async fn passing(client: &Client, [here, there]: [&LimitedSite; 2]) -> Vec<String> {
    let mut passing = Vec::new();
    for (name, site) in [("here", here), ("there", there)] {
        let at = client.at(&site.site);
        for ticket in ["1", "2"] {
            let asked = site.asked();
            let outcomes = [
                ("read", read(at, ticket).await),
                ("write", write(at, ticket).await),
                ("comment", comment(at, ticket).await),
            ];
            let passed = outcomes.iter().filter(|(_, outcome)| outcome.is_ok());
            let passed: Vec<String> = passed
                .map(|(what, _)| format!("{what} {ticket} {name}"))
                .collect();
            assert_eq!(
                site.asked() - asked,
                passed.len(),
                "what waits is not sent at all"
            );
            passing.extend(passed);
        }
    }
    passing
}

fn all_but(waiting: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for site in ["here", "there"] {
        for ticket in ["1", "2"] {
            for what in ["read", "write", "comment"] {
                all.push(format!("{what} {ticket} {site}"));
            }
        }
    }
    all.retain(|call| !waiting.iter().any(|waiting| call.contains(waiting)));
    all
}

#[tokio::test]
async fn each_reason_holds_what_it_names_and_nothing_else() {
    use RateLimitReason::{Burst, GlobalQuota, IssueWrites, TenantQuota, Unknown};
    use RateLimitScope::{App, Operation, Site, Ticket};
    let everything = [" here", " there"].as_slice();
    for (word, reason, scope, waiting) in [
        ("jira-quota-global-based", GlobalQuota, App, everything),
        ("jira-quota-tenant-based", TenantQuota, Site, &[" here"]),
        (
            "jira-burst-based",
            Burst,
            Operation,
            &["write 1 here", "write 2 here"],
        ),
        (
            "jira-per-issue-on-write",
            IssueWrites,
            Ticket,
            &["write 1 here", "comment 1 here"],
        ),
        (
            "something new",
            Unknown,
            Operation,
            &["write 1 here", "write 2 here"],
        ),
    ] {
        let (hand, here, there) = (
            Hand::clock_at_now(),
            LimitedSite::of_a_person().await,
            LimitedSite::of_a_person().await,
        );
        let client = hand.client(Quota::default());
        here.refuse(busy(&[(REASON, word), ("Retry-After", "30")]));
        let refused = limited(write(client.at(&here.site), "1").await);
        assert_eq!(refused, (30, reason, scope), "{word}");

        hand.forward(Duration::from_secs(12));
        let sites = [&here, &there];
        assert_eq!(
            passing(&client.clone(), sites).await,
            all_but(waiting),
            "{word}"
        );
        let held = limited(write(client.at(&here.site), "1").await);
        assert_eq!(held, (18, reason, scope), "{word}: as long as is left");

        hand.forward(Duration::from_secs(18));
        assert_eq!(passing(&client, sites).await, all_but(&[]), "{word}");
    }
}

#[tokio::test]
async fn a_refused_read_holds_no_writes() {
    let (hand, site) = (Hand::clock_at_now(), LimitedSite::of_a_person().await);
    let client = hand.client(Quota::default());
    site.refuse(busy(&[
        (REASON, "jira-per-issue-on-write"),
        ("Retry-After", "30"),
    ]));
    let at = client.at(&site.site);
    let (_, _, scope) = limited(read(at, "1").await);
    assert_eq!(scope, RateLimitScope::Operation);
    write(at, "1").await.unwrap();
    limited(read(at, "2").await);
}

#[tokio::test]
async fn a_wait_is_as_long_as_jira_says_or_as_the_limit_needs() {
    let reset = ("X-RateLimit-Reset", "2026-11-18T11:30:00Z");
    let quota = UNTIL_NEXT_HOUR;
    for (headers, wanted) in [
        (vec![("Retry-After", "90")], 90),
        (vec![("Retry-After", "90"), reset], 90),
        (vec![reset], 1400),
        (vec![reset, (REASON, "jira-quota-tenant-based")], 1400),
        (vec![(REASON, "jira-quota-tenant-based")], quota),
        (vec![(REASON, "jira-quota-global-based")], quota),
        (
            vec![(REASON, "jira-quota-global-based"), ("Retry-After", "0")],
            quota,
        ),
    ] {
        let (hand, site) = (Hand::clock_at_now(), LimitedSite::of_a_person().await);
        let client = hand.client(Quota::default());
        site.refuse(busy(&headers));
        let (wait, ..) = limited(write(client.at(&site.site), "1").await);
        assert_eq!(wait, wanted, "{headers:?}");
        hand.forward(Duration::from_secs(wanted) - Duration::from_millis(1));
        limited(write(client.at(&site.site), "1").await);
        hand.forward(Duration::from_millis(1));
        write(client.at(&site.site), "1").await.unwrap();
    }
}

#[tokio::test]
async fn without_a_time_waits_double_up_to_the_fourth_and_a_success_begins_anew() {
    for good in [true, false] {
        let (hand, site) = (Hand::clock_at_now(), LimitedSite::of_a_person().await);
        let client = hand.client(Quota::default());
        let at = client.at(&site.site);
        for least in [2000, 4000, 8000, 16_000, 16_000, 16_000] {
            site.refuse(busy(&[(REASON, "jira-burst-based")]));
            limited(read(at, "1").await);
            let wait = client.limits().waiting[0].until - hand.time();
            let range = least..=least + least / 4;
            assert!(range.contains(&wait.as_millis()), "{wait:?} in {range:?}");
            hand.forward(wait);
        }
        // What is not there was looked for, too.
        if !good {
            site.refuse(fake_http::Reply::status(404));
        }
        read(at, "1").await.unwrap();
        site.refuse(busy(&[(REASON, "jira-burst-based")]));
        let (wait, ..) = limited(read(at, "1").await);
        assert_eq!(wait, 2);
    }
}

#[tokio::test]
async fn operators_see_what_waits_and_no_secret() {
    let (hand, site) = (Hand::clock_at_now(), LimitedSite::of_a_person().await);
    let client = hand.client(Quota::default());
    let at = client.at(&site.site);
    assert!(client.limits().waiting.is_empty());
    for (reason, wait) in [
        ("jira-burst-based", "60"),
        ("jira-per-issue-on-write", "30"),
    ] {
        site.refuse(busy(&[(REASON, reason), ("Retry-After", wait)]));
        let call = if wait == "60" {
            write(at, "1").await
        } else {
            comment(at, "7").await
        };
        limited(call);
    }
    let seen = client.limits();
    let [operation, ticket] = seen.waiting.as_slice() else {
        panic!("{seen:?}")
    };
    assert_eq!(operation.scope, RateLimitScope::Operation);
    assert_eq!(
        operation.operation.unwrap().to_string(),
        "PUT /rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}"
    );
    assert_eq!(operation.until, Duration::from_secs(NOW + 60));
    assert_eq!(operation.site.as_ref(), Some(&site.site.base_url));
    assert_eq!(
        (ticket.scope, ticket.ticket.as_deref(), ticket.operation),
        (RateLimitScope::Ticket, Some("7"), None)
    );
    let shown = format!("{seen:?} {client:?}");
    assert!(
        !shown.contains(SECRET) && !shown.contains("ada@"),
        "{shown}"
    );
    hand.forward(Duration::from_secs(60));
    assert!(client.limits().waiting.is_empty());
}
