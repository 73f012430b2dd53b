//! Ranges of commits: what git is asked, and that no commit of a range is left out unnoticed.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{KEY, program, run};
use crate::server::{Server, ok};

fn git(directory: &Path, line: &str) -> String {
    let ran = Command::new("git")
        .args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.com",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(line.split_whitespace())
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "git {line}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
    String::from_utf8(ran.stdout).unwrap().trim().to_owned()
}

/// main: one commit; topic: so many more, the last a merge.
fn repository(more: usize) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, "init -q");
    git(path, "commit -q --allow-empty -m one");
    git(path, "checkout -q -b side");
    git(path, "commit -q --allow-empty -m side");
    git(path, "checkout -q -b topic main");
    for _ in 2..more {
        git(path, "commit -q --allow-empty -m more");
    }
    git(path, "merge -q --no-ff -m merge side");
    directory
}

fn open() -> Value {
    json!({ "state": "OPEN", "tickets": [], "reasons": [], "observed": [] })
}

fn commits(body: &Value) -> Vec<String> {
    serde_json::from_value(body["commits"].clone()).unwrap()
}

#[test]
fn every_commit_of_the_range_is_asked_about_merges_among_them() {
    let repository = repository(4);
    let server = Server::answering(&open());
    let ran = server.told_in(repository.path(), "gate PAY-1 --range main..topic");
    assert_eq!((ran.code, ran.out.as_str()), (0, "open\n"), "{ran:?}");
    let asked = commits(&server.asked()[0].json());
    let listed = git(repository.path(), "rev-list main..topic");
    assert_eq!(asked, listed.lines().collect::<Vec<_>>());
    assert_eq!(asked.len(), 4);
    assert!(
        asked.contains(&git(repository.path(), "rev-parse topic")),
        "the merge"
    );
}

#[test]
fn a_long_range_is_asked_in_parts_and_one_that_is_shut_shuts_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, "init -q");
    let mut stream = String::new();
    for n in 0..2_102 {
        stream.push_str(&format!(
            "commit refs/heads/main\ncommitter A <a@example.com> {n} +0000\ndata 1\nx\n\n"
        ));
    }
    fs::write(path.join("stream"), stream).unwrap();
    let fed = Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(path)
        .stdin(fs::File::open(path.join("stream")).unwrap())
        .status();
    assert!(fed.unwrap().success());
    let reason = |about| {
        json!({ "code": "COMMIT_UNKNOWN", "about": about, "sentence": format!("{about}."),
        "next": "Push." })
    };
    let shut = |about| json!({ "state": "CLOSED", "tickets": [], "reasons": [reason("both"), reason(about)] });
    let server = Server::saying(vec![ok(&shut("first")), ok(&shut("second")), ok(&open())]);
    let ran = server.told_in(path, "gate --range main~2101..main");
    assert_eq!(ran.code, 20, "{ran:?}");
    let push = "  Next: Push.\n";
    assert_eq!(
        ran.out,
        format!("closed\nboth.\n{push}first.\n{push}second.\n{push}")
    );
    let parts: Vec<Vec<String>> = server
        .asked()
        .iter()
        .map(|asked| commits(&asked.json()))
        .collect();
    assert_eq!(
        parts.iter().map(Vec::len).collect::<Vec<_>>(),
        [1_000, 1_000, 101]
    );
    let listed = git(path, "rev-list main~2101..main");
    assert_eq!(parts.concat(), listed.lines().collect::<Vec<_>>());
}

#[test]
fn an_empty_range_is_open_and_says_so() {
    let repository = repository(2);
    let server = Server::answering(&open());
    let ran = server.told_in(repository.path(), "gate --range topic..main");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "No commits in topic..main.\nopen\n"),
        "{ran:?}"
    );
    let ran = server.told_in(repository.path(), "gate --range topic..main --json");
    assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap(), open());
    assert_eq!(server.asked().len(), 0);
    let ran = server.told_in(repository.path(), "gate PAY-1 --range topic..main");
    assert_eq!(
        (ran.code, server.asked().len()),
        (0, 1),
        "what else is named is asked about: {ran:?}"
    );
}

