//! The database that the story plays in: a file of the stage, or a throwaway PostgreSQL cluster with the three roles
//! that an operator would make. Also the copy from before the approval.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use store::LedgerRows;
use throwaway::{Cluster, Durability};

use crate::programs;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A file.
    Sqlite,
    /// A PostgreSQL cluster that goes away with the demo.
    Postgres,
}

/// The database at two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// As it is.
    Now,
    /// The copy from before the approval.
    BeforeApproval,
}

/// The story's database.
pub(crate) enum Database {
    File { directory: PathBuf },
    Server { cluster: Cluster },
}

const OWNER: &str = "countersign_owner";
const APP: &str = "countersign_app";
const VERIFIER: &str = "countersign_verifier";

impl Database {
    /// Makes the database; where that is not the server's own business, its tables and rights too.
    pub(crate) async fn make(kind: Kind, directory: &Path) -> anyhow::Result<Self> {
        if kind == Kind::Sqlite {
            return Ok(Self::File {
                directory: directory.to_owned(),
            });
        }
        let cluster = Cluster::start(Durability::Durable, &[])?;
        cluster.sql(
            "postgres",
            &format!(
                "CREATE ROLE {OWNER} LOGIN; CREATE ROLE {APP} LOGIN; CREATE ROLE {VERIFIER} LOGIN"
            ),
        )?;
        cluster.sql(
            "postgres",
            &format!("CREATE DATABASE countersign OWNER {OWNER}"),
        )?;
        let settings = [
            ("COUNTERSIGN_ADDRESS", "http://localhost:8080".to_owned()),
            ("DATABASE_URL", cluster.url(OWNER, "countersign")),
            ("COUNTERSIGN_APP_ROLE", APP.to_owned()),
            ("COUNTERSIGN_VERIFIER_ROLE", VERIFIER.to_owned()),
        ];
        let migrated = programs::run("countersign-server", &["migrate"], &settings).await?;
        anyhow::ensure!(
            migrated.code == 0,
            "the tables could not be made: {}",
            migrated.out
        );
        Ok(Self::Server { cluster })
    }

    /// Its address, for the server.
    pub(crate) fn for_the_server(&self) -> String {
        match self {
            Self::File { .. } => self.address(Moment::Now),
            Self::Server { cluster } => cluster.url(APP, "countersign"),
        }
    }

    /// Its address, for the verifier.
    pub(crate) fn for_the_verifier(&self, moment: Moment) -> String {
        match self {
            Self::File { .. } => self.address(moment),
            Self::Server { cluster } => cluster.url(VERIFIER, name(moment)),
        }
    }

    /// Its rows, read as the verifier reads them.
    pub(crate) fn rows(&self) -> anyhow::Result<LedgerRows> {
        Ok(LedgerRows::open(
            &self.for_the_verifier(Moment::Now).parse()?,
        )?)
    }

    fn address(&self, moment: Moment) -> String {
        match self {
            Self::File { directory } => {
                format!("sqlite:{}", directory.join(file(moment)).display())
            }
            Self::Server { cluster } => cluster.url("postgres", name(moment)),
        }
    }

    /// Keeps a copy of the database as it is now.
    pub(crate) fn copy(&self) -> anyhow::Result<()> {
        match self {
            Self::File { directory } => {
                let to = directory.join(file(Moment::BeforeApproval));
                match &mut self.open()? {
                    Connection::Sqlite(sqlite) => diesel::sql_query("VACUUM INTO ?")
                        .bind::<Text, _>(to.display().to_string())
                        .execute(sqlite)?,
                    Connection::Postgres(_) => 0,
                };
                Ok(())
            }
            Self::Server { cluster } => {
                Ok(cluster.copy_database(name(Moment::Now), name(Moment::BeforeApproval))?)
            }
        }
    }

    /// A connection with every right, as an intruder would have it.
    pub(crate) fn open(&self) -> anyhow::Result<Connection> {
        let address = self.address(Moment::Now);
        match address.strip_prefix("sqlite:") {
            Some(file) => {
                let mut connection = SqliteConnection::establish(file)?;
                connection.batch_execute("PRAGMA busy_timeout = 10000")?;
                Ok(Connection::Sqlite(connection))
            }
            None => Ok(Connection::Postgres(
                PgConnection::establish(&address).context("the cluster does not answer")?,
            )),
        }
    }
}

/// A connection of the intruder's.
pub(crate) enum Connection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

const fn name(moment: Moment) -> &'static str {
    match moment {
        Moment::Now => "countersign",
        Moment::BeforeApproval => "before_approval",
    }
}

const fn file(moment: Moment) -> &'static str {
    match moment {
        Moment::Now => "countersign.sqlite",
        Moment::BeforeApproval => "before-approval.sqlite",
    }
}
