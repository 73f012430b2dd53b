//! Just enough of PostgreSQL's protocol (version 3, "Message Formats") to see a client ask for COMMIT: as a simple
//! query, or as the execution of a statement of that text. Reads, and changes nothing.

/// The codes that stand where a version would: they ask for something before the session starts.
const BEFORE_THE_START: [u32; 3] = [80_877_102, 80_877_103, 80_877_104];

/// A whole message of the client's.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    /// It asks for a commit.
    pub(crate) commits: bool,
}

/// What a client has sent so far.
#[derive(Debug, Default)]
pub(crate) struct Client {
    started: bool,
    parsed_commit: bool,
    pending: Vec<u8>,
}

impl Client {
    /// Takes what came in; gives the messages that it makes whole.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<Message> {
        self.pending.extend_from_slice(bytes);
        std::iter::from_fn(|| self.next()).collect()
    }

    fn next(&mut self) -> Option<Message> {
        let kind = usize::from(self.started);
        let length = number(self.pending.get(kind..kind + 4)?)? as usize;
        let end = kind + length;
        if self.pending.len() < end {
            return None;
        }
        let rest = self.pending.split_off(end);
        let bytes = std::mem::replace(&mut self.pending, rest);
        let commits = match self.started {
            true => self.commits(bytes[0], bytes.get(5..).unwrap_or_default()),
            false => {
                let code = number(bytes.get(4..8).unwrap_or_default()).unwrap_or_default();
                self.started = !BEFORE_THE_START.contains(&code);
                false
            }
        };
        Some(Message { bytes, commits })
    }

    fn commits(&mut self, kind: u8, body: &[u8]) -> bool {
        match kind {
            b'Q' => is_commit(body),
            b'P' => {
                let text = body
                    .iter()
                    .position(|byte| *byte == 0)
                    .map(|end| &body[end + 1..]);
                self.parsed_commit = text.is_some_and(is_commit);
                false
            }
            b'E' => std::mem::take(&mut self.parsed_commit),
            _ => false,
        }
    }
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn is_commit(text: &[u8]) -> bool {
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    text.trim_ascii()
        .trim_ascii_end()
        .eq_ignore_ascii_case(b"COMMIT")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: &[u8], body: &[u8]) -> Vec<u8> {
        let length = (body.len() as u32 + 4).to_be_bytes();
        [kind, &length, body].concat()
    }

    fn commits(messages: &[Message]) -> Vec<bool> {
        messages.iter().map(|message| message.commits).collect()
    }

    #[test]
    fn a_commit_is_seen_wherever_the_bytes_are_cut() {
        let tls = message(b"", &80_877_103_u32.to_be_bytes());
        let start = message(b"", b"\0\x03\0\0user\0postgres\0\0");
        let begin = message(b"Q", b"BEGIN\0");
        let commit = message(b"Q", b"COMMIT\0");
        let insert = message(b"P", b"\0INSERT INTO commit VALUES ('COMMIT')\0\0\0");
        let parse = message(b"P", b"name\0commit\0\0\0");
        let execute = message(b"E", b"\0\0\0\0\0");
        let parts = [
            tls,
            start,
            begin,
            commit,
            insert,
            execute.clone(),
            parse,
            execute,
        ];
        let sent = parts.concat();
        let expected = [false, false, false, true, false, false, false, true];
        for cut in 0..sent.len() {
            let mut client = Client::default();
            let mut messages = client.take(&sent[..cut]);
            messages.extend(client.take(&sent[cut..]));
            assert_eq!(commits(&messages), expected, "cut at {cut}");
            let forwarded: Vec<u8> = messages
                .into_iter()
                .flat_map(|message| message.bytes)
                .collect();
            assert_eq!(forwarded, sent);
        }
    }
}
