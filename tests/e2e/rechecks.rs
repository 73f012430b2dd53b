//! Claims that are looked for again as a repository goes on: `countersign trace --push --recheck` in real git
//! repositories.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::api::Program;
use crate::world::World;

pub(crate) const WORDS: &str = "The card number is kept, encrypted, with the payment provider.";
pub(crate) const REPOSITORY: &str = "4711";

pub(crate) fn git(folder: &Path, words: &[&str]) -> String {
    let person = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    let mut command = Command::new("git");
    let ran = command
        .args(person)
        .args(words)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(ran.status.success(), "git {words:?}: {ran:?}");
    String::from_utf8_lossy(&ran.stdout).trim().to_owned()
}

fn commit(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    git(folder, &["add", "--all"]);
    git(
        folder,
        &["commit", "--quiet", "--allow-empty", "--message", "x"],
    );
}

/// Two marked functions of a file, and what stands before them.
fn code(before: &str, key: &str, keep: &str) -> String {
    format!(
        "{before}# Implements: REQ-ENC-AT-REST ({key})\ndef keep(card):\n    {keep}\n\n\
         # Implements: REQ-ENC-IN-TRANSIT ({key})\ndef send(card):\n    tls(card)\n"
    )
}

struct Pushing<'w> {
    program: &'w Program<'w>,
    folder: &'w Path,
}

impl Pushing<'_> {
    fn push(&self, more: &[&str]) -> Output {
        let words = [&["trace", "--push", "--repository", REPOSITORY], more].concat();
        self.program.runs_in(self.folder, &words, "")
    }

    /// What is said of a push that comes through.
    fn said(&self, more: &[&str]) -> String {
        let ran = self.push(more);
        assert_eq!(ran.status.code(), Some(0), "{ran:?}");
        String::from_utf8_lossy(&ran.stdout).into_owned()
    }
}

