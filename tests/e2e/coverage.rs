//! V:316-331: every ticket becomes an artefact of compliance. What was asked for in a period, and what became of it, as
//! the ledger has it, with a rate that says what it is of.

use record::entries::PushAs;
use serde_json::{Value, json};

use crate::api::{GitHub, Program, deployment, deployment_status};
use crate::world::World;

/// All that was ever recorded.
pub(crate) const WHOLE: &str = "from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";
const WORDS: &str = "Patients read their medical records and upload documents.";

fn now() -> String {
    store::now()
}

fn period() -> String {
    now()[..4].to_owned()
}

/// All pages.
pub(crate) async fn covered(program: &Program<'_>, query: &str) -> Vec<Value> {
    let (mut tickets, mut after) = (Vec::new(), String::new());
    loop {
        let page = program.get(&format!("/v1/coverage?{query}{after}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let page = page.json();
        tickets.extend(page["tickets"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return tickets,
        }
    }
}

/// Says of every requirement that an issue asks for where the code meets it; how many there are.
async fn claim_all(program: &Program<'_>, key: &str) -> usize {
    let given = program
        .get(&format!("/v1/tickets/{key}/requirements"))
        .await
        .json();
    let groups = given["groups"].as_array().unwrap();
    let all = groups
        .iter()
        .flat_map(|group| group["requirements"].as_array().unwrap());
    let claims: Vec<Value> = all
        .map(|it| json!({ "requirement": it["id"], "path": "auth/patient.py", "firstLine": 45, "lastLine": 52 }))
        .collect();
    let said = json!({ "commit": "9f1c2ab", "claims": claims });
    let claimed = program
        .post(&format!("/v1/tickets/{key}/claims"), &said)
        .await;
    assert_eq!(claimed.status, 201, "{}", claimed.body);
    claims.len()
}

/// Deploys a commit that names an issue.
pub(crate) async fn deploy(world: &World, github: &GitHub<'_>, number: u8, key: &str) {
    let sha = github
        .push(number, &format!("feat: all of it [{key}]"), "main")
        .await;
    let id = u64::from(number);
    for (event, payload) in [
        ("deployment", deployment(id, &sha)),
        ("deployment_status", deployment_status(id, &sha, "success")),
    ] {
        let answer = github.deliver(event, &payload).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
    }
    world.quiet().await;
}

pub(crate) fn of<'t>(tickets: &'t [Value], key: &str) -> &'t Value {
    tickets.iter().find(|it| it["ticket"] == key).unwrap()
}

/// How many of its requirements came to this.
pub(crate) fn count(ticket: &Value, became: &str) -> usize {
    let all = ticket["requirements"].as_array().unwrap().iter();
    all.filter(|it| it["coverage"] == became).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn v_316_331_a_period_is_reported_with_what_failed_and_what_nobody_knows() {
    let world = World::installed().await;
    let (program, github) = (world.program().await, world.github(PushAs::Commits).await);
    let portal = world.ticket("Patient portal login", WORDS).await.key;
    let booking = world.ticket("Patient appointment booking", WORDS).await.key;
    let open = world.ticket("Patient letters", WORDS).await.key;
    let ordinary = world
        .ticket("Increase button padding", "Four pixels more.")
        .await
        .key;

    let asked = claim_all(&program, &portal).await;
    let approved = world.decide("carla", &portal, "APPROVED", "fine").await;
    assert_eq!(approved.status, 200, "{}", approved.body);
    world.quiet().await;
    let before_deployments = now();
    deploy(&world, &github, 0xa1, &portal).await;
    let booked = claim_all(&program, &booking).await;
    deploy(&world, &github, 0xa2, &booking).await;
    let was = world.imprint();

    let all = format!("from={}-01-01T00:00:00Z&to={}", period(), now());
    let tickets = covered(&program, &all).await;
    let met = of(&tickets, &portal);
    assert_eq!(count(met, "MET"), asked, "{met}");
    assert_eq!(met["approval"]["state"], "APPROVED");
    assert_eq!(met["approval"]["role"], "Approvers");
    assert_eq!(met["deployed"]["environment"], "production");
    assert_eq!(met["deployed"]["approved"], true);
    assert_eq!(
        met["requirements"][0]["claims"][0]["path"],
        "auth/patient.py"
    );
    let failed = of(&tickets, &booking);
    assert_eq!(count(failed, "FAILED"), booked, "{failed}");
    assert_eq!(
        failed["requirements"][0]["lacks"],
        json!(["DEPLOYED_UNAPPROVED"])
    );
    let unknown = of(&tickets, &open);
    let never_said = unknown["requirements"].as_array().unwrap().len();
    assert_eq!(count(unknown, "UNKNOWN"), never_said);
    assert!(never_said > 0);
    assert_eq!(
        unknown["requirements"][0]["lacks"],
        json!(["NOT_SAID", "NOT_APPROVED"])
    );
    assert_eq!(of(&tickets, &ordinary)["requirements"], json!([]));

    // One framework: only what serves it, with its own controls.
    let hipaa = covered(&program, &format!("{all}&framework=hipaa")).await;
    assert!(
        hipaa.iter().all(|it| it["ticket"] != json!(ordinary)),
        "{hipaa:?}"
    );
    let of_hipaa = of(&hipaa, &portal)["requirements"].as_array().unwrap();
    assert!(
        !of_hipaa.is_empty() && of_hipaa.len() < asked,
        "{of_hipaa:?}"
    );
    for requirement in of_hipaa {
        let controls = requirement["controls"].to_string();
        assert!(
            controls.contains("HIPAA") && !controls.contains("GDPR"),
            "{controls}"
        );
    }
    assert_eq!(
        covered(&program, &format!("{all}&framework=hip")).await,
        Vec::<Value>::new()
    );

    // As it stood before anything was deployed, and nothing about a time in which nothing happened.
    let then = format!("from=2020-01-01T00:00:00Z&to={before_deployments}");
    let then = covered(&program, &then).await;
    assert_eq!(count(of(&then, &portal), "MET"), asked);
    assert_eq!(of(&then, &portal)["deployed"], Value::Null);
    assert_eq!(count(of(&then, &booking), "UNKNOWN"), booked);
    let before = covered(
        &program,
        "from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z",
    )
    .await;
    assert_eq!(before, Vec::<Value>::new());
    assert_eq!(world.imprint(), was, "looking appends nothing");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn v_401_434_a_report_is_printed_in_each_form_and_measures_what_it_counts() {
    let world = World::installed().await;
    let (program, github) = (world.program().await, world.github(PushAs::Commits).await);
    let portal = world.ticket("Patient portal login", WORDS).await.key;
    world
        .ticket("Increase button padding", "Four pixels more.")
        .await;
    let asked = claim_all(&program, &portal).await;
    world.decide("carla", &portal, "APPROVED", "fine").await;
    world.quiet().await;
    deploy(&world, &github, 0xa1, &portal).await;
    let ran = |words: &[&str]| {
        let ran = program.runs(&[&["coverage", &period()], words].concat());
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        String::from_utf8(ran.stdout).unwrap()
    };
    let text = ran(&[]);
    assert!(
        text.contains(&format!("requirements: {asked} of {asked} met (100.0 %)")),
        "{text}"
    );
    assert!(
        text.contains("involve security or privacy: 1 of 2 issues"),
        "{text}"
    );
    assert!(
        text.contains("deployed with an approval: 1 of 1 deployed issues"),
        "{text}"
    );
    assert!(text.contains("in the middle of 1 issues"), "{text}");
    assert!(text.contains("auth/patient.py:45-52"), "{text}");
    let json: Value =
        serde_json::from_str(&ran(&["--format", "json", "--framework", "hipaa"])).unwrap();
    assert_eq!(json["measures"]["relevant"], 1, "{json}");
    assert_eq!(json["requirements"]["failed"], 0, "{json}");
    let csv = ran(&["--format", "csv"]);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), asked + 1, "{csv}");
    assert!(
        lines[1].starts_with(&format!("\"{portal}\",")) && lines[1].contains(",\"met\","),
        "{csv}"
    );
    let page = ran(&["--format", "html"]);
    assert!(
        page.contains(&format!("<h2>{portal}</h2>"))
            && page.contains("AES-256") == text.contains("AES-256")
    );
    assert!(
        !page.contains("<script") && !page.contains("http://") && !page.contains("https://"),
        "{page}"
    );
    let mistyped = program.runs(&["coverage", &period(), "--framework", "hipa"]);
    assert_eq!(mistyped.status.code(), Some(1), "{mistyped:?}");
    let wrong = program.runs(&["coverage", "2026-Q5"]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_of_one_tenant_and_refuses_what_it_does_not_understand() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    world.install(1).await;
    world.ticket("Patient portal login", WORDS).await;
    assert_eq!(covered(&world.program().await, WHOLE).await.len(), 1);
    let scope = [record::entries::Scope::RequirementsRead];
    let other = world.program_of(world.tenant(1).await, &scope).await;
    assert_eq!(covered(&other, WHOLE).await, Vec::<Value>::new());
    for query in [
        "",
        "from=2020-01-01T00:00:00Z",
        "from=2020-01-01T00:00:00Z&to=yesterday",
        "from=2021-01-01T00:00:00Z&to=2020-01-01T00:00:00Z",
        &format!("{WHOLE}&after=x"),
        &format!("{WHOLE}&after=site_1/"),
        &format!("{WHOLE}&framework=%27"),
        &format!("{WHOLE}&other=1"),
    ] {
        let answer = other.get(&format!("/v1/coverage?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_and_deployed_afterwards_makes_no_failure_undone() {
    let world = World::installed().await;
    let (program, github) = (world.program().await, world.github(PushAs::Commits).await);
    let [unapproved, unsaid] = [
        world.ticket("Patient portal login", WORDS).await.key,
        world.ticket("Patient appointment booking", WORDS).await.key,
    ];
    let asked = claim_all(&program, &unapproved).await;
    deploy(&world, &github, 0xa1, &unapproved).await;
    world.decide("carla", &unsaid, "APPROVED", "fine").await;
    world.quiet().await;
    deploy(&world, &github, 0xa2, &unsaid).await;
    // Afterwards the one is approved and deployed again, and of the other it is said where it is met.
    world.decide("carla", &unapproved, "APPROVED", "late").await;
    world.quiet().await;
    deploy(&world, &github, 0xa3, &unapproved).await;
    let said = claim_all(&program, &unsaid).await;
    let tickets = covered(&program, WHOLE).await;
    let late = of(&tickets, &unapproved);
    assert_eq!(count(late, "FAILED"), asked, "{late}");
    assert!(
        late["unapprovedAt"].is_string() && late["deployed"]["approved"] == true,
        "{late}"
    );
    let told = of(&tickets, &unsaid);
    assert_eq!(
        (
            count(told, "FAILED"),
            told["requirements"][0]["lacks"].clone()
        ),
        (said, json!(["NOT_SAID"]))
    );
    assert!(
        told["requirements"][0]["claims"][0].is_object(),
        "it is shown all the same"
    );
    // Deployed once more, what was said in the meantime counts.
    deploy(&world, &github, 0xa4, &unsaid).await;
    assert_eq!(
        count(of(&covered(&program, WHOLE).await, &unsaid), "MET"),
        said
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn however_much_is_said_of_an_issue_it_stays_in_the_report() {
    let world = World::installed().await;
    let (program, github) = (world.program().await, world.github(PushAs::Commits).await);
    let key = world.ticket("Patient portal login", WORDS).await.key;
    deploy(&world, &github, 0xa1, &key).await;
    let before = of(&covered(&program, WHOLE).await, &key).clone();
    assert_eq!(before["truncated"], false);
    for call in 0..5 {
        let claims: Vec<Value> = (0..200)
            .map(|at| json!({ "requirement": "REQ-ENC-AT-REST", "path": format!("a/{call}/{at}.rs") }))
            .collect();
        let said = json!({ "claims": claims });
        let claimed = program
            .post(&format!("/v1/tickets/{key}/claims"), &said)
            .await;
        assert_eq!(claimed.status, 201, "{}", claimed.body);
    }
    let after = of(&covered(&program, WHOLE).await, &key).clone();
    assert_eq!(after["truncated"], true);
    for part in ["approval", "deployed", "firstAssessed", "severity"] {
        assert_eq!(after[part], before[part], "{part}");
    }
    assert_eq!(count(&after, "FAILED"), count(&before, "FAILED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_any_more_is_named_and_keeps_nothing_else_out() {
    let world = World::installed().await;
    let program = world.program().await;
    let erased = world.ticket("Patient portal login", WORDS).await;
    let broken = world.ticket("Patient letters", WORDS).await;
    let whole_one = world.ticket("Patient appointment booking", WORDS).await.key;
    let assessed = world.about(erased.id).pop().unwrap().id.parse().unwrap();
    let casework = world.server.as_ref().unwrap().casework().clone();
    let tenant = world.tenant(0).await;
    let reason = record::entries::ErasedReason::Request;
    casework
        .erase_beside(&tenant, assessed, reason)
        .await
        .unwrap();
    world.overwrite(&format!(
        "UPDATE tickets SET risk_tenths = 999 WHERE issue = '{}'",
        broken.id
    ));
    for query in [WHOLE.to_owned(), format!("{WHOLE}&framework=hipaa")] {
        let page = program.get(&format!("/v1/coverage?{query}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let page = page.json();
        assert_eq!(page["unreadable"], 1);
        let tickets = page["tickets"].as_array().unwrap();
        assert_eq!(of(tickets, &erased.key)["unreadable"], true);
        assert_eq!(of(tickets, &erased.key)["requirements"], json!([]));
        assert_eq!(of(tickets, &whole_one)["unreadable"], false);
        assert!(count(of(tickets, &whole_one), "UNKNOWN") > 0);
    }
    let ran = program.runs(&["coverage", &period()]);
    let told = String::from_utf8(ran.stdout).unwrap();
    assert!(
        told.contains("1 issues cannot be read by the server"),
        "{told}"
    );
    assert!(told.contains("what 1 of 2 issues were asked for"), "{told}");
}
