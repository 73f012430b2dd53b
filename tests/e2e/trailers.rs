//! `Implements:` trailers of commits, in real git repositories: what they say is shown, and claimed of the issues they
//! name.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::api::Program;
use crate::rechecks::{WORDS, git};
use crate::world::World;

/// A commit of these files with this message; gives its hash.
fn commit(folder: &Path, files: &[&str], message: &str) -> String {
    for name in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("{message}\n")).unwrap();
    }
    git(folder, &["add", "--all"]);
    git(
        folder,
        &["commit", "--quiet", "--allow-empty", "--message", message],
    );
    git(folder, &["rev-parse", "HEAD"])
}

/// A repository whose first commit is tagged `start`.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(
        folder.path(),
        &["init", "--quiet", "--initial-branch", "main"],
    );
    let words = "start\n\nImplements: REQ-ENC-AT-REST (PAY-1)";
    commit(folder.path(), &["README"], words);
    git(folder.path(), &["tag", "start"]);
    folder
}

fn trace(program: &Program<'_>, folder: &Path, more: &[&str]) -> Output {
    let words = [&["trace", "--commits", "start..HEAD"], more].concat();
    program.runs_in(folder, &words, "")
}

fn said(ran: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&ran.stdout), text(&ran.stderr))
}

async fn claims(program: &Program<'_>, key: &str) -> Vec<Value> {
    let path = format!("/v1/tickets/{key}/requirements");
    let given = program.get(&path).await.json();
    let groups = given["groups"].as_array().unwrap().iter();
    let all = groups.flat_map(|group| group["requirements"].as_array().unwrap().clone());
    let of = all.filter(|it| it["id"] == "REQ-ENC-AT-REST");
    of.flat_map(|it| it["claims"].as_array().unwrap().clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trailer_claims_the_files_of_its_commit_once() {
    let world = World::installed().await;
    let program = world.program().await;
    let key = world.ticket("Pay by credit card", WORDS).await.key;
    let folder = repository();
    let at = folder.path();
    let words =
        format!("feat: vault\n\nBody.\n\nImplements: REQ-ENC-AT-REST ({key})\n\nCo-authored-by: a");
    let sha = commit(at, &["src/vault.rs", "src/store.rs"], &words);
    commit(
        at,
        &["src/other.rs"],
        "It Implements: REQ-ENC-AT-REST\n\n> Implements: REQ-ENC-AT-REST",
    );
    let (shown, _) = said(&trace(&program, at, &[]));
    let line = format!(
        "└── commit {}: src/store.rs, src/vault.rs ({key})",
        &sha[..12]
    );
    assert!(shown.contains(&line), "{shown}");
    assert!(shown.contains(", 1 trailer in start..HEAD"), "{shown}");
    assert!(claims(&program, &key).await.is_empty(), "shown is not sent");
    for (before, what) in [(0, "recorded"), (2, "known already")] {
        assert_eq!(claims(&program, &key).await.len(), before);
        let ran = trace(&program, at, &["--push"]);
        assert!(ran.status.success(), "{ran:?}");
        let (told, _) = said(&ran);
        let line = format!("{key}, commit {}: 2 {what}", &sha[..12]);
        assert!(told.contains(&line), "{told}");
    }
    let claimed = claims(&program, &key).await;
    let mut paths: Vec<&str> = claimed
        .iter()
        .map(|it| it["path"].as_str().unwrap())
        .collect();
    paths.sort_unstable();
    assert_eq!(paths, ["src/store.rs", "src/vault.rs"]);
    assert!(
        claimed
            .iter()
            .all(|it| sha.starts_with(it["commit"].as_str().unwrap()))
    );
    let (lines, _) = said(&trace(&program, at, &["--json"]));
    let line: Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!(
        line,
        json!({ "requirement": "REQ-ENC-AT-REST", "ticket": key, "commit": sha,
            "fileCount": 2, "files": ["src/store.rs", "src/vault.rs"] })
    );
    world.check_ledger().await;
}

/// What a trailer is does not hang on how git is set up, nor on where in the repository somebody stands.
#[tokio::test(flavor = "multi_thread")]
async fn however_git_is_set_up_the_same_trailers_are_read() {
    let world = World::with_sites(1).await;
    world.install(0).await;
    let program = world.program().await;
    let folder = repository();
    let at = folder.path();
    let words = "vault\n\nImplements: REQ-ENC-AT-REST using SHA-256 (PAY-7)";
    commit(at, &["src/vault.rs"], words);
    let line = "src/vault.rs (PAY-7)";
    for (name, value) in [
        ("trailer.separators", "="),
        ("trailer.implements.key", "Foo"),
        ("trailer.foo.key", "Implements"),
        ("core.commentChar", "I"),
        ("i18n.logOutputEncoding", "UTF-16"),
        ("log.showSignature", "true"),
        ("log.follow", "true"),
        ("diff.renames", "copies"),
    ] {
        git(at, &["config", name, value]);
        for folder in [at.to_path_buf(), at.join("src")] {
            let (shown, _) = said(&trace(&program, &folder, &[]));
            assert!(shown.contains(line), "{name}: {shown}");
            assert!(shown.contains(", 1 trailer in"), "{name}: {shown}");
        }
        let (shown, _) = said(&trace(&program, &at.join("src"), &["vault.rs"]));
        assert!(shown.contains(line), "{name}: {shown}");
        git(at, &["config", "--unset", name]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_trailer_cannot_claim_is_told_and_not_sent() {
    let world = World::installed().await;
    let program = world.program().await;
    let key = world.ticket("Pay by credit card", WORDS).await.key;
    let folder = repository();
    let at = folder.path();
    commit(at, &["a.rs"], "a\n\nImplements: REQ-ENC-AT-REST");
    let words = format!("b\n\nImplements: REQ-NO-SUCH-THING ({key})");
    commit(at, &["b.rs"], &words);
    let many: Vec<String> = (0..101).map(|at| format!("many/{at}.rs")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let words = format!("c\n\nImplements: REQ-ENC-AT-REST ({key})");
    commit(at, &many, &words);
    // What a commit takes away it does not implement.
    git(at, &["rm", "--quiet", "a.rs"]);
    let words = format!("d\n\nImplements: REQ-ENC-AT-REST ({key})");
    commit(at, &[], &words);
    // An issue that is not recorded, and a name that the API does not take, hold up nothing else.
    commit(at, &["e.rs"], "e\n\nImplements: REQ-ENC-AT-REST\n (AAA-1)");
    commit(at, &["f.rs", "f:g.rs"], &words);
    let ran = trace(&program, at, &["--push"]);
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    let (_, warned) = said(&ran);
    for why in [
        "names no issue: not sent",
        "does not ask for REQ-NO-SUCH-THING: not sent",
        "changes 101 files: not sent",
        "adds and changes no file: not sent",
        "AAA-1, which a trailer names, is not recorded: not sent",
        "1 of its files have names that cannot be sent",
    ] {
        assert!(warned.contains(why), "{why}: {warned}");
    }
    let paths = async || {
        let mut paths: Vec<String> = Vec::new();
        for claim in claims(&program, &key).await {
            paths.push(claim["path"].as_str().unwrap().to_owned());
        }
        paths.sort_unstable();
        paths
    };
    assert_eq!(paths().await, ["f.rs"]);
    // The issue of a pipeline is that of what names none.
    let ran = trace(&program, at, &["--push", "--issue", &key]);
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    assert_eq!(paths().await, ["a.rs", "f.rs"]);
    for range in ["start..nowhere", "--all..HEAD"] {
        let words = ["trace", "--commits", range];
        let ran = program.runs_in(at, &words, "");
        assert!(!ran.status.success(), "{ran:?}");
    }
    world.check_ledger().await;
}
