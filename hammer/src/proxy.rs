//! Stands between the writers and PostgreSQL, and now and then loses the reply to a COMMIT: the server gets it, the
//! client's connection is cut before the answer. To the client it looks the same if the server never gets it, so that
//! happens too. Changes no byte otherwise.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::chance::Chance;
use crate::wire::Client;

/// One in so many commits loses its reply.
const LOSES_ONE_IN: u64 = 10;

/// A proxy, until the hammer ends.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    port: u16,
    losses: Arc<Losses>,
}

#[derive(Debug)]
struct Losses {
    chance: Mutex<Chance>,
    replies: AtomicU64,
    commits: AtomicU64,
}

/// What becomes of the reply to a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reply {
    Given,
    /// The connection is cut, and the server never has the commit.
    NeverAskedFor,
    /// The connection is cut as soon as the server has the commit.
    CutAtOnce,
    /// The connection is cut when the server's answer is here.
    CutWhenAnswered,
}

impl Losses {
    fn next(&self) -> Reply {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        if !chance.one_in(LOSES_ONE_IN) {
            return Reply::Given;
        }
        let (count, reply) = match chance.below(4) {
            0 => (&self.commits, Reply::NeverAskedFor),
            1 => (&self.replies, Reply::CutAtOnce),
            _ => (&self.replies, Reply::CutWhenAnswered),
        };
        count.fetch_add(1, Ordering::Relaxed);
        reply
    }
}

impl Proxy {
    /// Begins to stand before the server on this port of this machine.
    pub(crate) fn before(server: u16, chance: Chance) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let proxy = Self {
            port: listener.local_addr()?.port(),
            losses: Arc::new(Losses {
                chance: Mutex::new(chance),
                replies: AtomicU64::new(0),
                commits: AtomicU64::new(0),
            }),
        };
        let losses = Arc::clone(&proxy.losses);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A server that is away is what the client has to live with.
                if let Ok(server) = TcpStream::connect(("127.0.0.1", server)) {
                    drop(connect(client, server, &losses));
                }
            }
        });
        Ok(proxy)
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// How many commits lost their reply, and how many were lost themselves.
    pub(crate) fn lost(&self) -> (u64, u64) {
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        (count(&self.losses.replies), count(&self.losses.commits))
    }
}

fn connect(client: TcpStream, server: TcpStream, losses: &Arc<Losses>) -> io::Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let cut = Arc::new(AtomicBool::new(false));
    let (up, down) = (
        (
            client.try_clone()?,
            server.try_clone()?,
            Arc::clone(losses),
            Arc::clone(&cut),
        ),
        (server, client, cut),
    );
    thread::spawn(move || {
        let (mut client, mut server, losses, cut) = up;
        drop(ask(&mut client, &mut server, &losses, &cut));
        end(&client, &server);
    });
    thread::spawn(move || {
        let (mut server, mut client, cut) = down;
        drop(answer(&mut server, &mut client, &cut));
        end(&client, &server);
    });
    Ok(())
}

/// From the client to the server.
fn ask(
    client: &mut TcpStream,
    server: &mut TcpStream,
    losses: &Losses,
    cut: &AtomicBool,
) -> io::Result<()> {
    let mut asked = Client::default();
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        for message in asked.take(&buffer[..count]) {
            let reply = match message.commits {
                true => losses.next(),
                false => Reply::Given,
            };
            cut.fetch_or(reply != Reply::Given, Ordering::SeqCst);
            if reply == Reply::NeverAskedFor {
                return Ok(());
            }
            server.write_all(&message.bytes)?;
            if reply == Reply::CutAtOnce {
                return Ok(());
            }
        }
    }
}

/// From the server to the client.
fn answer(server: &mut TcpStream, client: &mut TcpStream, cut: &AtomicBool) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = server.read(&mut buffer)?;
        if count == 0 || cut.load(Ordering::SeqCst) {
            return Ok(());
        }
        client.write_all(&buffer[..count])?;
    }
}

/// Neither side outlives the other: a killed writer's session ends, and a stopped server's too.
fn end(client: &TcpStream, server: &TcpStream) {
    drop(client.shutdown(Shutdown::Both));
    drop(server.shutdown(Shutdown::Both));
}
