//! `show`, `log` and `verify`: what is asked, and what people read.

use serde_json::{Value, json};

use crate::program::EVENT;
use crate::server::{Says, Server, ok};

fn event(seq: u64, message: &str) -> Value {
    json!({ "id": EVENT, "chainPosition": seq, "eventType": "CONFIG_CHANGE", "source": "GITHUB",
        "timestamp": "2026-03-02T14:22:11.003Z", "receivedAt": "2026-03-02T14:22:12.003Z", "severity": "HIGH",
        "organisationId": "ten_1", "actor": { "type": "SYSTEM", "id": "host_1" }, "tags": [],
        "payload": { "commit": { "sha": "a1".repeat(20), "message": message } }, "links": [], "verified": true,
        "verification": { "standing": "VERIFIED", "checkedAt": "2026-03-02T15:00:00.000Z", "checkpointSize": 20,
            "checkpoint": "x" }, "previousHash": "sha256:0", "blockHash": "sha256:1" })
}

#[test]
fn a_trail_is_asked_for_once_and_read_from_top_to_bottom() {
    let trail = json!({ "events": [event(17, "fix: this [PAY-142]\n\nmore")], "truncated": true, "tickets": [
        { "key": "PAY-142", "site": "site_1", "deleted": false, "severity": "HIGH", "risk": 8.5, "requirementSet": "1",
          "assessedBy": EVENT, "approval": "APPROVED", "decisions": [
            { "event": EVENT, "decision": "APPROVED", "state": "COUNTING", "reviewer": "Carla Ruiz",
              "role": "Approvers", "roleSource": "PROJECT_ROLE", "reviewedAt": "2026-03-02T15:00:00.000Z" }] }] });
    let server = Server::saying(vec![ok(&trail), ok(&trail)]);
    let ran = server.told("show pay-142");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        ran.out,
        format!(
            "PAY-142  severity HIGH, risk 8.5 of 10, approved\n    APPROVED by Carla Ruiz (project role Approvers) at \
             2026-03-02T15:00:00.000Z: counts\n\n#17 2026-03-02T14:22:11.003Z CONFIG_CHANGE from GITHUB: a1a1a1a1a1a1 \
             fix: this [PAY-142]\n    {EVENT}, severity HIGH, verified\nThis is not all: the trail is longer than one \
             answer. Begin at one of these events to see more.\n"
        )
    );
    assert_eq!(server.told("show pay-142 --json").out, format!("{trail}\n"));
    let lines: Vec<String> = server
        .asked()
        .iter()
        .map(|asked| asked.line.clone())
        .collect();
    assert_eq!(lines, ["GET /v1/trail?ticket=PAY-142"; 2]);
}

#[test]
fn each_thing_is_asked_for_by_its_name() {
    let nothing = json!({ "events": [], "tickets": [], "truncated": false });
    for (what, line) in [
        (EVENT, format!("GET /v1/trail?event={EVENT}")),
        (
            "A1B2C3D4A1B2C3D4A1B2C3D4A1B2C3D4A1B2C3D4",
            "GET /v1/trail?commit=a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4".to_owned(),
        ),
        (
            "model:credit/v3",
            "GET /v1/trail?modelId=credit%2Fv3".to_owned(),
        ),
    ] {
        let server = Server::answering(&nothing);
        let ran = server.told(&format!("show {what}"));
        assert!(
            ran.out.starts_with("No event is recorded about "),
            "{ran:?}"
        );
        assert_eq!(ran.code, i32::from(what != EVENT), "{ran:?}");
        assert_eq!(server.asked()[0].line, line);
    }
}

/// The server knows a commit by the beginning of its hash, if that is no other's: of others nothing can be said.
#[test]
fn a_part_of_a_hash_is_no_commit_of_which_nothing_is_recorded() {
    let nothing = json!({ "events": [], "tickets": [], "truncated": false });
    let server = Server::answering(&nothing);
    let ran = server.told("show A1B2C3D");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.contains("Give the whole hash"), "{ran:?}");
    assert_eq!(server.asked()[0].line, "GET /v1/trail?commit=a1b2c3d");
}

