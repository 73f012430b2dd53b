//! The stage: a directory, free ports, the Jira look-alike and the server, and the app installed.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use record::ids::TenantId;
use reqwest::Method;
use serde_json::json;
use store::StoreError;
use verifier::memory::Memory;

use crate::calls::{Calls, Door};
use crate::database::{Database, Kind, Moment};
use crate::programs::{self, Ended, Program};

/// How long anything may take to happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Everything that runs.
pub(crate) struct Stage {
    pub(crate) calls: Calls,
    pub(crate) tenant: TenantId,
    /// What the server answered when the app was installed, step by step.
    pub(crate) installed: String,
    /// Where the buttons of the look-alike's pages lead.
    pub(crate) buttons: TcpListener,
    pub(crate) database: Database,
    directory: PathBuf,
    server: Program,
    jira: Program,
    _temporary: Option<tempfile::TempDir>,
}

impl Stage {
    /// Starts everything and installs the app.
    pub(crate) async fn set(
        keep: Option<PathBuf>,
        port: Option<u16>,
        kind: Kind,
        door: Door,
        pages: Option<PathBuf>,
    ) -> anyhow::Result<Self> {
        let (directory, temporary) = directory(keep)?;
        let database = Database::make(kind, &directory).await?;
        let buttons = TcpListener::bind("127.0.0.1:0")?;
        let to = format!("http://{}", buttons.local_addr()?);
        let mut arguments = vec![
            "--listen".to_owned(),
            format!("127.0.0.1:{}", port.unwrap_or(0)),
            "--title".to_owned(),
            "Jira look-alike".to_owned(),
        ];
        if let Some(pages) = pages {
            arguments.extend(["--custom-ui".to_owned(), pages.display().to_string()]);
        }
        for (label, path) in [
            ("Verify now", "verify"),
            ("Tamper with one byte", "tamper"),
            ("Undo the tampering", "undo"),
            ("Export and check", "export"),
        ] {
            arguments.extend(["--action".to_owned(), format!("{label}=POST {to}/{path}")]);
        }
        let (jira, address) =
            programs::start_until("countersign-sandbox", &arguments, "sandbox ready ").await?;
        let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let server_address = format!("http://{free}");
        let log = directory.join("server.log");
        let server = programs::start(
            "countersign-server",
            &server_settings(
                &database,
                &directory,
                &server_address,
                &free.to_string(),
                &address,
            )?,
            &log,
        )?;
        let calls = Calls::new(door, address, server_address.clone())?;
        let started = wait("the server", async || Ok(calls.ready().await)).await;
        started.with_context(|| std::fs::read_to_string(&log).unwrap_or_default())?;
        let installed = install(&calls, door, &server_address).await?;
        let tenant = first_tenant(&database)?;
        leave_settings(&database, &directory, &server_address)?;
        Ok(Self {
            calls,
            tenant,
            installed,
            buttons,
            database,
            directory,
            server,
            jira,
            _temporary: temporary,
        })
    }

    /// A file of the stage.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Runs the verifier; `telling` it tells Jira too.
    pub(crate) async fn verify(&self, moment: Moment, telling: bool) -> anyhow::Result<Ended> {
        let mut settings = self.verifier_settings(moment);
        if telling {
            let key = self.file("data/master.key").display().to_string();
            settings.push(("COUNTERSIGN_MASTER_KEY_FILE", key));
        }
        programs::run("countersign-verifier", &["run", "--json"], &settings).await
    }

    /// Writes a bundle of everything that is signed.
    pub(crate) async fn export(&self, bundle: &Path) -> anyhow::Result<Ended> {
        let (tenant, out) = (self.tenant.to_string(), bundle.display().to_string());
        let arguments = ["export", "--tenant", tenant.as_str(), "--out", out.as_str()];
        let settings = self.verifier_settings(Moment::Now);
        programs::run("countersign-verifier", &arguments, &settings).await
    }

    /// Checks a bundle as an auditor does.
    pub(crate) async fn check(&self, bundle: &Path, policy: &Path) -> anyhow::Result<Ended> {
        let (bundle, policy) = (bundle.display().to_string(), policy.display().to_string());
        programs::run(
            "countersign-check",
            &[&bundle, "--policy", &policy, "--json"],
            &[],
        )
        .await
    }

    fn verifier_settings(&self, moment: Moment) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", self.database.for_the_verifier(moment)),
            (
                "COUNTERSIGN_VERIFIER_DIR",
                self.file("verifier").display().to_string(),
            ),
        ]
    }

    /// The number of entries, and how many of them a checkpoint covers.
    pub(crate) fn covered(&self) -> anyhow::Result<(u64, u64)> {
        let tenant = &self.tenant;
        let mut rows = self.database.rows()?;
        Ok(rows.snapshot(|db| {
            let size = db.frontier(tenant)?.size();
            let newest = db
                .newest_checkpoint(tenant)?
                .map_or(0, |checkpoint| checkpoint.size);
            Ok::<_, StoreError>((size, newest))
        })?)
    }

    /// Waits until nothing is left to be done and everything is signed.
    pub(crate) async fn settle(&self) -> anyhow::Result<u64> {
        let mut before = None;
        wait("a signed checkpoint over everything", async || {
            tokio::time::sleep(Duration::from_millis(900)).await;
            let (size, newest) = self.covered()?;
            let settled = size == newest && before == Some(size);
            before = Some(size);
            Ok(settled)
        })
        .await?;
        Ok(self.covered()?.0)
    }

    /// Ends the programs and leaves a note for whoever looks at what is kept.
    pub(crate) async fn strike(self) -> anyhow::Result<()> {
        self.server.end().await?;
        self.jira.end().await
    }
}

