//! The form that a prompt is written in. Text of others is quoted so that it cannot leave its place: in Markdown by a
//! fence longer than any run of backticks in it, in plain text by a mark before each of its lines.

use std::fmt::Write as _;

/// The form of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Markdown.
    #[default]
    Markdown,
    /// Plain text.
    Text,
}

/// Before each line of quoted data in plain text.
const MARK: &str = "| ";

/// A prompt that is being written.
pub(super) struct Sheet {
    text: String,
    form: Form,
    items: usize,
}

impl Sheet {
    pub(super) const fn new(form: Form) -> Self {
        Self {
            text: String::new(),
            form,
            items: 0,
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// `depth` from 1.
    pub(super) fn heading(&mut self, words: &str, depth: usize) {
        match self.form {
            Form::Markdown => self.line(&format!("{} {words}\n", "#".repeat(depth))),
            Form::Text => self.line(&format!("{}\n", words.to_uppercase())),
        }
    }

    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    pub(super) fn paragraph(&mut self, words: &str) {
        self.line(words);
        self.blank();
    }

    /// Numbered through the whole prompt.
    pub(super) fn item(&mut self, title: &str, statement: &str, sources: &str) {
        self.items += 1;
        let title = match self.form {
            Form::Markdown => format!("**{title}**"),
            Form::Text => format!("{title}:"),
        };
        self.line(&format!("{}. {title} {statement} [{sources}]", self.items));
    }

    /// Quotes a text, `limit` characters of it at most; nothing where it is empty.
    pub(super) fn quote(&mut self, title: &str, quoted: &str, limit: usize) {
        let mut plain = quoted.chars().filter(|c| is_plain(*c));
        let mut clean: String = plain.by_ref().take(limit).collect();
        let cut = plain.next().is_some();
        if clean.trim().is_empty() {
            return;
        }
        if cut {
            clean.push_str(" […]");
        }
        let note = if cut { " (shortened)" } else { "" };
        self.line(&format!("{title}{note}, quoted data:\n"));
        match self.form {
            Form::Markdown => self.fence(clean.trim_end()),
            Form::Text => self.mark(clean.trim_end()),
        }
        self.blank();
    }

    fn fence(&mut self, text: &str) {
        let fence = "`".repeat(longest_run(text).max(2) + 1);
        let _ = writeln!(self.text, "{fence}text\n{text}\n{fence}");
    }

    fn mark(&mut self, text: &str) {
        for line in text.split('\n') {
            self.line(format!("{MARK}{line}").trim_end());
        }
    }
}

/// Neither a control character nor one that hides, reorders or breaks the line of what follows; line feeds and tabs
/// stay.
#[must_use]
pub fn is_plain(c: char) -> bool {
    let hidden = matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0100}'..='\u{e01ef}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    matches!(c, '\n' | '\t') || !(c.is_control() || hidden)
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default()
}
