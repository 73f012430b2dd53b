//! Where a command says things: lines on standard output and on standard error. No colours.

use std::io::{self, IsTerminal as _, Write};

/// Standard output and standard error, or what stands for them.
pub struct Voice<'w> {
    out: &'w mut dyn Write,
    err: &'w mut dyn Write,
}

impl<'w> Voice<'w> {
    /// A voice that says its lines here.
    pub fn new(out: &'w mut dyn Write, err: &'w mut dyn Write) -> Self {
        Self { out, err }
    }

    /// Says a line of the answer.
    ///
    /// # Errors
    /// If nobody reads it, or it cannot be written.
    pub fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// Says lines of the answer.
    ///
    /// # Errors
    /// If nobody reads them, or they cannot be written.
    pub fn say_all<I: IntoIterator<Item = String>>(&mut self, lines: I) -> io::Result<()> {
        lines.into_iter().try_for_each(|line| self.say(&line))
    }

    /// Says how far long work has come, where somebody looks on; the line is written over.
    pub fn progress(&mut self, line: &str) {
        if io::stderr().is_terminal() {
            drop(write!(self.err, "\r\u{1b}[K{line}\r"));
            drop(self.err.flush());
        }
    }

    /// Says a line beside the answer. Where nobody reads it, nothing is lost but the line.
    pub fn warn(&mut self, line: &str) {
        drop(writeln!(self.err, "countersign: {line}"));
    }
}
