//! `config ai`: the files of an AI coding assistant, shown as changes before any is written.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use crate::arguments::ConfigAiArguments;
use crate::assistants::{Assistant, AssistantError, Wanted, changes, words_for_chatgpt};
use crate::error::CliError;
use crate::exit::Exit;
use crate::settings::{ServerUrl, SettingsError};
use crate::voice::Voice;

pub(super) fn run(
    asked: &ConfigAiArguments,
    url: Option<String>,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let url = url.map(|url| in_a_file(&url)).transpose()?;
    let wanted = Wanted {
        assistant: asked.assistant,
        auto_inject: asked.auto_inject,
        require_validation: asked.require_validation,
        url,
    };
    if wanted.assistant == Assistant::Chatgpt {
        let known = std::env::var("COUNTERSIGN_URL").ok();
        let known = known.and_then(|url| in_a_file(&url).ok());
        voice.say(&words_for_chatgpt(&wanted, known))?;
        return Ok(Exit::Done);
    }
    let root: &Path = &asked.repository;
    if !root.is_dir() {
        return Err(AssistantError::NoFolder.into());
    }
    let changes = changes(root, &wanted)?;
    if changes.is_empty() {
        voice.say("Nothing to change: the files are as they are to be.")?;
        return Ok(Exit::Done);
    }
    for change in &changes {
        voice.say(&change.diff())?;
    }
    if !asked.yes && !may_be_written(changes.len())? {
        return Err(AssistantError::NotAsked.into());
    }
    for change in &changes {
        change.write(root)?;
        voice.say(&format!("{}: {}", change.verb(), change.file))?;
    }
    Ok(Exit::Done)
}

/// The server's address, as it may stand in files whose lines a shell reads.
fn in_a_file(url: &str) -> Result<String, CliError> {
    let setting = "--url";
    let address: ServerUrl = url
        .trim()
        .parse()
        .map_err(|problem| SettingsError::Url { setting, problem })?;
    let address = address.as_str();
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]".contains(c);
    match address.chars().all(harmless) {
        true => Ok(address.to_owned()),
        false => Err(AssistantError::Address.into()),
    }
}

/// Asks a person, where there is one.
fn may_be_written(files: usize) -> io::Result<bool> {
    let (stdin, mut stderr) = (io::stdin(), io::stderr());
    if !stdin.is_terminal() || !stderr.is_terminal() {
        return Ok(false);
    }
    write!(stderr, "Write {files} files? [y/N] ")?;
    stderr.flush()?;
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}
