//! `config ai`: the files of each assistant, in the form that its maker documents, beside what others wrote in them.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::program::{Ran, run};

const URL: &str = "https://countersign.example.com";

pub(crate) fn config(root: &Path, assistant: &str, more: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command
        .env_clear()
        .args(["--url", URL, "config", "ai", "--assistant", assistant])
        .arg("--repository")
        .arg(root)
        .args(more);
    run(command, "")
}

pub(crate) const ALL: &[&str] = &[
    "--auto-inject",
    "true",
    "--require-validation",
    "true",
    "--yes",
];

pub(crate) fn read(root: &Path, file: &str) -> String {
    fs::read_to_string(root.join(file)).unwrap()
}

pub(crate) fn json_of(root: &Path, file: &str) -> Value {
    serde_json::from_str(&read(root, file)).unwrap()
}

/// All files below, with what they hold.
fn tree(root: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

pub(crate) fn names(root: &Path) -> Vec<String> {
    tree(root).into_iter().map(|(name, _)| name).collect()
}

fn command_of(line: &str) -> String {
    format!("countersign --url {URL} hook {line}")
}

#[test]
fn each_assistant_gets_its_files_and_a_second_run_changes_nothing() {
    for (assistant, files) in [
        (
            "claude",
            &[".claude/settings.json", ".mcp.json", "CLAUDE.md"][..],
        ),
        (
            "codex",
            &[".codex/config.toml", ".codex/hooks.json", "AGENTS.md"],
        ),
        (
            "copilot",
            &[
                ".github/copilot-instructions.md",
                ".github/hooks/countersign.json",
                ".vscode/mcp.json",
            ],
        ),
        (
            "cursor",
            &[
                ".cursor/hooks.json",
                ".cursor/mcp.json",
                ".cursor/rules/countersign.mdc",
            ],
        ),
    ] {
        let root = tempfile::tempdir().unwrap();
        let first = config(root.path(), assistant, ALL);
        assert_eq!(first.code, 0, "{first:?}");
        assert_eq!(names(root.path()), files);
        for file in files {
            assert!(first.out.contains(&format!("+++ {file}")), "{first:?}");
            assert!(first.out.contains(&format!("written: {file}")), "{first:?}");
        }
        let written = tree(root.path());
        let second = config(root.path(), assistant, ALL);
        assert!(second.out.starts_with("Nothing to change"), "{second:?}");
        assert_eq!(tree(root.path()), written);
        assert!(
            written.iter().all(|(_, text)| !text.contains("ak_")),
            "no key in any file"
        );
    }
}

/// code.claude.com/docs/en/mcp, /hooks, /settings.
#[test]
fn claude_code_reads_servers_hooks_and_memory() {
    let root = tempfile::tempdir().unwrap();
    config(root.path(), "claude", ALL);
    let server =
        json!({ "type": "stdio", "command": "countersign", "args": ["--url", URL, "mcp"] });
    assert_eq!(
        json_of(root.path(), ".mcp.json"),
        json!({ "mcpServers": { "countersign": server } })
    );
    let hooks = &json_of(root.path(), ".claude/settings.json")["hooks"];
    let run =
        |event: &str| json!([{ "type": "command", "command": command_of(event), "timeout": 60 }]);
    assert_eq!(
        hooks["UserPromptSubmit"],
        json!([{ "hooks": run("claude prompt") }])
    );
    let matcher = "Edit|Write|NotebookEdit";
    let hold = json!([{ "type": "command", "command": command_of("claude edit"), "timeout": 60, "onFailure": "block" }]);
    assert_eq!(
        hooks["PreToolUse"],
        json!([{ "matcher": matcher, "hooks": hold }])
    );
}

/// developers.openai.com/codex/mcp, /hooks.
#[test]
fn codex_reads_servers_and_hooks() {
    let root = tempfile::tempdir().unwrap();
    config(root.path(), "codex", ALL);
    let toml: toml_edit::DocumentMut = read(root.path(), ".codex/config.toml").parse().unwrap();
    let server = &toml["mcp_servers"]["countersign"];
    assert_eq!(server["command"].as_str(), Some("countersign"));
    assert_eq!(server["args"].as_array().unwrap().len(), 3);
    let passed = server["env_vars"].as_array().unwrap();
    assert!(
        passed
            .iter()
            .any(|name| name.as_str() == Some("COUNTERSIGN_API_KEY"))
    );
    let hooks = &json_of(root.path(), ".codex/hooks.json")["hooks"];
    assert_eq!(
        hooks["UserPromptSubmit"][0]["hooks"][0]["command"],
        command_of("codex prompt")
    );
    assert_eq!(hooks["PreToolUse"][0]["matcher"], "apply_patch|Edit|Write");
}

/// code.visualstudio.com/docs/copilot/reference/mcp-configuration; the hooks' reference of docs.github.com/copilot.
#[test]
fn copilot_reads_servers_and_one_hook() {
    let root = tempfile::tempdir().unwrap();
    config(root.path(), "copilot", ALL);
    let servers = &json_of(root.path(), ".vscode/mcp.json")["servers"];
    assert_eq!(servers["countersign"]["type"], "stdio");
    let hooks = json_of(root.path(), ".github/hooks/countersign.json");
    let line = command_of("copilot edit");
    let hook = json!({ "type": "command", "bash": line, "powershell": line, "timeoutSec": 60 });
    assert_eq!(
        hooks,
        json!({ "version": 1, "hooks": { "preToolUse": [hook] } })
    );
    // Its prompts cannot be added to, so that nothing but the tool gives requirements.
    config(root.path(), "copilot", &["--auto-inject", "--yes"]);
    assert!(!root.path().join(".github/hooks/countersign.json").exists());
}

/// cursor.com/docs/context/mcp, /agent/hooks, /context/rules.
#[test]
fn cursor_reads_servers_hooks_and_a_rule() {
    let root = tempfile::tempdir().unwrap();
    config(root.path(), "cursor", ALL);
    let servers = &json_of(root.path(), ".cursor/mcp.json")["mcpServers"];
    assert_eq!(servers["countersign"]["command"], "countersign");
    let hooks = json_of(root.path(), ".cursor/hooks.json");
    assert_eq!(
        hooks,
        json!({ "version": 1, "hooks": {
            "sessionStart": [{ "command": command_of("cursor session"), "timeout": 60 }],
            "beforeSubmitPrompt": [{ "command": command_of("cursor prompt"), "timeout": 60, "failClosed": true }],
        }})
    );
    let rule = read(root.path(), ".cursor/rules/countersign.mdc");
    let (head, words) = rule
        .strip_prefix("---\n")
        .unwrap()
        .split_once("\n---\n")
        .unwrap();
    assert!(
        head.lines().any(|line| line == "alwaysApply: true"),
        "{head}"
    );
    assert!(words.contains("`get_prompt`"));
}

#[test]
fn chatgpt_has_no_file_and_is_told_what_to_do() {
    let root = tempfile::tempdir().unwrap();
    let told = config(root.path(), "chatgpt", ALL);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.out.contains(&format!("{URL}/mcp")), "{told:?}");
    assert!(told.out.contains("`get_prompt`"));
    assert!(names(root.path()).is_empty());
}
