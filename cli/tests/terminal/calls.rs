//! How calls are made: what is tried again, what never, and what is said of what went wrong.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::program::{EVENT, program, run};
use crate::server::{Says, Server, ok, problem};

fn gone() -> Says {
    Says::Nothing
}

fn open() -> Says {
    ok(&json!({ "state": "OPEN", "tickets": ["PAY-1"], "reasons": [], "observed": [] }))
}

#[test]
fn what_failed_is_asked_again_twice() {
    let server = Server::saying(vec![
        gone(),
        problem(503, "", "The database cannot be reached."),
        open(),
    ]);
    let ran = server.told("gate PAY-1");
    assert_eq!((ran.code, ran.out.as_str()), (0, "open\n"), "{ran:?}");
    assert_eq!(server.asked().len(), 3);

    let server = Server::saying(vec![
        Says::This(502, "", "<html>".to_owned()),
        gone(),
        gone(),
        open(),
    ]);
    let ran = server.told("gate PAY-1");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(server.asked().len(), 3, "and no third time");
    assert!(ran.err.contains("The server cannot be reached"), "{ran:?}");
    assert!(
        ran.err.contains("a gate that was not asked is not open"),
        "{ran:?}"
    );
}

#[test]
fn what_changes_something_is_not_sent_twice() {
    for line in [
        format!("link {EVENT} PAY-1"),
        format!("unlink {EVENT} {EVENT} --reason because-of-this"),
    ] {
        let server = Server::saying(vec![gone(), open()]);
        let ran = server.told(&line);
        assert_eq!((ran.code, server.asked().len()), (1, 1), "{ran:?}");
        assert!(
            ran.err.contains("Whether it was recorded is not known"),
            "{ran:?}"
        );
        assert!(
            !ran.err.contains("because-of-this"),
            "an address is shown: {ran:?}"
        );
    }
}

#[test]
fn too_many_calls_wait_as_long_as_the_server_says_and_three_times_at_most() {
    let wait = |seconds| problem(429, seconds, "Too many requests with this API key.");
    let server = Server::saying(vec![wait("Retry-After: 1\r\n"), open()]);
    let begun = Instant::now();
    assert_eq!(server.told("gate PAY-1").code, 0);
    assert!(begun.elapsed() >= Duration::from_secs(1), "it did not wait");

    let now = "Retry-After: 0\r\n";
    let server = Server::saying(vec![wait(now), wait(now), wait(now), wait(now), open()]);
    let ran = server.told("gate PAY-1");
    assert_eq!((ran.code, server.asked().len()), (1, 4), "{ran:?}");
    assert!(
        ran.err
            .contains("Too many requests with this API key. (request 01JREQUEST)"),
        "{ran:?}"
    );

    let server = Server::saying(vec![wait("Retry-After: 61\r\n"), open()]);
    assert_eq!(server.told("gate PAY-1").code, 1);
    assert_eq!(
        server.asked().len(),
        1,
        "nobody waits for longer than a minute"
    );
}

#[test]
fn a_refused_write_waits_too_since_it_was_not_carried_out() {
    let linked = json!({ "id": EVENT, "externalId": "PAY-1", "state": "RESOLVED", "foundIn": "MANUAL",
        "revoked": false });
    let refused = problem(429, "Retry-After: 0\r\n", "Too many requests.");
    let server = Server::saying(vec![refused, ok(&linked)]);
    let ran = server.told(&format!("link {EVENT} PAY-1"));
    assert_eq!((ran.code, server.asked().len()), (0, 2), "{ran:?}");
}

#[test]
fn a_refusal_is_told_in_the_server_s_words_and_not_tried_again() {
    for (status, line) in [(401, "gate PAY-1"), (403, "log"), (400, "log --from now")] {
        let server = Server::saying(vec![problem(status, "", "No \u{1b}[31mway."), open()]);
        let ran = server.told(line);
        assert_eq!((ran.code, server.asked().len()), (1, 1), "{ran:?}");
        assert!(
            ran.err.contains("No \u{fffd}[31mway. (request 01JREQUEST)"),
            "{ran:?}"
        );
        assert_eq!(ran.out, "");
    }
    let server = Server::saying(vec![problem(404, "", "There is nothing here.")]);
    let ran = server.told("show PAY-9");
    assert!(
        ran.err.starts_with("countersign: PAY-9 is not known."),
        "{ran:?}"
    );
}

#[test]
fn what_is_not_countersign_is_not_believed() {
    for body in [
        "",
        "<html>open</html>",
        "{}",
        "[]",
        r#"{"state":"AJAR","tickets":[],"reasons":[]}"#,
    ] {
        let server = Server::saying(vec![Says::This(200, "", body.to_owned())]);
        let ran = server.told("gate PAY-1 --if-unreachable open");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{body}: {ran:?}");
    }
}

#[test]
fn a_server_that_is_not_there_is_named_as_that() {
    // Where no other test listens: a port that is free again may be taken by the next.
    let free = TcpListener::bind("127.0.0.77:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut command = program(&format!("http://{free}"));
    command.args(["show", "model:secret-model"]);
    let ran = run(command, "");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err
            .starts_with("countersign: The server cannot be reached: "),
        "{ran:?}"
    );
    assert!(
        !ran.err.contains("secret-model"),
        "an address is shown: {ran:?}"
    );
}
