//! Looking for markers in large trees of Rust, Python and TypeScript, beside ripgrep counting the same lines. Seconds: less
//! is better. What is found is compared with what was written before anything is measured.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};
use cli::trace::walk;

use crate::results::Row;
use crate::runner::{Alternative, beside, by_turns};

/// Files of each tree.
const FILES: usize = 33_000;
/// One file of so many has a marker.
const EVERY: usize = 11;
const PATTERN: &str = r"(//|#|\*).*Implements: *REQ-[A-Z0-9-]+";

pub(crate) fn rows(kept: &Path, rounds: usize) -> anyhow::Result<Vec<Row>> {
    let rg = ripgrep()?;
    let mut rows = Vec::new();
    for language in [RUST, PYTHON, TYPESCRIPT] {
        let (root, markers) = tree(kept, &language)?;
        let found = walk(&root).claims.len();
        ensure!(
            found == markers,
            "{found} markers of {markers} were found in {}",
            language.name
        );
        ensure!(counted(&rg, &root)? == markers, "ripgrep counts otherwise");
        let taken = by_turns(
            vec![
                Alternative::new(format!("trace, {FILES} files of {}", language.name), || {
                    let begun = Instant::now();
                    ensure!(walk(&root).claims.len() == markers, "another count");
                    Ok(begun.elapsed().as_secs_f64())
                }),
                Alternative::new("ripgrep, the same lines", || {
                    let begun = Instant::now();
                    counted(&rg, &root)?;
                    Ok(begun.elapsed().as_secs_f64())
                }),
            ],
            rounds,
        )?;
        let [ours, theirs] = taken.as_slice() else {
            anyhow::bail!("two alternatives were run");
        };
        rows.push(beside(ours, theirs, "s"));
    }
    Ok(rows)
}

struct Language {
    name: &'static str,
    extension: &'static str,
    comment: &'static str,
    line: &'static str,
}

const RUST: Language = Language {
    name: "Rust",
    extension: "rs",
    comment: "//",
    line: "fn step(n: u64) -> u64 {\n    let m = n.wrapping_mul(31);\n    m ^ (m >> 7)\n}\n\n",
};
const PYTHON: Language = Language {
    name: "Python",
    extension: "py",
    comment: "#",
    line: "def step(n):\n    m = n * 31\n    return m ^ (m >> 7)\n\n\n",
};
const TYPESCRIPT: Language = Language {
    name: "TypeScript",
    extension: "ts",
    comment: "//",
    line: "export function step(n: number): number {\n  const m = n * 31;\n  return m ^ (m >> 7);\n}\n\n",
};

/// A tree and how many markers it has; made once.
fn tree(kept: &Path, language: &Language) -> anyhow::Result<(PathBuf, usize)> {
    let root = kept.join(format!("trace-{}", language.extension));
    let markers = (0..FILES).filter(|at| at % EVERY == 0).count();
    if root.join("ready").exists() {
        return Ok((root, markers));
    }
    for at in 0..FILES {
        let folder = root.join(format!("part{}/module{}", at % 40, at / 40 % 25));
        fs::create_dir_all(&folder)?;
        let mut text = language.line.repeat(10 + at % 90);
        if at % EVERY == 0 {
            let marker = format!(
                "{} Implements: REQ-ACC-RATE-LIMIT (PAY-{at})\n",
                language.comment
            );
            text.insert_str(0, &marker);
        }
        fs::write(folder.join(format!("f{at}.{}", language.extension)), text)?;
    }
    fs::write(root.join("ready"), "")?;
    Ok((root, markers))
}

fn counted(rg: &Path, root: &Path) -> anyhow::Result<usize> {
    let output = Command::new(rg)
        .args(["--no-filename", "--count", "--hidden", PATTERN])
        .arg(root)
        .output()
        .context("ripgrep cannot be run")?;
    let counts = String::from_utf8(output.stdout)?;
    counts
        .lines()
        .map(|line| Ok(line.trim().parse::<usize>()?))
        .sum()
}

fn ripgrep() -> anyhow::Result<PathBuf> {
    let there = Command::new("rg").arg("--version").output();
    ensure!(
        there.is_ok_and(|output| output.status.success()),
        "ripgrep is not there: install it (Debian's package ripgrep)"
    );
    Ok(PathBuf::from("rg"))
}
