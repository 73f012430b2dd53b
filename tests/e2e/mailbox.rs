//! A mail server that keeps what it takes: enough of SMTP (RFC 5321) for one mail on each connection. What others made of
//! it is asked in `tests/oracles`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

/// The other end of mails.
#[derive(Clone, Default)]
pub(crate) struct Mailbox {
    taken: Arc<Mutex<Vec<String>>>,
    /// What every mail is refused with that says something; 0 for nothing.
    refusal: Arc<AtomicU16>,
    /// Whether it takes mails that say no more than how much there is.
    takes_brief: Arc<AtomicBool>,
}

impl Mailbox {
    /// One that listens, and its address.
    pub(crate) fn listening() -> (Self, String) {
        let mailbox = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("smtp://{}", listener.local_addr().unwrap());
        let kept = mailbox.clone();
        std::thread::spawn(move || {
            for caller in listener.incoming() {
                // Whoever hangs up early has sent nothing.
                drop(kept.take(caller.unwrap()));
            }
        });
        (mailbox, address)
    }

    /// The mails, as they came.
    pub(crate) fn all(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    pub(crate) fn refuse_with(&self, code: u16) {
        self.refusal.store(code, Ordering::SeqCst);
    }

    /// Refuses what a mail says, not the mail.
    pub(crate) fn refuse_words_with(&self, code: u16) {
        self.takes_brief.store(true, Ordering::SeqCst);
        self.refuse_with(code);
    }

    fn refusal_of(&self, mail: &[String]) -> u16 {
        let is_brief = mail
            .iter()
            .any(|line| line.contains("What they say is not here"));
        match is_brief && self.takes_brief.load(Ordering::SeqCst) {
            true => 0,
            false => self.refusal.load(Ordering::SeqCst),
        }
    }

    fn take(&self, caller: TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(caller.try_clone()?).lines();
        let mut answer = caller;
        write!(answer, "220 mailbox.test\r\n")?;
        let mut said = Vec::new();
        while let Some(line) = lines.next().transpose()? {
            match line.split(' ').next().unwrap_or_default() {
                "QUIT" => {
                    write!(answer, "221 bye\r\n")?;
                    return Ok(());
                }
                "DATA" => {
                    write!(answer, "354 go on\r\n")?;
                    for line in lines.by_ref() {
                        match line?.as_str() {
                            "." => break,
                            line => said.push(line.strip_prefix('.').unwrap_or(line).to_owned()),
                        }
                    }
                    match self.refusal_of(&said) {
                        0 => {
                            self.taken.lock().unwrap().push(said.join("\n"));
                            write!(answer, "250 taken\r\n")?;
                        }
                        code => write!(answer, "{code} hush\r\n")?,
                    }
                }
                "MAIL" | "RCPT" => {
                    said.push(line);
                    write!(answer, "250 so be it\r\n")?;
                }
                _ => write!(answer, "250 mailbox.test\r\n")?,
            }
        }
        Ok(())
    }
}
