//! How the client signs, waits, bounds and sorts, against a server that does as told.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use crate::fake_http;

use std::time::{Duration, Instant};

use fake_http::{FakeHttp, Reply};
use jira::connect::jwt::{Moment, unverified_issuer, verify_server};
use jira::connect::{CanonicalRequest, SharedSecret, find_token};
use jira::rest::{
    ApiToken, Client, Clock, Credential, HttpSettings, PropertyKey, RateLimitReason,
    RateLimitScope, RestError, Site,
};
use record::ids::{AccountId, IssueId};
use serde_json::json;

const NOW: i64 = 1_795_000_000;
const SECRET: &str = "a-shared-secret-0123456789";

fn settings() -> HttpSettings {
    HttpSettings {
        timeout: Duration::from_millis(400),
        clock: Clock::telling(|| Duration::from_secs(NOW.unsigned_abs())),
        ..HttpSettings::default()
    }
}

fn site(base: &str) -> Site {
    Site {
        base_url: base.parse().unwrap(),
        credential: Credential::Connect {
            app_key: "dev.countersign.app".parse().unwrap(),
            client_key: "client-1".parse().unwrap(),
            shared_secret: SECRET.parse().unwrap(),
        },
    }
}

async fn myself(server: &FakeHttp) -> Result<(), RestError> {
    let client = Client::new(settings()).unwrap();
    client.at(&site(&server.base)).myself().await.map(|_| ())
}

fn ada() -> Reply {
    Reply::json(
        &json!({"accountId": "5b10", "displayName": "Ada", "active": true, "accountType": "atlassian"}),
    )
}

#[tokio::test]
async fn each_call_is_signed_for_itself() {
    let server = FakeHttp::in_turn(vec![ada()]).await;
    let base = format!("{}/jira", server.base);
    let client = Client::new(settings()).unwrap();
    let account: AccountId = "557058:f58131cb-b67d-43c7".parse().unwrap();
    client.at(&site(&base)).user(&account).await.unwrap();

    let asked = &server.asked()[0];
    assert_eq!(asked.path, "/jira/rest/api/3/user");
    assert_eq!(asked.query, "accountId=557058%3Af58131cb-b67d-43c7");
    assert_eq!(asked.header("user-agent"), Some("countersign/0.1"));
    let token = find_token(&asked.query, asked.header("authorization")).unwrap();
    let us = unverified_issuer(&token).unwrap();
    assert_eq!(us.as_str(), "dev.countersign.app");
    let secret: SharedSecret = SECRET.parse().unwrap();
    let request = CanonicalRequest::from_raw(&asked.method, &asked.path, &asked.query, "/jira");
    verify_server(&token, &us, &secret, &request, Moment::at(NOW)).unwrap();
    let other = CanonicalRequest::from_raw("GET", "/jira/rest/api/3/myself", "", "/jira");
    assert!(verify_server(&token, &us, &secret, &other, Moment::at(NOW)).is_err());
    assert!(verify_server(&token, &us, &secret, &request, Moment::at(NOW + 184)).is_err());
}

#[tokio::test]
async fn an_api_token_goes_by_basic_authorisation() {
    let server = FakeHttp::in_turn(vec![ada()]).await;
    let credential = Credential::Basic(ApiToken::new("ada@example.com", "t0ken"));
    let site = Site {
        base_url: server.base.parse().unwrap(),
        credential,
    };
    Client::new(settings())
        .unwrap()
        .at(&site)
        .myself()
        .await
        .unwrap();
    let authorization = server.asked()[0]
        .header("authorization")
        .unwrap()
        .to_owned();
    assert_eq!(authorization, "Basic YWRhQGV4YW1wbGUuY29tOnQwa2Vu");
}

#[tokio::test]
async fn a_short_wait_is_waited_once() {
    let busy = Reply::status(429).header("Retry-After", "1");
    let server = FakeHttp::in_turn(vec![busy.clone(), ada()]).await;
    let start = Instant::now();
    myself(&server).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.asked().len(), 2);

    let server = FakeHttp::in_turn(vec![busy.header("RateLimit-Reason", "jira-burst-based")]).await;
    let error = myself(&server).await.unwrap_err();
    assert_eq!(server.asked().len(), 2, "one wait, then the caller's turn");
    assert!(error.is_transient());
    let RestError::RateLimited {
        retry_after,
        reason,
        scope,
        ..
    } = error
    else {
        panic!("{error}")
    };
    assert_eq!(retry_after, Duration::from_secs(1));
    assert_eq!(
        (reason, scope),
        (RateLimitReason::Burst, RateLimitScope::Operation)
    );
}

