//! Claude Code: `.mcp.json`, `.claude/settings.json` and `CLAUDE.md` of the repository.
//! Source: code.claude.com/docs, pages mcp, hooks, settings and memory.

use std::path::Path;

use jsonc_parser::json;

use super::hooks::{self, PATIENCE};
use super::{AssistantError, Change, Wanted, hook, json, markdown, tools, words};

/// The tools with which code is changed.
const CHANGES_CODE: &str = "Edit|Write|NotebookEdit";

pub(super) fn changes(root: &Path, wanted: &Wanted) -> Result<Vec<Change>, AssistantError> {
    let server = Change::of(root, ".mcp.json", |before| {
        json::with_server(before, json::Kind::Json, "mcpServers", tools(wanted))
    })?;
    let settings = Change::of(root, ".claude/settings.json", |before| {
        let line = hook(wanted, "claude", "prompt");
        let inject = json!({ "type": "command", "command": line, "timeout": PATIENCE });
        let line = hook(wanted, "claude", "edit");
        // What cannot start or takes too long blocks too, from Claude Code 2.1.295 on.
        let hold = json!({
            "type": "command",
            "command": line,
            "timeout": PATIENCE,
            "onFailure": "block",
        });
        let inject = json!({ "hooks": [inject] });
        let hold = json!({ "matcher": CHANGES_CODE, "hooks": [hold] });
        let ours = [
            ("UserPromptSubmit", wanted.auto_inject.then_some(inject)),
            ("PreToolUse", wanted.require_validation.then_some(hold)),
        ];
        hooks::with_ours(before, None, ours)
    })?;
    let memory = Change::of(root, "CLAUDE.md", |before| {
        markdown::with_part(before, &words::instructions(wanted))
    })?;
    Ok(vec![server, settings, memory])
}