/// What an issue says is known once it was read; that it was named is known at once.
#[test]
fn an_issue_that_is_named_and_not_read_yet_is_said() {
    let mut named = event(1, "Take cards");
    named["links"] = json!([{ "id": EVENT, "externalId": "PAY-1", "state": "RESOLVED", "foundIn": "COMMIT_MESSAGE",
        "revoked": false }]);
    let trail = json!({ "events": [named], "tickets": [], "truncated": false });
    let ran = Server::answering(&trail).told(&format!("show {EVENT}"));
    assert!(
        ran.out.starts_with("PAY-1 is named, and not read yet"),
        "{ran:?}"
    );
}

#[test]
fn what_people_wrote_moves_no_cursor() {
    let hostile = "a\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\rb\u{202e}";
    let page = json!({ "events": [event(1, hostile)] });
    for line in ["log", "log --json"] {
        let ran = Server::answering(&page).told(line);
        assert_eq!(ran.code, 0, "{ran:?}");
        let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!ran.out.contains(obeyed), "{ran:?}");
        if line.ends_with("--json") {
            assert_eq!(
                serde_json::from_str::<Value>(&ran.out).unwrap(),
                page["events"][0]
            );
        }
    }
}

#[test]
fn pages_are_followed_until_there_are_enough() {
    let page = |from: u64, count: u64, next: Option<u64>| {
        let events: Vec<Value> = (0..count).map(|n| event(from - n, "m")).collect();
        let mut page = json!({ "events": events });
        if let Some(next) = next {
            page["nextCursor"] = next.to_string().into();
        }
        ok(&page)
    };
    let server = Server::saying(vec![
        page(500, 100, Some(401)),
        page(400, 0, Some(300)),
        page(299, 20, Some(280)),
    ]);
    let ran = server.told(
        "log --limit 120 --json --type deployment --severity high --model m --source GITHUB --tag t --from F --to T",
    );
    assert_eq!((ran.code, ran.out.lines().count()), (0, 120), "{}", ran.err);
    let first: Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
    assert_eq!(first["chainPosition"], 500);
    let filter = "GET /v1/audit?eventType=DEPLOYMENT&severity=HIGH&modelId=m&source=GITHUB&tags=t&from=F&to=T";
    let lines: Vec<String> = server
        .asked()
        .iter()
        .map(|asked| asked.line.clone())
        .collect();
    let expected = ["&limit=100", "&limit=20&cursor=401", "&limit=20&cursor=300"];
    assert_eq!(lines, expected.map(|rest| format!("{filter}{rest}")));

    let server = Server::saying(vec![page(3, 2, Some(2)), page(1, 1, None)]);
    assert_eq!(
        server.told("log").out.lines().count(),
        6,
        "two lines for each of three"
    );
    assert_eq!(
        Server::answering(&json!({ "events": [] })).told("log").out,
        "No events.\n"
    );
}

#[test]
fn pages_that_turn_in_a_circle_are_left() {
    let page = || ok(&json!({ "events": [], "nextCursor": "7" }));
    let server = Server::saying(vec![page(), page(), page()]);
    let ran = server.told("log");
    assert_eq!((ran.code, server.asked().len()), (1, 2), "{ran:?}");
}

#[test]
fn an_event_that_is_looked_at_has_the_project_s_codes() {
    for (standing, code, told) in [
        (
            "VERIFIED",
            0,
            "VERIFIED: it is in the signed checkpoint of 20 entries",
        ),
        ("NOT_COVERED_YET", 10, "NOT COVERED YET"),
        ("BROKEN", 11, "BROKEN"),
        ("FINE", 1, ""),
    ] {
        let server = Server::answering(
            &json!({ "standing": standing, "checkedAt": "t", "checkpointSize": 20 }),
        );
        let ran = server.told(&format!("verify {EVENT}"));
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(ran.out.starts_with(told), "{ran:?}");
        let asked = &server.asked()[0];
        assert_eq!(
            (asked.line.as_str(), asked.json()),
            ("POST /v1/audit/verify", json!({ "eventId": EVENT }))
        );
    }
    let server = Server::saying(vec![Says::Nothing, Says::Nothing, Says::Nothing]);
    assert_eq!(server.told(&format!("verify {EVENT}")).code, 1);
    assert_eq!(server.asked().len(), 3, "it may be asked again");
}

#[test]
fn a_reader_who_left_is_no_failure_and_no_more_is_asked() {
    use std::process::Stdio;
    let page = ok(&json!({ "events": [event(7, "m")], "nextCursor": "7" }));
    let server = Server::saying(vec![page]);
    let mut command = crate::program::program(&server.url);
    command
        .arg("log")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), server.asked().len()), (Some(0), 1));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
