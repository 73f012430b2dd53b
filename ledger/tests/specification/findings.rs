//! Section 10.5: every code, its place, verdict, exit code and meaning.

use ledger::Code;
use serde_json::json;

use crate::lines_after;

/// What may stand in the column of places.
const PLACES: [&str; 7] = [
    "entry",
    "entries",
    "entry or entries",
    "row",
    "row or line",
    "line",
    "ledger",
];

fn name(code: Code) -> String {
    json!(code).as_str().unwrap().to_owned()
}

#[test]
fn the_table_of_findings_is_that_of_the_code() {
    let rows = lines_after("<!-- findings -->");
    assert_eq!(rows.len(), 2 + Code::ALL.len());
    for (row, code) in rows[2..].iter().zip(Code::ALL) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, named, place, verdict, exit, _] = cells[..] else {
            unreachable!("{row}: four columns are expected");
        };
        assert_eq!(named, format!("`{}`", name(*code)));
        assert!(PLACES.contains(&place), "{row}");
        assert_eq!(json!(verdict), json!(code.verdict()), "{named}");
        assert_eq!(exit, code.verdict().exit_code().to_string(), "{named}");
    }
    println!("findings: {} rows of the table", Code::ALL.len());
}

#[test]
fn the_meanings_are_those_of_the_code() {
    let lines = lines_after("<!-- meanings -->");
    let want: Vec<String> = Code::ALL
        .iter()
        .flat_map(|code| {
            [
                format!("- `{}`:", name(*code)),
                format!("  {}", code.meaning()),
            ]
        })
        .collect();
    assert_eq!(lines, want);
}
