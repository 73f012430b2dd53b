//! npm's `smtp-server` and `mailparser` as judges of our mails: what a server of others takes over TLS and with a login,
//! what is not sent where there is none, and what somebody reads. They are looked for where `scripts/install-test-tools`
//! puts them. Missing, they count as skipped, in CI as failed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail, and says what it ran"
)]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use feed::{Mail, MailAddress, MailClient, MailServer, NotTaken};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A mail server of others.
struct Server {
    program: Child,
    says: BufReader<ChildStdout>,
    port: u16,
    certificate: PathBuf,
    _directory: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.program.kill());
        drop(self.program.wait());
    }
}

impl Server {
    /// None if the packages are not there.
    fn at(host: &str, tls: &str, login: Option<[&str; 2]>) -> Option<Self> {
        let oracles = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles");
        let node = oracles.join("node_modules/.bin/node");
        if !node.exists() || !oracles.join("node_modules/smtp-server").exists() {
            let what = "smtp-server is not installed, run scripts/install-test-tools";
            assert!(std::env::var_os("CI").is_none(), "{what}");
            println!("SKIPPED: {what}");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let (certificate, key) = (directory.path().join("cert"), directory.path().join("key"));
        let wanted = json!({
            "host": host, "tls": tls, "login": login, "certificate": certificate, "key": key,
        });
        certify(&certificate, &key);
        let mut program = Command::new(node)
            .arg(oracles.join("mail_server.mjs"))
            .arg(wanted.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut says = BufReader::new(program.stdout.take().unwrap());
        let mut line = String::new();
        says.read_line(&mut line).unwrap();
        let port = line.trim().strip_prefix("listening ").unwrap();
        Some(Self {
            port: port.parse().unwrap(),
            program,
            says,
            certificate,
            _directory: directory,
        })
    }

    fn trusted(&self, address: &str) -> MailServer {
        let certificate = std::fs::read(&self.certificate).unwrap();
        self.untrusted(address).trusting(&certificate).unwrap()
    }

    fn untrusted(&self, address: &str) -> MailServer {
        format!("{address}:{}", self.port).parse().unwrap()
    }

    fn taken(&mut self) -> Value {
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Nothing came in all the time: all that it said is read to its end.
    fn took_nothing(mut self) {
        self.program.kill().unwrap();
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        assert_eq!(line, "");
    }
}

fn certify(certificate: &Path, key: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt"])
        .args(["ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=mail.test", "-addext"])
        .args(["subjectAltName=DNS:localhost,IP:127.0.0.2", "-addext"])
        .args(["basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(key)
        .arg("-out")
        .arg(certificate)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

async fn send(server: &MailServer, to: &str) -> Result<(), NotTaken> {
    let from: MailAddress = "countersign@server.test".parse().unwrap();
    let to: MailAddress = to.parse().unwrap();
    let mail = Mail {
        id: "evt_01.7",
        subject: "Countersign: PAY-1: Came into “Done” without an approval",
        text: "PAY-1: Came into “Done” without an approval\n.\n.. two dots\nFrom here",
    };
    MailClient::new(server.clone(), from)
        .unwrap()
        .send(&to, mail)
        .await
}

#[tokio::test]
async fn a_mail_is_read_as_it_was_meant() {
    let Some(mut server) = Server::at("127.0.0.1", "none", None) else {
        return;
    };
    let here = server.untrusted("smtp://127.0.0.1");
    send(&here, "mailto:security@acme.test").await.unwrap();
    let mut taken = server.taken();
    assert!(taken["date"].take().is_string());
    assert_eq!(
        taken,
        json!({
            "secure": false,
            "from": "countersign@server.test",
            "to": "security@acme.test",
            "subject": "Countersign: PAY-1: Came into “Done” without an approval",
            "text": "PAY-1: Came into “Done” without an approval\n.\n.. two dots\nFrom here\n",
            "html": false,
            "id": "<evt_01.7@server.test>",
            "date": null,
            "automatic": "auto-generated",
        })
    );
    assert_eq!(
        send(&here, "nobody@acme.test").await,
        Err(NotTaken::Answer(550))
    );
}

#[tokio::test]
async fn a_login_goes_over_tls_from_the_beginning_or_after_starttls() {
    for (host, tls, address) in [
        ("127.0.0.1", "at once", "smtps://me:hush@localhost"),
        ("127.0.0.2", "offered", "smtp://me:hush@127.0.0.2"),
    ] {
        let Some(mut server) = Server::at(host, tls, Some(["me", "hush"])) else {
            return;
        };
        let to = "security@acme.test";
        send(&server.trusted(address), to).await.unwrap();
        let taken = server.taken();
        assert_eq!(
            (&taken["secure"], &taken["user"]),
            (&json!(true), &json!("me"))
        );
        let wrong = server.trusted(&address.replace("hush", "wrong"));
        assert_eq!(send(&wrong, to).await, Err(NotTaken::Answer(535)));
        let anybody = server.trusted(&address.replace("me:hush@", ""));
        assert_eq!(send(&anybody, to).await, Err(NotTaken::Answer(530)));
        assert_eq!(
            send(&server.untrusted(address), to).await,
            Err(NotTaken::Untrusted)
        );
        server.took_nothing();
    }
}

#[tokio::test]
async fn nothing_leaves_this_machine_in_clear() {
    let Some(server) = Server::at("127.0.0.2", "none", Some(["me", "hush"])) else {
        return;
    };
    let elsewhere = server.untrusted("smtp://me:hush@127.0.0.2");
    let sent = send(&elsewhere, "security@acme.test").await;
    assert_eq!(sent, Err(NotTaken::Lacks));
    server.took_nothing();
}

#[tokio::test]
async fn a_server_that_is_away_or_silent_is_told_apart_from_one_that_refuses() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("smtp://{}", closed.local_addr().unwrap());
    drop(closed);
    let away = send(&address.parse().unwrap(), "security@acme.test").await;
    assert_eq!(away, Err(NotTaken::Unreachable));

    let leaving = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("smtp://{}", leaving.local_addr().unwrap());
    std::thread::spawn(move || drop(leaving.accept()));
    let broken = send(&address.parse().unwrap(), "security@acme.test").await;
    assert_eq!(broken, Err(NotTaken::Broken));
}

/// Serves one connection, with what is read of it so far.
async fn serving<F>(host: &str, serve: impl FnOnce(TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind((host, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { serve(listener.accept().await.unwrap().0).await });
    port
}

async fn line_of(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        line.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(line).unwrap()
}

#[tokio::test]
async fn what_somebody_says_in_clear_is_not_taken_for_an_answer_over_tls() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = (directory.path().join("cert"), directory.path().join("key"));
    certify(&certificate, &key);
    let authority = std::fs::read(&certificate).unwrap();
    let tls = rustls::ServerConfig::builder_with_provider(
        rustls::crypto::aws_lc_rs::default_provider().into(),
    );
    let tls = tls.with_safe_default_protocol_versions().unwrap();
    let tls = tls.with_no_client_auth().with_single_cert(
        vec![CertificateDer::from_pem_slice(&authority).unwrap()],
        PrivateKeyDer::from_pem_file(&key).unwrap(),
    );
    let tls = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(tls.unwrap()));
    let port = serving("127.0.0.2", |mut stream| async move {
        stream.write_all(b"220 mail.test\r\n").await.unwrap();
        line_of(&mut stream).await;
        stream
            .write_all(b"250-mail.test\r\n250 STARTTLS\r\n")
            .await
            .unwrap();
        line_of(&mut stream).await;
        // The server's own answer, and what somebody between puts behind it.
        let injected =
            "220 go\r\n250 mail.test\r\n250 from\r\n250 to\r\n354 go on\r\n250 taken\r\n";
        stream.write_all(injected.as_bytes()).await.unwrap();
        if let Ok(mut stream) = tls.accept(stream).await {
            drop(stream.read_u8().await);
        }
    });
    let address = format!("smtp://127.0.0.2:{}", port.await);
    let server: MailServer = address.parse().unwrap();
    let server = server.trusting(&authority).unwrap();
    let sent = send(&server, "security@acme.test").await;
    assert_eq!(sent, Err(NotTaken::Untrusted));
}

/// Answers everything but QUIT; to the end of a mail with this.
async fn never_says_goodbye(to_the_mail: &'static str) -> MailServer {
    let port = serving("127.0.0.1", move |mut stream| async move {
        stream.write_all(b"220 mail.test\r\n").await.unwrap();
        loop {
            let said = line_of(&mut stream).await;
            let answer = match said.trim() {
                "DATA" => "354 go on\r\n",
                // The rest of the mail, up to its end.
                line if line.starts_with("From:") => {
                    while line_of(&mut stream).await.trim() != "." {}
                    to_the_mail
                }
                "QUIT" => return std::future::pending().await,
                _ => "250 mail.test\r\n",
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    format!("smtp://127.0.0.1:{}", port.await).parse().unwrap()
}

#[tokio::test]
async fn what_was_said_to_a_mail_counts_whatever_is_said_to_the_end() {
    for (said, expected) in [
        ("250 taken\r\n", Ok(())),
        ("554 no\r\n", Err(NotTaken::Answer(554))),
        ("451 later\r\n", Err(NotTaken::Answer(451))),
    ] {
        let server = never_says_goodbye(said).await;
        let sent = tokio::time::timeout(
            std::time::Duration::from_secs(20),
            send(&server, "security@acme.test"),
        );
        assert_eq!(sent.await.unwrap(), expected);
    }
}