fn warned(ran: &Output) -> String {
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

pub(crate) async fn listed(program: &Program<'_>) -> Vec<Value> {
    let page = program
        .get(&format!("/v1/claims?repository={REPOSITORY}"))
        .await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.json()["claims"].as_array().unwrap().clone()
}

/// As the list shows it: what was found last of the claim of this requirement.
async fn found(program: &Program<'_>, requirement: &str) -> Value {
    let all = listed(program).await;
    let claim = all.iter().find(|it| it["requirement"] == requirement);
    claim.unwrap()["checked"]["found"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_moves_changes_and_goes_is_told_until_it_is_claimed_anew() {
    let world = World::installed().await;
    let program = world.program().await;
    let key = world.ticket("Pay by credit card", WORDS).await.key;
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet"]);
    let pushing = Pushing {
        program: &program,
        folder: folder.path(),
    };
    commit(folder.path(), &[("card.py", &code("", &key, "seal(card)"))]);
    let first = pushing.said(&["--recheck"]);
    assert!(first.contains("2 recorded"), "{first}");

    // Another commit with the same code is no news, and claims nothing again.
    commit(folder.path(), &[("other.py", "x = 1\n")]);
    let same = pushing.said(&["--recheck"]);
    assert!(
        same.contains("2 claims looked for, 0 of them with news"),
        "{same}"
    );
    assert!(!same.contains("recorded"), "{same}");
    assert_eq!(found(&program, "REQ-ENC-AT-REST").await, Value::Null);

    let below = code("import tls\n\n", &key, "seal(card)");
    commit(folder.path(), &[("card.py", &below)]);
    let moved = pushing.said(&["--recheck"]);
    assert!(
        moved.contains("moved from card.py:2 to card.py:4"),
        "{moved}"
    );
    assert!(moved.contains("2 of them with news"), "{moved}");
    let again = pushing.said(&["--recheck"]);
    assert!(again.contains("0 of them with news"), "{again}");

    let changed = code("import tls\n\n", &key, "keep_in_clear(card)");
    commit(folder.path(), &[("card.py", &changed)]);
    let drifted = pushing.said(&["--recheck"]);
    assert!(
        drifted.contains("the code at card.py:4 changed"),
        "{drifted}"
    );
    assert!(!drifted.contains("recorded"), "{drifted}");
    let plain = pushing.push(&[]);
    assert!(
        warned(&plain).contains("changed since it was claimed"),
        "{plain:?}"
    );
    assert_eq!(found(&program, "REQ-ENC-AT-REST").await, "DRIFTED");
    let panel = world.page("carla", &key).await.body;
    assert!(
        panel.contains("<strong>changed since, now at</strong>"),
        "{panel}"
    );
    assert!(panel.contains("<strong>moved to</strong>"), "{panel}");
    assert!(
        panel.contains("Code of a requirement changed since it was claimed"),
        "{panel}"
    );
    // It stays so until somebody says that it is right as it is.
    let still = pushing.said(&["--recheck"]);
    assert!(still.contains("changed since it was claimed"), "{still}");
    let affirmed = pushing.said(&["--recheck", "--affirm"]);
    assert!(affirmed.contains("1 recorded"), "{affirmed}");
    assert_eq!(found(&program, "REQ-ENC-AT-REST").await, Value::Null);
    assert_eq!(
        listed(&program).await.len(),
        2,
        "the earlier one is replaced"
    );

    std::fs::remove_file(folder.path().join("card.py")).unwrap();
    commit(folder.path(), &[]);
    let gone = pushing.said(&["--recheck"]);
    assert!(gone.contains("its marker is gone from card.py:4"), "{gone}");
    assert_eq!(listed(&program).await, Vec::<Value>::new());
    let panel = world.page("carla", &key).await.body;
    assert!(
        panel.contains("<strong>gone from the code</strong>"),
        "{panel}"
    );
    // One that comes again is a claim of its own.
    commit(folder.path(), &[("card.py", &below)]);
    let back = pushing.said(&["--recheck"]);
    assert!(back.contains("2 recorded"), "{back}");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_to_be_missing_that_could_not_be_looked_for() {
    let world = World::installed().await;
    let program = world.program().await;
    let key = world.ticket("Pay by credit card", WORDS).await.key;
    let folder = tempfile::tempdir().unwrap();
    git(
        folder.path(),
        &["init", "--quiet", "--initial-branch", "main"],
    );
    let pushing = Pushing {
        program: &program,
        folder: folder.path(),
    };
    commit(folder.path(), &[("other.py", "x = 1\n")]);
    git(folder.path(), &["switch", "--quiet", "--create", "feature"]);
    commit(folder.path(), &[("card.py", &code("", &key, "seal(card)"))]);
    assert!(pushing.said(&[]).contains("2 recorded"));

    // The branch that the feature is not in yet.
    git(folder.path(), &["switch", "--quiet", "main"]);
    let before = pushing.push(&["--recheck"]);
    assert!(
        warned(&before).contains("of 2 claims nothing can be said"),
        "{before:?}"
    );
    assert_eq!(listed(&program).await.len(), 2);
    git(folder.path(), &["merge", "--quiet", "feature"]);
    let merged = pushing.said(&["--recheck"]);
    assert!(
        merged.contains("2 claims looked for, 0 of them"),
        "{merged}"
    );

    // A file that is not as the commit has it.
    std::fs::write(folder.path().join("card.py"), "x = 1\n").unwrap();
    let dirty = pushing.push(&["--recheck"]);
    assert!(
        warned(&dirty).contains("of 2 claims nothing can be said"),
        "{dirty:?}"
    );
    git(folder.path(), &["checkout", "--quiet", "card.py"]);

    // A part of the repository, a copy without its history, and no repository's number.
    std::fs::create_dir(folder.path().join("part")).unwrap();
    let words = ["trace", "--push", "--repository", REPOSITORY, "--recheck"];
    let part = program.runs_in(&folder.path().join("part"), &words, "");
    assert!(warned(&part).contains("run it at its root"), "{part:?}");
    commit(folder.path(), &[("card.py", "x = 1\n")]);
    let copies = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    git(
        copies.path(),
        &["clone", "--quiet", "--depth", "1", &url, "shallow"],
    );
    let shallow = program.runs_in(&copies.path().join("shallow"), &words, "");
    assert!(warned(&shallow).contains("fetch-depth: 0"), "{shallow:?}");
    assert_eq!(listed(&program).await.len(), 2);
    let nameless = program.runs_in(folder.path(), &["trace", "--push", "--recheck"], "");
    assert!(
        warned(&nameless).contains("say which repository this is"),
        "{nameless:?}"
    );
    let issue = pushing.push(&["--recheck", "--issue", &key]);
    assert_eq!(issue.status.code(), Some(2), "{issue:?}");
    let one = pushing.push(&["--recheck", "other.py"]);
    assert!(warned(&one).contains("run it at its root"), "{one:?}");
    git(folder.path(), &["checkout", "--quiet", "HEAD~1"]);
    // What the repository calls the file changes nothing.
    let attributes = folder.path().join(".git/info/attributes");
    std::fs::write(attributes, "card.py binary\n").unwrap();
    for ignored in ["card.py\n", ""] {
        std::fs::write(folder.path().join(".git/info/exclude"), ignored).unwrap();
        let ran = pushing.push(&["--recheck"]);
        let unseen = warned(&ran).contains("of 2 claims nothing can be said");
        assert_eq!(unseen, !ignored.is_empty(), "{ran:?}");
    }
    assert_eq!(listed(&program).await.len(), 2);
    git(folder.path(), &["checkout", "--quiet", "-"]);
    let gone = pushing.said(&["--recheck"]);
    assert!(gone.contains("its marker is gone"), "{gone}");
    // Where the code was, at the same commit once more.
    git(folder.path(), &["checkout", "--quiet", "feature"]);
    let back = pushing.said(&["--recheck"]);
    assert!(back.contains("2 recorded"), "{back}");
    assert_eq!(listed(&program).await.len(), 2);
}
