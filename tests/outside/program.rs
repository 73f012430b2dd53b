//! The programs under test and the scripts beside this file, run to their end; and the demonstration, played once
//! for all tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// What a command came to.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
}

/// The demonstration, and the folder with what it left.
pub(crate) struct Played {
    pub(crate) story: Ended,
    folder: PathBuf,
}

static PLAYED: LazyLock<Played> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let kept = folder.to_string_lossy();
    let story = run(&path("countersign-demo"), &["--check", "--keep", &kept]);
    Played { story, folder }
});

impl Played {
    /// Plays it, unless that was done.
    pub(crate) fn once() -> &'static Self {
        &PLAYED
    }

    /// The path of a file that it left.
    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }
}

/// Where a program lies: beside the folder that this test lies in.
pub(crate) fn path(name: &str) -> String {
    let own = std::env::current_exe().unwrap();
    let built = own.ancestors().nth(2).unwrap().join(name);
    assert!(
        built.exists(),
        "{name} is not built: run `cargo build --workspace --bins`"
    );
    built.to_string_lossy().into_owned()
}

/// Runs it without the settings of whoever runs the tests.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Ended {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars() {
        if name == "DATABASE_URL" || name.starts_with("COUNTERSIGN_") {
            command.env_remove(name);
        }
    }
    let output = command.args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    if !errors.is_empty() {
        println!("{errors}");
    }
    Ended {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
    }
}

/// Runs a script that lies beside this file. None where there is no Python, which counts as skipped.
pub(crate) fn script(name: &str, arguments: &[&str]) -> Option<Ended> {
    let python = Command::new("python3").arg("--version").output();
    if python.is_err() {
        assert!(std::env::var_os("CI").is_none(), "python3 is missing");
        println!("SKIPPED: {name} needs python3");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("outside")
        .join(name);
    // Nothing is written beside the scripts.
    let script = script.to_string_lossy();
    let arguments = [&["-B", &*script], arguments].concat();
    Some(run("python3", &arguments))
}
