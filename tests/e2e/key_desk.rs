//! The desk at which install keys are fetched. Atlassian has one for all sites; each look-alike has its own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// One place where the install keys of several look-alikes are found, as all of Atlassian's are.
pub(crate) fn key_desk(places: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for caller in listener.incoming() {
            // A caller that goes away is none.
            drop(caller.and_then(|caller| answer(caller, &places)));
        }
    });
    format!("http://{address}")
}

fn answer(mut caller: TcpStream, places: &[String]) -> std::io::Result<()> {
    let mut request = [0; 4096];
    let length = caller.read(&mut request)?;
    let request = String::from_utf8_lossy(&request[..length]).into_owned();
    let kid = request.split(' ').nth(1).unwrap_or("/");
    let mut found =
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec();
    for place in places {
        let host = place.trim_start_matches("http://");
        let (host, folder) = host.split_once('/').unwrap_or((host, ""));
        let mut there = TcpStream::connect(host)?;
        let ask =
            format!("GET /{folder}{kid} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        there.write_all(ask.as_bytes())?;
        let mut answer = Vec::new();
        there.read_to_end(&mut answer)?;
        if answer.starts_with(b"HTTP/1.1 200") {
            found = answer;
        }
    }
    caller.write_all(&found)
}
