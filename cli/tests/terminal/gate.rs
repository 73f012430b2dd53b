//! The gate: what is asked, what is said, and the code a pipeline goes by.

use serde_json::json;

use crate::server::{Says, Server, ok, problem};

fn shut() -> serde_json::Value {
    json!({ "state": "CLOSED", "tickets": ["PAY-1"], "reasons": [
        { "code": "NOT_APPROVED", "about": "PAY-1", "sentence": "Nobody has approved PAY-1.",
            "next": "Ask an approver." } ], "observed": [] })
}

#[test]
fn an_open_gate_is_0() {
    let server = Server::answering(
        &json!({ "state": "OPEN", "tickets": ["PAY-1"], "reasons": [], "more": 1 }),
    );
    let ran = server.told("gate pay-1 PAY-2 --commit A1B2C3D4");
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (0, "open\n", "")
    );
    let asked = &server.asked()[0];
    assert_eq!(asked.line, "POST /v1/gate");
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(
        asked.json(),
        json!({ "tickets": ["PAY-1", "PAY-2"], "commits": ["a1b2c3d4"] })
    );
}

#[test]
fn a_closed_gate_is_20_and_says_what_to_do_next() {
    let server = Server::saying(vec![ok(&shut()), ok(&shut())]);
    let ran = server.told("gate PAY-1 --if-unreachable open");
    let told = "closed\nNobody has approved PAY-1.\n  Next: Ask an approver.\n";
    assert_eq!((ran.code, ran.out.as_str()), (20, told));
    let ran = server.told("gate PAY-1 --json");
    assert_eq!(ran.code, 20);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&ran.out).unwrap(),
        shut()
    );
}

#[test]
fn an_open_gate_with_a_reason_against_it_is_closed() {
    let mut both = shut();
    both["state"] = json!("OPEN");
    let ran = Server::answering(&both).told("gate PAY-1");
    assert_eq!(ran.code, 20, "{ran:?}");
}

#[test]
fn a_gate_that_cannot_be_asked_is_1_unless_the_caller_says_so_loudly() {
    let failing = || vec![Says::Nothing, Says::Nothing, Says::Nothing];
    let ran = Server::saying(failing()).told("gate PAY-1");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    let ran = Server::saying(failing()).told("gate PAY-1 --if-unreachable open");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
    assert!(
        ran.err.contains("WARNING: THE GATE WAS NOT ASKED"),
        "{ran:?}"
    );
}

#[test]
fn a_refusal_is_no_outage() {
    for (status, detail) in [
        (401, "The API key is revoked."),
        (403, "This API key lacks the scope."),
        (422, "Too many."),
    ] {
        let ran = Server::saying(vec![problem(status, "", detail)])
            .told("gate PAY-1 --if-unreachable open");
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.err.contains(detail), "{ran:?}");
    }
}

#[test]
fn a_gate_that_nobody_reads_has_its_code() {
    use std::process::Stdio;
    let server = Server::answering(&shut());
    let mut command = crate::program::program(&server.url);
    command.args(["gate", "PAY-1"]).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(20));
}

#[test]
fn nothing_to_ask_about_is_usage() {
    let server = Server::answering(
        &json!({ "state": "OPEN", "tickets": [], "reasons": [], "observed": [] }),
    );
    for line in [
        "gate",
        "gate --json",
        "gate --range ..HEAD",
        "gate --range main..",
        "gate --range main...HEAD",
    ] {
        assert_eq!(server.told(line).code, 2, "{line}");
    }
    assert_eq!(server.asked().len(), 0);
}
