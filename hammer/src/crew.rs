//! The processes that write and sign: started, listened to, killed.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use anyhow::Context;
use record::ids::TenantId;

use crate::acknowledged::{Acknowledged, Line};
use crate::chance::Chance;
use crate::writer::key_prefix;

/// What all that was heard is written into.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Acknowledged>>);

impl Heard {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Acknowledged> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the writers are to work.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) url_of_writers: String,
    pub(crate) url_of_signers: String,
    pub(crate) tenant: TenantId,
    pub(crate) callers: u32,
    pub(crate) pace: u64,
    /// Where each signer has its memory.
    pub(crate) memories: Vec<PathBuf>,
}

/// All processes that are at work.
#[derive(Debug)]
pub(crate) struct Crew {
    way: Way,
    chance: Chance,
    heard: Heard,
    writers: Vec<Process>,
    signers: Vec<Process>,
    /// Keys that killed writers may or may not have had appended.
    left: Vec<String>,
    started: u32,
}

#[derive(Debug)]
struct Process {
    name: String,
    child: Child,
    listener: JoinHandle<()>,
}

impl Process {
    fn start(name: &str, mut command: Command, input: &str, heard: &Heard) -> anyhow::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        // What is taken is closed when dropped: the process reads to the end.
        let mut stdin = child.stdin.take().context("no standard input")?;
        stdin.write_all(input.as_bytes())?;
        let said = BufReader::new(child.stdout.take().context("no standard output")?);
        let heard = heard.clone();
        let listener = std::thread::spawn(move || listen(said, &heard));
        Ok(Self {
            name: name.to_owned(),
            child,
            listener,
        })
    }

    /// Kills it, unless it ended by itself: that is a failure of its own.
    fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            anyhow::bail!("{} ended by itself: {status}", self.name);
        }
        Ok(self.child.kill()?)
    }

    /// Waits until all that it said is heard.
    fn bury(mut self) -> anyhow::Result<()> {
        self.child.wait()?;
        drop(self.listener.join());
        Ok(())
    }
}

/// A line that was cut off acknowledges nothing.
fn listen(mut said: impl BufRead, heard: &Heard) {
    let mut line = String::new();
    while said.read_line(&mut line).is_ok_and(|count| count > 0) {
        if let Some(line) = line.strip_suffix('\n').and_then(Line::parse) {
            heard.lock().hear(line);
        }
        line.clear();
    }
}

impl Crew {
    /// Nobody but two signers.
    pub(crate) fn gather(way: Way, chance: Chance, heard: Heard) -> anyhow::Result<Self> {
        let mut crew = Self {
            way,
            chance,
            heard,
            writers: Vec::new(),
            signers: Vec::new(),
            left: Vec::new(),
            started: 0,
        };
        crew.start_signers()?;
        Ok(crew)
    }

    /// Starts writers until there are so many.
    pub(crate) fn bring_writers_to(&mut self, count: usize) -> anyhow::Result<()> {
        while self.writers.len() < count {
            self.start_writer()?;
        }
        Ok(())
    }

    /// Kills a writer; gives its name.
    pub(crate) fn kill_one(&mut self) -> anyhow::Result<String> {
        let at = self.chance.below(self.writers.len().max(1) as u64) as usize;
        anyhow::ensure!(at < self.writers.len(), "no writer is at work");
        let mut writer = self.writers.swap_remove(at);
        writer.kill()?;
        self.mourn(writer)
    }

    /// Kills everybody, all before any is waited for.
    pub(crate) fn kill_all(&mut self) -> anyhow::Result<()> {
        for process in self.writers.iter_mut().chain(&mut self.signers) {
            process.kill()?;
        }
        for signer in std::mem::take(&mut self.signers) {
            signer.bury()?;
        }
        for writer in std::mem::take(&mut self.writers) {
            self.mourn(writer)?;
        }
        Ok(())
    }

    /// Starts the signers, whose memories are as they left them.
    pub(crate) fn start_signers(&mut self) -> anyhow::Result<()> {
        for memory in &self.way.memories {
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["sign", "--address", &self.way.url_of_signers]);
            command
                .args(["--tenant", self.way.tenant.as_str(), "--memory"])
                .arg(memory);
            command.args(["--seed", &self.chance.next().to_string()]);
            self.signers
                .push(Process::start("signer", command, "", &self.heard)?);
        }
        Ok(())
    }

    /// A writer that also sends again what others sent before: some that was acknowledged, and all that was left.
    fn start_writer(&mut self) -> anyhow::Result<()> {
        let name = format!("w{}", self.started);
        self.started += 1;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["write", "--address", &self.way.url_of_writers]);
        command.args(["--tenant", self.way.tenant.as_str(), "--name", &name]);
        command.args(["--callers", &self.way.callers.to_string()]);
        command.args(["--pace", &self.way.pace.to_string()]);
        command.args(["--seed", &self.chance.next().to_string()]);
        let mut again = std::mem::take(&mut self.left);
        for _ in 0..self.way.callers {
            again.extend(
                self.heard
                    .lock()
                    .any(&mut self.chance)
                    .map(|(once, _)| once),
            );
        }
        let again = again.join("\n");
        self.writers
            .push(Process::start(&name, command, &again, &self.heard)?);
        Ok(())
    }

    /// Keeps the keys that a killed writer had under way.
    fn mourn(&mut self, writer: Process) -> anyhow::Result<String> {
        let name = writer.name.clone();
        writer.bury()?;
        let heard = self.heard.lock();
        for caller in 0..self.way.callers {
            let prefix = key_prefix(&name, caller);
            let under_way = (0_u64..).map(|number| format!("{prefix}{number}"));
            self.left
                .extend(under_way.skip_while(|once| heard.knows(once)).take(1));
        }
        Ok(name)
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        for process in self.writers.iter_mut().chain(&mut self.signers) {
            drop(process.child.kill());
            drop(process.child.wait());
        }
    }
}
