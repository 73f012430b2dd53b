//! Wiki markup, the rich text of Jira Data Center: read as plain text, and written for our own comments. What is
//! markup beyond mentions, quotations and code is left as it stands when reading.

use serde_json::Value;

/// What encloses somebody else's words, or words that are shown and not said.
const NOT_OWN: [&str; 4] = ["quote", "code", "noformat", "panel"];

/// The text without the names of those it mentions.
pub(crate) fn without_names(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, mention)) = rest.split_once("[~") {
        read.push_str(before);
        let Some((_, behind)) = mention.split_once(']').filter(|(n, _)| !n.contains('\n')) else {
            read.push_str("[~");
            rest = mention;
            continue;
        };
        read.push('@');
        rest = behind;
    }
    read + rest
}

/// What an author says in their own words: without quotations, code, panels and tables. What is not closed is taken to
/// go on to the end.
pub(crate) fn own_words(text: &str) -> String {
    let mut own = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside, name)) = next_enclosure(rest) {
        own.push_str(before);
        own.push('\n');
        let end = format!("{{{name}}}");
        rest = inside.split_once(&end).map_or("", |(_, behind)| behind);
    }
    own.push_str(rest);
    let quotes = |line: &&str| {
        let line = line.trim_start();
        ![">", "bq.", "|"].iter().any(|mark| line.starts_with(mark))
    };
    own.lines().filter(quotes).collect::<Vec<_>>().join("\n")
}

/// What is before the next enclosure, what follows its beginning, and what it is called.
fn next_enclosure(text: &str) -> Option<(&str, &str, &'static str)> {
    text.match_indices('{').find_map(|(at, _)| {
        let tag = &text[at + 1..];
        let name = NOT_OWN.into_iter().find(|name| tag.starts_with(name))?;
        let behind = &tag[name.len()..];
        let inside = match behind.as_bytes().first()? {
            b'}' => &behind[1..],
            b':' => behind.split_once('}')?.1,
            _ => return None,
        };
        Some((&text[..at], inside, name))
    })
}

/// A document of ours ([`crate::adf::document`]) in wiki markup.
pub(crate) fn markup(document: &Value) -> String {
    let paragraphs = document["content"].as_array();
    let paragraphs = paragraphs.into_iter().flatten();
    let texts: Vec<String> = paragraphs.map(paragraph).collect();
    texts.join("\n\n")
}

fn paragraph(node: &Value) -> String {
    let pieces = node["content"].as_array().into_iter().flatten();
    pieces.map(piece).collect()
}

/// Marks enclose no white space at their ends: there they would be taken for characters.
fn piece(node: &Value) -> String {
    let whole = node["text"].as_str().unwrap_or_default();
    let mark = &node["marks"][0];
    let said = whole.trim();
    if said.is_empty() || mark.is_null() {
        return escaped(whole);
    }
    let (before, behind) = (
        whole.len() - whole.trim_start().len(),
        whole.trim_end().len(),
    );
    let text = escaped(said);
    let marked = match mark["type"].as_str() {
        Some("strong") => format!("*{text}*"),
        Some("code") => format!("{{{{{text}}}}}"),
        Some("link") => {
            let address = mark["attrs"]["href"].as_str().unwrap_or_default();
            format!("[{text}|{}]", in_brackets(address))
        }
        _ => text,
    };
    format!("{}{marked}{}", &whole[..before], &whole[behind..])
}

/// No character of the text means anything but itself.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '{' | '}' | '[' | ']' | '*' | '_' | '|' | '!' | '^' | '~' | '+'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn in_brackets(address: &str) -> String {
    let address = address.replace('|', "%7C");
    address.replace('[', "%5B").replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adf::{Inline, Link, document};

    #[test]
    fn what_is_quoted_or_shown_is_not_said() {
        for (text, own) in [
            ("> /approve\nno", "no"),
            ("bq. /approve\nno", "no"),
            ("{quote}/approve{quote} no", "\n no"),
            ("{quote}\n/approve\n{quote}\nno", "\n\nno"),
            ("{code:java}\n/approve\n{code}\nno", "\n\nno"),
            ("{panel:title=So}\n/approve\n{panel}no", "\nno"),
            ("|/approve|\nno", "no"),
            ("{quote}\n/approve", ""),
            ("{noformat}/approve{noformat}", ""),
            ("{code:java\n/approve", "{code:java\n/approve"),
            ("{noformat}{quote}{noformat}\n/approve", "\n\n/approve"),
            ("{quote}{noformat}{quote}\n/approve", "\n\n/approve"),
            ("a {coded} word", "a {coded} word"),
        ] {
            assert_eq!(
                own_words(text).trim_end_matches('\n'),
                own.trim_end_matches('\n'),
                "{text}"
            );
        }
    }

    #[test]
    fn a_mention_keeps_no_name() {
        for (text, read) in [
            ("ask [~ben.okafor] first", "ask @ first"),
            ("[~a][~b]", "@@"),
            ("[~never closed", "[~never closed"),
            ("[~over\na line] [~c]", "[~over\na line] @"),
        ] {
            assert_eq!(without_names(text), read);
        }
    }

    #[test]
    fn our_words_mean_themselves() {
        let link = Link::new("PAY-1", "https://x.example/r?a=[b|c]".parse().unwrap()).unwrap();
        let written = document(&[
            vec![
                Inline::Strong("Approval needed: ".into()),
                Inline::Text("a *bold* {quote} of [~ben] in !pay_1!".into()),
            ],
            vec![Inline::Code("a}b".into()), Inline::Link(link)],
        ]);
        assert_eq!(
            markup(&written),
            "*Approval needed:* a \\*bold\\* \\{quote\\} of \\[\\~ben\\] in \\!pay\\_1\\!\n\n\
             {{a\\}b}}[PAY-1|https://x.example/r?a=%5Bb%7Cc%5D]"
        );
    }
}
