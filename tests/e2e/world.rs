//! A world to tell a story in: one Jira look-alike or several, the real server in this process, and a
//! directory that goes away. Knows how to build, stop, start and wait; what happened is read elsewhere.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use app::{Config, Server};
use ledger::Verdict;
use sandbox::{IssueRef, NewIssue, Sandbox};
use serde_json::Value;
use store::Address;
use tempfile::TempDir;
use verifier::judge::Progress;

use crate::key_desk::key_desk;

/// How long anything may take to happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// Everything that runs in a story.
pub(crate) struct World {
    /// The sites; the first is the one of most stories.
    pub(crate) sites: Vec<Sandbox>,
    /// The server, unless it is stopped or runs as a process of its own.
    pub(crate) server: Option<Server>,
    /// Speaks to the server.
    pub(crate) http: reqwest::Client,
    listen: SocketAddr,
    install_keys: String,
    more_hosts: Vec<String>,
    database: Option<throwaway::Database>,
    dir: TempDir,
}

/// As whom the server and the verifier connect where the database is a server.
const ROLES: [&str; 2] = ["countersign_app", "countersign_verifier"];

impl World {
    /// A server, and a site with the app installed.
    pub(crate) async fn installed() -> Self {
        let world = Self::with_sites(1).await;
        world.install(0).await;
        world
    }

    /// A server, and this many sites without the app.
    pub(crate) async fn with_sites(count: usize) -> Self {
        let mut world = Self::without_server(count).await;
        world.start().await;
        world
    }

    /// For what only a database in a file does: a server, and a site with the app installed.
    pub(crate) async fn installed_in_a_file() -> Self {
        let mut world = Self::beside(1, None, sandbox::Config::default()).await;
        world.start().await;
        world.install(0).await;
        world
    }

    /// This many sites, and a server that does not run yet: its database is in a file, or in the cluster that the
    /// tests share where there is one.
    pub(crate) async fn without_server(count: usize) -> Self {
        Self::without_server_of(count, sandbox::Config::default()).await
    }

    /// The same, with sites of this kind.
    pub(crate) async fn without_server_of(count: usize, kind: sandbox::Config) -> Self {
        let database = throwaway::chosen().unwrap();
        if let Some(database) = &database {
            for role in ROLES {
                database.make_role(role).unwrap();
            }
            let address = database.url().parse().unwrap();
            let [app, verifier] = ROLES.map(|role| Some(role.parse().unwrap()));
            store::migrate(&address).unwrap();
            store::grant(&address, &store::Roles { app, verifier }).unwrap();
        }
        Self::beside(count, database, kind).await
    }

