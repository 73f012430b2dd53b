//! Whether a site of the one door is a site of the other: what counts as proof, and what only looks like it.

use serde_json::json;

use crate::lifecycle::Call;
use crate::world::World;

impl World {
    /// A site that has the app through Connect is installed again, and names this cloud id.
    async fn connect_names_cloud(&self, site: usize, cloud: &str) {
        let again = &self.sites[site];
        let mut call = Call::good_by(self, site);
        let key = again.client_key().unwrap();
        call.claims["iss"] = json!(key);
        call.body["clientKey"] = json!(key);
        call.body["sharedSecret"] = json!(again.shared_secret().unwrap());
        call.body["cloudId"] = json!(cloud);
        assert_eq!(call.make(self).await.status, 204);
    }

    fn tenants(&self) -> Vec<String> {
        self.lines("SELECT id AS line FROM tenants ORDER BY id")
    }
}

/// The other site takes our secret, at its own address: that says nothing about this one.
#[tokio::test(flavor = "multi_thread")]
async fn a_site_elsewhere_that_names_this_cloud_is_not_this_site() {
    let world = World::with_sites(2).await;
    world.install(1).await;
    let cloud = world.jira().cloud_id().to_owned();
    world.connect_names_cloud(1, &cloud).await;
    let before = world.tenants();
    let answered = world.jira().forge_install(&world.address()).await;
    assert_eq!(answered.unwrap(), 409);
    assert_eq!(world.tenants(), before);
    assert!(
        world
            .lines("SELECT site AS line FROM forge_installations")
            .is_empty()
    );
}

/// A removed Connect app takes no secret any more: cloud id and address have both to be on record.
#[tokio::test(flavor = "multi_thread")]
async fn where_connect_was_removed_before_cloud_and_address_are_the_proof() {
    let world = World::installed().await;
    let cloud = world.jira().cloud_id().to_owned();
    world.connect_names_cloud(0, &cloud).await;
    let before = world.tenants();
    world.jira().uninstall().await.unwrap();
    world.install_forge().await;
    assert_eq!(world.tenants(), before);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_connect_was_removed_before_an_address_alone_is_no_proof() {
    let world = World::installed().await;
    let before = world.tenants();
    world.jira().uninstall().await.unwrap();
    let answered = world.jira().forge_install(&world.address()).await;
    assert_eq!(answered.unwrap(), 409);
    assert_eq!(world.tenants(), before);
}
