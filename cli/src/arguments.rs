//! The command line. What stands on it is checked as far as its form goes; nothing is asked of anybody here. Neither
//! the API key nor an address is repeated.

mod connect;
mod local;
mod scan;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use compliance::ids::FrameworkId;
use record::entries::{EntryType, EventType};
use record::ids::{CommitSha, EventId, IdError, ModelId, ProjectKey, SiteId, TicketKey};

pub use connect::{Connect, ConnectJiraArguments};
pub use local::{
    CatalogCommand, Config, ConfigAiArguments, HookEvent, HookedAssistant, LocalCommand,
    TraceArguments,
};
pub use scan::ScanArguments;

use crate::commands::Subject;
use crate::history::Range;
use crate::period::Period;

/// Follow the trail from a commit to its approval, and ask the gate.
#[derive(Debug, Parser)]
#[command(
    name = "countersign",
    version,
    after_help = "The API key is taken from COUNTERSIGN_API_KEY, or from --key-file. --url and --key-file stand before \
the command.\n\nExit codes: 0 done, open or verified, 1 not completed, 2 usage, 10 not covered by a checkpoint yet, \
11 altered, 20 the gate is closed, 21 what an issue asks for is not complete"
)]
pub struct Arguments {
    /// The server's address; else COUNTERSIGN_URL.
    #[arg(long)]
    pub url: Option<String>,
    /// A file with the API key, which only you may read; else COUNTERSIGN_API_KEY.
    #[arg(long, value_name = "PATH")]
    pub key_file: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What is done on this machine alone.
    #[command(flatten)]
    Local(LocalCommand),
    /// What the server is asked.
    #[command(flatten)]
    Asking(AskingCommand),
}

/// What the server is asked.
#[derive(Debug, Subcommand)]
pub enum AskingCommand {
    /// Show everything that belongs to an issue, an event, a commit or a model, and who approved it.
    Show {
        /// An issue's key (PAY-142), an event (evt_…), a commit (7 to 64 hexadecimal digits), or model:ID.
        what: Subject,
        /// Print the API's answer as it is.
        #[arg(long)]
        json: bool,
    },
    /// List events, the latest first.
    Log(LogArguments),
    /// Ask whether issues are approved and commits belong to approved issues.
    Gate(GateArguments),
    /// Print a prompt for an AI coding assistant: an issue's requirements, then the issue as quoted data. The key needs
    /// the scope requirements:read.
    Prompt(PromptArguments),
    /// Look at whether what an issue asks for says all that it has to, before code is written. The key needs the scope
    /// requirements:read.
    #[command(
        after_help = "Exit codes: 0 it does, 1 could not be asked, 2 usage, 21 something is missing"
    )]
    Validate {
        /// The issue's key; else the one that the git branch names.
        #[arg(value_parser = issue_key)]
        key: Option<TicketKey>,
        /// Print the API's answer as it is.
        #[arg(long)]
        json: bool,
    },
    /// Offer an AI coding assistant the tools of Countersign, on standard input and output (Model Context Protocol).
    /// Assistants start it; `config ai` tells them how.
    Mcp,
    /// Report what issues were asked for in a period, and what became of it: met, failed, waived or unknown. The key
    /// needs the scope requirements:read.
    Coverage(CoverageArguments),
    /// Show what the catalog would make of a project's issues. Nothing is recorded.
    Scan(ScanArguments),
    /// Link an issue to an event.
    Link(LinkArguments),
    /// Revoke a link. It stays in the ledger, and holds no longer.
    Unlink {
        /// The event.
        event: EventId,
        /// The link, as `show` names it.
        link: EventId,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Record an event.
    Report(ReportArguments),
    /// Connect a site, so that it is read and heard.
    Connect {
        /// What is connected.
        #[command(subcommand)]
        what: Connect,
    },
    /// Say to watch what was deployed, as a MONITORING_REQUESTED event asks for. The key needs the scope events:write.
    Acknowledge {
        /// The request.
        #[arg(value_name = "EVENT")]
        request: EventId,
    },
    /// Have the Jira sites that are connected by a token read now. The key needs the scopes events:read and
    /// integrations:write.
    Sync {
        /// The site's id; else every one.
        site: Option<SiteId>,
    },
    /// Let the server look at an event's bytes now. This is the server judging itself: `countersign-check` does not
    /// depend on it.
    #[command(
        after_help = "Exit codes: 0 verified, 1 not completed, 2 usage, 10 not covered by a checkpoint yet, \
11 altered"
    )]
    Verify {
        /// The event.
        event: EventId,
    },
}

/// Which prompt is wanted.
#[derive(Debug, Args)]
pub struct PromptArguments {
    /// The issue's key; else the one that the git branch names.
    #[arg(value_parser = issue_key)]
    pub key: Option<TicketKey>,
    /// What you want to ask the assistant for.
    #[arg(long, value_name = "TEXT")]
    pub intent: Option<String>,
    /// The form.
    #[arg(long, value_enum, default_value_t = PromptFormat::Markdown)]
    pub format: PromptFormat,
}

/// The form of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PromptFormat {
    /// Markdown.
    Markdown,
    /// Plain text.
    Text,
    /// The API's answer as it is.
    Json,
}

/// Which report is wanted.
#[derive(Debug, Args)]
pub struct CoverageArguments {
    /// The period: a year (2026), a quarter (2026-Q4) or a month (2026-11), in UTC. Issues about which something was
    /// recorded in it are reported, as they stood at its end.
    pub period: Period,
    /// Requirements of this framework alone, such as hipaa or pci_dss; `catalog check` knows their names.
    #[arg(long, value_name = "ID")]
    pub framework: Option<FrameworkId>,
    /// The form. HTML is one file, ready to print.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Lines for people.
    Text,
    /// A page.
    Html,
    /// A line for each requirement of each issue.
    Csv,
    /// One object.
    Json,
}

