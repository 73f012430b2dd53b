//! A file line by line in bounded memory, and work on many lines at once whose answers keep the order of the lines.

use std::io::{self, BufRead};
use std::num::NonZero;
use std::thread;

use super::{LineError, TicketLine};

/// How many lines are worked on together.
pub const BATCH: usize = 2048;
/// Bytes of a line at most.
const LONGEST: usize = 4 * 1024 * 1024;

/// What some programs write before a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The lines of a text, numbered from 1; empty ones are passed over.
pub struct Lines<R> {
    from: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of this.
    pub const fn new(from: R) -> Self {
        Self { from, number: 0 }
    }

    /// The next lines, [`BATCH`] at most; none at the end.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn batch(&mut self) -> io::Result<Vec<(u64, Result<String, LineError>)>> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < BATCH && bytes < LONGEST {
            let Some(line) = self.next_line()? else { break };
            if line.as_ref().is_ok_and(|line| line.trim().is_empty()) {
                continue;
            }
            bytes += line.as_ref().map_or(0, String::len);
            batch.push((self.number, line));
        }
        Ok(batch)
    }

    fn next_line(&mut self) -> io::Result<Option<Result<String, LineError>>> {
        let mut line = Vec::new();
        let most = LONGEST as u64 + 1;
        if io::Read::take(&mut self.from, most).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        if self.number == 1 && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() > LONGEST {
            self.skip_rest()?;
            return Ok(Some(Err(LineError::TooLong {
                line: self.number,
                most: LONGEST,
            })));
        }
        let line = String::from_utf8(line);
        Ok(Some(
            line.map_err(|_| LineError::NotText { line: self.number }),
        ))
    }

    fn skip_rest(&mut self) -> io::Result<()> {
        loop {
            let held = self.from.fill_buf()?;
            let (end, used) = match held.iter().position(|byte| *byte == b'\n') {
                Some(at) => (true, at + 1),
                None => (held.is_empty(), held.len()),
            };
            self.from.consume(used);
            if end {
                return Ok(());
            }
        }
    }
}

/// Why not all tickets of a text could be had.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The text cannot be read.
    #[error(transparent)]
    Text(#[from] io::Error),
    /// A line is no ticket.
    #[error(transparent)]
    Line(#[from] LineError),
}

/// All tickets of a text, each with the number of its line.
///
/// # Errors
/// At the first line that is no ticket.
pub fn read_all(from: impl BufRead) -> Result<Vec<(u64, TicketLine)>, ReadError> {
    let mut lines = Lines::new(from);
    let mut tickets = Vec::new();
    loop {
        let batch = lines.batch()?;
        if batch.is_empty() {
            return Ok(tickets);
        }
        for (number, line) in batch {
            tickets.push((number, TicketLine::parse(&line?, number)?));
        }
    }
}

/// Does the work on each, on all cores; the answers stand in the order of what was given.
pub fn in_order<T: Sync, A: Send>(given: &[T], work: impl Fn(&T) -> A + Sync) -> Vec<A> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = given.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let running: Vec<_> = given
            .chunks(share)
            .map(|chunk| scope.spawn(|| chunk.iter().map(&work).collect::<Vec<A>>()))
            .collect();
        running
            .into_iter()
            .flat_map(|one| match one.join() {
                Ok(answers) => answers,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_or_no_text_does_not_stop_the_next() {
        let mut text = b"\xef\xbb\xbfone\n\n".to_vec();
        text.extend(vec![b'x'; LONGEST + 10]);
        text.extend(b"\n\xff\xfe\nlast");
        let mut lines = Lines::new(text.as_slice());
        let mut all = Vec::new();
        loop {
            let batch = lines.batch().unwrap();
            if batch.is_empty() {
                break;
            }
            all.extend(batch);
        }
        assert_eq!(all[0], (1, Ok("one".to_owned())));
        assert!(matches!(
            all[1],
            (3, Err(LineError::TooLong { line: 3, .. }))
        ));
        assert_eq!(all[2], (4, Err(LineError::NotText { line: 4 })));
        assert_eq!(all[3], (5, Ok("last".to_owned())));
    }

    #[test]
    fn any_number_of_empty_lines_ends_nothing() {
        let mut text = b"one\n".to_vec();
        text.extend(b" \r\n".repeat(LONGEST / 2));
        text.extend(b"two");
        let mut lines = Lines::new(text.as_slice());
        let first = lines.batch().unwrap();
        assert_eq!(first.len() + lines.batch().unwrap().len(), 2);
    }

    #[test]
    fn answers_keep_the_order() {
        let given: Vec<u32> = (0..10_000).collect();
        assert_eq!(in_order(&given, |n| n + 1), (1..10_001).collect::<Vec<_>>());
        assert!(in_order(&[], |n: &u32| *n).is_empty());
    }
}
