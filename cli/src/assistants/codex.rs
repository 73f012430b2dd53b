//! Codex: `.codex/config.toml`, `.codex/hooks.json` and `AGENTS.md` of the repository. Codex reads the first two in
//! repositories that its user trusts, and each hook once its user trusts it.
//! Source: developers.openai.com/codex, pages mcp, hooks and guides/agents-md.

use std::path::Path;

use jsonc_parser::json;

use super::{AssistantError, Change, Wanted, hook, hooks, json, markdown, toml, tools, words};

/// The tools with which code is changed.
const CHANGES_CODE: &str = "apply_patch|Edit|Write";
/// Seconds.
const PATIENCE: u32 = 60;

pub(super) fn changes(root: &Path, wanted: &Wanted) -> Result<Vec<Change>, AssistantError> {
    let server = Change::of(root, ".codex/config.toml", |before| {
        toml::with_server(before, "countersign", &tools(wanted))
    })?;
    let settings = Change::of(root, ".codex/hooks.json", |before| {
        json::edited(before, json::Kind::Json, |file| {
            let wants_none = !wanted.auto_inject && !wanted.require_validation;
            if wants_none && file.get("hooks").is_none() {
                return Ok(());
            }
            let all = json::object(file, "hooks")?;
            let line = hook(wanted, "codex", "prompt");
            let command = json!({ "type": "command", "command": line, "timeout": PATIENCE });
            let inject = wanted.auto_inject.then(|| json!({ "hooks": [command] }));
            hooks::set(&all, "UserPromptSubmit", inject)?;
            let line = hook(wanted, "codex", "edit");
            let command = json!({ "type": "command", "command": line, "timeout": PATIENCE });
            let hold = wanted.require_validation;
            let hold = hold.then(|| json!({ "matcher": CHANGES_CODE, "hooks": [command] }));
            hooks::set(&all, "PreToolUse", hold)?;
            hooks::leave_none_empty(file);
            Ok(())
        })
    })?;
    let memory = Change::of(root, "AGENTS.md", |before| {
        markdown::with_part(before, &words::instructions(wanted))
    })?;
    Ok(vec![server, settings, memory])
}
