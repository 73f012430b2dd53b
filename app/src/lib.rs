//! `countersign-server`: what callers see. Routes, who may call them, pages, and the loops that keep the
//! use cases of `casework` going. Decides nothing about tickets or ledgers itself.

pub mod commands;
pub mod config;
pub mod routes;
pub mod telemetry;

mod answers;
mod auth;
mod error;
mod handlers;
mod jobs;
mod rates;
mod state;
mod views;

use std::net::TcpListener;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use casework::Casework;

pub use config::Config;
pub use error::StartError;
pub use state::AppState;

use answers::Answers;
use jobs::Jobs;

/// The largest body that is read, in bytes.
const LARGEST_BODY: usize = 5 * 1024 * 1024;

/// A running server. Dropping it does not stop it; [`Server::stop`] does.
pub struct Server {
    handle: ServerHandle,
    jobs: Jobs,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    casework: Casework,
}

impl Server {
    /// Opens what the configuration names and starts serving on this listener.
    ///
    /// # Errors
    /// If the database, the keys or a setting cannot be used; nothing is served then.
    pub async fn start(config: Config, listener: TcpListener) -> Result<Self, StartError> {
        let workers = config.workers;
        let state = web::Data::new(AppState::build(config)?);
        let jobs = Jobs::start(&state);
        let casework = state.casework.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .app_data(web::PayloadConfig::new(LARGEST_BODY))
                .wrap(Answers)
                .configure(routes::configure)
        })
        .workers(workers)
        .shutdown_timeout(10)
        .disable_signals()
        .listen(listener)
        .map_err(StartError::Listen)?
        .run();
        let handle = server.handle();
        let served = tokio::spawn(server);
        Ok(Self {
            handle,
            jobs,
            served,
            casework,
        })
    }

    /// The use cases, for tests and for commands beside the server.
    #[must_use]
    pub const fn casework(&self) -> &Casework {
        &self.casework
    }

    /// Serves until the process is told to stop.
    ///
    /// # Errors
    /// If serving fails.
    pub async fn run_until_told(self) -> std::io::Result<()> {
        let mut terminated =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
        self.stop().await
    }

    /// Stops taking requests, ends those in progress and the jobs, and closes the store. On SQLite one whole file is
    /// left behind.
    ///
    /// # Errors
    /// If serving had failed.
    pub async fn stop(self) -> std::io::Result<()> {
        self.handle.stop(true).await;
        self.jobs.stop().await;
        let served = self.served.await;
        // A worker of the web server may hold the store for a moment longer.
        if let Err(error) = self.casework.store().close().await {
            tracing::warn!(%error, "the database was not closed in order");
        }
        served.unwrap_or_else(|error| Err(std::io::Error::other(error)))
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}