/// Installs the app through this door.
async fn install(calls: &Calls, door: Door, server: &str) -> anyhow::Result<String> {
    let (path, body) = match door {
        Door::Connect => {
            let descriptor = format!("{server}/atlassian-connect.json");
            ("/install", json!({ "descriptorUrl": descriptor }))
        }
        Door::Forge => ("/forge/install", json!({ "remote": server })),
    };
    let installed = calls.control(Method::POST, path, Some(body)).await?;
    let (status, enabled) = (&installed["installed"], &installed["enabled"]);
    match door {
        Door::Connect => {
            anyhow::ensure!(
                *status == 204 && *enabled == 204,
                "installed {status}, enabled {enabled}"
            );
            Ok(format!("installed: {status}, enabled: {enabled}"))
        }
        Door::Forge => {
            anyhow::ensure!(*status == 202, "avi:forge:installed:app {status}");
            Ok(format!("avi:forge:installed:app: {status}"))
        }
    }
}

/// Waits until something has happened.
pub(crate) async fn wait(
    what: &str,
    mut happened: impl AsyncFnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let started = Instant::now();
    while !happened().await? {
        anyhow::ensure!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

fn directory(keep: Option<PathBuf>) -> anyhow::Result<(PathBuf, Option<tempfile::TempDir>)> {
    match keep {
        None => {
            let temporary = tempfile::tempdir()?;
            Ok((temporary.path().to_owned(), Some(temporary)))
        }
        Some(kept) => {
            std::fs::create_dir_all(&kept)
                .with_context(|| format!("{} cannot be made", kept.display()))?;
            let kept = std::fs::canonicalize(kept)?;
            let empty = std::fs::read_dir(&kept)?.next().is_none();
            anyhow::ensure!(
                empty,
                "{} is not empty: name a new directory",
                kept.display()
            );
            Ok((kept, None))
        }
    }
}

/// The server finds the verifier's reports in its directory, or in the database, where it knows them by their key.
fn server_settings(
    database: &Database,
    directory: &Path,
    address: &str,
    listen: &str,
    jira: &str,
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let host = jira.trim_start_matches("http://");
    let verifier = directory.join("verifier");
    let key = Memory::at(&verifier)?.signing_key()?.verifier_key();
    Ok(vec![
        ("COUNTERSIGN_ADDRESS", address.to_owned()),
        ("COUNTERSIGN_LISTEN", listen.to_owned()),
        ("DATABASE_URL", database.for_the_server()),
        (
            "COUNTERSIGN_DATA",
            directory.join("data").display().to_string(),
        ),
        ("COUNTERSIGN_ALLOWED_HOSTS", host.to_owned()),
        ("COUNTERSIGN_INSTALL_KEYS", format!("{jira}/install-keys")),
        ("COUNTERSIGN_CONNECT_JS", format!("{jira}/connect/all.js")),
        match database {
            Database::File { .. } => ("COUNTERSIGN_VERIFIER_DIR", verifier.display().to_string()),
            Database::Server { .. } => ("COUNTERSIGN_VERIFIER_KEY", key.to_string()),
        },
        ("COUNTERSIGN_CHECKPOINT_SECONDS", "1".to_owned()),
        ("COUNTERSIGN_FORGE_APP", sandbox::FORGE_APP.to_owned()),
        ("COUNTERSIGN_FORGE_KEYS", format!("{jira}/forge/jwks.json")),
        ("COUNTERSIGN_FORGE_GATEWAY", jira.to_owned()),
    ])
}

/// The settings with which the tools can be run by hand on what is kept.
fn leave_settings(database: &Database, directory: &Path, server: &str) -> anyhow::Result<()> {
    let settings = format!(
        "# . this file, then: countersign-verifier run --json\n\
         # or: countersign-server tenant list; the server answers while the demo runs\n\
         export DATABASE_URL='{}'\nexport COUNTERSIGN_VERIFIER_DIR='{}'\n\
         export COUNTERSIGN_ADDRESS='{server}'\nexport COUNTERSIGN_DATA='{}'\nexport COUNTERSIGN_URL='{server}'\n",
        database.for_the_verifier(Moment::Now),
        directory.join("verifier").display(),
        directory.join("data").display()
    );
    Ok(std::fs::write(directory.join("env"), settings)?)
}

#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general enough over the connection's lifetime"
)]
fn first_tenant(database: &Database) -> anyhow::Result<TenantId> {
    let mut rows = database.rows()?;
    let tenants = rows.snapshot(|db| db.tenants())?;
    tenants
        .into_iter()
        .next()
        .context("the app is not installed")
}
