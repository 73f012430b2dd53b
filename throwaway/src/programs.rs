//! Where the server's programs are, and as whom they are run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why there is no cluster.
#[derive(Debug, thiserror::Error)]
pub enum NoCluster {
    /// PostgreSQL's server is not installed.
    #[error(
        "PostgreSQL's server programs (initdb, postgres) were not found: install the package postgresql"
    )]
    NotInstalled,
    /// A program could not be run, or ended with a failure.
    #[error("{program}: {reason}")]
    Failed {
        /// Which.
        program: String,
        /// What it said.
        reason: String,
    },
    /// A file could not be made.
    #[error("a file could not be made")]
    File(#[from] std::io::Error),
}

/// The server's programs, and the user they run as.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    directory: PathBuf,
    user: Option<(u32, u32)>,
}

impl Programs {
    /// The newest version that is installed.
    pub(crate) fn find() -> Result<Self, NoCluster> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let on_path = std::env::split_paths(&path).map(|directory| {
            // A link on the path leads to where the others are.
            let program = directory.join("postgres").canonicalize();
            program
                .ok()
                .and_then(|program| program.parent().map(Path::to_owned))
        });
        let mut packaged: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .filter_map(|version| Some(version.ok()?.path().join("bin")))
            .collect();
        packaged.sort_by_key(|directory| {
            let version = directory
                .parent()
                .and_then(Path::file_name)
                .and_then(OsStr::to_str);
            version.and_then(|version| version.parse::<u32>().ok())
        });
        packaged.reverse();
        let directory = on_path
            .flatten()
            .chain(packaged)
            .find(|directory| {
                directory.join("initdb").exists() && directory.join("postgres").exists()
            })
            .ok_or(NoCluster::NotInstalled)?;
        Ok(Self {
            directory,
            user: another_user_if_root()?,
        })
    }

    /// Gives a directory to the user that the programs run as.
    pub(crate) fn give(&self, directory: &Path) -> Result<(), NoCluster> {
        if let Some((uid, gid)) = self.user {
            std::os::unix::fs::chown(directory, Some(uid), Some(gid))?;
        }
        Ok(())
    }

    pub(crate) fn command(&self, program: &str) -> Command {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(self.directory.join(program));
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command
            .current_dir("/")
            .env("LC_ALL", "C")
            .env("HOME", "/nowhere");
        command
    }

    /// Runs a program to its end; gives what it printed.
    pub(crate) fn run(&self, program: &str, arguments: &[&OsStr]) -> Result<String, NoCluster> {
        let failed = |reason: String| NoCluster::Failed {
            program: program.to_owned(),
            reason,
        };
        let ended = self.command(program).args(arguments).output();
        let ended = ended.map_err(|error| failed(error.to_string()))?;
        match ended.status.success() {
            true => Ok(String::from_utf8_lossy(&ended.stdout).into_owned()),
            false => Err(failed(
                String::from_utf8_lossy(&ended.stderr).trim().to_owned(),
            )),
        }
    }
}

/// PostgreSQL refuses to run as root: its own user, or nobody.
fn another_user_if_root() -> Result<Option<(u32, u32)>, NoCluster> {
    use std::os::unix::fs::MetadataExt;
    if std::fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    let of = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    match of("postgres").or_else(|| of("nobody")) {
        Some(user) => Ok(Some(user)),
        None => Err(NoCluster::Failed {
            program: "postgres".to_owned(),
            reason: "refuses to run as root, and there is no other user".to_owned(),
        }),
    }
}
