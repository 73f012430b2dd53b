//! The server as a process of its own, as the operator runs it: started, killed, asked to do something.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use crate::world::World;

/// A server process; killed when dropped.
pub(crate) struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Program {
    /// Kills the process as the system does when memory is short: it is told nothing.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// The program, beside this one.
fn program() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let path = own.ancestors().nth(2).unwrap().join("countersign-server");
    assert!(
        path.exists(),
        "countersign-server is not built: run `cargo build --workspace --bins`"
    );
    path
}

impl World {
    fn command(&self, more: &[(&str, &str)]) -> Command {
        let mut command = Command::new(program());
        for (name, _) in std::env::vars() {
            if name == "DATABASE_URL" || name.starts_with("COUNTERSIGN_") {
                command.env_remove(name);
            }
        }
        command
            .envs(self.settings())
            .envs(more.iter().copied())
            .stdin(Stdio::null());
        command
    }

    /// Where the server process writes its log.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.file("server.log")).unwrap()
    }

    /// Starts the server as a process of its own and waits until it is ready.
    pub(crate) async fn spawn(&self, more: &[(&str, &str)]) -> Program {
        let log: File = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.file("server.log"))
            .unwrap();
        let child = self.command(more).stdout(Stdio::null()).stderr(log).spawn();
        let program = Program(child.unwrap());
        self.until("the server to be ready", async || {
            self.ready().await["status"] == "ready"
        })
        .await;
        program
    }

    /// Demands that `doctor` finds nothing wrong but that the tests' own cluster does not wait for the disk.
    pub(crate) fn is_healthy(&self) {
        let ended = self.operate(&["doctor"], &[]);
        let said = String::from_utf8(ended.stderr).unwrap();
        match self.database().is_postgres() {
            true => assert!(said.contains("fsync is off"), "{said}"),
            false => assert!(ended.status.success(), "{said}"),
        }
    }

    /// Carries out a command of the operator's.
    pub(crate) fn operate(&self, arguments: &[&str], more: &[(&str, &str)]) -> Output {
        self.command(more).args(arguments).output().unwrap()
    }
}
