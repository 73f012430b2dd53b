//! Which lines a marker stands for where its language is one that is parsed here: those of the declaration or statement
//! that follows it, or, of a marker in a docstring, of what it documents. Says nothing of a file that does not parse
//! there; what is said then is told by indentation.
//!
//! A file is read as far as its markers need: a grammar that reads from the left has settled a declaration once it went on
//! some lines behind it, whatever comes later. Where it has not, the whole file is read.

use tree_sitter::{Language, Node, Parser, Point, Tree};

/// The longest file that is parsed, in bytes.
const LONGEST: usize = 2_000_000;

/// Lines behind a marker that are read at first: most declarations are shorter.
const AHEAD: usize = 60;
/// Lines behind a declaration that have to be read before it is settled.
const BEHIND: usize = 10;

/// A file as its language's grammar reads it.
pub(super) struct Parsed<'t> {
    parser: Parser,
    text: &'t str,
    /// What was read so far.
    tree: Option<Tree>,
    /// How many lines that is; none if it is the whole file.
    lines: Option<usize>,
}

impl<'t> Parsed<'t> {
    /// None of a file in another language, and of one that is too long.
    pub(super) fn read(file: &str, text: &'t str) -> Option<Self> {
        let language = language_of(file).filter(|_| text.len() <= LONGEST)?;
        let mut parser = Parser::new();
        parser.set_language(&language).ok()?;
        Some(Self {
            parser,
            text,
            tree: None,
            lines: Some(0),
        })
    }

    /// First and last line, from 0, of what the marker stands for that is at this line and byte of the line; none if none
    /// follows it.
    pub(super) fn lines(&mut self, line: usize, byte: usize) -> Option<(usize, usize)> {
        let at = Point::new(line, byte);
        if self.tree.is_none() {
            self.read_lines(line + AHEAD);
        }
        if let Some(lines) = self.lines {
            let settled = self.subject(at).filter(|subject| is_settled(*subject));
            let settled = settled.map(lines_of);
            if let Some(settled) = settled.filter(|(_, to)| to + BEHIND <= lines) {
                return Some(settled);
            }
            self.tree = self.parser.parse(self.text, None);
            self.lines = None;
        }
        self.subject(at).map(lines_of)
    }

    fn read_lines(&mut self, lines: usize) {
        let mut ends = self.text.match_indices('\n');
        let end = ends.nth(lines).filter(|_| ends.next().is_some());
        let (text, lines) = match end {
            Some((end, _)) => (self.text.get(..=end).unwrap_or(self.text), Some(lines)),
            None => (self.text, None),
        };
        self.tree = self.parser.parse(text, None);
        self.lines = lines;
    }

    /// What the marker at this place stands for.
    fn subject(&self, at: Point) -> Option<Node<'_>> {
        let root = self.tree.as_ref()?.root_node();
        let here = root.descendant_for_point_range(at, at)?;
        let subject = match ancestor(here, |node| is_comment(node.kind())) {
            Some(comment) => followed_by(outermost_comment(comment))?,
            None => documented_by(here)?,
        };
        let subject = undecorated(subject);
        (!subject.has_error()).then_some(subject)
    }
}

/// Whether what comes later cannot change a declaration: it stands where nothing is broken off, and is followed by another
/// whole one. Where a file is read in part a grammar takes what is not closed for an error, with all that is around it.
fn is_settled(subject: Node<'_>) -> bool {
    let followed = subject.next_sibling();
    let followed = followed.is_some_and(|next| next.is_named() && !next.is_error());
    followed && ancestor(subject, |node| node.is_error()).is_none()
}

fn language_of(file: &str) -> Option<Language> {
    let (_, ending) = file.rsplit_once('.')?;
    Some(match ending {
        "rs" => tree_sitter_rust::LANGUAGE.into(),
        "py" | "pyi" => tree_sitter_python::LANGUAGE.into(),
        "ts" | "mts" | "cts" => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        "tsx" => tree_sitter_typescript::LANGUAGE_TSX.into(),
        "js" | "mjs" | "cjs" | "jsx" => tree_sitter_javascript::LANGUAGE.into(),
        "go" => tree_sitter_go::LANGUAGE.into(),
        "java" => tree_sitter_java::LANGUAGE.into(),
        _ => return None,
    })
}

fn is_comment(kind: &str) -> bool {
    kind.contains("comment")
}

/// What stands between a marker and what it stands for: other comments, attributes, decorators.
fn is_between(node: Node<'_>) -> bool {
    let kind = node.kind();
    is_comment(kind) || kind.contains("attribute") || kind == "decorator"
}

