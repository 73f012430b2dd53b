//! A connection to a mail server, over TLS before anything of a mail is said. TLS is begun here, not by the library that
//! speaks SMTP afterwards: that one would keep what came in clear behind the answer to STARTTLS, and take it for answers
//! that came over TLS. Here no byte is read beyond that answer, so that whatever follows in clear breaks the handshake
//! (the defence that RFC 3207, section 6, and CVE-2011-0411 ask for).

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncTokioStream;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

use crate::mail_server::Secured;
use crate::{MailServer, NotTaken};

/// How long one address of the server may take to answer.
const ONE_ADDRESS: Duration = Duration::from_secs(8);
/// The most that a server says at once in clear, in bytes.
const LONGEST_REPLY: usize = 16_384;

/// What is trusted: this machine's authorities, and those that the server names.
pub(crate) fn trust(server: &MailServer) -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(default_provider());
    let authorities = server.authorities.iter().cloned();
    let verifier = Verifier::new_with_extra_roots(authorities, Arc::clone(&provider))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// A connection on which a greeting comes first, as at its beginning.
#[derive(Debug)]
pub(crate) struct Line {
    /// What is read before anything else.
    greeting: &'static [u8],
    stream: Box<dyn Stream>,
    peer: SocketAddr,
}

trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug> Stream for T {}

/// Opens a connection to the server, secured as it has to be. `hello` is who calls.
pub(crate) async fn open(
    server: &MailServer,
    trusted: &Arc<ClientConfig>,
    hello: &str,
) -> Result<Line, NotTaken> {
    let mut stream = connected(server).await?;
    let peer = stream.peer_addr().map_err(|_| NotTaken::Broken)?;
    let (greeting, stream): (&[u8], Box<dyn Stream>) = match server.secured {
        Secured::Here => (b"", Box::new(stream)),
        Secured::AtOnce => (b"", Box::new(encrypted(server, trusted, stream).await?)),
        Secured::First => {
            ask_for_tls(&mut stream, hello).await?;
            let stream = encrypted(server, trusted, stream).await?;
            (b"220 over TLS\r\n", Box::new(stream))
        }
    };
    Ok(Line {
        greeting,
        stream,
        peer,
    })
}

async fn connected(server: &MailServer) -> Result<TcpStream, NotTaken> {
    let addresses = lookup_host((server.host.as_str(), server.port)).await;
    for address in addresses.map_err(|_| NotTaken::Unreachable)? {
        let opened = tokio::time::timeout(ONE_ADDRESS, TcpStream::connect(address)).await;
        if let Ok(Ok(stream)) = opened {
            return Ok(stream);
        }
    }
    Err(NotTaken::Unreachable)
}

async fn encrypted(
    server: &MailServer,
    trusted: &Arc<ClientConfig>,
    stream: TcpStream,
) -> Result<impl Stream + 'static, NotTaken> {
    let name = ServerName::try_from(server.host.clone()).map_err(|_| NotTaken::Unreachable)?;
    let connector = TlsConnector::from(Arc::clone(trusted));
    let encrypted = connector.connect(name, stream).await;
    encrypted.map_err(|_| NotTaken::Untrusted)
}

/// Says who calls, and asks for TLS. Returns right after the answer.
async fn ask_for_tls(stream: &mut TcpStream, hello: &str) -> Result<(), NotTaken> {
    answered(stream, 220).await?;
    say(stream, &format!("EHLO {hello}\r\n")).await?;
    let offered = answered(stream, 250).await?;
    let is_tls = |line: &str| {
        line.get(4..)
            .is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS"))
    };
    if !offered.lines().any(is_tls) {
        return Err(NotTaken::Lacks);
    }
    say(stream, "STARTTLS\r\n").await?;
    answered(stream, 220).await.map(drop)
}

async fn say(stream: &mut TcpStream, line: &str) -> Result<(), NotTaken> {
    let said = stream.write_all(line.as_bytes()).await;
    said.map_err(|_| NotTaken::Broken)
}

/// One reply (RFC 5321, section 4.2), byte by byte up to its end and no further.
async fn answered(stream: &mut TcpStream, expected: u16) -> Result<String, NotTaken> {
    let (mut reply, mut line) = (Vec::new(), 0);
    while reply.len() < LONGEST_REPLY {
        let byte = stream.read_u8().await.map_err(|_| NotTaken::Broken)?;
        reply.push(byte);
        if byte != b'\n' {
            continue;
        }
        let said = reply.get(line..).unwrap_or_default();
        if said.get(3) != Some(&b'-') {
            let code = std::str::from_utf8(said.get(..3).unwrap_or_default());
            let code = code.ok().and_then(|code| code.parse().ok());
            return match code {
                Some(code) if code == expected => Ok(String::from_utf8_lossy(&reply).into_owned()),
                Some(code) => Err(NotTaken::Answer(code)),
                None => Err(NotTaken::Broken),
            };
        }
        line = reply.len();
    }
    Err(NotTaken::Broken)
}

impl AsyncTokioStream for Line {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.greeting.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, into);
        }
        let (now, later) = self
            .greeting
            .split_at(self.greeting.len().min(into.remaining()));
        into.put_slice(now);
        self.greeting = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
