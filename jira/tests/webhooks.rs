//! Every captured webhook payload, and the fact it must become. Written down from the payloads by hand.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use crate::vectors;

use std::collections::BTreeSet;

use jira::webhook::parse;
use record::facts::{Change, CommentChanged, Fact, TicketChanged, TicketDeleted, WorklogChanged};

const ADA: &str = "5bcf9b9ffa47c8f509a81856";
const BEN: &str = "5b835f6b24545f5b83b74ac3";

struct Ticket {
    id: &'static str,
    key: &'static str,
    change: Change,
    changelog: Option<&'static str>,
    edited: &'static [&'static str],
    at: i64,
    by: &'static str,
}

struct Comment {
    ticket: Option<(&'static str, &'static str)>,
    id: &'static str,
    change: Change,
    author: &'static str,
    updated: &'static str,
    at: i64,
}

enum Expected {
    Ticket(Ticket),
    Comment(Comment),
    Deleted(&'static str, &'static str, i64),
    /// Work on the one ticket that payloads of work are about: id, what happened, the time it was changed, when.
    Worklog(&'static str, Change, &'static str, i64),
}

/// An edit of the ticket most payloads are about.
const fn edit(changelog: &'static str, edited: &'static [&'static str], at: i64) -> Expected {
    ticket(
        "10040",
        "TES-41",
        Change::Updated,
        changelog,
        edited,
        at,
        ADA,
    )
}

const fn ticket(
    id: &'static str,
    key: &'static str,
    change: Change,
    changelog: &'static str,
    edited: &'static [&'static str],
    at: i64,
    by: &'static str,
) -> Expected {
    Expected::Ticket(Ticket {
        id,
        key,
        change,
        changelog: Some(changelog),
        edited,
        at,
        by,
    })
}

const fn comment(
    ticket: Option<(&'static str, &'static str)>,
    id: &'static str,
    change: Change,
    author: &'static str,
    updated: &'static str,
    at: i64,
) -> Expected {
    Expected::Comment(Comment {
        ticket,
        id,
        change,
        author,
        updated,
        at,
    })
}

const TES_41: Option<(&str, &str)> = Some(("10040", "TES-41"));

const TABLE: &[(&str, Expected)] = &[
    (
        "cloud-comment-created",
        comment(
            TES_41,
            "10019",
            Change::Created,
            ADA,
            "2019-02-15T19:11:18.321-0800",
            1_550_286_678_321,
        ),
    ),
    (
        "cloud-comment-created-mention",
        comment(
            TES_41,
            "10019",
            Change::Created,
            ADA,
            "2019-02-15T19:11:18.321-0800",
            1_550_286_678_321,
        ),
    ),
    (
        "cloud-comment-updated",
        comment(
            TES_41,
            "10019",
            Change::Updated,
            ADA,
            "2019-02-15T19:12:08.432-0800",
            1_550_286_728_432,
        ),
    ),
    (
        "cloud-comment-deleted",
        comment(
            Some(("10357", "KT-7")),
            "10757",
            Change::Deleted,
            BEN,
            "2019-10-07T22:42:01.801-0700",
            1_570_513_345_538,
        ),
    ),
    (
        "server-comment-created-no-issue",
        comment(
            None,
            "10082",
            Change::Created,
            "user1748e5",
            "2019-06-04T00:15:17.234+0000",
            1_559_607_317_234,
        ),
    ),
    (
        "cloud-issue-commented-legacy",
        comment(
            Some(("10101", "TEST-4")),
            "10503",
            Change::Created,
            "user9f86d0",
            "2020-06-27T00:44:57.013+0000",
            1_593_218_697_100,
        ),
    ),
    (
        "cloud-issue-created",
        ticket(
            "10040",
            "TES-41",
            Change::Created,
            "10222",
            &["description", "priority", "reporter", "status", "summary"],
            1_550_286_113_023,
            ADA,
        ),
    ),
    (
        "cloud-issue-created-security-level",
        ticket(
            "10040",
            "TES-41",
            Change::Created,
            "10222",
            &["description", "priority", "reporter", "status", "summary"],
            1_550_286_113_023,
            ADA,
        ),
    ),
    (
        "cloud-issue-created-many-fields",
        ticket(
            "10509",
            "KT-22",
            Change::Created,
            "11627",
            &[
                "assignee",
                "customfield_10073",
                "customfield_10076",
                "description",
                "fixVersions",
                "priority",
                "reporter",
                "status",
                "summary",
            ],
            1_566_935_004_475,
            BEN,
        ),
    ),
    (
        "cloud-issue-updated-custom-field",
        ticket(
            "10368",
            "TES-14",
            Change::Updated,
            "11479",
            &["customfield_10072"],
            1_565_574_553_414,
            BEN,
        ),
    ),
    (
        "cloud-issue-assigned-empty-changelog",
        ticket(
            "10001",
            "TEST-123",
            Change::Updated,
            "10500",
            &[],
            1_724_179_662_935,
            "5b8d969eef6ecad3c29a3a62",
        ),
    ),
    (
        "cloud-issue-assigned",
        edit("10230", &["assignee"], 1_550_287_081_752),
    ),
    (
        "cloud-issue-unassigned",
        edit("10231", &["assignee"], 1_550_351_432_604),
    ),
    (
        "cloud-issue-attachment",
        edit("10233", &["Attachment"], 1_550_351_530_065),
    ),
    (
        "cloud-issue-sprint",
        edit("10233", &["Sprint"], 1_550_351_530_065),
    ),
    (
        "cloud-issue-fix-version",
        edit("11151", &["fixVersions"], 1_550_286_471_789),
    ),
    (
        "cloud-issue-multi-change",
        edit(
            "11151",
            &["fixVersions", "assignee", "customfield_10072"],
            1_550_286_471_789,
        ),
    ),
    (
        "cloud-transition-started",
        edit("10227", &["status"], 1_550_286_862_039),
    ),
    (
        "cloud-transition-resolved",
        edit("10228", &["resolution", "status"], 1_550_286_940_507),
    ),
    (
        "cloud-transition-reopened",
        edit("10229", &["resolution", "status"], 1_550_287_026_531),
    ),
    (
        "server-old-no-event-type",
        edit("10225", &["description"], 1_550_286_601_840),
    ),
    (
        "server-transition-in-progress",
        ticket(
            "10300",
            "TES-4",
            Change::Updated,
            "10508",
            &["status"],
            1_565_751_753_680,
            "user8c6976",
        ),
    ),
    (
        "server-transition-resolved",
        ticket(
            "10300",
            "TES-4",
            Change::Updated,
            "10414",
            &["status", "resolution"],
            1_565_652_182_025,
            "user8c6976",
        ),
    ),
    (
        "cloud-issue-deleted",
        Expected::Deleted("10303", "IDT-19", 1_562_177_136_176),
    ),
    (
        "cloud-worklog-created",
        Expected::Worklog(
            "10066",
            Change::Created,
            "2026-09-23T00:18:35.652+0530",
            1_790_102_915_652,
        ),
    ),
    (
        "cloud-worklog-updated",
        Expected::Worklog(
            "10066",
            Change::Updated,
            "2026-09-23T00:19:13.744+0530",
            1_790_102_953_744,
        ),
    ),
    (
        "cloud-worklog-deleted",
        Expected::Worklog(
            "10033",
            Change::Deleted,
            "2026-09-23T00:18:35.652+0530",
            1_790_005_301_877,
        ),
    ),
];

