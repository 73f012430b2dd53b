//! `config ai` in repositories of others: what they wrote stays, what is not of its form is told, and nothing outside is
//! touched.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::assistants::{ALL, config, json_of, names, read};
use crate::program::run;

#[test]
fn what_others_wrote_stays_and_is_not_written_anew() {
    let root = tempfile::tempdir().unwrap();
    let put = |file: &str, text: &str| {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("CLAUDE.md", "# House rules\n\nBe kind.\n");
    put(
        ".mcp.json",
        "{\n    \"mcpServers\": {\"other\": {\"command\": \"x\"}}\n}\n",
    );
    let others = r#"{
  "permissions": {"deny": ["Read(.env)"]},
  "hooks": {
    "PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "./check.sh"}]}],
    "Stop": [{"hooks": [{"type": "command", "command": "countersign-notify"}]}]
  }
}
"#;
    put(".claude/settings.json", others);
    assert_eq!(config(root.path(), "claude", ALL).code, 0);
    let settings = read(root.path(), ".claude/settings.json");
    for kept in [
        "\"permissions\": {\"deny\": [\"Read(.env)\"]}",
        "./check.sh",
        "countersign-notify",
    ] {
        assert!(settings.contains(kept), "{kept}: {settings}");
    }
    assert!(read(root.path(), ".mcp.json").contains("\"other\": {\"command\": \"x\"}"));
    assert!(read(root.path(), "CLAUDE.md").starts_with("# House rules\n\nBe kind.\n\n<!--"));
    // Without the flags our hooks go, and others' stay.
    assert_eq!(config(root.path(), "claude", &["--yes"]).code, 0);
    let settings: Value = json_of(root.path(), ".claude/settings.json");
    assert_eq!(settings, serde_json::from_str::<Value>(others).unwrap());
}

#[test]
fn nothing_is_written_unasked_or_where_a_file_is_none_of_its_form() {
    let root = tempfile::tempdir().unwrap();
    let shown = config(root.path(), "claude", &["--auto-inject"]);
    assert_eq!(shown.code, 1);
    assert!(shown.out.contains("+++ .mcp.json"), "{shown:?}");
    assert!(shown.err.contains("--yes writes it"), "{shown:?}");
    assert!(names(root.path()).is_empty());
    for (file, text, told) in [
        (".mcp.json", "{", "this is not JSON"),
        (".mcp.json", "[]", "a JSON object is expected"),
        (
            ".mcp.json",
            r#"{"mcpServers": []}"#,
            "`mcpServers` is no object",
        ),
        (".mcp.json", "\u{1b}[2J", "this is not JSON"),
        (".mcp.json", "{'mcpServers': {}}", "this is not JSON"),
        (".mcp.json", "{} // ours", "this is not JSON"),
        (
            ".mcp.json",
            r#"{"mcpServers": {}, "mcpServers": {}}"#,
            "`mcpServers` stands twice",
        ),
    ] {
        fs::write(root.path().join(file), text).unwrap();
        let refused = config(root.path(), "claude", ALL);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.err.contains(told), "{refused:?}");
        assert!(!refused.err.contains('\u{1b}'));
        assert_eq!(names(root.path()), [file]);
    }
}

#[test]
fn no_address_becomes_more_than_an_address() {
    let root = tempfile::tempdir().unwrap();
    for url in [
        "https://a.example/$(touch x)",
        "https://a.example/;id",
        "https://a.example/`id`",
        "http://a.example",
        "x",
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command
            .env_clear()
            .args(["--url", url, "config", "ai", "--assistant", "claude"])
            .arg("--repository")
            .arg(root.path())
            .args(ALL);
        let refused = run(command, "");
        assert_eq!(refused.code, 1, "{url}: {refused:?}");
        assert!(names(root.path()).is_empty(), "{url}");
    }
}