    async fn beside(
        count: usize,
        database: Option<throwaway::Database>,
        kind: sandbox::Config,
    ) -> Self {
        let mut sites = Vec::new();
        for _ in 0..count {
            sites.push(Sandbox::start(kind.clone()).await.unwrap());
        }
        let install_keys = match sites.as_slice() {
            [one] => one.install_keys_url(),
            many => key_desk(many.iter().map(Sandbox::install_keys_url).collect()),
        };
        Self {
            sites,
            server: None,
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(PATIENCE)
                .build()
                .unwrap(),
            listen: a_place_to_listen(),
            install_keys,
            more_hosts: Vec::new(),
            database,
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// The site of most stories.
    pub(crate) fn jira(&self) -> &Sandbox {
        &self.sites[0]
    }

    /// Where the server is reached.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// A file of the world.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The database, as the verifier reaches it.
    pub(crate) fn database(&self) -> Address {
        self.database_for(ROLES[1]).parse().unwrap()
    }

    /// The database's address for a role, where there are roles.
    pub(crate) fn database_for(&self, role: &str) -> String {
        match &self.database {
            Some(database) => database.url_for(role),
            None => format!("sqlite:{}", self.file("countersign.sqlite").display()),
        }
    }

    /// What the server is told, by the names of its settings.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let hosts: Vec<String> = self
            .sites
            .iter()
            .map(|site| site.local_url().trim_start_matches("http://").to_owned())
            .chain(self.more_hosts.iter().cloned())
            .collect();
        vec![
            ("COUNTERSIGN_ADDRESS", self.address()),
            ("COUNTERSIGN_LISTEN", self.listen.to_string()),
            ("DATABASE_URL", self.database_for(ROLES[0])),
            ("COUNTERSIGN_DATA", self.file("data").display().to_string()),
            ("COUNTERSIGN_ALLOWED_HOSTS", hosts.join(",")),
            ("COUNTERSIGN_INSTALL_KEYS", self.install_keys.clone()),
            ("COUNTERSIGN_FORGE_APP", sandbox::FORGE_APP.to_owned()),
            ("COUNTERSIGN_FORGE_KEYS", self.jira().forge_keys_url()),
            ("COUNTERSIGN_FORGE_GATEWAY", self.jira().forge_gateway_url()),
            ("COUNTERSIGN_CHECKPOINT_SECONDS", "60".to_owned()),
        ]
    }

    /// Lets sites live on one more host, from the next start on.
    pub(crate) fn allow_host(&mut self, host: &str) {
        self.more_hosts.push(host.to_owned());
    }

    /// Starts the server where it was before.
    pub(crate) async fn start(&mut self) {
        self.start_with(&[]).await;
    }

    /// Starts the server with other settings than the usual ones.
    pub(crate) async fn start_with(&mut self, other: &[(&'static str, &str)]) {
        let other = other
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        let settings: Vec<_> = other.chain(self.settings()).collect();
        let config = Config::from_lookup(|name| {
            let known = settings.iter().find(|(known, _)| *known == name)?;
            Some(known.1.clone())
        });
        let listener = listening_again(self.listen).await;
        self.server = Some(Server::start(config.unwrap(), listener).await.unwrap());
    }

    /// Stops the server in an orderly way.
    pub(crate) async fn stop(&mut self) {
        self.server.take().unwrap().stop().await.unwrap();
    }

    /// Installs the app on a site; it is then enabled.
    pub(crate) async fn install(&self, site: usize) {
        let installed = self.sites[site].install(&self.descriptor_url()).await;
        let installed = installed.unwrap();
        assert_eq!((installed.installed, installed.enabled), (204, Some(204)));
    }

    /// Installs the Forge app on the site of most stories.
    pub(crate) async fn install_forge(&self) {
        let answered = self.jira().forge_install(&self.address()).await;
        assert_eq!(answered.unwrap(), 202);
    }

    /// Where the descriptor is.
    pub(crate) fn descriptor_url(&self) -> String {
        format!("{}/atlassian-connect.json", self.address())
    }

    /// Ben makes an issue in PAY, and the server has dealt with it.
    pub(crate) async fn ticket(&self, summary: &str, description: &str) -> IssueRef {
        let made = self.make(summary, description);
        self.quiet().await;
        made
    }

    /// Ben makes an issue in PAY.
    pub(crate) fn make(&self, summary: &str, description: &str) -> IssueRef {
        let new = NewIssue {
            project: "PAY".to_owned(),
            summary: summary.to_owned(),
            description: description.to_owned(),
            ..NewIssue::default()
        };
        self.jira().world().create_issue("ben", new).unwrap()
    }

    /// Waits until no notification is on its way or waits, and no effect waits.
    pub(crate) async fn quiet(&self) {
        self.until("Jira and the queues to be at rest", async || {
            // What was sent last may bring one more webhook: Jira is asked again once the queues are empty.
            self.sites_idle().await;
            if !self.queues_empty().await {
                return false;
            }
            self.sites_idle().await;
            self.queues_empty().await
        })
        .await;
    }

    async fn sites_idle(&self) {
        for site in &self.sites {
            site.wait_idle(PATIENCE).await.unwrap();
        }
    }

    async fn queues_empty(&self) -> bool {
        let ready = self.ready().await;
        ready["inbox"]["waiting"] == 0 && ready["outbox"]["waiting"] == 0
    }

    /// What the server says of itself; null while it does not answer.
    pub(crate) async fn ready(&self) -> Value {
        let url = format!("{}/health/ready", self.address());
        match self.http.get(url).send().await {
            Ok(answer) => answer.json().await.unwrap_or_default(),
            Err(_) => Value::Null,
        }
    }

    /// Waits until something is so.
    pub(crate) async fn until(&self, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
        let started = Instant::now();
        while !is_so().await {
            assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Signs what there is and demands that the verifier finds nothing wrong with any of it.
    pub(crate) async fn check_ledger(&self) {
        if let Some(server) = &self.server {
            server.casework().sign_heads().await.unwrap();
        }
        assert_eq!(self.verdict().await, Some(Verdict::Verified));
    }

    /// What the verifier says of all ledgers as they stand.
    pub(crate) async fn verdict(&self) -> Option<Verdict> {
        self.verdict_by(|_| {}).await
    }

    /// What a verifier says that is told something else besides.
    pub(crate) async fn verdict_by(
        &self,
        change: impl FnOnce(&mut verifier::config::Config),
    ) -> Option<Verdict> {
        let mut config = verifier::config::Config {
            database: self.database(),
            directory: self.file("verifier"),
            threads: std::num::NonZeroUsize::new(2).unwrap(),
            delivery: None,
            report_ticket: None,
        };
        change(&mut config);
        let outcome = verifier::run::run(&config, None, &mut Silent).await;
        let outcome = outcome.unwrap();
        let verdict = outcome.verdict();
        if verdict != Some(Verdict::Verified) {
            println!("{}", verifier::output::plain(&outcome).join("\n"));
        }
        verdict
    }
}

/// A free address below the ports that the system hands out, so that nobody takes it while the server is
/// stopped.
fn a_place_to_listen() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // More for each process than it has tests.
    let first = 12_000 + u16::try_from(std::process::id() % 40).unwrap_or(0) * 500;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        if let Ok(free) = TcpListener::bind(("127.0.0.1", port)) {
            return free.local_addr().unwrap();
        }
    }
}

/// A child process that another test makes at this moment holds the stopped server's socket as well, until it is another
/// program.
async fn listening_again(place: SocketAddr) -> TcpListener {
    let started = Instant::now();
    loop {
        match TcpListener::bind(place) {
            Err(taken) if taken.kind() == ErrorKind::AddrInUse && started.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            bound => return bound.unwrap(),
        }
    }
}

struct Silent;

impl Progress for Silent {
    fn walked(&mut self, _: &record::ids::TenantId, _: u64, _: u64) {}
}
