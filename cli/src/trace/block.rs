//! Which lines a marker stands for: the code that begins after it, as far as indentation says that it reaches. True for
//! code that is indented as its language's formatter does it; a language is not parsed.

/// What may open a line that still belongs to the block before it.
const CLOSERS: [&str; 6] = ["}", ")", "]", "end", "else", "elif"];
/// Lines between a marker and its code at most.
const APART: usize = 60;

/// First and last line, from 0, of the code that the marker on line `at` stands for. The marker's own line, where code
/// stands before it or none follows.
pub(super) fn block(lines: &[&str], at: usize, after_code: bool) -> (usize, usize) {
    if after_code {
        return (at, at);
    }
    let first = (at + 1..lines.len().min(at + 1 + APART)).find(|&at| is_code(lines[at]));
    let Some(first) = first else { return (at, at) };
    let depth = indent(lines[first]);
    let mut last = first;
    for (here, line) in lines.iter().enumerate().skip(first + 1) {
        if line.trim().is_empty() {
            continue;
        }
        let closes = CLOSERS
            .iter()
            .any(|closer| line.trim_start().starts_with(closer));
        if indent(line) > depth || (indent(line) == depth && closes) {
            last = here;
        } else {
            break;
        }
    }
    (first, last)
}

/// Not blank, not only a comment, not an attribute of what follows.
fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    let comment = [
        "//", "#", "--", "/*", "*", ";", "%", "<!--", "@", "\"\"\"", "'''",
    ];
    !line.is_empty() && !comment.iter().any(|opener| line.starts_with(opener))
}

fn indent(line: &str) -> usize {
    line.chars()
        .take_while(|c| c.is_whitespace())
        .map(|c| if c == '\t' { 4 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(text: &str) -> (usize, usize) {
        let lines: Vec<&str> = text.lines().collect();
        let at = lines.iter().position(|line| line.contains("MARK")).unwrap();
        block(&lines, at, lines[at].starts_with("let"))
    }

    #[test]
    fn a_block_reaches_as_far_as_it_is_indented() {
        assert_eq!(
            reach("# MARK\n@guard\ndef f(x):\n    y = x\n\n    return y\n\ndef g():\n    pass\n"),
            (2, 5)
        );
        assert_eq!(
            reach("// MARK\n#[test]\nfn f() {\n    if a {\n        b();\n    }\n}\n\nfn g() {}\n"),
            (2, 6)
        );
        assert_eq!(
            reach("/*\n * MARK\n */\nexport function f() {\n  a();\n}\nconst b = 1;\n"),
            (3, 5)
        );
        assert_eq!(
            reach("-- MARK\nCREATE TABLE t (\n  a int\n);\nSELECT 1;\n"),
            (1, 3)
        );
    }

    #[test]
    fn without_code_after_it_a_marker_stands_for_its_own_line() {
        assert_eq!(reach("x\n# MARK\n"), (1, 1));
        assert_eq!(reach("let x = 1; // MARK\nlet y = 2;\n"), (0, 0));
    }
}
