//! The page of calls: what goes out to Jira, what the document calls it, and that it was checked; then what lies
//! outside the document. Written from what was seen, so a call that was not seen is a gap and not a row.

use std::collections::BTreeSet;
use std::fmt::Write;

use jira::connect::ConnectScope;
use jira::rest::Operation;
use jira::rest::operations::{ALL, data_center, service_desk};

use crate::document::{Document, NO_APP};
use crate::tap::Exchange;

/// What the server asks for that is no part of Jira's REST interface.
const OUTSIDE: &[(&str, &str)] = &[(
    "GET {install keys}/{kid}",
    "the key that signed an installation or its end, from the host in `COUNTERSIGN_INSTALL_KEYS`",
)];

const HEAD: &str = "# Calls to Jira

Every call that leaves Countersign for Jira. The list in `jira/src/rest/operations.rs` is what the client can call at
all; a test (`tests/oracles`) has the real client make each of them, and the real server play a story, through Prism,
which checks requests and answers against the OpenAPI document that Atlassian publishes. The test writes this page and
fails if a call is missing, is not as the document says, or if this page says anything else.
";

/// The page, or what is missing for it.
pub(crate) fn page(
    document: &Document,
    driven: &[Exchange],
    played: &[Exchange],
) -> Result<String, String> {
    let mut gaps = Vec::new();
    let mut page = HEAD.to_owned();
    let version = document.version();
    let _ = write!(
        page,
        "\nThe document: Jira Cloud platform REST API, version `{version}`.\n\n"
    );
    page.push_str("## In the document\n\n");
    page.push_str("| call | operationId | scope | Forge scope | made as | answers seen | request | answer |\n");
    page.push_str("|---|---|---|---|---|---|---|---|\n");
    for operation in ALL {
        match row(document, operation, driven) {
            Ok(row) => page.push_str(&row),
            Err(gap) => gaps.push(format!("{operation}: {gap}")),
        }
    }
    page.push_str(
        "\nThe scopes are what Atlassian asks of a Connect app and of a Forge app, and what our list says. ADMIN and DELETE are\n\
         not in our descriptor: those calls are for API tokens. INACCESSIBLE is to Connect apps: a Forge app makes that call.\n\
         With what an app is let in, the document does not say; Prism is told that a token will do, and the look-alike checks\n\
         it. The verifier calls Jira through the same client.\n",
    );
    page.push_str("\n## Outside the document\n\n| call | what for |\n|---|---|\n");
    for (call, purpose) in OUTSIDE {
        let _ = writeln!(page, "| `{call}` | {purpose} |");
    }
    page.push_str(
        "\nThe story here has the Connect door alone. With a Forge app registered, the set of keys that sign invocation tokens\n\
         is fetched as well, from the address in `COUNTERSIGN_FORGE_KEYS`; calls to Jira go to the same operations at\n\
         Atlassian's gateway.\n\n\
         Nothing else goes out to Jira; to others go commit statuses (`github/src/api.rs`) and feeds (`feed/`), where\n\
         somebody set them up. What Jira calls at our side (descriptor, lifecycle, webhooks, the panel) is in no such\n\
         document either: those routes stand in `app/src/routes.rs`, and a test walks them with every wrong credential.\n",
    );
    page.push_str(
        "\n## Jira Data Center\n\nThe calls above, below `/rest/api/2` and with a personal access token, but for these. The document is of \
         Cloud: no call\nhere is checked by it. They are made to the look-alike (`jira/tests/rest_data_center.rs`), and that is \
         asked by a client\nof others (`tests/oracles/pypi_jira.py`).\n\n",
    );
    for operation in data_center::ALL {
        let _ = writeln!(page, "- `{operation}`");
    }
    page.push_str(
        "\n## Jira Service Management\n\nOf issues in service projects only, on either kind of site, and never through \
         Forge; an interface of its own, which is\nnot in the document (`tests/e2e/approval_steps.rs`).\n\n",
    );
    for operation in service_desk::ALL {
        let _ = writeln!(page, "- `{operation}`");
    }
    gaps.extend(strangers(played));
    if gaps.is_empty() {
        Ok(page)
    } else {
        Err(gaps.join("\n"))
    }
}

fn row(document: &Document, operation: &Operation, seen: &[Exchange]) -> Result<String, String> {
    let published = document.find(operation).ok_or("not in the document")?;
    if published.retired {
        return Err("retired, says the document".to_owned());
    }
    let scope = operation.scope.map_or(NO_APP, ConnectScope::as_str);
    if scope != published.scope {
        let theirs = published.scope;
        return Err(format!("needs the scope {theirs}, our list says {scope}"));
    }
    let forge = Vec::from_iter(operation.forge.as_str());
    if forge != published.forge {
        let theirs = published.forge;
        return Err(format!(
            "needs the Forge scopes {theirs:?}, our list says {forge:?}"
        ));
    }
    let mine: Vec<&Exchange> = seen
        .iter()
        .filter(|call| call.checked && call.is(operation))
        .collect();
    if !mine.iter().any(|call| (200..300).contains(&call.status)) {
        return Err("no call of it was seen to succeed".to_owned());
    }
    let answers: BTreeSet<String> = mine.iter().map(|call| call.status.to_string()).collect();
    let answers = Vec::from_iter(answers).join(", ");
    let made_as = match (
        mine.iter().any(|call| call.as_app),
        mine.iter().any(|call| !call.as_app),
    ) {
        (true, true) => "app, API token",
        (true, false) => "app",
        _ => "API token",
    };
    let id = published.id;
    let forge = operation.forge.as_str().unwrap_or("none");
    Ok(format!(
        "| `{operation}` | {id} | {scope} | {forge} | {made_as} | {answers} | ✓ | ✓ |\n"
    ))
}

/// What the server was seen to ask for although neither list has it, and what is listed but was not asked for.
fn strangers(played: &[Exchange]) -> Vec<String> {
    let (inside, outside): (Vec<_>, Vec<_>) = played.iter().partition(|call| call.checked);
    let unknown = inside
        .iter()
        .filter(|call| !ALL.iter().any(|operation| call.is(operation)))
        .map(|call| format!("{} {}: not in our list", call.method, call.path));
    let kinds: BTreeSet<String> = outside.iter().map(|call| call.outside()).collect();
    let listed: BTreeSet<String> = OUTSIDE.iter().map(|(call, _)| (*call).to_owned()).collect();
    let unlike = kinds.symmetric_difference(&listed);
    unknown
        .chain(unlike.map(|call| format!("{call}: asked for, or listed as outside, but not both")))
        .collect()
}

impl Exchange {
    /// Whether it is a call of this operation: a literal segment stands before a `{name}`.
    fn is(&self, operation: &Operation) -> bool {
        let best = ALL
            .iter()
            .filter(|other| self.fits(other))
            .min_by_key(|other| other.path.matches('{').count());
        best.is_some_and(|best| *best == operation)
    }

    fn fits(&self, operation: &Operation) -> bool {
        let (own, pattern) = (self.path.split('/'), operation.path.split('/'));
        self.method == operation.method
            && own.clone().count() == pattern.clone().count()
            && own
                .zip(pattern)
                .all(|(own, part)| part.starts_with('{') || own == part)
    }

    fn outside(&self) -> String {
        let path = match self.path.strip_prefix("/install-keys/") {
            Some(_) => "{install keys}/{kid}",
            None => &self.path,
        };
        format!("{} {path}", self.method)
    }
}
