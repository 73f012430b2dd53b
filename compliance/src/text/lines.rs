//! Which lines of a ticket are prose, which are code, and which nobody wrote for this ticket: quoted replies and
//! signatures. Decides by line, so a line is wholly one or another.

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// Fenced code or a stack trace.
    Code,
    /// A quoted reply, a signature, or a marker of a fence.
    Dropped,
    /// What the author says.
    Prose,
}

/// A line, without its line break.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) text: &'a str,
    pub(crate) kind: LineKind,
    /// Whether a new thought begins: after an empty line, or with a list item, heading or table row.
    pub(crate) starts_block: bool,
}

/// A signature is short; a longer rest after `--` is text.
const SIGNATURE_LINES: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fence {
    Backticks(usize),
    Quote,
    Tildes(usize),
    Wiki(&'static str),
}

/// The lines of a text, one after the other. Every line is given, so that positions add up.
pub(crate) struct Lines<'a> {
    /// What was not read yet; nothing after the last line.
    rest: Option<&'a str>,
    fence: Option<Fence>,
    after_gap: bool,
    /// All that follows is a signature.
    signature: bool,
}

/// Splits a text into lines.
pub(crate) const fn lines(text: &str) -> Lines<'_> {
    Lines {
        rest: Some(text),
        fence: None,
        after_gap: true,
        signature: false,
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.rest?;
        let (text, after) = match rest.find('\n') {
            Some(at) => (rest.get(..at)?, rest.get(at + 1..)),
            None => (rest, None),
        };
        self.rest = after;
        self.signature |= self.fence.is_none() && begins_signature(text, rest);
        if self.signature {
            return Some(Line {
                text,
                kind: LineKind::Dropped,
                starts_block: true,
            });
        }
        let trimmed = text.trim();
        let line = Line {
            text,
            kind: self.kind(trimmed),
            starts_block: self.after_gap || is_item(trimmed),
        };
        self.after_gap = trimmed.is_empty();
        Some(line)
    }
}

impl Lines<'_> {
    fn kind(&mut self, trimmed: &str) -> LineKind {
        match self.fence {
            Some(open) if closes(trimmed, open) => {
                self.fence = None;
                LineKind::Dropped
            }
            Some(Fence::Quote) => LineKind::Dropped,
            Some(_) => LineKind::Code,
            None => {
                self.fence = opens(trimmed);
                if self.fence.is_some() || is_quoted(trimmed) {
                    LineKind::Dropped
                } else if is_trace(trimmed) {
                    LineKind::Code
                } else {
                    LineKind::Prose
                }
            }
        }
    }
}

/// Whether a line, with which the rest of the text begins, parts a signature from what was said.
fn begins_signature(line: &str, rest: &str) -> bool {
    line.starts_with("--")
        && matches!(line.trim_end_matches('\r'), "-- " | "--")
        && rest.split('\n').nth(SIGNATURE_LINES).is_none()
}

fn opens(line: &str) -> Option<Fence> {
    if !line.starts_with(['`', '~', '{']) {
        return None;
    }
    let run = |c: char| line.chars().take_while(|&x| x == c).count();
    let lower = line
        .get(..12.min(line.len()))
        .unwrap_or(line)
        .to_ascii_lowercase();
    // A marker that is closed on its own line opens nothing.
    let wiki = |tag: &str, open: &str| {
        lower.starts_with(open) && !line.get(1..).is_some_and(|rest| rest.contains(tag))
    };
    match (run('`'), run('~')) {
        (ticks @ 3.., _) if !line.trim_start_matches('`').contains('`') => {
            Some(Fence::Backticks(ticks))
        }
        (_, tildes @ 3..) => Some(Fence::Tildes(tildes)),
        _ if wiki("{code}", "{code") => Some(Fence::Wiki("{code}")),
        _ if wiki("{noformat}", "{noformat") => Some(Fence::Wiki("{noformat}")),
        _ if wiki("{quote}", "{quote}") => Some(Fence::Quote),
        _ => None,
    }
}

fn closes(line: &str, open: Fence) -> bool {
    let only = |c: char, least: usize| line.len() >= least && line.chars().all(|x| x == c);
    match open {
        Fence::Backticks(n) => only('`', n),
        Fence::Tildes(n) => only('~', n),
        Fence::Quote => line.ends_with("{quote}"),
        Fence::Wiki(tag) => line.ends_with(tag),
    }
}

fn is_quoted(line: &str) -> bool {
    line.starts_with('>')
        || line.starts_with("bq. ")
        || (line.starts_with("On ") && line.ends_with(" wrote:"))
}

fn is_trace(line: &str) -> bool {
    if !line.starts_with(['a', 'F', 'T', 'C', 'E', 's']) {
        return false;
    }
    let frame = line
        .strip_prefix("at ")
        .is_some_and(|rest| rest.contains('(') && rest.ends_with(')') && rest.contains('.'));
    let python = line.starts_with("File \"") && line.contains("\", line ");
    frame
        || python
        || line.starts_with("Traceback (most recent call last)")
        || line.starts_with("Caused by: ")
        || line.starts_with("Exception in thread ")
        || line.starts_with("stack backtrace:")
}

fn is_item(line: &str) -> bool {
    let mut chars = line.chars();
    match (chars.next(), chars.next()) {
        (Some('-' | '*' | '+' | '#' | '•'), Some(' ' | '*' | '#' | '-')) | (Some('|'), _) => true,
        (Some('h'), Some('1'..='6')) => line.get(2..4) == Some(". "),
        (Some(c), _) if c.is_ascii_digit() => {
            let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
            rest.starts_with(". ") || rest.starts_with(") ")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<LineKind> {
        lines(text).map(|line| line.kind).collect()
    }

    #[test]
    fn fences_and_traces_are_code_and_replies_are_dropped() {
        use LineKind::{Code, Dropped, Prose};
        assert_eq!(
            kinds("a\n```rust\nlogin()\n```\nb"),
            [Prose, Dropped, Code, Dropped, Prose]
        );
        assert_eq!(
            kinds("{code:java}\nlogin()\n{code}\nb"),
            [Dropped, Code, Dropped, Prose]
        );
        assert_eq!(
            kinds("{quote}\nold\n{quote}\nnew"),
            [Dropped, Dropped, Dropped, Prose]
        );
        assert_eq!(
            kinds("> old\nnew\n  at a.B.c(D.java:3)"),
            [Dropped, Prose, Code]
        );
        assert_eq!(kinds("text\n-- \nJo, Payments"), [Prose, Dropped, Dropped]);
        assert_eq!(
            kinds("a {code}x{code} b\n{code}x{code}\nc"),
            [Prose, Prose, Prose]
        );
    }

    #[test]
    fn a_long_rest_after_dashes_is_text() {
        let text = format!("a\n--\n{}", "payment\n".repeat(20));
        assert!(kinds(&text).iter().all(|kind| *kind == LineKind::Prose));
    }
}