/// A repository may be somebody else's: what it links to is not its own.
#[cfg(unix)]
#[test]
fn nothing_outside_of_the_repository_is_read_or_written() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    let victim = outside.path().join("victim");
    fs::write(&victim, "secretToken").unwrap();
    for link in ["CLAUDE.md", ".mcp.json"] {
        let root = tempfile::tempdir().unwrap();
        symlink(&victim, root.path().join(link)).unwrap();
        let refused = config(root.path(), "claude", ALL);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.err.contains("symbolic link"), "{refused:?}");
        assert!(!format!("{refused:?}").contains("secretToken"));
    }
    let root = tempfile::tempdir().unwrap();
    symlink(outside.path(), root.path().join(".claude")).unwrap();
    assert_eq!(config(root.path(), "claude", ALL).code, 1);
    // A name that we used once was laid out before us.
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("CLAUDE.md"), "theirs").unwrap();
    symlink(&victim, root.path().join("CLAUDE.md.countersign-new")).unwrap();
    assert_eq!(config(root.path(), "claude", ALL).code, 0);
    assert_eq!(fs::read_to_string(&victim).unwrap(), "secretToken");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    // What is no plain file, and what nobody may write, stays.
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("CLAUDE.md")).unwrap();
    assert!(
        config(root.path(), "claude", ALL)
            .err
            .contains("no plain file")
    );
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("CLAUDE.md"), "theirs").unwrap();
    let mut rights = fs::metadata(root.path().join("CLAUDE.md"))
        .unwrap()
        .permissions();
    rights.set_readonly(true);
    fs::set_permissions(root.path().join("CLAUDE.md"), rights).unwrap();
    assert!(config(root.path(), "claude", ALL).err.contains("read-only"));
    assert_eq!(read(root.path(), "CLAUDE.md"), "theirs");
    let nowhere = config(&root.path().join("none"), "codex", ALL);
    assert!(nowhere.err.contains("no such folder"), "{nowhere:?}");
    assert!(!root.path().join("none").exists());
}

#[test]
fn others_hooks_stay_beside_ours_in_one_group_and_in_files_of_our_name() {
    let root = tempfile::tempdir().unwrap();
    let put = |file: &str, text: &str| {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put(
        ".claude/settings.json",
        r#"{"hooks": {"PreToolUse": [{"matcher": "Edit", "hooks": [
            {"type": "command", "command": "/opt/block-secrets.sh"},
            {"type": "command", "command": "countersign hook claude edit", "timeout": 60},
            {"type": "command", "command": "countersign gate PAY-1 && ./scripts/pre-hook notify"}]}]}}"#,
    );
    assert_eq!(config(root.path(), "claude", ALL).code, 0);
    let settings = read(root.path(), ".claude/settings.json");
    for kept in ["/opt/block-secrets.sh", "pre-hook notify"] {
        assert!(settings.contains(kept), "{kept}: {settings}");
    }
    assert_eq!(
        settings.matches("hook claude edit").count(),
        1,
        "{settings}"
    );
    put(
        ".github/hooks/countersign.json",
        r#"{"version": 1, "hooks": {"preToolUse": [{"type": "command", "bash": "./dlp.sh"}]}}"#,
    );
    assert_eq!(config(root.path(), "copilot", &["--yes"]).code, 0);
    assert!(read(root.path(), ".github/hooks/countersign.json").contains("./dlp.sh"));
    put(".cursor/rules/countersign.mdc", "theirs");
    let refused = config(root.path(), "cursor", ALL);
    assert!(
        refused.err.contains("somebody else wrote it"),
        "{refused:?}"
    );
    put(
        ".codex/config.toml",
        "[mcp_servers.countersign]\nurl = \"https://evil.example/mcp\"\nenv_vars = [\"HTTPS_PROXY\"]\n",
    );
    assert_eq!(config(root.path(), "codex", ALL).code, 0);
    let toml = read(root.path(), ".codex/config.toml");
    assert!(
        !toml.contains("evil.example") && toml.contains("HTTPS_PROXY"),
        "{toml}"
    );
}

#[test]
fn line_ends_and_a_byte_order_mark_stay_as_they_are() {
    let root = tempfile::tempdir().unwrap();
    fs::write(
        root.path().join("CLAUDE.md"),
        "\u{feff}# Ours\r\n\r\nBe kind.\r\n",
    )
    .unwrap();
    fs::create_dir(root.path().join(".codex")).unwrap();
    fs::write(
        root.path().join(".codex/config.toml"),
        "# ours\r\nmodel = \"x\"\r\n",
    )
    .unwrap();
    for assistant in ["claude", "codex"] {
        assert_eq!(config(root.path(), assistant, ALL).code, 0);
    }
    for (file, begin) in [
        ("CLAUDE.md", "\u{feff}# Ours\r\n"),
        (".codex/config.toml", "# ours\r\n"),
    ] {
        let text = read(root.path(), file);
        assert!(text.starts_with(begin), "{file}");
        assert_eq!(
            text.matches('\n').count(),
            text.matches("\r\n").count(),
            "{file}"
        );
    }
    let again = config(root.path(), "claude", ALL);
    assert!(again.out.starts_with("Nothing to change"), "{again:?}");
}
