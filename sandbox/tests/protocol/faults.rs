//! Faults on demand, and the log of what the app called.

use sandbox::{Fault, FaultKind, LimitReason, Refusal};
use serde_json::json;

use crate::tiny_app::{app_token, call, installed};

const ISSUE: &str = "/rest/api/3/issue/PAY-1";

#[actix_web::test]
async fn a_fault_strikes_as_often_as_told_and_only_where_told() {
    let (sandbox, _app) = installed().await;
    let kind = FaultKind::Status {
        status: 429,
        retry_after: Some(7),
    };
    sandbox.fault(Fault::on("/rest/api/3/issue", 1, kind));
    assert_eq!(
        call(&sandbox, "GET", "/rest/api/3/myself", None).await.0,
        200
    );
    let token = app_token(&sandbox, "GET", ISSUE);
    let request = reqwest::Client::new()
        .get(format!("{}{ISSUE}", sandbox.local_url()))
        .header("Authorization", format!("JWT {token}"));
    let answer = request.send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["Retry-After"]),
        (429, &"7".parse().unwrap())
    );
    assert_eq!(call(&sandbox, "GET", ISSUE, None).await.0, 200);
}

#[actix_web::test]
async fn nonsense_is_html_with_200_and_a_closed_connection_answers_nothing() {
    let (sandbox, _app) = installed().await;
    sandbox.fault(Fault::everywhere(FaultKind::Nonsense));
    let (status, body) = call(&sandbox, "GET", ISSUE, None).await;
    assert_eq!((status, body), (200, serde_json::Value::Null));
    sandbox.clear_faults();
    sandbox.fault(Fault::on("", 1, FaultKind::Close));
    sandbox.forget_requests();
    let cut = reqwest::get(format!("{}{ISSUE}", sandbox.local_url())).await;
    let broken = match cut {
        Err(_) => true,
        Ok(answer) => answer.text().await.is_err(),
    };
    assert!(broken);
    assert_eq!(call(&sandbox, "GET", ISSUE, None).await.0, 200);
    let log: Vec<_> = sandbox
        .requests()
        .into_iter()
        .map(|line| (line.path, line.status))
        .collect();
    assert_eq!(
        log,
        [(ISSUE.to_owned(), None), (ISSUE.to_owned(), Some(200))]
    );
}

#[actix_web::test]
async fn faults_are_armed_and_disarmed_over_http() {
    let (sandbox, _app) = installed().await;
    let url = format!("{}/sandbox/api/faults", sandbox.local_url());
    let client = reqwest::Client::new();
    let fault = json!({ "kind": "status", "status": 503, "pathPrefix": "/rest", "times": 9 });
    assert_eq!(
        client
            .post(&url)
            .json(&fault)
            .send()
            .await
            .unwrap()
            .status(),
        204
    );
    assert_eq!(call(&sandbox, "GET", ISSUE, None).await.0, 503);
    let slow = json!({ "kind": "delay", "ms": 20 });
    client.delete(&url).send().await.unwrap();
    assert_eq!(
        client.post(&url).json(&slow).send().await.unwrap().status(),
        204
    );
    let before = std::time::Instant::now();
    assert_eq!(call(&sandbox, "GET", ISSUE, None).await.0, 200);
    assert!(before.elapsed().as_millis() >= 20);
}

/// The statuses that these requests are answered with.
async fn statuses(sandbox: &sandbox::Sandbox, requests: &[(&str, &str)]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for (method, path) in requests {
        let body = (*method == "PUT").then(|| json!("x"));
        statuses.push(call(sandbox, method, path, body).await.0);
    }
    statuses
}

