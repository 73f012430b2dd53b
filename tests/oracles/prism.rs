//! Prism, a program of others: passes on what it is asked, and refuses what the document does not allow, be it in
//! a request or in an answer.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::document::Document;

/// It reads 420 paths before it listens.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where it is installed, with the Node.js it needs.
pub(crate) struct Prism {
    node: PathBuf,
    script: PathBuf,
}

/// Prism at work. Ends when dropped.
pub(crate) struct Running {
    pub(crate) address: String,
    _program: Child,
}

impl Prism {
    /// Prism, if it was installed.
    pub(crate) fn installed() -> Option<Self> {
        let packages = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("oracles/node_modules");
        let found = Self {
            node: packages.join(".bin/node"),
            script: packages.join("@stoplight/prism-cli/dist/index.js"),
        };
        (found.node.exists() && found.script.exists()).then_some(found)
    }

    /// Starts it between whoever calls and a site; waits until it listens.
    pub(crate) async fn start(self, document: &Document, site: &str) -> Running {
        let port = free_port().to_string();
        let mut program = Command::new(&self.node)
            .arg(&self.script)
            .args(["proxy", "--errors", "--host", "127.0.0.1", "--port", &port])
            .arg(document.with_app_tokens())
            .arg(site)
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let listening = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.contains("Prism is listening") {
                    return;
                }
            }
            panic!("Prism ended before it listened");
        };
        tokio::time::timeout(PATIENCE, listening).await.unwrap();
        // What it says from now on is read and dropped, so that it never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Running {
            address: format!("http://127.0.0.1:{port}"),
            _program: program,
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
