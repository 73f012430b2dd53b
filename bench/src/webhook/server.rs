//! The server as it ships, with the app installed on a site, a program's key and a code host: a process of its own, which ends with this value.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use casework::{Casework, CodeHostRequest, KeyRequest};
use github::WebhookSecret;
use jira::BaseUrl;
use jira::connect::AllowedHosts;
use jira::connect::identity::SharedSecret;
use jira::connect::jwt::sign_server_token;
use jira::connect::lifecycle::Installed;
use jira::rest::{Client, HttpSettings};
use record::entries::{KeyEnvironment, PushAs, Scope};
use record::ids::CodeHostId;
use store::{Address, LedgerRows, MasterKey, Store, StoreError};

use super::load::Load;

const PROGRAM: &str = "countersign-server";
const SITE: &str = "bench-site";
const SECRET: &str = "a secret that the bench and the server share";
const PATIENCE: Duration = Duration::from_secs(20);

/// The clock's ticks a second, in which the system counts a process's time.
const TICKS: f64 = 100.0;

pub(super) struct Server {
    child: Child,
    served: Served,
    database: Address,
    /// Takes calls and answers none.
    _jira: TcpListener,
}

/// Where a server is, and who calls it.
#[derive(Clone)]
pub(super) struct Served {
    pub(super) address: SocketAddr,
    base: BaseUrl,
    secret: SharedSecret,
    /// A program's key.
    pub(super) key: String,
    /// A code host, and the secret that it signs with.
    pub(super) host: CodeHostId,
    pub(super) signs_with: WebhookSecret,
}

impl Served {
    /// A token as Jira signs it for a request of this method and path.
    pub(super) fn token(&self, method: &str, path: &str) -> anyhow::Result<String> {
        let url = self.base.url().join(path)?;
        let now = store::now_ms() / 1000;
        let issuer = SITE.parse()?;
        Ok(sign_server_token(
            &issuer,
            None,
            &self.secret,
            method,
            &url,
            &self.base,
            now,
        )?)
    }
}

impl Server {
    /// Migrates the database, installs the app, and starts serving.
    pub(super) async fn start(url: &str, data: &Path) -> anyhow::Result<Self> {
        let database: Address = url.parse()?;
        let jira = TcpListener::bind("127.0.0.1:0")?;
        let secret: SharedSecret = SECRET.parse()?;
        let jira_url: BaseUrl = format!("http://{}", jira.local_addr()?).parse()?;
        let callers = install(&database, data, &secret, jira_url).await?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let program = std::env::current_exe()?.with_file_name(PROGRAM);
        let log = File::create(data.join("server.log"))?;
        let child = Command::new(&program)
            .env("COUNTERSIGN_ADDRESS", format!("http://{address}"))
            .env("COUNTERSIGN_LISTEN", address.to_string())
            .env("COUNTERSIGN_DATA", data)
            .env("DATABASE_URL", url)
            .env("COUNTERSIGN_API_PER_SECOND", "1000000")
            .env("COUNTERSIGN_SYNC_SECONDS", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} is not built", program.display()))?;
        let served = Served {
            address,
            base: format!("http://{address}").parse()?,
            secret,
            key: callers.key,
            host: callers.host,
            signs_with: callers.signs_with,
        };
        let server = Self {
            child,
            served,
            database,
            _jira: jira,
        };
        server.is_up().await?;
        Ok(server)
    }

    async fn is_up(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(self.served.address)
            .await
            .is_err()
        {
            ensure!(begun.elapsed() < PATIENCE, "the server does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Lays a load on it, and adds what that took of its process.
    pub(super) fn measured<F: Future<Output = anyhow::Result<Load>>>(
        &self,
        runtime: &tokio::runtime::Runtime,
        load: impl FnOnce(Served) -> F,
    ) -> anyhow::Result<Load> {
        let before = self.cpu()?;
        let mut load = runtime.block_on(load(self.served.clone()))?;
        load.cpu = self.cpu()?.saturating_sub(before);
        Ok(load)
    }

    /// How many notifications wait in the inbox.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is not general enough over the connection's lifetime"
    )]
    pub(super) fn waiting(&self) -> Result<i64, StoreError> {
        let (waiting, _) = LedgerRows::open(&self.database)?.snapshot(|db| db.inbox_depth())?;
        Ok(waiting)
    }

    /// How many entries there are, of all tenants.
    pub(super) fn entries(&self) -> Result<u64, StoreError> {
        LedgerRows::open(&self.database)?.snapshot(|db| {
            let tenants = db.tenants()?;
            let sizes = tenants.iter().map(|tenant| Ok(db.frontier(tenant)?.size()));
            sizes.sum()
        })
    }

    /// The time that the process has used.
    fn cpu(&self) -> anyhow::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, fields) = stat.rsplit_once(')').context("a process's figures")?;
        let of_user_and_system = fields.split_whitespace().skip(11).take(2);
        let ticks: u64 = of_user_and_system
            .map(str::parse::<u64>)
            .sum::<Result<_, _>>()?;
        Ok(Duration::from_secs_f64(ticks as f64 / TICKS))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Who else may call.
struct Callers {
    key: String,
    host: CodeHostId,
    signs_with: WebhookSecret,
}

/// As if Jira had told of it; and a program and a code host of the same tenant's.
async fn install(
    database: &Address,
    data: &Path,
    secret: &SharedSecret,
    base_url: BaseUrl,
) -> anyhow::Result<Callers> {
    std::fs::create_dir_all(data)?;
    store::migrate(database)?;
    let master = MasterKey::load_or_create(&data.join("master.key"))?;
    let casework = Casework::new(
        Store::open(database, master)?,
        Client::new(HttpSettings::default())?,
        "countersign".parse()?,
        "https://api.atlassian.com".parse()?,
        data.join("heads"),
    );
    let installed = Installed {
        app_key: "countersign".to_owned(),
        client_key: SITE.parse()?,
        shared_secret: secret.clone(),
        base_url,
        display_url: None,
        cloud_id: None,
    };
    let tenant = casework.installed(installed).await?;
    let key = KeyRequest {
        name: "bench".to_owned(),
        environment: KeyEnvironment::Test,
        scopes: vec![Scope::EventsWrite],
        days: None,
    };
    let host = CodeHostRequest {
        base_url: "https://github.com".to_owned(),
        push_as: PushAs::Commits,
        secret: None,
        access: None,
        repositories: Vec::new(),
    };
    let (_, key) = casework.issue_api_key(&tenant, key).await?;
    let registered = casework
        .register_code_host((&tenant).into(), host, &AllowedHosts::jira_cloud())
        .await?;
    Ok(Callers {
        key: key.expose().to_owned(),
        host: registered.host,
        signs_with: registered.secret,
    })
}
