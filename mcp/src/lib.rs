//! The tools that AI coding assistants are given (Model Context Protocol, versions 2025-11-25 and 2026-07-28), over
//! streamable HTTP and over standard input and output. Knows no database and no server: a [`Desk`] answers, and has let
//! the caller in before. Keeps no session, so that any of several servers can answer any call.

mod desk;
mod http_door;
mod tools;

pub use desk::{Claim, Desk, Refused, Ticket};
pub use http_door::{Origins, answer};
pub use tools::Tools;

/// Answers on standard input and output until the other end closes them.
///
/// # Errors
/// If they cannot be read or written.
pub async fn serve_on_standard_io<D: Desk>(desk: D) -> std::io::Result<()> {
    use rmcp::ServiceExt as _;
    let serving = Tools::new(desk).serve(rmcp::transport::stdio()).await;
    let serving = match serving {
        Ok(serving) => serving,
        // The other end left before it said what it speaks.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(std::io::Error::other(error)),
    };
    serving.waiting().await.map_err(std::io::Error::other)?;
    Ok(())
}
