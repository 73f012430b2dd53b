//! Why a command was not carried out: what happened, and what to do next. No key, no ticket text, no address.

use std::io;

use crate::client::CallError;
use crate::history::HistoryError;
use crate::printable::Printable;
use crate::settings::SettingsError;
use crate::tickets::LineError;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The API gave no answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// There is no such thing.
    #[error("{what} is not known. {next} {told}")]
    NotThere {
        /// What was asked for.
        what: Printable,
        /// What to do.
        next: &'static str,
        /// In the server's words.
        told: Printable,
    },
    /// The gate could not be asked.
    #[error("{0} The gate was not asked, and a gate that was not asked is not open.")]
    Unasked(#[source] CallError),
    /// Nobody knows whether something was recorded.
    #[error("{call} Whether it was recorded is not known: {next}")]
    Open {
        /// What happened.
        call: CallError,
        /// What to do.
        next: String,
    },
    /// Nobody knows how far a site was read.
    #[error(
        "{0} The site may still be read: what was read is kept, and the next reading goes on from there. Ask again in a \
         minute."
    )]
    StillReading(#[source] CallError),
    /// The commits of a range are not known.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// What is to be reported cannot be read.
    #[error("--payload: the file cannot be read: {0}. Nothing was recorded.")]
    PayloadFile(#[source] io::Error),
    /// What is to be reported is not what it has to be.
    #[error("--payload: {0}. Nothing was recorded.")]
    Payload(String),
    /// The token of an account cannot be read.
    #[error("--token-file: the file cannot be read: {0}. Nothing was sent.")]
    TokenFile(#[source] io::Error),
    /// Others may have read the token.
    #[error(
        "--token-file: other users can read or write this file. Nothing was sent: run `chmod 600` on it, and make a new \
         token if they may have read this one."
    )]
    TokenOpenToOthers,
    /// The token would be typed where others see it.
    #[error(
        "The API token is read from --token-file, or from a pipe: a terminal would show it. Nothing was sent."
    )]
    TokenOnTerminal,
    /// No commit's hash begins so, or those of several do.
    #[error(
        "No commit is recorded whose hash begins with these digits, or several are. Give the whole hash, of 40 or 64, as \
         `git rev-parse` prints it."
    )]
    ShortCommit,
    /// Nothing is reported under this framework, and nobody knows one of this name.
    #[error(
        "--framework: no issue is reported under it, and the catalog of this program knows none of that name. Nothing was \
         written: it knows {}.",
        known_frameworks()
    )]
    NoSuchFramework,
    /// The pages of a list do not come to an end.
    #[error(
        "The server gave a page that does not go on from the one before. What is shown is not all: ask again."
    )]
    Pages,
    /// Tickets cannot be read.
    #[error("The file of tickets cannot be read: {0}.")]
    Tickets(#[source] io::Error),
    /// There is nothing to look through.
    #[error("The folder cannot be read: {0}.")]
    Tree(#[source] io::Error),
    /// The configuration cannot be read.
    #[error("--config: the file cannot be read: {0}.")]
    Config(#[source] io::Error),
    /// Nobody writes so much by hand.
    #[error("--config: the file is larger than 1 MB. Nothing was done.")]
    ConfigTooLarge,
    /// The configuration cannot be used.
    #[error("{0}. Nothing was done: mend the file, and check it with `countersign catalog check`.")]
    Catalog(Printable),
    /// A label is none of the catalog's indicators.
    #[error("`{0}` is no indicator of the catalog. Nothing was measured: mend the label.")]
    UnknownLabel(Printable),
    /// A line is no ticket.
    #[error("{0}. Nothing was measured: every line must be a ticket.")]
    Line(#[from] LineError),
    /// There is nothing to measure.
    #[error("The file has no tickets. Nothing was measured.")]
    NoTickets,
    /// A ticket has no labels.
    #[error(
        "line {line}: the ticket has no `expect`, or an empty one. Nothing was measured: every ticket needs labels."
    )]
    NoLabels {
        /// From 1.
        line: u64,
    },
    /// The server took longer than an assistant waits.
    #[error("The server did not answer in time.")]
    Late,
    /// It is not known which issue is worked on.
    #[error(transparent)]
    Branch(#[from] crate::branch::BranchError),
    /// Nothing can be said of a repository's files.
    #[error(transparent)]
    WorkingTree(#[from] crate::working_tree::TreeError),
    /// Git does not say what earlier commits hold.
    #[error("git does not say what earlier commits hold: {0}. Nothing was sent.")]
    Earlier(#[source] io::Error),
    /// Nobody says which repository this is.
    #[error(
        "--recheck and --affirm: say which repository this is, with --repository and its host's number. Nothing was sent."
    )]
    NoRepositoryNumber,
    /// A part of a repository does not say what is gone from it.
    #[error(
        "--recheck looks through the whole repository: run it at its root, with no path. Nothing was sent."
    )]
    PartOfRepository,
    /// An assistant's file cannot be used.
    #[error(transparent)]
    Assistant(#[from] crate::assistants::AssistantError),
    /// The tools cannot be offered.
    #[error("The tools cannot be offered on standard input and output: {0}.")]
    Tools(#[source] io::Error),
    /// A report has not the form that it should have.
    #[error(
        "The report cannot be put into this form. Nothing was written: choose another --format."
    )]
    Form(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer cannot be written.
    #[error("The answer cannot be written: {0}")]
    Output(#[from] io::Error),
}

fn known_frameworks() -> String {
    let frameworks = compliance::Catalog::embedded().frameworks().iter();
    let ids: Vec<&str> = frameworks.map(|framework| framework.id.as_str()).collect();
    ids.join(", ")
}

impl From<compliance::CatalogError> for CliError {
    fn from(error: compliance::CatalogError) -> Self {
        Self::Catalog(Printable::new(&error.to_string()))
    }
}

impl CliError {
    /// A report cannot be put into a form.
    pub(crate) fn form(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Form(Box::new(error))
    }

    /// The same, where what was not there has a name.
    #[must_use]
    pub fn named(call: CallError, what: &str, next: &'static str) -> Self {
        match call {
            CallError::Refused { status: 404, told } => Self::NotThere {
                what: Printable::new(what),
                next,
                told,
            },
            call => call.into(),
        }
    }
}
