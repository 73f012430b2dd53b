//! `sync`: which sites are read, and what is said of one that cannot be.

use serde_json::{Value, json};

use crate::server::{Says, Server, ok, problem};

const SITE: &str = "site_01HZABCDEF1234567890ABCDE1";
const OTHER: &str = "site_01HZABCDEF1234567890ABCDE2";

fn sites() -> Says {
    let site = |id: &str, state: &str| json!({ "id": id, "state": state, "projects": ["PAY"] });
    ok(
        &json!({ "integrations": [site(SITE, "ENABLED"), site("site_gone", "REMOVED"), site(OTHER, "ENABLED")] }),
    )
}

fn read(tickets: u64) -> Says {
    ok(&json!({ "tickets": tickets, "facts": 4 }))
}

fn asked(server: &Server) -> Vec<String> {
    server.asked().into_iter().map(|asked| asked.line).collect()
}

#[test]
fn every_site_in_use_is_read_whatever_another_answers() {
    let refused = problem(404, "", "There is no such integration in use.");
    let server = Server::saying(vec![sites(), refused, read(1)]);
    let ran = server.told("sync");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains(SITE), "{ran:?}");
    assert!(
        ran.out
            .contains(&format!("{OTHER}: 1 changed issue read. What")),
        "{ran:?}"
    );
    let lines = [
        "GET /v1/integrations/jira".to_owned(),
        format!("POST /v1/integrations/jira/{SITE}/sync"),
        format!("POST /v1/integrations/jira/{OTHER}/sync"),
    ];
    assert_eq!(asked(&server), lines);
}

#[test]
fn one_site_is_read_where_one_is_named() {
    let server = Server::saying(vec![read(3)]);
    let ran = server.told(&format!("sync {SITE}"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        asked(&server),
        [format!("POST /v1/integrations/jira/{SITE}/sync")]
    );
    let server = Server::saying(vec![Says::Nothing]);
    let ran = server.told(&format!("sync {SITE}"));
    assert_eq!((ran.code, server.asked().len()), (1, 1), "{ran:?}");
    assert!(ran.err.contains("what was read is kept"), "{ran:?}");
    let none: Value = json!({ "integrations": [] });
    let ran = Server::answering(&none).told("sync");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("No Jira site is connected"), "{ran:?}");
}
