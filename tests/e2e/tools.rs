//! The tools of AI assistants, called by clients of those who keep the protocol: `tests/oracles/mcp_clients.mjs`. Missing,
//! they count as skipped, in CI as failed.

use std::path::Path;
use std::process::Command;

use record::entries::Scope;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_others_list_and_call_every_tool_over_both_transports() {
    let oracles = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracles");
    let node = oracles.join("node_modules/.bin/node");
    if !oracles
        .join("node_modules/@modelcontextprotocol/sdk")
        .exists()
        || !node.exists()
    {
        let told =
            "the packages of tests/oracles are not installed: run scripts/install-test-tools";
        assert!(std::env::var_os("CI").is_none(), "{told}");
        println!("SKIPPED: {told}");
        return;
    }
    let world = World::installed().await;
    let made = world
        .ticket("Pay by credit card", "The card number is kept, encrypted.")
        .await;
    let (wide, narrow) = (
        world.program().await,
        world
            .program_of(world.tenant(0).await, &[Scope::RequirementsRead])
            .await,
    );
    let own = std::env::current_exe().unwrap();
    let mut clients = Command::new(node);
    clients
        .arg(oracles.join("mcp_clients.mjs"))
        .env("COUNTERSIGN_URL", world.address())
        .env("COUNTERSIGN_API_KEY", &wide.key)
        .env("NARROW_KEY", &narrow.key)
        .env("ISSUE", &made.key)
        .env("COUNTERSIGN_BIN", own.ancestors().nth(2).unwrap());
    let ran = tokio::task::block_in_place(|| clients.output()).unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(ran.status.success(), "{said}");
    println!("{said}");
    world.quiet().await;
    world.check_ledger().await;
}
