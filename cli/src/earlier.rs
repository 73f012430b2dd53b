//! What the commits before the one that is checked out hold, as git keeps it. Nothing is fetched.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Stdio;

use record::ids::CommitSha;

use crate::git::git;

/// Longer files are not read.
const LONGEST: u64 = 64 << 20;

/// Lines of a file of a commit, both ends among them, from 1.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// The commit.
    pub commit: &'w CommitSha,
    /// The file.
    pub file: &'w str,
    /// The first and the last.
    pub lines: (u64, u64),
}

/// Those of these commits that led to the one that is checked out.
///
/// # Errors
/// If git cannot be run.
pub fn came_before<'c>(
    folder: &Path,
    commits: impl IntoIterator<Item = &'c CommitSha>,
) -> io::Result<BTreeSet<&'c CommitSha>> {
    let listed = git(folder).args(["rev-list", "HEAD"]).output()?;
    let listed = String::from_utf8_lossy(&listed.stdout);
    let history: BTreeSet<&str> = listed.lines().collect();
    // A commit may be named by its first digits.
    let is_in_it = |commit: &&CommitSha| {
        let next = history.range(commit.as_str()..).next();
        next.is_some_and(|next| next.starts_with(commit.as_str()))
    };
    Ok(commits.into_iter().filter(is_in_it).collect())
}

/// Code as commits have it, in the order it is asked for; none where git has no such file, or it has no such lines, or is
/// too long.
///
/// # Errors
/// If git cannot be run, or ends before it answered.
pub fn code(folder: &Path, wanted: &[Wanted<'_>]) -> io::Result<Vec<Option<String>>> {
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
            for Wanted { commit, file, .. } in wanted {
                if writeln!(to, "{commit}:{file}").is_err() {
                    break;
                }
            }
        });
        let mut from = BufReader::new(from);
        let answers = wanted.iter().map(|wanted| {
            let file = answer(&mut from)?;
            Ok(file.and_then(|file| lines_of(&file, wanted.lines)))
        });
        answers.collect()
    });
    child.wait()?;
    read
}

/// None where the file has no such lines.
fn lines_of(file: &str, (first, last): (u64, u64)) -> Option<String> {
    let lines: Vec<&str> = file.lines().collect();
    let first = usize::try_from(first.checked_sub(1)?).ok()?;
    let last = usize::try_from(last).ok()?;
    lines.get(first..last).map(|lines| lines.join("\n"))
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
