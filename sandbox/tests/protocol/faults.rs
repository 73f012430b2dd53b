//! Faults on demand, and the log of what the app called.

use sandbox::{Fault, FaultKind};
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
