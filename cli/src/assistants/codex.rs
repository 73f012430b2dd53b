//! Codex: `.codex/config.toml`, `.codex/hooks.json` and `AGENTS.md` of the repository. Codex reads the first two in
//! repositories that its user trusts, and each hook once its user trusts it.
//! Source: developers.openai.com/codex, pages mcp, hooks and guides/agents-md.

use std::path::Path;

use jsonc_parser::json;

use super::hooks::{self, PATIENCE};
use super::{AssistantError, Change, Wanted, hook, markdown, toml, tools, words};

/// The tools with which code is changed.
const CHANGES_CODE: &str = "apply_patch|Edit|Write";

pub(super) fn changes(root: &Path, wanted: &Wanted) -> Result<Vec<Change>, AssistantError> {
    let server = Change::of(root, ".codex/config.toml", |before| {
        toml::with_server(before, "countersign", &tools(wanted))
    })?;
    let settings = Change::of(root, ".codex/hooks.json", |before| {
        let command = |event| {
            let line = hook(wanted, "codex", event);
            json!({ "type": "command", "command": line, "timeout": PATIENCE })
        };
        let (inject, hold) = (command("prompt"), command("edit"));
        let inject = json!({ "hooks": [inject] });
        let hold = json!({ "matcher": CHANGES_CODE, "hooks": [hold] });
        let ours = [
            ("UserPromptSubmit", wanted.auto_inject.then_some(inject)),
            ("PreToolUse", wanted.require_validation.then_some(hold)),
        ];
        hooks::with_ours(before, None, ours)
    })?;
    let memory = Change::of(root, "AGENTS.md", |before| {
        markdown::with_part(before, &words::instructions(wanted))
    })?;
    Ok(vec![server, settings, memory])
}
