//! Logging: to standard error, one line per event, `COUNTERSIGN_LOG` as the filter. Messages say what
//! happened; fields carry ids and names of checks. Tokens, secrets, query strings, bodies, e-mails and
//! ticket text are never logged.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::ConfigError;

const SETTING: &str = "COUNTERSIGN_LOG";

/// Starts logging. Does nothing if it was started before.
///
/// # Errors
/// If the filter is not understood.
pub fn start() -> Result<(), ConfigError> {
    let filter = std::env::var(SETTING).unwrap_or_else(|_| "info".to_owned());
    let filter = EnvFilter::builder()
        .parse(filter)
        .map_err(|_| ConfigError {
            setting: SETTING,
            problem: "a level such as info, or module=level pairs, are expected".to_owned(),
        })?;
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        // What cannot be written is not complained of where it could not be written: that would end the thread.
        .log_internal_errors(false);
    drop(logging.try_init());
    Ok(())
}
