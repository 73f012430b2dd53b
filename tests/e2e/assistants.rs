//! `countersign` as developers and their assistants run it: prompts, validation, hooks and tools, for the issue that the
//! git branch names.

use std::path::Path;
use std::process::{Command, Output};

use sandbox::{Edit, Flow, IssueRef};
use serde_json::{Value, json};

use crate::api::Program;
use crate::world::World;

const WORDS: &str = "The card number is kept, encrypted, with the payment provider.";

fn git(folder: &Path, words: &[&str]) {
    let ran = Command::new("git").args(words).current_dir(folder).output();
    assert!(ran.unwrap().status.success(), "git {words:?}");
}

/// A repository with a branch for the issue.
fn repository(issue: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet"]);
    let branch = format!("feature/{}-card-payment", issue.to_lowercase());
    git(
        folder.path(),
        &["symbolic-ref", "HEAD", &format!("refs/heads/{branch}")],
    );
    folder
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn answer(program: &Program<'_>, folder: &Path, hook: &[&str], input: &Value) -> Value {
    let words: Vec<&str> = ["hook"].iter().chain(hook).copied().collect();
    let ran = program.runs_in(folder, &words, &input.to_string());
    assert_eq!(
        ran.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    serde_json::from_str(&out(&ran)).unwrap()
}

/// Somebody edits the issue, and nobody tells the server.
fn edit_unheard(world: &World, made: &IssueRef) {
    world.jira().set_flow(Flow::Drop);
    let edit = Edit {
        description: Some(format!("{WORDS} Patients pay here.")),
        ..Edit::default()
    };
    world
        .jira()
        .world()
        .edit_issue("ben", &made.key, edit)
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_gets_prompt_and_validation_of_the_branch_s_issue() {
    let world = World::installed().await;
    let program = world.program().await;
    let made = world.ticket("Pay by credit card", WORDS).await;
    let folder = repository(&made.key);
    let run = |words: &[&str]| program.runs_in(folder.path(), words, "");
    let prompt = run(&["prompt", "--intent", "Build the checkout"]);
    assert_eq!(prompt.status.code(), Some(0), "{prompt:?}");
    for told in [
        made.key.as_str(),
        "PCI DSS",
        "Build the checkout",
        WORDS,
        "```text",
    ] {
        assert!(out(&prompt).contains(told), "{told}: {}", out(&prompt));
    }
    let text = out(&run(&["prompt", &made.key, "--format", "text"]));
    assert!(text.contains(&format!("| {WORDS}")), "{text}");
    let json: Value = serde_json::from_str(&out(&run(&["prompt", "--format", "json"]))).unwrap();
    assert_eq!(json["ticket"], made.key.as_str());
    let valid = run(&["validate"]);
    assert_eq!(valid.status.code(), Some(0), "{valid:?}");
    assert!(out(&valid).contains("says all that it has to"), "{valid:?}");
    edit_unheard(&world, &made);
    let edited = run(&["validate"]);
    assert_eq!(edited.status.code(), Some(21), "{edited:?}");
    assert!(out(&edited).contains("MISSING"), "{edited:?}");
    let warned = run(&["prompt"]);
    assert!(
        out(&warned).contains("STOP: the issue was edited"),
        "{warned:?}"
    );
    assert!(
        String::from_utf8_lossy(&warned.stderr).contains("was edited"),
        "{warned:?}"
    );
    git(folder.path(), &["symbolic-ref", "HEAD", "refs/heads/main"]);
    let nowhere = run(&["prompt"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&nowhere.stderr).contains("no issue key"),
        "{nowhere:?}"
    );
    let unknown = run(&["validate", "PAY-999999"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&unknown.stderr).contains("PAY-999999 is not known"),
        "{unknown:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_give_requirements_and_hold_back_in_each_assistant_s_form() {
    let world = World::installed().await;
    let program = world.program().await;
    let made = world.ticket("Pay by credit card", WORDS).await;
    let folder = repository(&made.key);
    let ask = |hook: &[&str], input: Value| answer(&program, folder.path(), hook, &input);
    for assistant in ["claude", "codex"] {
        let given = ask(&[assistant, "prompt"], json!({ "prompt": "go on" }));
        let given = &given["hookSpecificOutput"];
        assert_eq!(given["hookEventName"], "UserPromptSubmit");
        let context = given["additionalContext"].as_str().unwrap();
        assert!(
            context.contains("REQ-PAY-") && context.chars().count() <= 9_500,
            "{context}"
        );
        assert_eq!(
            ask(&[assistant, "edit"], json!({ "tool_name": "Edit" })),
            json!({})
        );
    }
    let given = ask(&["cursor", "session"], json!({}));
    assert!(
        given["additional_context"]
            .as_str()
            .unwrap()
            .contains("REQ-PAY-")
    );
    assert_eq!(ask(&["cursor", "prompt"], json!({}))["continue"], true);
    assert_eq!(
        ask(&["copilot", "edit"], json!({ "toolName": "create" })),
        json!({})
    );

    edit_unheard(&world, &made);
    for assistant in ["claude", "codex"] {
        let held = ask(&[assistant, "edit"], json!({ "tool_name": "Write" }));
        let held = &held["hookSpecificOutput"];
        assert_eq!(
            (&held["hookEventName"], &held["permissionDecision"]),
            (&json!("PreToolUse"), &json!("deny"))
        );
        assert!(
            held["permissionDecisionReason"]
                .as_str()
                .unwrap()
                .contains("was edited"),
            "{held}"
        );
    }
    let held = ask(&["cursor", "prompt"], json!({}));
    assert_eq!(held["continue"], false);
    assert!(
        held["user_message"]
            .as_str()
            .unwrap()
            .contains("not ready to be built"),
        "{held}"
    );
    let held = ask(&["copilot", "edit"], json!({ "toolName": "create" }));
    assert_eq!(held["permissionDecision"], "deny", "{held}");
    assert_eq!(
        ask(&["copilot", "edit"], json!({ "toolName": "view" })),
        json!({})
    );
}

/// What should hold back holds back whatever goes wrong; what should give says why it gives nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_cannot_ask_holds_back_and_is_otherwise_in_nobody_s_way() {
    let world = World::installed().await;
    let mut program = world.program().await;
    let made = world.ticket("Pay by credit card", WORDS).await;
    let folder = repository("NOPE-1");
    let held = answer(&program, folder.path(), &["claude", "edit"], &json!({}));
    assert_eq!(
        held["hookSpecificOutput"]["permissionDecision"], "deny",
        "{held}"
    );
    let folder = repository(&made.key);
    program.key = format!("ak_test_{}", "0".repeat(32));
    let held = answer(
        &program,
        folder.path(),
        &["claude", "edit"],
        &json!("not what a hook is told"),
    );
    assert_eq!(
        held["hookSpecificOutput"]["permissionDecision"], "deny",
        "{held}"
    );
    let given = answer(&program, folder.path(), &["codex", "prompt"], &json!(null));
    let context = given["hookSpecificOutput"]["additionalContext"]
        .as_str()
        .unwrap();
    assert!(context.contains("could not be fetched"), "{context}");
    assert!(!given.to_string().contains(&program.key));
    let none = program.runs_in(folder.path(), &["hook", "copilot", "session"], "");
    assert_eq!(none.status.code(), Some(2));
}

/// V:104-114: requirement, file and lines, from the marker in the code to the panel.
#[tokio::test(flavor = "multi_thread")]
async fn v_104_114_markers_are_pushed_and_stand_with_their_requirement() {
    let world = World::installed().await;
    let program = world.program().await;
    let made = world.ticket("Pay by credit card", WORDS).await;
    let folder = repository(&made.key);
    let code = format!(
        "# Implements: REQ-ENC-AT-REST ({0})\ndef keep(card):\n    seal(card)\n\n# Implements: REQ-ENC-IN-TRANSIT\n\
         def send(card):\n    tls(card)\n\n# Implements: REQ-FILE-TYPES ({0})\nTYPES = []\n",
        made.key
    );
    std::fs::create_dir(folder.path().join("pay")).unwrap();
    std::fs::write(folder.path().join("pay/card.py"), code).unwrap();
    let push = |more: &[&str]| {
        let words: Vec<&str> = ["trace", "--push"].iter().chain(more).copied().collect();
        program.runs_in(folder.path(), &words, "")
    };
    let uncommitted = push(&[]);
    assert!(
        String::from_utf8_lossy(&uncommitted.stderr).contains("No commit is checked out"),
        "{uncommitted:?}"
    );
    git(folder.path(), &["add", "."]);
    git(
        folder.path(),
        &[
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "commit",
            "--quiet",
            "--message",
            "x",
        ],
    );
    let first = push(&[]);
    assert_eq!(first.status.code(), Some(1), "{first:?}");
    let told = String::from_utf8_lossy(&first.stderr).into_owned();
    assert!(told.contains("line 5 names no issue: not sent"), "{told}");
    assert!(
        told.contains("does not ask for REQ-FILE-TYPES: not sent"),
        "{told}"
    );
    assert!(
        out(&first).contains(&format!("{}: 1 recorded", made.key)),
        "{first:?}"
    );
    let second = push(&["--issue", &made.key]);
    assert!(out(&second).contains("2 recorded"), "{second:?}");
    std::fs::write(
        folder.path().join("new.py"),
        format!("# Implements: REQ-ENC-AT-REST ({})\nx = 1\n", made.key),
    )
    .unwrap();
    let dirty = push(&["--issue", &made.key]);
    assert!(
        String::from_utf8_lossy(&dirty.stderr)
            .contains("new.py, line 1 is not as the commit has it"),
        "{dirty:?}"
    );
    std::fs::remove_file(folder.path().join("new.py")).unwrap();
    // From within a folder the file is named from the root all the same.
    let below = program.runs_in(
        &folder.path().join("pay"),
        &["trace", "--push", "--issue", &made.key],
        "",
    );
    assert!(out(&below).contains("2 known already"), "{below:?}");
    let third = push(&["--issue", &made.key]);
    assert!(out(&third).contains("2 known already"), "{third:?}");
    let panel = world.page("carla", &made.key).await.body;
    assert!(
        panel.contains("pay/card.py</code>, lines 2 to 3 in <code>"),
        "{panel}"
    );
    assert!(
        panel.contains("pay/card.py</code>, lines 6 to 7"),
        "{panel}"
    );
    world.check_ledger().await;
}
