//! The files by which AI coding assistants find our tools, are given an issue's requirements, and are held back: what is
//! to stand in a repository, told as changes before anything is written. What others wrote in these files stays.
//! Formats as the assistants' makers document them; docs/ASSISTANTS.md names the pages.

mod change;
mod chatgpt;
mod claude;
mod codex;
mod copilot;
mod cursor;
mod hooks;
mod json;
mod markdown;
mod toml;
mod words;

use std::io;
use std::path::Path;

use clap::ValueEnum;

pub use change::Change;
pub use chatgpt::words_for_chatgpt;

use crate::printable::Printable;

/// An assistant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Assistant {
    /// GitHub Copilot, in VS Code, its CLI and its cloud agent.
    Copilot,
    /// Claude Code.
    Claude,
    /// Cursor.
    Cursor,
    /// ChatGPT: it has no file in a repository.
    Chatgpt,
    /// Codex, in its CLI, its app and IDEs.
    Codex,
}

/// How an assistant is to be set up.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which.
    pub assistant: Assistant,
    /// Whether it is given the requirements of the branch's issue without asking.
    pub auto_inject: bool,
    /// Whether it is held back while the issue does not pass validation.
    pub require_validation: bool,
    /// The server's address, where it is to stand in the files; else each developer's environment has it.
    pub url: Option<String>,
}

/// Why a file cannot be brought into its form. Nothing is written then.
#[derive(Debug, thiserror::Error)]
pub enum AssistantError {
    /// A file cannot be read.
    #[error("{file} cannot be read: {cause}. Nothing was written.")]
    Read {
        /// Which.
        file: &'static str,
        /// Why.
        cause: io::Error,
    },
    /// A file is not of the form that its assistant reads.
    #[error("{file}: {problem}. Nothing was written: mend the file, and try again.")]
    Form {
        /// Which.
        file: &'static str,
        /// What is wrong.
        problem: Printable,
    },
    /// A file cannot be written.
    #[error("{file} cannot be written: {cause}. The files told before it were written.")]
    Write {
        /// Which.
        file: &'static str,
        /// Why.
        cause: io::Error,
    },
    /// There is no repository.
    #[error("--repository: there is no such folder. Nothing was written.")]
    NoFolder,
    /// A shell would read more in it than an address.
    #[error(
        "--url: an address for these files has letters, digits and - . _ ~ : / only. Nothing was written."
    )]
    Address,
    /// Nobody said that it may be written.
    #[error("Nothing was written: --yes writes it.")]
    NotAsked,
}

/// What would change in the repository at `root`; files that stay as they are are not among them.
///
/// # Errors
/// If a file cannot be read or is not of its assistant's form.
pub fn changes(root: &Path, wanted: &Wanted) -> Result<Vec<Change>, AssistantError> {
    let changes = match wanted.assistant {
        Assistant::Claude => claude::changes(root, wanted),
        Assistant::Codex => codex::changes(root, wanted),
        Assistant::Copilot => copilot::changes(root, wanted),
        Assistant::Cursor => cursor::changes(root, wanted),
        Assistant::Chatgpt => Ok(Vec::new()),
    }?;
    Ok(changes.into_iter().filter(Change::is_one).collect())
}

/// The words after `countersign` by which an assistant starts our tools.
fn tools(wanted: &Wanted) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    if let Some(url) = &wanted.url {
        words.extend(["--url".to_owned(), url.clone()]);
    }
    words.push("mcp".to_owned());
    words
}

/// The line by which a hook of an assistant's asks us.
fn hook(wanted: &Wanted, assistant: &str, event: &str) -> String {
    let url = wanted.url.as_ref();
    let url = url.map_or_else(String::new, |url| format!("--url {url} "));
    format!("countersign {url}hook {assistant} {event}")
}