#[actix_web::test]
async fn a_refusal_strikes_one_operation_one_issue_or_the_whole_site() {
    let (sandbox, _app) = installed().await;
    let world = sandbox.world();
    let new = |summary: &str| sandbox::NewIssue {
        project: "PAY".to_owned(),
        summary: summary.to_owned(),
        ..sandbox::NewIssue::default()
    };
    let [one, other] = ["One", "Other"].map(|name| world.create_issue("alice", new(name)).unwrap());
    let paths = [
        ("GET", format!("/rest/api/3/issue/{}", one.key)),
        ("GET", format!("/rest/api/3/issue/{}", other.id)),
        ("PUT", format!("/rest/api/3/issue/{}/properties/p", one.id)),
        ("PUT", format!("/rest/api/3/issue/{}/properties/p", one.key)),
        (
            "PUT",
            format!("/rest/api/3/issue/{}/properties/p", other.id),
        ),
        ("GET", "/rest/api/3/myself".to_owned()),
    ];
    let requests: Vec<(&str, &str)> = paths.iter().map(|(m, p)| (*m, p.as_str())).collect();
    let refusal = |reason| {
        Fault::everywhere(FaultKind::RateLimited(Refusal {
            reason: Some(reason),
            ..Refusal::default()
        }))
    };
    let property = "/rest/api/3/issue/{key}/properties/{name}".to_owned();
    for (fault, refused) in [
        (refusal(LimitReason::GlobalQuota), [true; 6]),
        (
            Fault {
                operation: Some(property),
                ..refusal(LimitReason::Burst)
            },
            [false, false, true, true, true, false],
        ),
        (
            Fault {
                operation: Some("/rest/api/3/issue/{key}".to_owned()),
                ..refusal(LimitReason::Burst)
            },
            [true, true, false, false, false, false],
        ),
        (
            Fault {
                issue: Some(one.key.clone()),
                ..refusal(LimitReason::IssueWrites)
            },
            [false, false, true, true, false, false],
        ),
        (
            Fault {
                issue: Some(one.id.to_string()),
                ..refusal(LimitReason::TenantQuota)
            },
            [true, false, true, true, false, false],
        ),
    ] {
        sandbox.fault(fault.clone());
        let found = statuses(&sandbox, &requests).await;
        let found: Vec<bool> = found.into_iter().map(|status| status == 429).collect();
        assert_eq!(found, refused, "{fault:?}");
        sandbox.clear_faults();
    }
}

#[actix_web::test]
async fn a_refusal_says_as_much_as_it_is_told() {
    let (sandbox, _app) = installed().await;
    let faults = format!("{}/sandbox/api/faults", sandbox.local_url());
    let client = reqwest::Client::new();
    let headers = async |fault: &serde_json::Value| {
        client.delete(&faults).send().await.unwrap();
        let armed = client.post(&faults).json(fault).send().await.unwrap();
        assert_eq!(armed.status(), 204);
        let url = format!("{}{ISSUE}", sandbox.local_url());
        let token = app_token(&sandbox, "GET", ISSUE);
        let request = client
            .get(url)
            .header("Authorization", format!("JWT {token}"));
        let answer = request.send().await.unwrap();
        let text = |name: &str| {
            let value = answer.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        let told = ["RateLimit-Reason", "Retry-After", "X-RateLimit-NearLimit"].map(text);
        (answer.status().as_u16(), told, text("X-RateLimit-Reset"))
    };
    let nothing = headers(&json!({ "kind": "rateLimited" })).await;
    assert_eq!(nothing, (429, [None, None, None], None));
    for reason in [
        "jira-quota-global-based",
        "jira-quota-tenant-based",
        "jira-burst-based",
    ] {
        let all = json!({ "kind": "rateLimited", "reason": reason, "retryAfter": 7, "resetIn": 90, "nearLimit": true });
        let (status, told, reset) = headers(&all).await;
        let wanted = [reason, "7", "true"].map(|word| Some(word.to_owned()));
        assert_eq!((status, told), (429, wanted));
        let reset = reset.unwrap();
        assert!(reset.len() == 20 && reset.ends_with('Z'), "{reset}");
    }
    let (status, [reason, _, near], _) = headers(&json!({ "kind": "nearLimit" })).await;
    assert_eq!((status, reason, near.as_deref()), (200, None, Some("true")));

    let typo = json!({ "kind": "rateLimited", "issue": "PAY-9999" });
    let refused = client.post(&faults).json(&typo).send().await.unwrap();
    assert_eq!(
        refused.status(),
        404,
        "a fault that never strikes helps nobody"
    );
}
