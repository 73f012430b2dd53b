//! Markers in a tree of files: found where a person would find them, and nowhere else.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::program::{Ran, run};

fn traced(root: &Path, more: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.env_clear().arg("trace").arg(root).args(more);
    run(command, "")
}

fn write(root: &Path, file: &str, text: impl AsRef<[u8]>) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// V:106-114, with the ids that the catalog has.
fn registration(root: &Path) {
    let hash = "import bcrypt\n\n# Implements: REQ-ACC-PASSWORD-HASH (JIRA-1234)\ndef hash(p):\n    s = bcrypt.gensalt(12)\n    return bcrypt.hashpw(p, s)\n";
    write(root, "auth.py", hash);
    write(
        root,
        "db/queries.rs",
        "// Implements: REQ-INT-PARAMETERIZED-QUERIES\nfn find(name: &str) {\n    query(name);\n}\n",
    );
    write(
        root,
        "web/limit.ts",
        "/* Implements: REQ-ACC-RATE-LIMIT, REQ-LOG-AUTHENTICATION JIRA-1234 */\nexport const limit = rate(5);\n",
    );
}

#[test]
fn v_106_114_requirements_lead_to_files_and_lines() {
    let tree = tempfile::tempdir().unwrap();
    registration(tree.path());
    let ran = traced(tree.path(), &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    let expected = "\
REQ-ACC-PASSWORD-HASH (Password hashing)
└── auth.py, lines 4-6 (JIRA-1234)
REQ-ACC-RATE-LIMIT (Limited attempts)
└── web/limit.ts, line 2 (JIRA-1234)
REQ-INT-PARAMETERIZED-QUERIES (Parameterized queries)
└── db/queries.rs, lines 2-4
REQ-LOG-AUTHENTICATION (Authentication attempts)
└── web/limit.ts, line 2 (JIRA-1234)
4 markers in 3 files
";
    assert_eq!(ran.out, expected);
    let ran = traced(tree.path(), &["--json"]);
    let first: serde_json::Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
    let expected = serde_json::json!({
        "requirement": "REQ-ACC-PASSWORD-HASH", "ticket": "JIRA-1234", "file": "auth.py", "line": 3, "from": 4, "to": 6
    });
    assert_eq!(first, expected);
    let one = traced(&tree.path().join("auth.py"), &[]);
    assert!(one.out.contains("auth.py, lines 4-6"), "{one:?}");
}

#[test]
fn what_git_ignores_binary_files_and_links_are_passed_over() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    registration(root);
    let marker = "// Implements: REQ-ENC-AT-REST\n";
    write(root, ".gitignore", "target/\n*.min.js\n");
    write(root, "target/made.rs", marker);
    write(root, "a.min.js", marker);
    write(root, ".git/hooks/x.rs", marker);
    write(
        root,
        "image.bin",
        [b"\0\x01\x02".as_slice(), marker.as_bytes()].concat(),
    );
    write(
        root,
        ".github/workflow.yml",
        "# Implements: REQ-SYS-HARDENED\n",
    );
    write(
        root,
        "latin1.py",
        b"# caf\xe9\n# Implements: REQ-INT-CSRF\n",
    );
    write(root, "odd.c", "// Implements: REQ-NOT-THERE\n");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(root.join("gone"), root.join("broken.rs")).unwrap();
        std::os::unix::fs::symlink(root, root.join("loop")).unwrap();
    }
    let ran = traced(root, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.out.contains("REQ-ENC-AT-REST"), "{ran:?}");
    assert!(ran.out.contains("REQ-SYS-HARDENED") && ran.out.contains("REQ-INT-CSRF"));
    assert!(
        ran.out.contains("REQ-NOT-THERE (not in the catalog)"),
        "{ran:?}"
    );
    assert!(ran.out.contains("7 markers in"), "{ran:?}");
}

#[test]
fn what_is_not_there_is_told() {
    let ran = traced(Path::new("no-such-folder"), &[]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.contains("The folder cannot be read"), "{ran:?}");
}
