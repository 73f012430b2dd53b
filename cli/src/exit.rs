//! How a command ends. The codes of the project, and two of its own: for a gate that is shut, and for an issue that is not specified.

use std::process::ExitCode;

/// How a command ended. Usage is 2, and said by the reader of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It was done; what was asked about is open, or verified.
    Done,
    /// It was not done, or could not be asked: never to be read as open or verified.
    NotDone,
    /// The command line cannot be used.
    Usage,
    /// No signed checkpoint covers the event yet.
    NotCoveredYet,
    /// Something does not fit.
    Broken,
    /// The gate is shut.
    Closed,
    /// What an issue asks for does not say all that it has to.
    Incomplete,
}

impl Exit {
    /// The code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::NotDone => 1,
            Self::Usage => 2,
            Self::NotCoveredYet => 10,
            Self::Broken => 11,
            Self::Closed => 20,
            Self::Incomplete => 21,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit::{Broken, Closed, Done, Incomplete, NotCoveredYet, NotDone, Usage};

    #[test]
    fn pipelines_rely_on_these_numbers() {
        let codes = [
            Done,
            NotDone,
            Usage,
            NotCoveredYet,
            Broken,
            Closed,
            Incomplete,
        ]
        .map(super::Exit::code);
        assert_eq!(codes, [0, 1, 2, 10, 11, 20, 21]);
    }
}
