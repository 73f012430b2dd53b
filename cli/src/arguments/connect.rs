//! The command line's words for a site that is connected.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use record::ids::ProjectKey;

use super::project_key;

/// What can be connected.
#[derive(Debug, Subcommand)]
pub enum Connect {
    /// A Jira site without the app, opened by an account's token. The key needs the scope integrations:write.
    Jira(ConnectJiraArguments),
}

/// A Jira site to be connected.
#[derive(Debug, Args)]
pub struct ConnectJiraArguments {
    /// The address of its pages, with https.
    #[arg(long, value_name = "URL")]
    pub jira_url: String,
    /// The account's e-mail address, on Jira Cloud. Use an account of its own: it can approve nothing.
    #[arg(long, required_unless_present = "data_center")]
    pub email: Option<String>,
    /// The site is of Jira Data Center: the token is a personal access token, and goes without an e-mail address.
    #[arg(long, conflicts_with_all = ["email", "cloud_id"])]
    pub data_center: bool,
    /// A file with the account's token; - is standard input.
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub token_file: PathBuf,
    /// A project to look at; several times for several. Without one nothing is connected, and you are told which
    /// projects the account sees.
    #[arg(long = "project", value_name = "KEY", value_parser = project_key)]
    pub projects: Vec<ProjectKey>,
    /// For a scoped token: the site's cloud id.
    #[arg(long)]
    pub cloud_id: Option<String>,
    /// A regular expression that issues' keys must have besides.
    #[arg(long, value_name = "REGEX")]
    pub link_pattern: Option<String>,
    /// A field to keep beside a link; several times for several.
    #[arg(long = "capture-field", value_name = "ID")]
    pub capture_fields: Vec<String>,
    /// The field that says how risky a change is, if it is not called Change risk.
    #[arg(long, value_name = "ID")]
    pub change_risk_field: Option<String>,
    /// The field that says why, if it is not called Risk assessment.
    #[arg(long, value_name = "ID")]
    pub risk_assessment_field: Option<String>,
}
