//! Text from elsewhere, made harmless for a terminal: a commit message or a name moves no cursor, changes no colour and
//! turns no line around. What a text says is not judged.

use std::fmt::{self, Write};

use serde::{Deserialize, Deserializer, Serialize};

/// What stands where something was taken out.
const REPLACED: char = char::REPLACEMENT_CHARACTER;

/// A text that a terminal shows and does not obey. What the server says is read into this type alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Printable(String);

impl Printable {
    /// The text, with a replacement character for each one that a terminal would obey.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let shown = |c| if is_obeyed(c) { REPLACED } else { c };
        Self(text.chars().map(shown).collect())
    }

    /// The same of a text of several lines, which stay lines.
    #[must_use]
    pub fn lines(text: &str) -> String {
        let lines: Vec<String> = text.split('\n').map(|line| Self::new(line).0).collect();
        lines.join("\n")
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Printable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Printable {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input).map(|text| Self::new(&text))
    }
}

/// A JSON text that says the same and is harmless: such characters stand only inside its strings, and are escaped
/// there.
#[must_use]
pub fn printable_json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_obeyed(c) && !c.is_ascii_whitespace() {
            // All of them are of the basic plane. Writing to a String does not fail.
            true => drop(write!(shown, "\\u{:04x}", u32::from(c))),
            false => shown.push(c),
        }
    }
    shown
}

/// Control characters (C0, DEL, C1), separators of lines, and what turns the direction of writing.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let hostile = "a\u{1b}[31mb\r\nc\td\u{7}\u{8}\u{7f}\u{9b}2Je\u{202e}f\u{2028}g\u{2066}h\u{200f}i\u{61c}";
        let shown = Printable::new(hostile);
        assert_eq!(shown.as_str().matches(REPLACED).count(), 13, "{shown:?}");
        assert_eq!(shown.as_str().chars().count(), hostile.chars().count());
        let plain = "fix: Größe — 決定 🎉 [PAY-142]";
        assert_eq!(Printable::new(plain).as_str(), plain);
    }

    #[test]
    fn what_is_read_from_json_is_harmless_already() {
        let read: Printable = serde_json::from_str(r#""a\u001b[2Jb\nc""#).unwrap();
        assert_eq!(read.as_str(), "a\u{fffd}[2Jb\u{fffd}c");
    }

    #[test]
    fn json_is_shown_as_it_is_and_means_the_same() {
        let text = "{\n \"a\": \"\u{9b}31m\u{202e}\\u001b \u{7f}é\"\r\n}";
        let shown = printable_json(text);
        assert_eq!(
            shown,
            "{\n \"a\": \"\\u009b31m\\u202e\\u001b \\u007fé\"\r\n}"
        );
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&shown), value(text));
    }
}
