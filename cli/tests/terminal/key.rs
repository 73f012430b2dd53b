//! The API key: in one header, and nowhere else. What runs the program checks that it is never said.

use std::fs;
use std::process::Command;

use serde_json::json;

use crate::program::{EVENT, KEY, Ran, program, run};
use crate::server::{Says, Server, ok, problem};

fn trail() -> serde_json::Value {
    json!({ "events": [], "tickets": [], "truncated": false })
}

fn told(mut command: Command, words: &[&str]) -> Ran {
    command.args(words);
    run(command, "")
}

#[test]
fn the_key_is_in_one_header_and_nowhere_else() {
    let server = Server::answering(&trail());
    assert_eq!(server.told("show PAY-142").code, 0);
    let asked = &server.asked()[0];
    assert_eq!(
        asked.header("authorization"),
        Some(format!("Bearer {KEY}").as_str())
    );
    assert!(!asked.all_but_authorization().contains(KEY));
}

#[test]
fn no_redirect_is_followed() {
    let elsewhere = Server::answering(&trail());
    let location: &'static str =
        Box::leak(format!("Location: {}/v1/trail\r\n", elsewhere.url).into_boxed_str());
    for status in [301, 302, 303, 307, 308] {
        let server = Server::saying(vec![Says::This(status, location, String::new())]);
        let ran = server.told("show PAY-142");
        assert_eq!((ran.code, server.asked().len()), (1, 1), "{ran:?}");
        assert!(ran.err.contains("a redirect"), "{ran:?}");
    }
    assert_eq!(elsewhere.asked().len(), 0);
}

#[test]
fn no_proxy_is_asked_where_it_could_read_the_key() {
    let (server, proxy) = (Server::answering(&trail()), Server::answering(&trail()));
    let mut command = program(&server.url);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(name, &proxy.url);
    }
    assert_eq!(told(command, &["show", "PAY-142"]).code, 0);
    assert_eq!((server.asked().len(), proxy.asked().len()), (1, 0));
}

#[test]
fn an_answer_that_repeats_the_key_is_shown_without_it() {
    let refused = problem(400, "", &format!("authorization: Bearer {KEY}"));
    let repeated = json!({ "events": [], "tickets": [], "truncated": false, "said": KEY });
    let server = Server::saying(vec![refused, ok(&repeated)]);
    let ran = server.told("show PAY-142");
    assert!(ran.err.contains("Bearer (API key)"), "{ran:?}");
    assert!(server.told("show PAY-142 --json").out.contains("(API key)"));
}

#[test]
fn a_key_on_the_command_line_is_refused_and_not_repeated() {
    let server = Server::answering(&trail());
    for words in [
        ["show", KEY].as_slice(),
        &["--key-file", KEY, "show", "PAY-1"],
        &["--key", KEY, "show", "PAY-1"],
        &["unlink", EVENT, EVENT, &format!("--reason={KEY}")],
    ] {
        let ran = told(program(&server.url), words);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains("have this one revoked"), "{ran:?}");
    }
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn an_address_that_the_key_must_not_be_sent_to_is_refused() {
    for url in [
        "http://countersign.example.com",
        "https://user:word@countersign.example.com",
        "x",
        "",
    ] {
        let ran = told(program(url), &["gate", "PAY-1", "--if-unreachable", "open"]);
        assert_eq!(ran.code, 1, "{url}: {ran:?}");
        assert!(
            ran.err.contains("COUNTERSIGN_URL") && !ran.err.contains("word"),
            "{ran:?}"
        );
    }
    let ran = told(
        program("x"),
        &["--url", "http://user:word@a.example", "gate", "PAY-1"],
    );
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("--url") && !ran.err.contains("word"),
        "{ran:?}"
    );
}

#[test]
fn a_pipeline_without_a_key_is_stopped() {
    let server = Server::answering(
        &json!({ "state": "OPEN", "tickets": [], "reasons": [], "observed": [] }),
    );
    let mut command = program(&server.url);
    command.env_remove("COUNTERSIGN_API_KEY");
    let ran = told(command, &["gate", "PAY-1", "--if-unreachable", "open"]);
    assert_eq!((ran.code, server.asked().len()), (1, 0), "{ran:?}");
    assert!(ran.err.contains("There is no API key"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn a_key_file_is_read_before_the_environment_if_it_is_the_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    let other = KEY.replace("test", "live");
    fs::write(&path, format!("{other}\n")).unwrap();
    for (mode, code) in [(0o644, 1), (0o600, 0)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let server = Server::answering(&trail());
        let ran = told(
            program(&server.url),
            &["--key-file", path.to_str().unwrap(), "show", "PAY-1"],
        );
        assert_eq!(ran.code, code, "{ran:?}");
        let sent: Vec<_> = server
            .asked()
            .iter()
            .map(|asked| asked.header("authorization").map(str::to_owned))
            .collect();
        let expected = [Some(format!("Bearer {other}"))];
        assert_eq!(sent, if code == 0 { expected.as_slice() } else { &[] });
        assert!(!ran.err.contains(&other), "{ran:?}");
    }
}
