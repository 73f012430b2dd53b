//! Claude Code: `.mcp.json`, `.claude/settings.json` and `CLAUDE.md` of the repository.
//! Source: code.claude.com/docs, pages mcp, hooks, settings and memory.

use std::path::Path;

use jsonc_parser::json;

use super::{AssistantError, Change, Wanted, hook, hooks, json, markdown, tools, words};

/// The tools with which code is changed.
const CHANGES_CODE: &str = "Edit|Write|NotebookEdit";
/// Seconds.
const PATIENCE: u32 = 60;

pub(super) fn changes(root: &Path, wanted: &Wanted) -> Result<Vec<Change>, AssistantError> {
    let server = Change::of(root, ".mcp.json", |before| {
        json::edited(before, json::Kind::Json, |file| {
            let servers = json::object(file, "mcpServers")?;
            let args = tools(wanted);
            let server = json!({ "type": "stdio", "command": "countersign", "args": args });
            json::set(&servers, "countersign", server);
            Ok(())
        })
    })?;
    let settings = Change::of(root, ".claude/settings.json", |before| {
        json::edited(before, json::Kind::Json, |file| {
            let wants_none = !wanted.auto_inject && !wanted.require_validation;
            if wants_none && file.get("hooks").is_none() {
                return Ok(());
            }
            let all = json::object(file, "hooks")?;
            let line = hook(wanted, "claude", "prompt");
            let command = json!({ "type": "command", "command": line, "timeout": PATIENCE });
            let inject = wanted.auto_inject.then(|| json!({ "hooks": [command] }));
            hooks::set(&all, "UserPromptSubmit", inject)?;
            let line = hook(wanted, "claude", "edit");
            // What cannot start or takes too long blocks too, from Claude Code 2.1.295 on.
            let command = json!({
                "type": "command",
                "command": line,
                "timeout": PATIENCE,
                "onFailure": "block",
            });
            let hold = wanted.require_validation;
            let hold = hold.then(|| json!({ "matcher": CHANGES_CODE, "hooks": [command] }));
            hooks::set(&all, "PreToolUse", hold)?;
            hooks::leave_none_empty(file);
            Ok(())
        })
    })?;
    let memory = Change::of(root, "CLAUDE.md", |before| {
        markdown::with_part(before, &words::instructions(wanted))
    })?;
    Ok(vec![server, settings, memory])
}
