//! A small filesystem of its own for the database, so that it can be full without the machine's being full. Making one
//! is root's right; without it the database lies in a plain directory, and what cannot be done is said.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Room for the longest run. It is memory, and only what is used of it.
const SIZE: &str = "size=640m,mode=755";

/// Where the database is.
#[derive(Debug)]
pub(crate) struct Disk {
    directory: TempDir,
    small: Result<(), String>,
}

impl Disk {
    /// A small filesystem; a plain directory where none can be made.
    pub(crate) fn make() -> io::Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("countersign-hammer-")
            .tempdir()?;
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755))?;
        let small = mount(directory.path());
        Ok(Self { directory, small })
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Why it cannot be filled; none if it can.
    pub(crate) fn cannot_be_filled(&self) -> Option<&str> {
        self.small.as_ref().err().map(String::as_str)
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Leaves no byte free.
    pub(crate) fn fill(&self) -> io::Result<()> {
        if self.small.is_err() {
            return Ok(());
        }
        let mut ballast = fs::File::options()
            .create(true)
            .append(true)
            .open(self.ballast())?;
        let zeros = vec![0; 1 << 20];
        for piece in [1 << 20, 4096] {
            loop {
                match ballast.write(&zeros[..piece]) {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Gives the room back.
    pub(crate) fn free(&self) -> io::Result<()> {
        match fs::remove_file(self.ballast()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Set for the program that was started again where its mounts are its own.
const APART: &str = "COUNTERSIGN_HAMMER_APART";

/// Starts this program again where what it mounts is seen by nobody else and goes with its last process, however it
/// ends. Returns where that cannot be done.
pub(crate) fn mount_apart() {
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private"]);
        command
    };
    if std::env::var_os(APART).is_some() || !is_root() {
        return;
    }
    let can = unshare().arg("true").output();
    if can.is_ok_and(|ended| ended.status.success())
        && let Ok(this) = std::env::current_exe()
    {
        let words = std::env::args_os().skip(1);
        // Comes back only if it failed.
        drop(unshare().arg(this).args(words).env(APART, "yes").exec());
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|this| this.uid() == 0)
}

fn mount(directory: &Path) -> Result<(), String> {
    if !is_root() {
        return Err("a filesystem of its own needs root".to_owned());
    }
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", SIZE, "countersign-hammer"])
        .arg(directory)
        .output();
    match mounted {
        Ok(ended) if ended.status.success() => Ok(()),
        Ok(ended) => Err(String::from_utf8_lossy(&ended.stderr).trim().to_owned()),
        Err(error) => Err(format!("mount: {error}")),
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.small.is_ok() {
            // Taken away at once, and for those who still hold a file of it when they close it.
            drop(Command::new("umount").arg("-l").arg(self.path()).status());
        }
    }
}
