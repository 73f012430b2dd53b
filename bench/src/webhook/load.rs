//! The load: so many kept connections, each of which asks again as soon as it is answered. Speaks just enough HTTP/1.1
//! for that, so that it takes little of the machine itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use ulid::Ulid;

use super::notification;
use super::server::Served;
use crate::times::Times;

/// How many tickets the notifications are about.
const TICKETS: usize = 1_000;

/// What was answered, and how fast.
pub(super) struct Load {
    pub(super) count: usize,
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) lasted: Duration,
    /// What the server's process used meanwhile.
    pub(super) cpu: Duration,
}

impl Load {
    pub(super) fn of(times: Vec<Times>, lasted: Duration) -> Self {
        let mut all = Times::default();
        times.into_iter().for_each(|times| all.join(times));
        Self {
            count: all.count(),
            p50: all.percentile(50),
            p99: all.percentile(99),
            lasted,
            cpu: Duration::ZERO,
        }
    }

    pub(super) fn rate(&self) -> f64 {
        self.count as f64 / self.lasted.as_secs_f64()
    }

    pub(super) fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.count as f64
    }
}

/// Notifications that a ticket was changed.
pub(super) async fn webhooks(
    served: Served,
    connections: usize,
    lasts: Duration,
) -> anyhow::Result<Load> {
    let path = "/connect/webhooks/issue-updated";
    let token = served.token("POST", path)?;
    let bodies: Arc<[String]> = (1..=TICKETS).map(notification::body).collect();
    let ask = move |number: usize| {
        let body = &bodies[number % TICKETS];
        format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: JWT {token}\r\n\
             X-Atlassian-Webhook-Identifier: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            served.address,
            Ulid::generate(),
            body.len()
        )
    };
    asked(served.address, connections, lasts, ask).await
}

/// Events that a program reports, without words in which a ticket could be named.
pub(super) async fn reports(
    served: Served,
    connections: usize,
    lasts: Duration,
) -> anyhow::Result<Load> {
    let ask = move |number: usize| {
        let body = json!({ "eventType": "INFERENCE", "modelId": "scoring-v3.2", "tags": ["bench"],
            "payload": { "request": number, "inputs": "x".repeat(200), "score": 0.72 } })
        .to_string();
        format!(
            "POST /v1/audit HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nPrefer: return=minimal\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            served.address,
            served.key,
            body.len()
        )
    };
    asked(served.address, connections, lasts, ask).await
}

/// Pushes of one commit each, signed as GitHub signs.
pub(super) async fn pushes(
    served: Served,
    connections: usize,
    lasts: Duration,
) -> anyhow::Result<Load> {
    let push: Arc<notification::Push> = notification::Push::like_all().into();
    let ask = move |_| {
        let body = push.of(Ulid::generate().0);
        let mut mac = Hmac::<Sha256>::new_from_slice(served.signs_with.expose().as_bytes())
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        mac.update(body.as_bytes());
        let signature = mac.finalize().into_bytes();
        let signature: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        format!(
            "POST /v1/integrations/github/webhook/{} HTTP/1.1\r\nHost: {}\r\nX-GitHub-Event: push\r\n\
             X-Hub-Signature-256: sha256={signature}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            served.host,
            served.address,
            body.len()
        )
    };
    asked(served.address, connections, lasts, ask).await
}

/// Whether the server lives.
pub(super) async fn live(
    served: Served,
    connections: usize,
    lasts: Duration,
) -> anyhow::Result<Load> {
    let ask = move |_| {
        format!(
            "GET /health/live HTTP/1.1\r\nHost: {}\r\n\r\n",
            served.address
        )
    };
    asked(served.address, connections, lasts, ask).await
}

async fn asked(
    address: SocketAddr,
    connections: usize,
    lasts: Duration,
    ask: impl Fn(usize) -> String + Clone + Send + 'static,
) -> anyhow::Result<Load> {
    let begun = Instant::now();
    let mut under_way = JoinSet::new();
    for first in 0..connections {
        let ask = ask.clone();
        under_way.spawn(async move {
            let mut connection = TcpStream::connect(address).await?;
            connection.set_nodelay(true)?;
            let (mut times, mut number, mut read) = (Times::default(), first, Vec::new());
            while begun.elapsed() < lasts {
                let request = ask(number);
                let asked = Instant::now();
                connection.write_all(request.as_bytes()).await?;
                answered(&mut connection, &mut read).await?;
                times.add(asked.elapsed());
                number += connections;
            }
            anyhow::Ok(times)
        });
    }
    let times: anyhow::Result<Vec<Times>> = under_way.join_all().await.into_iter().collect();
    Ok(Load::of(times?, begun.elapsed()))
}

/// Reads an answer to its end; it must be one of success.
async fn answered(connection: &mut TcpStream, read: &mut Vec<u8>) -> anyhow::Result<()> {
    read.clear();
    loop {
        if let Some(whole) = length_of(read)?
            && read.len() >= whole
        {
            return Ok(());
        }
        ensure!(
            connection.read_buf(read).await? > 0,
            "the server closed the connection"
        );
    }
}

/// How long the answer is, as soon as its head is there.
fn length_of(read: &[u8]) -> anyhow::Result<Option<usize>> {
    let Some(head) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&read[..head])?;
    ensure!(
        text.starts_with("HTTP/1.1 2"),
        "answered: {}",
        text.lines().next().unwrap_or_default()
    );
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>())
    });
    Ok(Some(
        head + 4 + length.context("an answer without a length")??,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_where_its_head_says_and_counts_if_it_is_of_success() {
        let answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok";
        assert_eq!(length_of(answer).unwrap(), Some(answer.len()));
        assert_eq!(length_of(&answer[..30]).unwrap(), None);
        assert!(length_of(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n").is_err());
        assert!(length_of(b"HTTP/1.1 202 Accepted\r\n\r\n").is_err());
    }
}
