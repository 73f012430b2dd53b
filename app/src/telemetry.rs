//! Logging: to standard error, one line per event, `COUNTERSIGN_LOG` as the filter. Messages say what
//! happened; fields carry ids and names of checks. Tokens, secrets, query strings, bodies, e-mails and
//! ticket text are never logged.

use tracing_subscriber::EnvFilter;

/// Starts logging. Does nothing if it was started before.
pub fn start() {
    let filter =
        EnvFilter::try_from_env("COUNTERSIGN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    drop(
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_target(false)
            .try_init(),
    );
}
