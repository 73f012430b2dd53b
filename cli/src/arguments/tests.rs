//! The command line as people type it.

use super::*;
use clap::CommandFactory;

fn parse(line: &str) -> Result<Command, clap::Error> {
    let words = std::iter::once("countersign").chain(line.split_whitespace());
    Arguments::try_parse_from(words).map(|arguments| arguments.command)
}

#[test]
fn the_command_line_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn words_are_taken_as_people_type_them() {
    let Command::Asking(AskingCommand::Gate(gate)) =
        parse("gate pay-142 --commit A1B2C3D4 --commit a1b2c3d5").unwrap()
    else {
        panic!("not a gate");
    };
    assert_eq!(gate.asked.keys[0].as_str(), "PAY-142");
    assert_eq!(gate.asked.commits[0].as_str(), "a1b2c3d4");
    assert_eq!(gate.if_unreachable, Unreachable::Closed);
    let Command::Asking(AskingCommand::Log(log)) =
        parse("log --type deployment --severity high").unwrap()
    else {
        panic!("not a log");
    };
    assert_eq!(
        (log.kind.as_deref(), log.severity.as_deref()),
        (Some("DEPLOYMENT"), Some("HIGH"))
    );
    assert_eq!(log.limit, 25);
    let line = "connect jira --jira-url https://a.example.com --email a@example.com --project pay";
    let Command::Asking(AskingCommand::Connect {
        what: Connect::Jira(jira),
    }) = parse(line).unwrap()
    else {
        panic!("not a connection");
    };
    assert_eq!(jira.projects[0].as_str(), "PAY");
    assert!(parse("connect jira --jira-url https://a.example.com --data-center").is_ok());
}

#[test]
fn what_cannot_be_meant_is_usage() {
    for line in [
        "gate",
        "gate --range ..HEAD",
        "gate --range HEAD",
        "gate --range --all..HEAD",
        "gate --commit zz",
        "gate PAY",
        "gate PAY-1 --if-unreachable maybe",
        "show",
        "show nothing",
        "log --limit 0",
        "log --type NOTHING",
        "report --type HUMAN_REVIEW --payload -",
        "report --type ALERT",
        "connect",
        "connect jira --email a@example.com",
        "connect jira --jira-url https://a.example.com",
        "connect jira --jira-url https://a.example.com --data-center --email a@example.com",
        "connect jira --jira-url https://a.example.com --data-center --cloud-id x",
        "connect github",
        "connect jira --jira-url https://a.example.com --email a@example.com --project 1",
        "verify evt_1",
    ] {
        let error = parse(line).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}
