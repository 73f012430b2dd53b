//! `countersign-sandbox`: runs one look-alike site until interrupted. Prints one line, `sandbox ready URL`, when it
//! listens (and, when asked, after the app is installed).

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use sandbox::{Action, Config, Deployment, Sandbox};

/// A local look-alike of Jira Cloud, or of Jira Data Center, for demonstrations and tests.
#[derive(Parser)]
#[command(
    version,
    about,
    after_help = "People: alice, ben, carla, dan and erin, each NAME@example.com with the API token sandbox-token-NAME. \
Carla is in the role Approvers, Erin administers Jira, Dan may not comment. Projects: PAY, CARE, OPS. Issues are made on \
the pages; comments on the pages or by Jira's REST API. Erin makes the site's webhooks at /admin/webhooks."
)]
struct Arguments {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
    /// What the site calls itself, when that is not the address listened on.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Is a Jira Data Center: people have the personal access token sandbox-pat-NAME, and no app can be installed.
    #[arg(long, conflicts_with_all = ["install", "custom_ui"])]
    data_center: bool,
    /// Name of the site on its pages.
    #[arg(long, default_value = "Jira sandbox")]
    title: String,
    /// Installs the app with this descriptor.
    #[arg(long, value_name = "DESCRIPTOR_URL")]
    install: Option<String>,
    /// Seconds between tries of a webhook.
    #[arg(long, value_name = "SECONDS", default_value_t = 1)]
    retry_delay: u64,
    /// Shows the Forge app's pages, which were built into this folder.
    #[arg(long, value_name = "FOLDER")]
    custom_ui: Option<PathBuf>,
    /// A button at the top of every page: `Label=POST URL`. May be repeated.
    #[arg(long = "action", value_name = "ACTION", value_parser = Action::parse)]
    actions: Vec<Action>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "countersign-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config {
        listen: arguments.listen,
        base_url: arguments.base_url,
        deployment: match arguments.data_center {
            true => Deployment::DataCenter,
            false => Deployment::Cloud,
        },
        title: arguments.title,
        retry_delay: std::time::Duration::from_secs(arguments.retry_delay),
        custom_ui: arguments.custom_ui,
        actions: arguments.actions,
        ..Config::default()
    };
    let sandbox = Sandbox::start(config).await?;
    if let Some(descriptor) = arguments.install {
        sandbox.install(&descriptor).await?;
    }
    writeln!(std::io::stdout(), "sandbox ready {}", sandbox.local_url())?;
    std::io::stdout().flush()?;
    terminated().await?;
    sandbox.stop().await;
    Ok(())
}

/// Returns when the process is asked to end.
async fn terminated() -> std::io::Result<()> {
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = term.recv() => Ok(()),
    }
}
