//! The program as an auditor runs it: files in, exit code and words out.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod desk;

use desk::{Desk, Said};
use serde_json::json;

#[test]
fn a_sound_bundle_is_verified_and_described() {
    let desk = Desk::new();
    let said = desk.check(&desk.bundle(&[2, 3]), &[]);
    assert_eq!((said.code, &*said.err), (0, ""));
    let root = desk.root(3);
    assert_eq!(
        said.lines(),
        [
            "ledger       countersign/desk",
            "entries      0 to 2",
            &format!("checkpoint   3 entries, root {root}"),
            "      1 KEY_ANNOUNCED",
            "      2 WEATHER_OBSERVED (not understood)",
            "disclosures  1",
            "VERIFIED: every entry is as it was written, and nothing is missing.",
        ]
    );
}

#[test]
fn programs_are_told_the_same() {
    let desk = Desk::new();
    let said = desk.check(&desk.bundle(&[2, 3]), &["--json"]);
    assert_eq!((said.code, &*said.err), (0, ""));
    assert_eq!(
        said.json(),
        json!({
            "verdict": "VERIFIED",
            "exitCode": 0,
            "ledger": "countersign/desk",
            "first": 0,
            "end": 3,
            "checkpoint": {"size": 3, "root": desk.root(3).to_string()},
            "entries": 3,
            "disclosures": 1,
            "unjudged": [],
            "types": {"KEY_ANNOUNCED": 1, "WEATHER_OBSERVED (not understood)": 2},
            "findings": [],
        })
    );
}

#[test]
fn a_bundle_that_nobody_signed_is_incomplete() {
    let desk = Desk::new();
    let said = desk.check(&desk.bundle(&[]), &[]);
    assert_eq!((said.code, &*said.err), (10, ""));
    assert_eq!(
        said.lines()[5..],
        [
            "ledger countersign/desk: No signed checkpoint covers the ledger's end.",
            "  no checkpoint of at least 3 entries",
            "  Let the server run for a minute: it signs the head by itself.",
            "NOT VERIFIED: INCOMPLETE, 1 findings.",
        ]
    );
}

#[test]
fn who_asks_for_words_is_told_when_the_bundle_itself_was_changed() {
    let desk = Desk::new();
    let mut cut = desk.bundle(&[3]);
    cut.pop();
    let said = desk.check(&cut, &[]);
    assert_eq!(said.code, 11);
    assert_eq!(
        said.err,
        "The bundle itself was changed or cut after it was written.\n"
    );
    let to_programs = desk.check(&cut, &["--json"]);
    assert_eq!((to_programs.code, &*to_programs.err), (11, ""));
    assert_eq!(to_programs.json()["findings"][0]["code"], "BUNDLE_ALTERED");
}

#[test]
fn an_altered_entry_is_named_and_is_not_a_changed_bundle() {
    let desk = Desk::new();
    let bundle = String::from_utf8(desk.bundle(&[3])).unwrap();
    let altered = bundle.replace("\"day\":2", "\"day\":3");
    assert_ne!(altered, bundle);
    let said = desk.check(altered.as_bytes(), &[]);
    assert_eq!((said.code, &*said.err), (11, ""));
    assert!(said.out.contains("entry 2: "), "{}", said.out);
}

#[test]
fn an_empty_bundle_is_nothing_to_verify() {
    let desk = Desk::new();
    let said = desk.check(b"", &[]);
    assert_eq!((said.code, &*said.out), (3, ""));
    assert_eq!(
        said.err,
        "the bundle is empty: there is nothing to verify\n"
    );
}

#[test]
fn what_was_kept_from_an_earlier_visit_is_compared() {
    let desk = Desk::new();
    let bundle = desk.bundle(&[3]);
    let kept = |note: String| {
        desk.file("kept", note.as_bytes());
        desk.check(&bundle, &["--kept", &desk.path("kept")])
    };
    assert_eq!(kept(desk.note(2, desk.root(2))).code, 0);
    let forked = kept(desk.note(2, desk.root(1)));
    assert_eq!(forked.code, 12);
    let elsewhere = kept(desk.note_of_another_ledger());
    assert_eq!(elsewhere.code, 0);
    let line = "The checkpoint of 7 entries that you kept cannot be compared with this bundle.";
    assert!(elsewhere.lines().contains(&line), "{}", elsewhere.out);
}

#[test]
fn what_was_kept_but_not_signed_is_no_ground_for_a_judgement() {
    let desk = Desk::new();
    let note = desk.note(2, desk.root(2)).replace("\n2\n", "\n1\n");
    for kept in [note.as_bytes(), b"no note"] {
        desk.file("kept", kept);
        let said = desk.check(&desk.bundle(&[3]), &["--kept", &desk.path("kept")]);
        assert_not_completed(&said, &desk.path("kept"));
    }
}

#[test]
fn what_cannot_be_read_is_not_judged() {
    let desk = Desk::new();
    desk.file("bundle", &desk.bundle(&[3]));
    let nowhere = desk.path("nowhere");
    let (bundle, policy) = (desk.path("bundle"), desk.path("policy"));
    assert_not_completed(&Said::of(&[&nowhere, "--policy", &policy]), &nowhere);
    assert_not_completed(&Said::of(&[&bundle, "--policy", &nowhere]), &nowhere);
    for (text, why) in [
        (&b"\xff"[..], "the policy is not text"),
        (b"log x\n", "line 1 of the policy"),
        (b"", "the policy names no key"),
    ] {
        desk.file("policy", text);
        assert_not_completed(&Said::of(&[&bundle, "--policy", &policy]), why);
    }
    assert_eq!(Said::of(&[&bundle]).code, 2);
}

fn assert_not_completed(said: &Said, why: &str) {
    assert_eq!((said.code, &*said.out), (1, ""));
    let problem = said.err.strip_prefix("not completed: ");
    assert!(problem.is_some_and(|it| it.contains(why)), "{}", said.err);
}
