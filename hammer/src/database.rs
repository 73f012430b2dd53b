//! The database that is hammered: a file, or a PostgreSQL cluster with the proxy before it. How it is stopped and comes
//! back.

use std::time::{Duration, Instant};

use anyhow::Context;
use clap::ValueEnum;
use store::Address;
use tempfile::TempDir;
use throwaway::{Cluster, Durability};

use crate::chance::Chance;
use crate::disk::Disk;
use crate::proxy::Proxy;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A file, that several processes write.
    Sqlite,
    /// A PostgreSQL cluster of the hammer's own.
    Postgres,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A database with nothing in it but our tables.
pub(crate) struct Database {
    // Goes before the disk that it lies on.
    server: Option<Server>,
    disk: Option<Disk>,
    /// What must not be turned back with the database: signers' and verifier's memories.
    outside: TempDir,
}

struct Server {
    cluster: Cluster,
    proxy: Proxy,
}

const NAME: &str = "hammered";

/// That a server ends its sessions is what is meant to happen, and needs no warning from each of them.
const QUIET: &str = "options=-c%20client_min_messages%3Derror";

/// A server that takes little room, so that it is soon in want of it.
const SMALL: [&str; 4] = [
    "max_wal_size=64MB",
    "min_wal_size=32MB",
    "shared_buffers=32MB",
    "checkpoint_timeout=30s",
];

impl Database {
    /// On a small disk of its own.
    pub(crate) fn on_a_small_disk(kind: Kind, chance: &mut Chance) -> anyhow::Result<Self> {
        let disk = Disk::make()?;
        let server = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => {
                let cluster = Cluster::in_directory(disk.path(), Durability::Durable, &SMALL)?;
                Some(Server::before(cluster, Chance::from_seed(chance.next()))?)
            }
        };
        Self::with_tables(server, Some(disk))
    }

    /// A PostgreSQL cluster on the machine's own disk, as in earnest.
    pub(crate) fn as_in_earnest(chance: &mut Chance) -> anyhow::Result<Self> {
        let cluster = Cluster::start(Durability::Durable, &[])?;
        let server = Server::before(cluster, Chance::from_seed(chance.next()))?;
        Self::with_tables(Some(server), None)
    }

    fn with_tables(server: Option<Server>, disk: Option<Disk>) -> anyhow::Result<Self> {
        let database = Self {
            server,
            disk,
            outside: tempfile::Builder::new()
                .prefix("countersign-hammer-")
                .tempdir()?,
        };
        if let Some(server) = &database.server {
            server.cluster.make_database(NAME)?;
        }
        store::migrate(&database.address()?)?;
        Ok(database)
    }

    /// Where the writers find it: behind the proxy, where there is one.
    pub(crate) fn url_of_writers(&self) -> anyhow::Result<String> {
        match &self.server {
            Some(server) => Ok(format!(
                "postgres://postgres@127.0.0.1:{}/{NAME}?{QUIET}",
                server.proxy.port()
            )),
            None => self.url(),
        }
    }

    /// Where everybody else finds it.
    pub(crate) fn url(&self) -> anyhow::Result<String> {
        match (&self.server, &self.disk) {
            (Some(server), _) => Ok(format!("{}?{QUIET}", server.cluster.url("postgres", NAME))),
            (None, Some(disk)) => Ok(format!(
                "sqlite:{}",
                disk.path().join("ledger.db").display()
            )),
            (None, None) => anyhow::bail!("no database"),
        }
    }

    pub(crate) fn address(&self) -> anyhow::Result<Address> {
        Ok(self.url()?.parse()?)
    }

    pub(crate) fn outside(&self) -> &std::path::Path {
        self.outside.path()
    }

    /// How many commits lost their reply, and how many were lost themselves.
    pub(crate) fn lost(&self) -> (u64, u64) {
        self.server
            .as_ref()
            .map_or((0, 0), |server| server.proxy.lost())
    }

    /// Why its disk cannot be filled; none if it can.
    pub(crate) fn cannot_be_filled(&self) -> Option<String> {
        match &self.disk {
            Some(disk) => disk.cannot_be_filled().map(str::to_owned),
            None => Some("the database is on the machine's own disk".to_owned()),
        }
    }

    /// Fills the disk; `log` makes a server need room for its log too.
    pub(crate) fn fill_disk(&self, log: bool) -> anyhow::Result<()> {
        let Some(disk) = &self.disk else {
            return Ok(());
        };
        disk.fill().context("the disk could not be filled")?;
        if let (true, Some(server)) = (log, &self.server) {
            let next_file = "SELECT pg_logical_emit_message(false, 'hammer', repeat('x', 100000)); SELECT pg_switch_wal()";
            for _ in 0..8 {
                // Fails once there is no room: that is what it is for.
                if server.cluster.sql(NAME, next_file).is_err() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Gives the room back and starts a server that ended itself; whether it had.
    pub(crate) fn free_disk(&mut self) -> anyhow::Result<bool> {
        if let Some(disk) = &self.disk {
            disk.free().context("the disk could not be freed")?;
        }
        match &mut self.server {
            Some(server) => server.back_after_a_crash(),
            None => Ok(false),
        }
    }

    /// Stops a server at once, and starts it again after a while. Nothing to do where there is none.
    pub(crate) fn stop_for(&mut self, while_away: Duration) -> anyhow::Result<()> {
        if let Some(server) = &mut self.server {
            server.cluster.stop_immediately()?;
            std::thread::sleep(while_away);
            server.cluster.start_again()?;
        }
        Ok(())
    }

    /// Takes away what would refuse a second entry at a place, so that a fork is kept where one is made.
    pub(crate) fn let_forks_be_kept(&self) -> anyhow::Result<()> {
        if let Some(server) = &self.server {
            server.cluster.sql(
                NAME,
                "ALTER TABLE entries DROP CONSTRAINT entries_pkey, DROP CONSTRAINT entries_tenant_idem_key; \
                 CREATE INDEX ON entries (tenant, seq); CREATE INDEX ON entries (tenant, idem); \
                 ALTER TABLE tiles DROP CONSTRAINT tiles_pkey; CREATE INDEX ON tiles (tenant, level, idx)",
            )?;
        }
        Ok(())
    }
}

impl Server {
    fn before(cluster: Cluster, chance: Chance) -> anyhow::Result<Self> {
        let proxy = Proxy::before(cluster.port(), chance)?;
        Ok(Self { cluster, proxy })
    }

    /// A server without room for its log ends its sessions, recovers by itself if it finds room by then, and else
    /// ends itself.
    fn back_after_a_crash(&mut self) -> anyhow::Result<bool> {
        let freed = Instant::now();
        while self.cluster.is_running()? {
            if self.cluster.sql("postgres", "SELECT 1").is_ok() {
                return Ok(false);
            }
            anyhow::ensure!(
                freed.elapsed() < Duration::from_secs(60),
                "the server does not come back"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        self.cluster.start_again()?;
        Ok(true)
    }
}
