//! What the commits before the one that is checked out hold, as git keeps it. Nothing is fetched.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Stdio;

use record::ids::CommitSha;

use crate::git::git;

/// Longer files are not read.
const LONGEST: u64 = 64 << 20;

/// Those of these commits that led to the one that is checked out.
///
/// # Errors
/// If git cannot be run.
pub fn came_before<'c>(
    folder: &Path,
    commits: impl IntoIterator<Item = &'c CommitSha>,
) -> io::Result<BTreeSet<&'c CommitSha>> {
    let mut before = BTreeSet::new();
    for commit in commits.into_iter().collect::<BTreeSet<_>>() {
        let asked = ["merge-base", "--is-ancestor", commit.as_str(), "HEAD"];
        let answer = git(folder).args(asked).output()?;
        if answer.status.success() {
            before.insert(commit);
        }
    }
    Ok(before)
}

/// Files as commits have them, in the order they are asked for; none where git has none, or it is no text or too long.
///
/// # Errors
/// If git cannot be run, or ends before it answered.
pub fn files(folder: &Path, wanted: &[(&CommitSha, &str)]) -> io::Result<Vec<Option<String>>> {
    let mut child = git(folder)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (to, from) = (child.stdin.take(), child.stdout.take());
    let (Some(mut to), Some(from)) = (to, from) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let read = std::thread::scope(|scope| {
        // Both at once: git answers before it has read all.
        scope.spawn(move || {
            for (commit, file) in wanted {
                if writeln!(to, "{commit}:{file}").is_err() {
                    break;
                }
            }
        });
        let mut from = BufReader::new(from);
        wanted.iter().map(|_| answer(&mut from)).collect()
    });
    child.wait()?;
    read
}

/// `<object> <type> <size>`, the bytes and a line's end; else a line that ends with a word for why there are none.
fn answer(from: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut head = String::new();
    if from.read_line(&mut head)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let words: Vec<&str> = head.trim_end().rsplitn(3, ' ').collect();
    let [size, kind, _] = words[..] else {
        return Ok(None);
    };
    let Ok(size) = size.parse::<u64>() else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    if size > LONGEST {
        io::copy(&mut from.take(size + 1), &mut io::sink())?;
        return Ok(None);
    }
    from.take(size + 1).read_to_end(&mut bytes)?;
    bytes.pop();
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()).filter(|_| kind == "blob"))
}
