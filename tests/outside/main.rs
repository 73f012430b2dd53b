//! What somebody finds who does not believe us: the demonstration is played, and what it leaves is then changed
//! and verified by scripts that share no code with the programs. They need `python3`.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test ends where its ground gives way, and says what it saw"
)]

mod program;

use program::{Ended, Played, run, script};

/// What the demonstration has to say, in this order.
const STORY: &[&str] = &[
    "== A person approves; the approval stands in the ledger",
    "exit 0, 10 of 10 entries",
    "exit 0, verdict \"VERIFIED\"",
    "exit 11, \"ENTRY_ALTERED\" at seq 9",
    "undone: exit 0",
    "exit 12, \"ROLLED_BACK\"",
    "exit 11, \"DISCLOSURE_ALTERED\"",
    "== The end",
];

const FLIPS: &str = "20";

#[test]
fn the_demonstration_holds_what_it_says() {
    let said = &Played::once().story;
    let mut rest = said.out.as_str();
    for line in STORY {
        let Some(at) = rest.find(line) else {
            panic!("`{line}` is not where it should be in:\n{}", said.out);
        };
        rest = &rest[at + line.len()..];
    }
    println!(
        "the demonstration: exit {}, {} of {} lines found",
        said.code,
        STORY.len(),
        STORY.len()
    );
    assert_eq!(said.code, 0);
}

/// Any byte of any value of any row, but for two queues and what the migrations leave.
#[test]
fn every_flipped_byte_of_the_database_is_found_and_named() {
    let played = Played::once();
    let verify = [
        "env",
        "DATABASE_URL=sqlite:{database}",
        "COUNTERSIGN_VERIFIER_DIR={beside}",
        &program::path("countersign-verifier"),
        "run",
        "--json",
        "--no-report",
    ];
    let asked = [
        &played.file("countersign.sqlite"),
        "--tries",
        FLIPS,
        "--beside",
        &played.file("verifier"),
        "--",
    ];
    let Some(ended) = script("flip_database.py", &[&asked[..], &verify].concat()) else {
        return;
    };
    holds(&ended, "20 tried, 20 found, 20 named");
}

/// The copy of the database from before the approval is shorter than the verifier remembers; having seen it does
/// not make the verifier forget.
#[test]
fn a_restored_copy_is_rolled_back_and_the_untouched_one_is_verified() {
    let played = Played::once();
    let verify = |database: &str| {
        let settings = format!(
            ". '{}' && export DATABASE_URL='sqlite:{}' && exec \"$0\" run --json --no-report",
            played.file("env"),
            played.file(database)
        );
        let verifier = program::path("countersign-verifier");
        run("sh", &["-c", &settings, &verifier]).code
    };
    let codes = ["countersign.sqlite", "before-approval.sqlite"].map(verify);
    let again = ["before-approval.sqlite", "countersign.sqlite"].map(verify);
    println!("untouched and restored: {codes:?}; once more the other way round: {again:?}");
    assert_eq!((codes, again), ([0, 12], [12, 0]));
}

#[test]
fn every_flipped_byte_of_a_bundle_is_found_and_named() {
    let played = Played::once();
    let bundle = played.file("bundle.countersign");
    let asked = [&bundle, "--tries", FLIPS, "--"];
    let Some(ended) = script(
        "flip_bundle.py",
        &[&asked[..], &check(played).each()].concat(),
    ) else {
        return;
    };
    holds(&ended, "20 tried, 20 found, 20 named");
}

/// The verifier that was written from the document alone comes to the same judgement, of the bundle and of what
/// is made of it.
#[test]
fn a_verifier_written_from_the_document_agrees() {
    let played = Played::once();
    let (bundle, policy) = (played.file("bundle.countersign"), played.file("policy.txt"));
    let Some(verified) = script("ledger_verifier.py", &[&bundle, "--policy", &policy]) else {
        return;
    };
    assert!(verified.out.starts_with("verdict     VERIFIED\n"));
    assert_eq!(verified.code, 0);
    let changed = played.file("bundle-changed.countersign");
    let refused = script("ledger_verifier.py", &[&changed, "--policy", &policy]);
    assert_eq!(refused.unwrap().code, 11);

    let asked = [
        &bundle, "--policy", &policy, "--flips", "60", "--moves", "40", "--",
    ];
    let compared = script("compare.py", &[&asked[..], &check(played).each()].concat()).unwrap();
    holds(&compared, "101 compared, 101 agreed");
}

/// The command line of the check of a bundle.
struct Check {
    program: String,
    policy: String,
}

fn check(played: &Played) -> Check {
    Check {
        program: program::path("countersign-check"),
        policy: played.file("policy.txt"),
    }
}

impl Check {
    fn each(&self) -> [&str; 5] {
        [
            &self.program,
            "--json",
            "--policy",
            &self.policy,
            "{bundle}",
        ]
    }
}

/// The script ended well, and its last line begins so.
fn holds(ended: &Ended, total: &str) {
    println!("{}", ended.out);
    let last = ended.out.lines().last().unwrap_or_default();
    assert!(last.starts_with(total), "{last}");
    assert_eq!(ended.code, 0);
}