impl Expected {
    fn fact(&self) -> Fact {
        match self {
            Self::Ticket(t) => Fact::TicketChanged(TicketChanged {
                id: t.id.parse().unwrap(),
                key: t.key.parse().unwrap(),
                change: t.change,
                changelog: t.changelog.map(str::to_owned),
                edited: t.edited.iter().map(|field| (*field).to_owned()).collect(),
                claimed_at_ms: Some(t.at),
                by: Some(t.by.parse().unwrap()),
            }),
            Self::Comment(c) => Fact::CommentChanged(CommentChanged {
                ticket: c
                    .ticket
                    .map(|(id, key)| (id.parse().unwrap(), key.parse().unwrap())),
                // The one without its ticket says in its own address which it is of.
                issue: c.ticket.is_none().then(|| "10013".parse().unwrap()),
                comment: c.id.parse().unwrap(),
                change: c.change,
                author: Some(c.author.parse().unwrap()),
                updated: Some(c.updated.to_owned()),
                claimed_at_ms: Some(c.at),
            }),
            Self::Deleted(id, key, at) => Fact::TicketDeleted(TicketDeleted {
                id: id.parse().unwrap(),
                key: key.parse().unwrap(),
                claimed_at_ms: Some(*at),
            }),
            Self::Worklog(id, change, updated, at) => Fact::WorklogChanged(WorklogChanged {
                issue: "10014".parse().unwrap(),
                worklog: id.parse().unwrap(),
                change: *change,
                author: Some("5b10a2844c20165700ede21g".parse().unwrap()),
                updated: Some((*updated).to_owned()),
                claimed_at_ms: Some(*at),
            }),
        }
    }
}

#[test]
fn each_captured_payload_becomes_its_fact() {
    let Some(folder) = vectors::path("jira-webhooks") else {
        return;
    };
    for (name, expected) in TABLE {
        let body = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
        assert_eq!(parse(&body), Ok(expected.fact()), "{name}");
    }
    let in_folder: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    let in_table: BTreeSet<String> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(
        in_folder, in_table,
        "each payload stands in the table, and each row has its payload"
    );
    println!("webhooks: {} payloads", TABLE.len());
}
