//! A server that says what it was told to say, one answer a connection, and remembers what it was asked. Judges
//! nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Method and target, as in `GET /v1/trail`.
    pub(crate) line: String,
    /// The header lines, names in lower case.
    headers: Vec<String>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let start = format!("{name}: ");
        self.headers
            .iter()
            .find_map(|line| line.strip_prefix(&start))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Everything but the header that carries the key.
    pub(crate) fn all_but_authorization(&self) -> String {
        let rest = self
            .headers
            .iter()
            .filter(|line| !line.starts_with("authorization:"));
        let rest: Vec<&str> = rest.map(String::as_str).collect();
        format!("{}\n{}\n{}", self.line, rest.join("\n"), self.body)
    }
}

/// What is answered.
pub(crate) enum Says {
    /// This status, these header lines, this body.
    This(u16, &'static str, String),
    /// Nothing: the connection is closed.
    Nothing,
}

/// The server.
pub(crate) struct Server {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Says these, one after the other, and nothing thereafter.
    pub(crate) fn saying(answers: Vec<Says>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let remembered = Arc::clone(&asked);
        thread::spawn(move || {
            let mut answers = answers.into_iter();
            for connection in listener.incoming().flatten() {
                let Some(question) = read(&connection) else {
                    continue;
                };
                remembered.lock().unwrap().push(question);
                if let Some(Says::This(status, headers, body)) = answers.next() {
                    let length = body.len();
                    let head = format!(
                        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
                    );
                    drop((&connection).write_all(&[head.as_bytes(), body.as_bytes()].concat()));
                }
            }
        });
        Self { url, asked }
    }

    /// Says this JSON.
    pub(crate) fn answering(body: &Value) -> Self {
        Self::saying(vec![ok(body)])
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

pub(crate) fn ok(body: &Value) -> Says {
    Says::This(200, "", body.to_string())
}

/// What the real server says where something went wrong.
pub(crate) fn problem(status: u16, headers: &'static str, detail: &str) -> Says {
    let body = serde_json::json!({ "type": "about:blank", "title": "x", "status": status, "detail": detail,
        "requestId": "01JREQUEST" });
    Says::This(status, headers, body.to_string())
}

fn read(connection: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(connection);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut lines = lines.into_iter();
    let first = lines.next()?;
    let headers = lines.map(|line| match line.split_once(": ") {
        Some((name, value)) => format!("{}: {value}", name.to_lowercase()),
        None => line,
    });
    let mut asked = Asked {
        line: first.trim_end_matches(" HTTP/1.1").to_owned(),
        headers: headers.collect(),
        body: String::new(),
    };
    let length = asked
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    asked.body = String::from_utf8(body).unwrap();
    Some(asked)
}
