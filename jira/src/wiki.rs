//! Wiki markup, the rich text of Jira Data Center: read as plain text, and written for our own comments. What is
//! markup beyond mentions, quotations and code is left as it stands when reading.
//!
//! Jira's parser has rules of its own for what a macro encloses, and what it shows as quoted must never be taken for
//! said. So only what is clear is taken: an enclosure that cannot be read in another way is left out, and from the first
//! brace that can, nothing is the author's own.

use serde_json::Value;

/// Macros of Jira's own that enclose something. Of others it is not known whether they do.
const ENCLOSING: [&str; 5] = ["quote", "code", "noformat", "panel", "color"];
/// Stands for what is left out, so that the words around it do not come to stand alone.
const LEFT_OUT: &str = "…";

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

/// What an author says in their own words: without what macros enclose, fixed-width text, quotations and tables; nothing
/// from where it is not clear what a macro encloses.
pub(crate) fn own_words(text: &str) -> String {
    let mut own = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        own.push_str(&rest[..at]);
        own.push_str(LEFT_OUT);
        rest = behind_enclosure(rest, at).unwrap_or_default();
    }
    own.push_str(rest);
    without_blocks(&own)
}

/// What follows the enclosure that begins at this brace. Nothing if that can be read in two ways.
fn behind_enclosure(text: &str, at: usize) -> Option<&str> {
    if text[..at].ends_with('\\') {
        return None;
    }
    let inside = &text[at + 1..];
    if let Some(fixed) = inside.strip_prefix('{') {
        let end = fixed.find("}}").filter(|end| is_plain(&fixed[..*end]))?;
        let behind = &fixed[end + 2..];
        return (!behind.starts_with('}')).then_some(behind);
    }
    let tag = &inside[..inside.find('}').filter(|end| is_plain(&inside[..*end]))?];
    let name = tag.split(':').next().unwrap_or_default();
    let body = &inside[tag.len() + 1..];
    if !ENCLOSING.contains(&name) || body.starts_with('}') {
        return None;
    }
    let (enclosed, behind) = body.split_once(&format!("{{{name}}}"))?;
    // The parser passes over these in a tag, so that another form of the end may stand within.
    let squeezed = enclosed.replace(['\\', '\r', '\n'], "");
    let doubtful = squeezed.contains(&format!("{{{name}"))
        || enclosed.contains("\\{")
        || enclosed.ends_with(['\\', '{'])
        || behind.starts_with('}');
    (!doubtful).then_some(behind)
}

fn is_plain(text: &str) -> bool {
    !text.contains(['{', '}', '\\', '\n', '\r'])
}

