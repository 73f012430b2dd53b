//! Writes the seeds again: `cargo run --example seeds`, from the folder `fuzz`. Each target begins with what the
//! project's own code makes, and with a few hand-written facts.

use std::fs;
use std::io;
use std::path::Path;

use fuzz::Small;
use jira::connect::jwt::sign_server_token;
use serde_json::json;

const HEADER: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

fn main() -> io::Result<()> {
    let small = Small::default();
    let note = small.note(3);
    let values =
        "{\"\":[-1,0,9007199254740992,true,false,{}],\"\\u0000\\n\":\"\\u001f\\\"\\\\\",\"é\":[]}";
    seed(
        "entry",
        &[
            ("sealed", &small.entries[1]),
            ("first", &small.entries[0]),
            ("values", values.as_bytes()),
        ],
    )?;
    let witnessed = format!("{note}\u{2014} witness.example AAAAAAAA\n");
    let bare = format!("{note}\u{2014} witness.example AAAAAA==\n");
    seed(
        "note",
        &[
            ("signed", note.as_bytes()),
            ("witnessed", witnessed.as_bytes()),
            ("bare", bare.as_bytes()),
        ],
    )?;
    seed(
        "checkpoint",
        &[
            ("signed", note.as_bytes()),
            ("number", b"18446744073709551615"),
        ],
    )?;
    seed(
        "bundle",
        &[
            ("whole", &small.bundle(0, 5, &[2, 5])),
            ("middle", &small.bundle(3, 4, &[4, 5])),
            ("unsigned", &small.bundle(1, 2, &[])),
        ],
    )?;
    let proof = |one: u64, other: u64, hashes: u8| {
        let mut bytes = [one.to_le_bytes(), other.to_le_bytes()].concat();
        bytes.push(0);
        bytes.extend(0..hashes);
        bytes
    };
    seed(
        "proof",
        &[
            ("small", &proof(2, 5, 8)),
            ("large", &proof(1 << 40, (1 << 41) + 77, 160)),
        ],
    )?;
    seed(
        "qsh",
        &[
            (
                "page",
                b"get\n/jira/panel/\n/jira\nb=2&a=x%20y&a=%F0%9F%9A%80&jwt=a.b.c&a=%EF%BC%81&c",
            ),
            ("bare", b"POST\n/a&b\n\n"),
        ],
    )?;
    tokens()?;
    bodies()
}

fn tokens() -> io::Result<()> {
    let now = 1_790_000_000;
    let token = |bound: &str, (iat, exp): (i64, i64), context: serde_json::Value| {
        let claims = json!({
            "iss": "client-1", "iat": iat, "nbf": iat, "exp": exp, "qsh": "$QSH",
            "sub": "account-1", "context": {"jira": context},
        });
        format!("{HEADER}\n{bound}\n{claims}")
    };
    let place = json!({"issue": {"id": "10001", "key": "AB-1"}, "project": {"key": "AB"}});
    let request = token("r", (now, now + 180), place);
    let page = token("c", (now, now + 180), json!({}));
    // At the last second at which they are refused, and accepted.
    let expired = token("r", (now - 180, now - 3), json!({}));
    let early = token("r", (now + 3, now + 3 + 86_400), json!({}));
    let whole = sign_server_token(
        &"client-1".parse().expect("an app key"),
        None,
        &"a secret that nobody but the test knows"
            .parse()
            .expect("a secret"),
        "GET",
        &"https://countersign.example/panel?a=1"
            .parse()
            .expect("a URL"),
        &"https://countersign.example".parse().expect("an address"),
        now,
    )
    .expect("a token");
    let texts = [
        ("request", &request),
        ("page", &page),
        ("expired", &expired),
        ("early", &early),
        ("whole", &whole),
    ];
    seed("jwt", &texts.map(|(name, text)| (name, text.as_bytes())))
}

fn bodies() -> io::Result<()> {
    let issue = json!({"id": "10001", "key": "AB-1"});
    let user = json!({"accountId": "account-1"});
    let updated = json!({
        "timestamp": 1_790_000_000_000_u64, "webhookEvent": "jira:issue_updated", "user": user,
        "issue_event_type_name": "issue_generic", "issue": issue,
        "changelog": {"id": "10100", "items": [{"field": "Summary", "fieldId": "summary"}, {"field": "x"}]},
    });
    let deleted =
        json!({"webhookEvent": "jira:issue_deleted", "issue": {"id": 10001, "key": "AB-1"}});
    let comment = json!({
        "webhookEvent": "comment_created", "issue": issue,
        "comment": {"id": "7", "author": {"name": "x"}, "updated": "2026-11-21T10:00:00.000+0000"},
    });
    let legacy = json!({
        "webhookEvent": "jira:issue_updated", "issue_event_type_name": "issue_comment_edited",
        "issue": issue, "comment": {"id": "7"},
    });
    let created = json!({"webhookEvent": "jira:issue_created", "issue": issue});
    let edited = json!({"webhookEvent": "comment_updated", "comment": {"id": "7"}});
    let erased = json!({"webhookEvent": "comment_deleted", "comment": {"id": "7"}});
    let other = json!({"webhookEvent": "sprint_started"});
    let list = json!(["jira:issue_deleted", null, null, null, issue, null, null]);
    let inner = json!({"webhookEvent": "jira:issue_deleted", "issue": ["10001", "AB-1"]});
    let bodies = [
        ("updated", updated),
        ("deleted", deleted),
        ("comment", comment),
        ("created", created),
        ("edited", edited),
        ("erased", erased),
        ("legacy", legacy),
        ("other", other),
        ("list", list),
        ("inner_list", inner),
    ];
    for (name, body) in bodies {
        seed("webhook", &[(name, body.to_string().as_bytes())])?;
    }
    Ok(())
}

fn seed(target: &str, seeds: &[(&str, &[u8])]) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(target);
    fs::create_dir_all(&folder)?;
    seeds
        .iter()
        .try_for_each(|(name, bytes)| fs::write(folder.join(name), bytes))
}
