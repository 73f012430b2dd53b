//! The command line's words for a look at a project's own issues.

use std::path::PathBuf;

use clap::Args;
use record::ids::{ProjectKey, SiteId};

use super::project_key;

/// Which project is looked at.
#[derive(Debug, Args)]
pub struct ScanArguments {
    /// The project's key.
    #[arg(long, value_name = "KEY", value_parser = project_key)]
    pub project: ProjectKey,
    /// The site that it is on, where there are several.
    #[arg(long)]
    pub site: Option<SiteId>,
    /// A compliance-config.yml that the server was not given yet.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print one JSON object for each issue that is flagged, as it is found. A framework that is listed there without
    /// `applies` may apply: your organisation did not say that it is bound.
    #[arg(long)]
    pub json: bool,
}
