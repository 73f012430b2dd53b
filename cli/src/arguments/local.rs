//! The command line's words for what is done on this machine.

use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand, ValueEnum};
use record::ids::{IdError, RepositoryId, TicketKey};

use super::issue_key;
use crate::assistants::Assistant;
use crate::history::Range;

/// What is done on this machine alone: no server is asked, and no key is needed.
#[derive(Debug, Subcommand)]
pub enum LocalCommand {
    /// Classify tickets: JSON Lines in, one JSON line each out.
    Classify {
        /// Your organisation's compliance-config.yml.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// A file with a ticket a line (id, summary, and what there is of description, labels, components, type,
        /// priority); - is standard input.
        file: PathBuf,
    },
    /// Set up what works with Countersign.
    Config {
        /// What is set up.
        #[command(subcommand)]
        what: Config,
    },
    /// What an AI coding assistant's hooks run; `config ai` writes them.
    #[command(hide = true)]
    Hook {
        /// Whose hook it is.
        assistant: HookedAssistant,
        /// When it runs.
        event: HookEvent,
    },
    /// Look at the catalog of frameworks and requirements.
    Catalog {
        /// What is done with it.
        #[command(subcommand)]
        what: CatalogCommand,
    },
    /// Show which code says that it meets which requirement: `Implements: REQ-…` in a comment. What git ignores is
    /// passed over. No server is asked, but for --push.
    Trace(TraceArguments),
    /// Measure the catalog on labelled tickets: the same lines, each with what people expect.
    Evaluate {
        /// Your organisation's compliance-config.yml.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// A file with a labelled ticket a line; - is standard input.
        file: PathBuf,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
        /// Print the ids behind each figure.
        #[arg(long)]
        lists: bool,
    },
}

/// Where markers are looked for.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all was read, and with --push sent, 1 something was not, 2 usage"
)]
pub struct TraceArguments {
    /// A folder or a file.
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// The trailers `Implements: REQ-… (KEY)` of these commits too, as git knows them here, merges aside.
    #[arg(long, value_name = "A..B")]
    pub commits: Option<Range>,
    /// Print one JSON object a marker.
    #[arg(long, conflicts_with = "push")]
    pub json: bool,
    /// Record the markers as claims of the issues they name, for files that are as the commit that is checked out has
    /// them. The key needs the scopes claims:write and requirements:read.
    #[arg(long)]
    pub push: bool,
    /// With --push: the issue of markers that name none.
    #[arg(long, value_name = "KEY", value_parser = issue_key, requires = "push")]
    pub issue: Option<TicketKey>,
    /// With --push: the repository, by its host's number. Its markers are known again in later commits, and claimed once.
    /// Else that of the CI job: GITHUB_REPOSITORY_ID or CI_PROJECT_ID.
    #[arg(long, value_name = "NUMBER", value_parser = repository_number, requires = "push")]
    pub repository: Option<RepositoryId>,
    /// With --push: say of earlier claims whether their code is still there, moved, changed or is gone. For the branch
    /// that is deployed; looks through the whole repository.
    #[arg(long, requires = "push", conflicts_with = "issue")]
    pub recheck: bool,
    /// With --push: claim anew what changed since it was claimed, as it is now.
    #[arg(long, requires = "push")]
    pub affirm: bool,
}

fn repository_number(text: &str) -> Result<RepositoryId, IdError> {
    text.trim().parse()
}

/// What can be set up.
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Write and update the files by which an AI coding assistant works with Countersign in a repository. The changes
    /// are shown first. Give --url before `config` to have the server's address in them; else each developer's
    /// COUNTERSIGN_URL counts. The API key is in none of them.
    Ai(ConfigAiArguments),
}

/// How an assistant is set up.
#[derive(Debug, Args)]
pub struct ConfigAiArguments {
    /// The assistant.
    #[arg(long, value_enum)]
    pub assistant: Assistant,
    /// Whether it is given the requirements of the git branch's issue without asking.
    #[arg(long, value_name = "true|false", num_args = 0..=1, action = ArgAction::Set, default_value_t = false, default_missing_value = "true")]
    pub auto_inject: bool,
    /// Whether it is held back while that issue does not pass validation.
    #[arg(long, value_name = "true|false", num_args = 0..=1, action = ArgAction::Set, default_value_t = false, default_missing_value = "true")]
    pub require_validation: bool,
    /// Write without asking.
    #[arg(long)]
    pub yes: bool,
    /// The repository's root.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub repository: PathBuf,
}

/// An assistant with hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HookedAssistant {
    /// Claude Code.
    Claude,
    /// Codex.
    Codex,
    /// GitHub Copilot.
    Copilot,
    /// Cursor.
    Cursor,
}

/// When a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HookEvent {
    /// As a session begins.
    Session,
    /// Before a prompt is read.
    Prompt,
    /// Before code is changed.
    Edit,
}

/// What can be done with catalogs.
#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    /// Show what open issues would gain and lose under a compliance-config.yml, or under what the server assesses with
    /// now. Changes nothing. The key needs the scope requirements:read.
    Preview {
        /// Your organisation's compliance-config.yml as it is to be; without it, the server's.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Carry what the server assesses with into all open issues. Approvals become stale where other requirements apply;
    /// issues that are done keep what they were approved under. The key needs the scope catalog:write.
    Apply {
        /// Tell issues whose requirements change by a comment as well.
        #[arg(long)]
        comments: bool,
    },
    /// Say whether an organisation's compliance-config.yml can be used, and what follows from it.
    #[command(after_help = "Exit codes: 0 it can be used, 1 it cannot, 2 usage")]
    Check {
        /// The file.
        file: PathBuf,
    },
}