/// Without quoted lines and the rows of tables, which go on over lines until one ends with the last cell's mark, or is
/// empty.
fn without_blocks(text: &str) -> String {
    let mut within_row = false;
    let own = text.lines().filter(|line| {
        let line = line.trim_matches([' ', '\t', '\r']);
        let of_row = !line.is_empty() && (within_row || line.starts_with('|'));
        within_row = of_row && (!line.ends_with('|') || line == "|");
        !of_row && !line.starts_with('>') && !line.starts_with("bq.")
    });
    own.collect::<Vec<_>>().join("\n")
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

/// No character of the text means anything but itself; where a line begins, no word does.
fn escaped(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(escaped_line).collect();
    lines.join("\n")
}

fn escaped_line(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    let begins_block = ["h1.", "h2.", "h3.", "h4.", "h5.", "h6.", "bq."];
    let begins_block = begins_block.iter().any(|word| line.starts_with(word));
    let mut before = None;
    for c in line.chars() {
        match c {
            '\\' => escaped.push_str("&#92;"),
            'h' | 'b' if before.is_none() && begins_block => {
                escaped.push_str(&format!("&#{};", u32::from(c)));
            }
            // Within a word it strikes nothing through, and an issue's key stays one.
            '-' if before.is_some_and(char::is_alphanumeric) => escaped.push(c),
            '{' | '}' | '[' | ']' | '(' | ')' | '*' | '_' | '|' | '!' | '^' | '~' | '+' | '-'
            | '?' | '#' | '@' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
        before = Some(c);
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

    fn said(text: &str) -> Vec<String> {
        let own = own_words(text);
        let lines = own.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }

    #[test]
    fn what_is_quoted_or_shown_is_not_said() {
        for (text, own) in [
            ("> /approve\nno", vec!["no"]),
            ("bq. /approve\n/reject no", vec!["/reject no"]),
            ("{quote}/approve{quote} no", vec!["… no"]),
            ("{quote}\r\n/approve\r\n{quote}\r\nno", vec!["…", "no"]),
            (
                "{code:java}\nif (a) { b }\n/approve\n{code}\nno",
                vec!["…", "no"],
            ),
            (
                "{panel:title=So|borderStyle=dashed}\n/approve\n{panel}no",
                vec!["…no"],
            ),
            ("|they wrote\n/approve|\nno", vec!["no"]),
            ("|they wrote {color:red}x{color}\n/approve|\nno", vec!["no"]),
            ("|they wrote\n\u{a0}\n/approve|\nno", vec!["no"]),
            ("||a||b||\n|c|d|\n/reject no", vec!["/reject no"]),
            (
                "{noformat}{quote}{noformat}\n/reject no",
                vec!["…", "/reject no"],
            ),
            (
                "The {{code}} is wrong\n/reject it",
                vec!["The … is wrong", "/reject it"],
            ),
            ("{{/approve}} is the command", vec!["… is the command"]),
            (
                "This is {color:red}NOT{color} approved.",
                vec!["This is … approved."],
            ),
            (
                "/reject {color:red}keys are logged{color}",
                vec!["/reject …"],
            ),
            ("/approve\n{quote}so{quote}", vec!["/approve", "…"]),
        ] {
            assert_eq!(said(text), own, "{text}");
        }
    }

    #[test]
    fn from_what_can_be_read_in_two_ways_nothing_is_said() {
        for text in [
            "{quote}\n\\{quote}\n/approve\n{quote}\nno, not like this",
            "\\{quote}\n/approve\n{quote}",
            "{code}{{code}}\n/approve\n{code}",
            "{{{code}}}\n/approve",
            "{{a\n/approve}}",
            "{QUOTE}\n/approve\n{QUOTE}",
            "{Quote}\n/approve\n{quote}",
            "{color:red}{quote}\n/approve\n{quote}",
            "{panel: x\n{quote}\n{panel}\n/approve\n{quote}",
            "{quote}}\n/approve\n{quote}",
            "{quote}a{quote}}\n/approve\n{quote}",
            "{quote\n/approve",
            "{quote}\n/approve",
            "{}\n/approve",
            "a { b\n/approve",
            "{-}{quote}{-}\n/approve\n{quote}",
            "{anchor}{quote}{anchor}\n/approve\n{quote}",
            "{quote}a{quote:}b{quote}\n/approve\n{quote}",
            "{quote}a{\\quote}b{quote}\n/approve\n{quote}",
            "{quote}a{\nquote}b{quote}\n/approve\n{quote}",
            "{expand}\n/approve\n{expand}",
        ] {
            assert!(
                !said(text).iter().any(|line| line.contains("/approve")),
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
                Inline::Text(
                    "a *bold* {quote} of [~ben] in !pay_1!, -struck- (x) ??cited??".into(),
                ),
            ],
            vec![Inline::Text(
                "h1. no\nbq. no\n# no\n---- \\ here PAY-1".into(),
            )],
            vec![Inline::Code("a}b".into()), Inline::Link(link)],
        ]);
        assert_eq!(
            markup(&written),
            "*Approval needed:* a \\*bold\\* \\{quote\\} of \\[\\~ben\\] in \\!pay\\_1\\!, \\-struck- \\(x\\) \
             \\?\\?cited\\?\\?\n\n&#104;1. no\n&#98;q. no\n\\# no\n\\-\\-\\-\\- &#92; here PAY-1\n\n\
             {{a\\}b}}[PAY-1|https://x.example/r?a=%5Bb%7Cc%5D]"
        );
        assert!(!own_words(&markup(&written)).contains("quote"));
    }
}
