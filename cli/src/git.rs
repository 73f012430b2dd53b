//! Git, asked and never told: nothing here fetches or writes. A repository that somebody else made decides no more than
//! what it answers: no key of ours is in its environment, a bare repository within a folder is none, and what is missing
//! is not fetched.

use std::path::Path;
use std::process::Command;

use crate::settings::API_KEY;

/// Git in this folder.
#[must_use]
pub fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.args([
        "-c",
        "safe.bareRepository=explicit",
        "-c",
        "core.fsmonitor=false",
    ])
    .current_dir(folder)
    .env_remove(API_KEY)
    .env("GIT_NO_LAZY_FETCH", "1")
    .env("GIT_TERMINAL_PROMPT", "0")
    .env("GIT_OPTIONAL_LOCKS", "0");
    git
}
