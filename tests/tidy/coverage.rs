//! What pages say of tests: a test that a page names is there, and `docs/COVERAGE.md` has every item of the source once,
//! with counts that are those of its tables. Whether a test shows what a page says is for its reader to see.

use std::collections::BTreeMap;

use crate::tree::{File, Tree};

const PAGE: &str = "docs/COVERAGE.md";
const LAST_ITEM: u32 = 91;
const STANDINGS: [&str; 4] = ["built", "in part", "not built", "refused"];
const COLUMNS: usize = 4;

/// Every test that a page names as `file.rs::function` is a test of that file.
pub(crate) fn named_tests(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for page in tree.files.iter().filter(|file| file.extension() == "md") {
        for (number, line) in page.lines() {
            for (path, test) in tests_in(line) {
                let file = tree.files.iter().find(|file| file.path == path);
                if !file.is_some_and(|file| has_test(file, test)) {
                    breaches.push(format!(
                        "{}:{number}: {path} has no test {test}: name one that is there",
                        page.path
                    ));
                }
            }
        }
    }
    breaches
}

/// What stands between backticks and names a function of a source file.
fn tests_in(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let quoted = line.split('`').skip(1).step_by(2);
    quoted
        .filter_map(|name| name.split_once("::"))
        .filter(|(path, _)| path.ends_with(".rs"))
}

/// Whether a function of this name stands below `#[test]` or the like.
fn has_test(file: &File, name: &str) -> bool {
    let mut is_test = false;
    for (_, line) in file.lines() {
        let line = line.trim();
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if !(line.starts_with("#[") || line.starts_with("//")) {
            let function = line
                .trim_start_matches("async ")
                .strip_prefix("fn ")
                .and_then(|rest| rest.split('(').next());
            if is_test && function == Some(name) {
                return true;
            }
            is_test = false;
        }
    }
    false
}

/// The page has each item once, says of each how it stands and what shows it, and counts them right.
pub(crate) fn items(tree: &Tree) -> Vec<String> {
    let Some(page) = tree.files.iter().find(|file| file.path == PAGE) else {
        return vec![format!(
            "{PAGE} is missing: say there what became of each item"
        )];
    };
    let mut breaches = Vec::new();
    let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
    let mut counts = [0_usize; STANDINGS.len()];
    for (number, line) in page.lines() {
        let cells: Vec<&str> = line
            .trim()
            .trim_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        let item = cells
            .first()
            .filter(|_| line.starts_with('|'))
            .and_then(|cell| cell.parse().ok());
        let Some(item) = item else { continue };
        *seen.entry(item).or_default() += 1;
        let wrong = |what: &str| format!("{PAGE}:{number}: item {item}: {what}");
        let &[_, _, stands, shown] = cells.as_slice() else {
            breaches.push(wrong(&format!("a row has {COLUMNS} cells")));
            continue;
        };
        let (standing, missing) = stands.split_once(':').unwrap_or((stands, ""));
        let Some(at) = STANDINGS.iter().position(|known| *known == standing) else {
            breaches.push(wrong(&format!("how it stands is one of {STANDINGS:?}")));
            continue;
        };
        if let Some(count) = counts.get_mut(at) {
            *count += 1;
        }
        if standing == "in part" && missing.trim().is_empty() {
            breaches.push(wrong("say which part is missing"));
        }
        let in_italics = shown.len() > 2 && shown.starts_with('*') && shown.ends_with('*');
        let by_tests = !in_italics && tests_in(shown).next().is_some();
        if !(by_tests || in_italics && standing != "built") {
            breaches.push(wrong(
                "name the test that shows it, or, of what is not built, say why in italics",
            ));
        }
    }
    for item in 1..=LAST_ITEM {
        match seen.remove(&item) {
            Some(1) => {}
            Some(times) => breaches.push(format!("{PAGE}: item {item} stands there {times} times")),
            None => breaches.push(format!("{PAGE}: item {item} is missing: add its row")),
        }
    }
    breaches.extend(
        seen.keys()
            .map(|item| format!("{PAGE}: there is no item {item}")),
    );
    let [built, in_part, not_built, refused] = counts;
    let summary = format!(
        "**{LAST_ITEM} items: {built} built, {in_part} in part, {not_built} not built, {refused} refused.**"
    );
    if !page.lines().any(|(_, line)| line == summary) {
        breaches.push(format!("{PAGE}: its counts have to be: {summary}"));
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    const TESTS: &str = "#[test]\nfn one() {}\n\n#[tokio::test(flavor = \"multi_thread\")]\n/// So.\nasync fn two() {}\n\
        fn three() {}\n";

    #[test]
    fn a_test_that_is_not_there_is_found() {
        let found = |text: &str| {
            let tree = Tree::made_of(&[("a/tests/b.rs", TESTS), ("docs/a.md", text)]);
            named_tests(&tree).len()
        };
        assert_eq!(found("`a/tests/b.rs::one`, `a/tests/b.rs::two`"), 0);
        assert_eq!(found("`a/tests/b.rs::three`"), 1);
        assert_eq!(found("| `a/tests/b.rs::on` | `a/tests/c.rs::one` |"), 2);
        assert_eq!(
            found("`auth::server`, a/tests/b.rs::three, `a/tests/b.rs`"),
            0
        );
    }

    /// A page on which all but the first item are built, with this row for the first.
    fn page(first: &str, counts: &str) -> String {
        let rest: String = (2..=LAST_ITEM)
            .map(|item| format!("| {item} | it | built | `a.rs::b` |\n"))
            .collect();
        format!(
            "**91 items: {counts}.**\n\n| item | a | b | c |\n|---|---|---|---|\n{first}\n{rest}"
        )
    }

    #[test]
    fn an_item_or_a_count_that_is_wrong_is_found() {
        let found =
            |first: &str, counts: &str| items(&Tree::made_of(&[(PAGE, &page(first, counts))]));
        let all = "91 built, 0 in part, 0 not built, 0 refused";
        let all_but_one = "90 built, 1 in part, 0 not built, 0 refused";
        let one_is_not = "90 built, 0 in part, 1 not built, 0 refused";
        let one_is_missing = "90 built, 0 in part, 0 not built, 0 refused";
        for (first, counts) in [
            ("| 1 | it | built | `a.rs::b` |", all),
            ("| 1 | it | in part: no end | `a.rs::b` |", all_but_one),
            ("| 1 | it | not built | *why* |", one_is_not),
        ] {
            assert_eq!(found(first, counts), [""; 0], "{first}");
        }
        for (first, counts) in [
            ("", one_is_missing),
            ("| 1 | it | built | `a.rs::b` |", all_but_one),
            ("| 1 | it | built | *of course* |", all),
            ("| 1 | it | built | |", all),
            ("| 1 | it | in part | `a.rs::b` |", all_but_one),
            ("| 1 | it | nearly | `a.rs::b` |", one_is_missing),
            ("| 1 | it | built |", one_is_missing),
        ] {
            assert_eq!(found(first, counts).len(), 1, "{first}");
        }
        let twice = "| 1 | it | built | `a.rs::b` |\n| 92 | it | built | `a.rs::b` |";
        let breaches = found(twice, "92 built, 0 in part, 0 not built, 0 refused");
        assert_eq!(breaches, ["docs/COVERAGE.md: there is no item 92"]);
        assert_eq!(items(&Tree::made_of(&[])).len(), 1);
    }
}
