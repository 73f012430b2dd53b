//! A cluster: made, started, stopped hard, started again.

use std::ffi::OsStr;
use std::hash::{BuildHasher, RandomState};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::programs::{NoCluster, Programs};
use crate::tls;

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether a commit waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// As in earnest.
    Durable,
    /// For tests of anything else: a crash of the machine loses all.
    Fleeting,
}

/// A cluster that goes away when dropped. Its superuser is `postgres`; nobody needs a password.
#[derive(Debug)]
pub struct Cluster {
    programs: Programs,
    data: PathBuf,
    port: u16,
    server: Option<Child>,
    settings: Vec<String>,
    _directory: Option<TempDir>,
}

impl Cluster {
    /// Makes a cluster in a directory of its own and starts it.
    ///
    /// # Errors
    /// If PostgreSQL is not installed or does not start.
    pub fn start(durability: Durability, more: &[&str]) -> Result<Self, NoCluster> {
        let directory = tempfile::Builder::new()
            .prefix("countersign-postgres-")
            .tempdir()?;
        let mut cluster = Self::in_directory(directory.path(), durability, more)?;
        cluster._directory = Some(directory);
        Ok(cluster)
    }

    /// Makes a cluster that speaks TLS alone, with a certificate for `localhost`; gives the file of the authority
    /// that signed it.
    ///
    /// # Errors
    /// If PostgreSQL or the program `openssl` is not installed, or the cluster does not start.
    pub fn start_with_tls() -> Result<(Self, PathBuf), NoCluster> {
        let mut cluster = Self::start(Durability::Fleeting, &[])?;
        let certificate = tls::make(cluster.data.parent().unwrap_or(&cluster.data))?;
        cluster.programs.give(&certificate.key)?;
        cluster.stop_immediately()?;
        cluster.settings.extend([
            "ssl=on".to_owned(),
            format!("ssl_cert_file={}", certificate.certificate.display()),
            format!("ssl_key_file={}", certificate.key.display()),
        ]);
        let rules = "hostssl all all 127.0.0.1/32 trust\nhostssl all all ::1/128 trust\n";
        std::fs::write(cluster.data.join("pg_hba.conf"), rules)?;
        cluster.start_again()?;
        Ok((cluster, certificate.authority))
    }