/// Which events are wanted.
#[derive(Debug, Args)]
pub struct LogArguments {
    /// Of this type, such as DEPLOYMENT.
    #[arg(
        long = "type",
        value_name = "TYPE",
        ignore_case = true,
        hide_possible_values = true
    )]
    #[arg(value_parser = entry_type())]
    pub kind: Option<String>,
    /// Of this severity by themselves, their issues aside.
    #[arg(long, ignore_case = true, value_parser = severity())]
    pub severity: Option<String>,
    /// Of this model.
    #[arg(long)]
    pub model: Option<ModelId>,
    /// From this source, such as GITHUB.
    #[arg(long)]
    pub source: Option<String>,
    /// With this tag.
    #[arg(long)]
    pub tag: Option<String>,
    /// Received at this time or later, such as 2026-03-02T14:22:11Z.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Received before this time.
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// How many at most.
    #[arg(long, default_value_t = 25, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: u64,
    /// Print one JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// What the gate is asked about.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 open, 1 could not be asked, 2 usage, 20 closed. A gate that could not be asked is \
not open."
)]
pub struct GateArguments {
    /// What it is asked about.
    #[command(flatten)]
    pub asked: Asked,
    /// Print the answer as JSON; of several calls, joined.
    #[arg(long)]
    pub json: bool,
    /// What to do if the server cannot be reached, fails, or asks to wait for too long: closed ends with 1, open with 0
    /// and a warning. A refused key, a setting that cannot be used and a failure of git end with 1 whatever is said
    /// here.
    #[arg(long, value_enum, default_value_t = Unreachable::Closed)]
    #[arg(value_name = "closed|open", hide_possible_values = true)]
    pub if_unreachable: Unreachable,
}

/// Issues and commits.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Asked {
    /// Issues' keys.
    #[arg(value_name = "KEY", value_parser = issue_key)]
    pub keys: Vec<TicketKey>,
    /// A commit, by its whole hash; several times for several.
    #[arg(long = "commit", value_name = "SHA", value_parser = commit)]
    pub commits: Vec<CommitSha>,
    /// The commits of B's history that are not in A's, merges among them, as git knows them in this directory.
    #[arg(long, value_name = "A..B")]
    pub range: Option<Range>,
}

/// What a gate is that could not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unreachable {
    /// Not open.
    Closed,
    /// Open, with a warning.
    Open,
}

/// A link to be made.
#[derive(Debug, Args)]
pub struct LinkArguments {
    /// The event.
    pub event: EventId,
    /// The issue's key. Jira is asked for the issue; what you say of it below is kept as your words and approves
    /// nothing.
    #[arg(value_parser = issue_key)]
    pub key: TicketKey,
    /// Where you say the issue is.
    #[arg(long)]
    pub url: Option<String>,
    /// What you say its summary is.
    #[arg(long)]
    pub summary: Option<String>,
    /// What you say its status is.
    #[arg(long)]
    pub status: Option<String>,
    /// Who you say approved it.
    #[arg(long)]
    pub approver: Option<String>,
}

/// An event to be recorded.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// Its type, such as DEPLOYMENT.
    #[arg(long = "type", value_name = "TYPE", ignore_case = true, value_parser = event_type())]
    pub kind: String,
    /// A file with what happened, a JSON object; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub payload: PathBuf,
    /// How much it matters; INFO if nothing is said.
    #[arg(long, ignore_case = true, value_parser = severity())]
    pub severity: Option<String>,
    /// The model that it is about.
    #[arg(long)]
    pub model: Option<ModelId>,
    /// A word to find it by; several times for several.
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// When it happened, such as 2026-03-02T14:22:11Z.
    #[arg(long, value_name = "TIME")]
    pub timestamp: Option<String>,
    /// The key under which it counts once, however often it is reported; one is drawn if none is given.
    #[arg(long, value_name = "K", value_parser = idempotency_key)]
    pub idempotency_key: Option<String>,
}

fn entry_type() -> impl TypedValueParser<Value = String> {
    let words = EntryType::ALL.iter().map(|kind| kind.as_str());
    PossibleValuesParser::new(words).map(upper)
}

fn event_type() -> impl TypedValueParser<Value = String> {
    let words = EventType::ALL.iter().map(|kind| kind.entry_type().as_str());
    PossibleValuesParser::new(words).map(upper)
}

fn severity() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(["INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"]).map(upper)
}

#[expect(clippy::needless_pass_by_value, reason = "the signature of map")]
fn upper(word: String) -> String {
    word.to_ascii_uppercase()
}

/// A key as people type it: Jira's are upper case.
fn project_key(text: &str) -> Result<ProjectKey, IdError> {
    text.trim().to_ascii_uppercase().parse()
}

/// As [`project_key`], with the issue's number.
fn issue_key(text: &str) -> Result<TicketKey, IdError> {
    text.trim().to_ascii_uppercase().parse()
}

fn commit(text: &str) -> Result<CommitSha, IdError> {
    text.trim().to_ascii_lowercase().parse()
}

/// What the header takes.
fn idempotency_key(text: &str) -> Result<String, &'static str> {
    let fits = (1..=255).contains(&text.len()) && text.bytes().all(|b| (0x20..0x7f).contains(&b));
    match fits {
        true => Ok(text.to_owned()),
        false => Err("1 to 255 printable ASCII characters are expected"),
    }
}

#[cfg(test)]
mod tests;