fn ancestor<'t>(node: Node<'t>, is: impl Fn(Node<'t>) -> bool) -> Option<Node<'t>> {
    let mut node = Some(node);
    while let Some(here) = node {
        if is(here) {
            return Some(here);
        }
        node = here.parent();
    }
    None
}

/// A grammar may give a comment parts that are comments too.
fn outermost_comment(comment: Node<'_>) -> Node<'_> {
    let mut comment = comment;
    while let Some(around) = comment.parent().filter(|around| is_comment(around.kind())) {
        comment = around;
    }
    comment
}

fn followed_by(comment: Node<'_>) -> Option<Node<'_>> {
    let mut next = comment.next_named_sibling();
    while let Some(node) = next.filter(|node| is_between(*node)) {
        next = node.next_named_sibling();
    }
    next
}

/// The function or class whose first statement is the string that the marker stands in (Python's docstring).
fn documented_by(here: Node<'_>) -> Option<Node<'_>> {
    let string = ancestor(here, |node| node.kind() == "string")?;
    let statement = string.parent()?;
    let body = statement.parent()?;
    let is_first = body.named_child(0) == Some(statement);
    let owner = body.parent()?;
    let is_documented = matches!(owner.kind(), "function_definition" | "class_definition");
    (statement.kind() == "expression_statement" && is_first && is_documented).then_some(owner)
}

/// Python has decorators and what they decorate as one.
fn undecorated(node: Node<'_>) -> Node<'_> {
    match node.kind() {
        "decorated_definition" => node.child_by_field_name("definition").unwrap_or(node),
        _ => node,
    }
}

/// A node that ends with a line break ends on the line before.
fn lines_of(node: Node<'_>) -> (usize, usize) {
    let (first, end) = (node.start_position().row, node.end_position());
    let last = match end.column {
        0 => end.row.saturating_sub(1),
        _ => end.row,
    };
    (first, last.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(file: &str, text: &str) -> Option<(usize, usize)> {
        let line = text.lines().position(|line| line.contains("MARK")).unwrap();
        let byte = text.lines().nth(line).unwrap().find("MARK").unwrap();
        Parsed::read(file, text)?.lines(line, byte)
    }

    #[test]
    fn a_marker_stands_for_the_declaration_that_follows_however_it_is_indented() {
        let rust = "// MARK\n/// More.\n#[test]\nfn f()\n{\nif a {\nb();\n}\n}\nfn g() {}\n";
        assert_eq!(reach("a.rs", rust), Some((3, 8)));
        let python = "# MARK\n@guard\ndef f(x,\nyy=1):\n  text = \"\"\"\nnot indented\n\"\"\"\n  return text\n\n\ndef g():\n  pass\n";
        assert_eq!(reach("a.py", python), Some((2, 7)));
        let typescript = "class A {\n  /* MARK */\n  @guard()\n  f(): void {\n  const a = `\nnot indented\n`;\n  }\n  g() {}\n}\n";
        assert_eq!(reach("a.ts", typescript), Some((3, 7)));
        let script = "/**\n * MARK\n */\nexport const f = async () =>\n{\nawait g();\n};\nf();\n";
        assert_eq!(reach("a.mjs", script), Some((3, 6)));
        let view = "// MARK\nexport function V() {\nreturn (\n<p>\nx\n</p>\n);\n}\n";
        assert_eq!(reach("a.tsx", view), Some((1, 7)));
        assert_eq!(reach("a.jsx", view), Some((1, 7)));
        let go = "package a\n\n// MARK\nfunc f(x int) error {\nif x > 0 {\nreturn nil\n}\nreturn g()\n}\n\nfunc g() error { return nil }\n";
        assert_eq!(reach("a.go", go), Some((3, 8)));
        let java =
            "class A {\n  // MARK\n  @Guard\n  void f()\n  {\n  g();\n  }\n  void g() {}\n}\n";
        assert_eq!(reach("A.java", java), Some((2, 6)));
    }

    #[test]
    fn what_is_said_of_a_marker_does_not_depend_on_how_far_the_file_was_read() {
        let short = "  f(): void {\n    g();\n  }\n".repeat(40);
        let long = format!("  f(): void {{\n{}  }}\n", "    g();\n".repeat(2 * AHEAD));
        for (before, subject, lines) in [
            ("", "  f(): void {\n    g();\n  }\n", 3),
            (&short, "  f(): void {\n    g();\n  }\n", 3),
            ("", &long, 2 * AHEAD + 2),
            (&short, &long, 2 * AHEAD + 2),
        ] {
            let text = format!("class A {{\n{before}  // MARK\n{subject}{short}}}\n");
            let first = 2 + before.lines().count();
            assert_eq!(reach("a.ts", &text), Some((first, first + lines - 1)));
        }
        let python = format!("# MARK\ndef f():\n{}", "    g()\n".repeat(AHEAD - BEHIND));
        let text = format!("{python}\n\ndef g():\n{}", "    f()\n".repeat(AHEAD));
        assert_eq!(reach("a.py", &text), Some((1, 1 + AHEAD - BEHIND)));
    }

    #[test]
    fn each_marker_of_a_file_is_told() {
        let text = "// MARK\nfn f() {\n}\n".repeat(200);
        let mut parsed = Parsed::read("a.rs", &text).unwrap();
        for line in (0..600).step_by(3) {
            assert_eq!(parsed.lines(line, 3), Some((line + 1, line + 2)));
        }
    }

    #[test]
    fn a_docstring_s_marker_stands_for_what_it_documents() {
        let python = "class A:\n    def f(self):\n        \"\"\"Signs in.\n\n        MARK\n        \"\"\"\n        return 1\n\n    def g(self):\n        pass\n";
        assert_eq!(reach("a.py", python), Some((1, 6)));
        assert_eq!(reach("a.py", "def f():\n    x = \"MARK\"\n"), None);
    }

    #[test]
    fn nothing_is_said_where_nothing_follows_or_nothing_is_understood() {
        assert_eq!(reach("a.rs", "fn f() {\n    g();\n    // MARK\n}\n"), None);
        assert_eq!(reach("a.rs", "// MARK\nfn f( {{{ ) ->\n"), None);
        assert_eq!(reach("a.sql", "-- MARK\nSELECT 1;\n"), None);
        assert_eq!(reach("Makefile", "# MARK\nall:\n"), None);
        let long = format!("// MARK\nfn f() {{}}\n//{}\n", "x".repeat(LONGEST));
        assert_eq!(reach("a.rs", &long), None);
    }
}
