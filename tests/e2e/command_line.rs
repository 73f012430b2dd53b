//! `countersign` as a person, a pipeline or an assistant runs it: a process of its own with a key.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::api::Program;

impl Program<'_> {
    /// Runs `countersign` with this key and these words.
    pub(crate) fn runs(&self, words: &[&str]) -> Output {
        self.runs_fed(words, "")
    }

    /// What it says on its standard output.
    pub(crate) fn told(&self, words: &[&str]) -> String {
        String::from_utf8(self.runs(words).stdout).unwrap()
    }

    /// The same, with something on its standard input.
    pub(crate) fn runs_fed(&self, words: &[&str], input: &str) -> Output {
        self.runs_in(Path::new("."), words, input)
    }

    /// The same, in this folder.
    pub(crate) fn runs_in(&self, folder: &Path, words: &[&str], input: &str) -> Output {
        let own = std::env::current_exe().unwrap();
        let path = own.ancestors().nth(2).unwrap().join("countersign");
        assert!(
            path.exists(),
            "countersign is not built: run `cargo build --workspace --bins`"
        );
        tokio::task::block_in_place(|| {
            let mut child = Command::new(path)
                .env("COUNTERSIGN_URL", self.world.address())
                .env("COUNTERSIGN_API_KEY", &self.key)
                .current_dir(folder)
                .args(words)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            // Who reads no input closes it.
            drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
            child.wait_with_output().unwrap()
        })
    }
}