    /// Makes a cluster in this directory, which stays, and starts it. `more` are settings, as `name=value`.
    ///
    /// # Errors
    /// If PostgreSQL is not installed or does not start.
    pub fn in_directory(
        directory: &Path,
        durability: Durability,
        more: &[&str],
    ) -> Result<Self, NoCluster> {
        use std::os::unix::fs::PermissionsExt;
        let programs = Programs::find()?;
        std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o755))?;
        let data = directory.join("data");
        std::fs::create_dir(&data)?;
        programs.give(&data)?;
        let arguments = [
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
            "-D",
        ];
        let arguments: Vec<&OsStr> = arguments
            .iter()
            .map(OsStr::new)
            .chain([data.as_os_str()])
            .collect();
        programs.run("initdb", &arguments)?;
        let durable = match durability {
            Durability::Durable => "on",
            Durability::Fleeting => "off",
        };
        let mut settings = vec![format!("fsync={durable}"), "max_connections=300".to_owned()];
        settings.extend(more.iter().map(|&setting| setting.to_owned()));
        let mut cluster = Self {
            programs,
            data,
            port: a_free_port()?,
            server: None,
            settings,
            _directory: None,
        };
        cluster.start_again()?;
        Ok(cluster)
    }

    /// Starts the server, after it was stopped.
    ///
    /// # Errors
    /// If it does not start.
    pub fn start_again(&mut self) -> Result<(), NoCluster> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.log())?;
        let mut command = self.programs.command("postgres");
        command.arg("-D").arg(&self.data).arg("-k").arg(&self.data);
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        let server = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.server = Some(server);
        let started = Instant::now();
        while let Err(error) = self.sql("postgres", "SELECT 1") {
            if started.elapsed() > PATIENCE {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Whether the server runs: one that cannot go on, such as for want of room for its log, ends itself.
    ///
    /// # Errors
    /// If that cannot be told.
    pub fn is_running(&mut self) -> Result<bool, NoCluster> {
        if let Some(server) = &mut self.server
            && server.try_wait()?.is_none()
        {
            return Ok(true);
        }
        self.server = None;
        Ok(false)
    }

    /// Stops the server at once, as if the machine had lost power but for what the kernel still writes.
    ///
    /// # Errors
    /// If it cannot be stopped.
    pub fn stop_immediately(&mut self) -> Result<(), NoCluster> {
        self.stop("immediate")
    }

    fn stop(&mut self, mode: &str) -> Result<(), NoCluster> {
        let Some(mut server) = self.server.take() else {
            return Ok(());
        };
        let words = ["stop", "-w", "-m", mode, "-D"].map(OsStr::new);
        let arguments: Vec<&OsStr> = words.into_iter().chain([self.data.as_os_str()]).collect();
        let stopped = self.programs.run("pg_ctl", &arguments);
        server.wait()?;
        stopped.map(drop)
    }

    /// Carries out statements as the superuser; gives what was printed: values alone, a line a row.
    ///
    /// # Errors
    /// What the server says.
    pub fn sql(&self, database: &str, statements: &str) -> Result<String, NoCluster> {
        run_sql(&self.programs, &self.url("postgres", database), statements)
    }

    /// Runs one of the server's programs, such as `pgbench`; gives what it printed.
    ///
    /// # Errors
    /// If it is not installed, or ends with a failure.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<String, NoCluster> {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        self.programs.run(program, &arguments)
    }

    /// Makes an empty database.
    ///
    /// # Errors
    /// What the server says.
    pub fn make_database(&self, name: &str) -> Result<(), NoCluster> {
        self.sql("postgres", &format!("CREATE DATABASE {name}"))
            .map(drop)
    }

    /// The address of a database for a role.
    #[must_use]
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// Where the server listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What the server says of itself.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.data.with_file_name("server.log")
    }

    /// Where the server keeps its data.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Copies a database as it is now, others at work in it or not, into a new one.
    ///
    /// # Errors
    /// What the programs say.
    pub fn copy_database(&self, from: &str, to: &str) -> Result<(), NoCluster> {
        self.make_database(to)?;
        let dump = self.data.with_file_name(format!("{to}.dump"));
        let from = self.url("postgres", from);
        let copied = self.programs.run("pg_dump", &[OsStr::new(&from)])?;
        std::fs::write(&dump, copied)?;
        let to = self.url("postgres", to);
        let arguments = ["-q", "-v", "ON_ERROR_STOP=1", "-f"].map(OsStr::new);
        let arguments: Vec<&OsStr> = arguments
            .into_iter()
            .chain([dump.as_os_str(), OsStr::new(&to)])
            .collect();
        self.programs.run("psql", &arguments).map(drop)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // One that does not stop is killed with its directory.
        if self.stop("immediate").is_err()
            && let Some(server) = &mut self.server
        {
            drop(server.kill());
        }
    }
}

pub(crate) fn run_sql(
    programs: &Programs,
    url: &str,
    statements: &str,
) -> Result<String, NoCluster> {
    let arguments = [
        "-X",
        "-q",
        "-A",
        "-t",
        "-v",
        "ON_ERROR_STOP=1",
        "-c",
        statements,
        url,
    ];
    let printed = programs.run("psql", &arguments.map(OsStr::new))?;
    Ok(printed.trim_end().to_owned())
}

/// A free port below those that the system hands out, so that no connection takes it while the server is stopped.
fn a_free_port() -> Result<u16, NoCluster> {
    let mut tried = 0;
    loop {
        let any = RandomState::new().hash_one(tried);
        let port = 10_000 + u16::try_from(any % 2_000).unwrap_or_default();
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => return Ok(port),
            Err(error) if tried == 100 => return Err(error.into()),
            Err(_) => tried += 1,
        }
    }
}