#[tokio::test]
async fn a_long_wait_is_left_to_the_caller() {
    for (reason, scope) in [
        ("jira-quota-global-based", RateLimitScope::App),
        ("jira-quota-tenant-based", RateLimitScope::Site),
        // Of no ticket, so it is the operation that waits.
        ("jira-per-issue-on-write", RateLimitScope::Operation),
        ("something new", RateLimitScope::Operation),
    ] {
        let busy = Reply::status(429)
            .header("Retry-After", "1800")
            .header("RateLimit-Reason", reason);
        let server = FakeHttp::in_turn(vec![busy]).await;
        let error = myself(&server).await.unwrap_err();
        assert_eq!(server.asked().len(), 1);
        let RestError::RateLimited {
            retry_after,
            scope: found,
            ..
        } = error
        else {
            panic!("{error}")
        };
        assert_eq!((retry_after, found), (Duration::from_secs(1800), scope));
    }
}

#[tokio::test]
async fn a_slow_or_absent_site_is_unavailable() {
    let server = FakeHttp::in_turn(vec![ada().after(Duration::from_secs(5))]).await;
    let start = Instant::now();
    let error = myself(&server).await.unwrap_err();
    assert!(matches!(error, RestError::Unavailable { .. }) && error.is_transient());
    assert!(start.elapsed() < Duration::from_secs(2));

    let client = Client::new(settings()).unwrap();
    let error = client
        .at(&site("http://127.0.0.1:9"))
        .myself()
        .await
        .unwrap_err();
    assert!(matches!(error, RestError::Unavailable { .. }));
}

#[tokio::test]
async fn each_status_has_its_meaning() {
    for (status, wanted, transient) in [
        (
            401,
            "GET /rest/api/3/myself: Jira does not accept the credential",
            false,
        ),
        (403, "GET /rest/api/3/myself: not permitted", false),
        (
            404,
            "GET /rest/api/3/myself: not found, or not visible",
            false,
        ),
        (
            410,
            "GET /rest/api/3/myself: not found, or not visible",
            false,
        ),
        (
            400,
            "GET /rest/api/3/myself: refused with status 400",
            false,
        ),
        (500, "GET /rest/api/3/myself: the site is unavailable", true),
        (503, "GET /rest/api/3/myself: the site is unavailable", true),
    ] {
        let server =
            FakeHttp::in_turn(vec![Reply::text("ada@example.com").with_status(status)]).await;
        let error = myself(&server).await.unwrap_err();
        assert_eq!(error.to_string(), wanted);
        assert_eq!(error.is_transient(), transient, "{status}");
        assert_eq!(error.call().path, "/rest/api/3/myself");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = FakeHttp::in_turn(vec![ada()]).await;
    let redirect = Reply::status(302).header("Location", &elsewhere.base);
    let server = FakeHttp::in_turn(vec![redirect]).await;
    assert!(matches!(
        myself(&server).await,
        Err(RestError::Nonsense { .. })
    ));
    assert!(elsewhere.asked().is_empty(), "the token must not travel");
}

#[tokio::test]
async fn nonsense_is_called_so_and_shows_nothing() {
    for body in [
        "",
        "<html>log in</html>",
        "[]",
        r#"{"accountId":"ada secret"}"#,
    ] {
        let server = FakeHttp::in_turn(vec![Reply::text(body)]).await;
        let error = myself(&server).await.unwrap_err();
        assert!(matches!(error, RestError::Nonsense { .. }), "{body}");
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("secret") && !shown.contains("127.0.0.1"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_body_beyond_the_bound_is_not_read_to_its_end() {
    let ok = json!({"key": "k", "value": "x".repeat(900)});
    let server = FakeHttp::in_turn(vec![Reply::json(&ok)]).await;
    let (ticket, key): (IssueId, PropertyKey) = ("1".parse().unwrap(), "k".parse().unwrap());
    for (longest_body, fits) in [(2048, true), (512, false)] {
        let client = Client::new(HttpSettings {
            longest_body,
            ..settings()
        })
        .unwrap();
        let site = site(&server.base);
        let outcome = client.at(&site).property(&ticket, &key).await;
        assert_eq!(outcome.is_ok(), fits, "{outcome:?}");
    }
}
