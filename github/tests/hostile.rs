//! What somebody may send who knows the secret: nothing ends the program, nothing is repeated, and no key holds a
//! word of theirs.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod delivery;

use delivery::{PRIVATE, all, read};
use record::entries::PushAs;
use serde_json::{Value, json};

/// Where each value of a body stands, the body itself among them.
fn places(body: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                places(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn replacements() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!(PRIVATE),
        json!(format!("\u{0}\u{202e}{PRIVATE}\r\n")),
        json!(format!("https://{PRIVATE}/")),
        json!("9999-12-31T23:59:59-23:59"),
        json!("f".repeat(64)),
        json!("x".repeat(20_000)),
        json!([PRIVATE]),
        json!([[], {}, PRIVATE]),
        json!({ PRIVATE: PRIVATE }),
    ]
}

#[test]
fn any_member_may_be_anything() {
    let (mut read_as_events, mut refused) = (0, 0);
    for (event, body) in all() {
        let mut found = Vec::new();
        places(&body, "", &mut found);
        for place in found {
            for replacement in replacements() {
                let mut body = body.clone();
                *body.pointer_mut(&place).unwrap() = replacement;
                for push_as in [PushAs::Commits, PushAs::Push] {
                    match read(event, &body, push_as) {
                        Err(refusal) => {
                            let said = format!("{refusal} {refusal:?}");
                            assert!(!said.contains("private"), "{said}");
                            refused += 1;
                        }
                        Ok(events) => {
                            for event in events {
                                key_is_ours(&event.once);
                                assert!(!format!("{event:?}").contains("private"));
                            }
                            read_as_events += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(read_as_events > 1000 && refused > 1000);
}

/// Ids, hashes, times and our own words: nothing that has a letter of theirs.
fn key_is_ours(once: &str) {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b":_.-".contains(&b);
    assert!(once.len() < 256 && once.bytes().all(fits), "{once}");
    assert!(!once.contains("xxx") && !once.contains("private"), "{once}");
}

#[test]
fn a_member_that_is_missing_is_named_or_not_needed() {
    for (event, body) in all() {
        let mut found = Vec::new();
        places(&body, "", &mut found);
        for place in found.iter().filter(|place| !place.is_empty()) {
            let mut body = body.clone();
            let (parent, name) = place.rsplit_once('/').unwrap();
            let parent = body.pointer_mut(parent).unwrap();
            if parent
                .as_object_mut()
                .and_then(|members| members.remove(name))
                .is_none()
            {
                continue;
            }
            if let Err(refusal) = read(event, &body, PushAs::Commits) {
                let name = name.trim_start_matches('/');
                assert!(refusal.to_string().contains(name), "{place}: {refusal}");
            }
        }
    }
}

#[test]
fn ids_are_whole_numbers_that_are_not_negative() {
    for (event, body) in all() {
        for place in [
            "/repository/id",
            "/pull_request/id",
            "/review/id",
            "/deployment/id",
            "/deployment_status/id",
            "/release/id",
            "/workflow_run/id",
        ] {
            for id in [json!(-1), json!(1.0), json!("1"), json!(1e30), json!(null)] {
                let mut body = body.clone();
                if event == "pull_request_review" && place == "/pull_request/id" {
                    continue;
                }
                let Some(found) = body.pointer_mut(place) else {
                    continue;
                };
                *found = id;
                let named = place[1..].replace('/', ".");
                let refusal = read(event, &body, PushAs::Commits).unwrap_err();
                assert!(refusal.to_string().contains(&named), "{refusal}");
            }
        }
    }
}

#[test]
fn a_body_that_is_cut_short_is_refused() {
    for (event, body) in all() {
        let text = body.to_string();
        for end in (0..text.len()).step_by(7) {
            let answer = github::parse(event, &text.as_bytes()[..end], PushAs::Push);
            assert!(answer.is_err(), "{event} {end}");
        }
    }
}

#[test]
fn no_page_of_theirs_leads_to_code_or_tells_a_password() {
    for (event, body) in all() {
        let mut found = Vec::new();
        places(&body, "", &mut found);
        for place in found.iter().filter(|place| place.ends_with("url")) {
            for address in ["javascript:alert(1)", "https://user:pass@ci.example/"] {
                let mut body = body.clone();
                *body.pointer_mut(place).unwrap() = json!(address);
                for event in read(event, &body, PushAs::Commits).unwrap() {
                    assert!(!event.payload.to_string().contains(address), "{place}");
                }
            }
        }
    }
}