#[test]
fn what_git_does_not_know_is_explained_and_not_open() {
    let repository = repository(2);
    let server = Server::answering(&open());
    for (range, told) in [
        (
            "nowhere..topic",
            "git does not list nowhere..topic: bad revision",
        ),
        ("main..\u{1b}[31m", "git does not list main..\u{fffd}[31m"),
    ] {
        let ran = server.told_in(
            repository.path(),
            &format!("gate --range {range} --if-unreachable open"),
        );
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(
            ran.err.contains(told) && !ran.err.contains('\u{1b}'),
            "{ran:?}"
        );
    }
    let ran = server.told_in(repository.path(), "gate --range --output=written..topic");
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        !repository.path().join("written..topic").exists(),
        "git took it for an option"
    );
    let mut command = program(&server.url);
    command
        .env("PATH", "")
        .args(["gate", "--range", "a..b", "--if-unreachable", "open"]);
    let ran = run(command, "");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("git cannot be run"), "{ran:?}");
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn a_shallow_clone_that_may_miss_commits_is_refused() {
    let repository = repository(5);
    let clones = tempfile::tempdir().unwrap();
    let clone = |name: &str, depth: usize| {
        let from = format!(
            "clone -q --no-single-branch --depth {depth} file://{} {name}",
            repository.path().display()
        );
        git(clones.path(), &from);
        clones.path().join(name)
    };
    let server = Server::answering(&open());
    let cut = clone("cut", 2);
    assert_eq!(
        git(&cut, "rev-list --count origin/main..origin/topic"),
        "3",
        "git leaves commits out"
    );
    let ran = server.told_in(
        &cut,
        "gate --range origin/main..origin/topic --if-unreachable open",
    );
    assert_eq!((ran.code, server.asked().len()), (1, 0), "{ran:?}");
    assert!(
        ran.err.contains("shallow") && ran.err.contains("--unshallow"),
        "{ran:?}"
    );
    let deep = clone("deep", 3);
    let ran = server.told_in(&deep, "gate PAY-1 --range origin/topic~1..origin/topic");
    assert_eq!(
        (ran.code, server.asked().len()),
        (0, 1),
        "it ends below this range: {ran:?}"
    );
    let server = Server::answering(&open());
    git(&cut, "fetch -q --unshallow");
    let ran = server.told_in(&cut, "gate --range origin/main..origin/topic");
    assert_eq!(
        (ran.code, commits(&server.asked()[0].json()).len()),
        (0, 5),
        "{ran:?}"
    );
}

#[test]
fn a_replaced_commit_hides_nothing() {
    let repository = repository(3);
    let path = repository.path();
    let whole = git(path, "rev-list main..topic");
    git(path, "replace --graft topic main");
    assert_eq!(
        git(path, "rev-list --count main..topic"),
        "1",
        "git leaves commits out"
    );
    let server = Server::answering(&open());
    assert_eq!(server.told_in(path, "gate --range main..topic").code, 0);
    assert_eq!(
        commits(&server.asked()[0].json()),
        whole.lines().collect::<Vec<_>>()
    );
}

#[cfg(unix)]
#[test]
fn git_is_not_given_the_key() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("git");
    fs::write(
        &script,
        "#!/bin/sh\n/usr/bin/env >> seen\necho \"$@\" >> seen\n",
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let server = Server::answering(&open());
    let mut command = program(&server.url);
    command
        .env("PATH", directory.path())
        .current_dir(directory.path())
        .args(["gate", "--range", "a..b"]);
    run(command, "");
    let seen = fs::read_to_string(directory.path().join("seen")).unwrap();
    assert!(seen.contains("rev-list --end-of-options a..b --"), "{seen}");
    assert!(
        seen.contains("COUNTERSIGN_URL") && !seen.contains(KEY),
        "{seen}"
    );
}
