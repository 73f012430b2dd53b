//! The programs, as separate processes. They end when the stage does.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A program that runs beside us.
pub(crate) struct Program {
    child: Child,
}

/// What a program that ended said.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
}

/// Where the program of this name lies: beside this one.
fn beside(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("this program's own place is unknown")?;
    let path = own.with_file_name(name);
    anyhow::ensure!(
        path.exists(),
        "{name} is not built: run `cargo build --workspace --bins`"
    );
    Ok(path)
}

/// Starts a program; its log goes to this file.
pub(crate) fn start(
    name: &str,
    settings: &[(&str, String)],
    log: &Path,
) -> anyhow::Result<Program> {
    let log = File::create(log).with_context(|| format!("{} cannot be written", log.display()))?;
    let child = Command::new(beside(name)?)
        .env_remove("DATABASE_URL")
        .envs(settings.iter().map(|(name, value)| (*name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{name} could not be started"))?;
    Ok(Program { child })
}

/// Starts a program and waits for the line by which it says that it is ready; gives the line's rest.
pub(crate) async fn start_until(
    name: &str,
    arguments: &[String],
    ready: &str,
) -> anyhow::Result<(Program, String)> {
    let mut child = Command::new(beside(name)?)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{name} could not be started"))?;
    let out = child.stdout.take().context("no output")?;
    let mut lines = BufReader::new(out).lines();
    let line = tokio::time::timeout(Duration::from_secs(30), lines.next_line()).await;
    let line = line
        .with_context(|| format!("{name} was not ready in time"))??
        .unwrap_or_default();
    match line.strip_prefix(ready) {
        Some(rest) => Ok((Program { child }, rest.trim().to_owned())),
        None => bail!("{name} said {line:?} where {ready:?} was expected"),
    }
}

/// Runs a program to its end.
pub(crate) async fn run(
    name: &str,
    arguments: &[&str],
    settings: &[(&str, String)],
) -> anyhow::Result<Ended> {
    let output = Command::new(beside(name)?)
        .args(arguments)
        .envs(settings.iter().map(|(name, value)| (*name, value)))
        .stdin(Stdio::null())
        .output()
        .await
        .with_context(|| format!("{name} could not be run"))?;
    let code = output.status.code().unwrap_or(-1);
    let mut out = String::from_utf8_lossy(&output.stdout).into_owned();
    if out.is_empty() {
        out = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    Ok(Ended { code, out })
}

impl Program {
    /// Asks the program to end, and waits until it has.
    pub(crate) async fn end(mut self) -> anyhow::Result<()> {
        if let Some(id) = self.child.id() {
            let told = Command::new("kill")
                .args(["-TERM", &id.to_string()])
                .status()
                .await;
            told.context("the program could not be told to end")?;
        }
        tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await??;
        Ok(())
    }
}
