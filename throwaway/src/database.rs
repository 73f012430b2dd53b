//! A database of a test's own in a cluster that many tests share.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::cluster::run_sql;
use crate::programs::{NoCluster, Programs};

/// The variable that names the shared cluster: the address of its superuser without a database, as in
/// `postgres://postgres@127.0.0.1:5432`.
pub const SHARED: &str = "COUNTERSIGN_TEST_POSTGRES";

/// The variable that says which database tests use that can use either: `postgres`, or a file.
const CHOSEN: &str = "COUNTERSIGN_TEST_DATABASE";

/// A database that is removed when dropped.
#[derive(Debug)]
pub struct Database {
    programs: Programs,
    cluster: String,
    name: String,
}

/// A new database in the shared cluster, for tests that can use either database; none where a file was chosen.
///
/// # Errors
/// If a cluster was chosen and does not answer.
pub fn chosen() -> Result<Option<Database>, NoCluster> {
    match std::env::var(CHOSEN).as_deref() {
        Ok("postgres") => shared(),
        _ => Ok(None),
    }
}

/// A new database in the shared cluster; none where no cluster is shared.
///
/// # Errors
/// If the cluster does not answer.
pub fn shared() -> Result<Option<Database>, NoCluster> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Some(cluster) = std::env::var(SHARED)
        .ok()
        .filter(|cluster| !cluster.is_empty())
    else {
        return Ok(None);
    };
    let (process, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let database = Database {
        programs: Programs::find()?,
        cluster,
        name: format!("test_{process}_{number}"),
    };
    let make = format!("CREATE DATABASE {}", database.name);
    run_sql(&database.programs, &database.maintenance(), &make)?;
    Ok(Some(database))
}

impl Database {
    /// Its address, for the superuser.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/{}", self.cluster, self.name)
    }

    /// Its address for another role.
    #[must_use]
    pub fn url_for(&self, role: &str) -> String {
        match self.url().split_once('@') {
            Some((_, rest)) => format!("postgres://{role}@{rest}"),
            None => self.url(),
        }
    }

    /// Carries out statements as the superuser; gives what was printed: values alone, a line a row.
    ///
    /// # Errors
    /// What the server says.
    pub fn sql(&self, statements: &str) -> Result<String, NoCluster> {
        run_sql(&self.programs, &self.url(), statements)
    }

    /// Makes sure that the cluster knows a role that may log in.
    ///
    /// # Errors
    /// What the server says.
    pub fn make_role(&self, role: &str) -> Result<(), NoCluster> {
        self.sql(&format!(
            "DO $$ BEGIN CREATE ROLE {role} LOGIN; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        ))
        .map(drop)
    }

    fn maintenance(&self) -> String {
        format!("{}/postgres", self.cluster)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let remove = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // What is left goes with the cluster.
        drop(run_sql(&self.programs, &self.maintenance(), &remove));
    }
}
