//! `report`, `link` and `unlink`: what is sent, how often, and what is said of it.

use std::fs;

use serde_json::json;

use crate::program::{EVENT, LINK, program, run};
use crate::server::{Says, Server, problem};

fn recorded(status: u16) -> Says {
    let event = json!({ "id": EVENT, "chainPosition": 17, "eventType": "DEPLOYMENT", "source": "API", "timestamp": "t",
        "severity": "LOW", "verified": false, "verification": { "standing": "NOT_COVERED_YET", "checkedAt": "t" } });
    Says::This(status, "", event.to_string())
}

fn linked(status: u16, state: &str) -> Says {
    let link = json!({ "id": LINK, "type": "JIRA_TICKET", "externalId": "PAY-142", "url": null, "state": state,
        "foundIn": "MANUAL", "revoked": false });
    Says::This(status, "", link.to_string())
}

fn report(server: &Server, words: &[&str], input: &str) -> crate::program::Ran {
    let mut command = program(&server.url);
    command.args(["report", "--type", "deployment"]).args(words);
    run(command, input)
}

#[test]
fn a_report_carries_what_was_given_and_nothing_else() {
    let server = Server::saying(vec![recorded(201), recorded(200)]);
    let ran = report(
        &server,
        &["--payload", "-"],
        r#"{"environment":"production"}"#,
    );
    assert_eq!(
        (ran.code, ran.out),
        (0, format!("Recorded as {EVENT}, at position 17.\n")),
        "{}",
        ran.err
    );
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("payload.json");
    fs::write(&file, "{\"a\": [1]}").unwrap();
    let words = [
        "--payload",
        file.to_str().unwrap(),
        "--severity",
        "low",
        "--model",
        "m",
        "--tag",
        "a",
        "--tag",
        "b",
        "--timestamp",
        "T",
        "--idempotency-key",
        "build 4711",
    ];
    let ran = report(&server, &words, "");
    assert_eq!(
        (ran.code, ran.out),
        (
            0,
            format!("It was recorded before as {EVENT}, at position 17.\n")
        ),
        "{}",
        ran.err
    );
    let asked = server.asked();
    assert_eq!(asked[0].line, "POST /v1/audit");
    assert_eq!(
        asked[0].json(),
        json!({ "eventType": "DEPLOYMENT", "payload": { "environment": "production" } })
    );
    assert_eq!(
        asked[1].json(),
        json!({ "eventType": "DEPLOYMENT", "payload": { "a": [1] }, "severity": "LOW",
        "modelId": "m", "tags": ["a", "b"], "timestamp": "T" })
    );
    assert_eq!(
        asked[0].header("idempotency-key").map(str::len),
        Some(26),
        "one was drawn"
    );
    assert_eq!(asked[1].header("idempotency-key"), Some("build 4711"));
}

#[test]
fn a_report_that_is_sent_again_counts_once() {
    let server = Server::saying(vec![
        Says::Nothing,
        problem(503, "", "Try again."),
        recorded(200),
    ]);
    assert_eq!(report(&server, &["--payload", "-"], "{}").code, 0);
    let keys: Vec<Option<String>> = server
        .asked()
        .iter()
        .map(|asked| asked.header("idempotency-key").map(str::to_owned))
        .collect();
    assert_eq!(keys.len(), 3);
    assert!(
        keys[0].is_some() && keys.iter().all(|key| *key == keys[0]),
        "{keys:?}"
    );

    let server = Server::saying(vec![Says::Nothing, Says::Nothing, Says::Nothing]);
    let ran = report(&server, &["--payload", "-"], "{}");
    let key = server.asked()[0]
        .header("idempotency-key")
        .unwrap()
        .to_owned();
    assert_eq!(ran.code, 1);
    assert!(
        ran.err
            .contains(&format!("--idempotency-key {key}, and it counts once")),
        "{ran:?}"
    );
}

#[test]
fn what_is_no_report_is_not_sent_and_not_repeated() {
    let server = Server::saying(vec![]);
    for (words, input, code) in [
        (["--payload", "-"].as_slice(), "[\"secret\"]", 1),
        (&["--payload", "-"], "{\"secret\"", 1),
        (&["--payload", "nowhere.json"], "", 1),
        (&["--payload", "-", "--idempotency-key", ""], "{}", 2),
        (&["--payload", "-", "--severity", "worst"], "{}", 2),
        (&["--payload", "-", "--type", "HUMAN_REVIEW"], "{}", 2),
    ] {
        let ran = report(&server, words, input);
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(!ran.err.contains("secret"), "{ran:?}");
        assert!(
            code == 2 || ran.err.contains("Nothing was recorded"),
            "{ran:?}"
        );
    }
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(1_100_000));
    assert_eq!(report(&server, &["--payload", "-"], &large).code, 1);
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn a_link_carries_what_is_said_of_the_issue() {
    let server = Server::saying(vec![linked(201, "RESOLVED"), linked(200, "UNRESOLVED")]);
    let mut command = program(&server.url);
    command.args([
        "link",
        EVENT,
        "pay-142",
        "--url",
        "https://j.example/browse/PAY-142",
        "--summary",
        "S s",
    ]);
    command.args(["--status", "Done", "--approver", "Carla"]);
    let ran = run(command, "");
    assert_eq!(
        (ran.code, ran.out),
        (0, format!("Linked {EVENT} with PAY-142: {LINK}.\n")),
        "{}",
        ran.err
    );
    let ran = server.told(&format!("link {EVENT} PAY-142"));
    assert!(
        ran.out
            .starts_with(&format!("{EVENT} was linked with PAY-142 before")),
        "{ran:?}"
    );
    assert!(
        ran.out.contains("unresolved and approves nothing"),
        "{ran:?}"
    );
    let asked = server.asked();
    assert_eq!(asked[0].line, format!("POST /v1/audit/{EVENT}/links"));
    let said = json!({ "type": "JIRA_TICKET", "externalId": "PAY-142", "url": "https://j.example/browse/PAY-142",
        "summary": "S s", "status": "Done", "approver": "Carla" });
    assert_eq!(asked[0].json(), said);
    assert_eq!(
        asked[1].json(),
        json!({ "type": "JIRA_TICKET", "externalId": "PAY-142" })
    );
}

#[test]
fn a_link_is_revoked_with_a_reason_or_without() {
    let server = Server::saying(vec![
        linked(200, "RESOLVED"),
        linked(200, "RESOLVED"),
        problem(404, "", "Nothing here."),
    ]);
    let ran = server.told(&format!("unlink {EVENT} {LINK}"));
    assert_eq!(
        (ran.code, ran.out),
        (
            0,
            format!("The link {LINK} holds no longer. It stays in the ledger.\n")
        )
    );
    assert_eq!(
        server
            .told(&format!("unlink {EVENT} {LINK} --reason a&b"))
            .code,
        0
    );
    let ran = server.told(&format!("unlink {EVENT} {LINK}"));
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("is not known") && ran.err.contains("Nothing was changed"),
        "{ran:?}"
    );
    let asked = server.asked();
    let path = format!("DELETE /v1/audit/{EVENT}/links/{LINK}");
    assert_eq!(asked[0].line, path);
    assert_eq!(asked[1].line, path, "a reason is no part of an address");
    assert_eq!(asked[0].body, r#"{"reason":null}"#);
    assert_eq!(asked[1].body, r#"{"reason":"a&b"}"#);
}
