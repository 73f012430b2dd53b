// The look-alike as the npm package `jira.js` sees it: that client checks the shape of every answer, and here it
// throws at the first that Jira would not give.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createCloudClient } from "jira.js";

import { openSite } from "./site.mjs";

const CARLA = "712020:6f0c2d1e-93a4-4d55-8f3b-0a7c5be1d9c3";
const issueIdOrKey = "PAY-1";

let site, carla, erin;
before(async () => {
  site = await openSite();
  const as = (name) => createCloudClient({
    host: site.address,
    auth: { type: "basic", email: `${name}@example.com`, apiToken: `sandbox-token-${name}` },
    onSchemaMismatch: "throw",
  });
  [carla, erin] = [as("carla"), as("erin")];
});
after(() => site?.close());

const says = (text) => ({
  type: "doc",
  version: 1,
  content: [{ type: "paragraph", content: [{ type: "text", text }] }],
});

test("an issue is read, with its changelog, names and transitions", async () => {
  const issue = await carla.issues.getIssue({ issueIdOrKey, expand: ["changelog", "names", "transitions"] });
  assert.equal(issue.key, issueIdOrKey);
  assert.equal(issue.fields.summary, "Add credit card payment to checkout flow");
  const changes = await carla.issues.getChangeLogs({ issueIdOrKey });
  assert.equal(changes.total, issue.changelog.total);
});

test("an issue that is not there is refused as Jira refuses it", async () => {
  await assert.rejects(carla.issues.getIssue({ issueIdOrKey: "PAY-999" }), (error) => {
    assert.equal(error.status, 404);
    return true;
  });
});

test("a search pages by token, by either method, and is counted", async () => {
  const jql = "project = PAY order by created";
  const first = await carla.issueSearch.searchAndReconsileIssuesUsingJqlPost({ jql, fields: ["*all"], maxResults: 3 });
  assert.deepEqual([first.issues.length, first.isLast], [3, false]);
  const { nextPageToken } = first;
  const rest = await carla.issueSearch.searchAndReconsileIssuesUsingJql({ jql, fields: ["summary"], maxResults: 3, nextPageToken });
  assert.deepEqual([rest.issues.length, rest.isLast], [1, true]);
  const { count } = await carla.issueSearch.countIssues({ jql });
  assert.equal(count, 4);
});

test("a comment is written, read, changed, listed and deleted", async () => {
  const written = await carla.issueComments.addComment({
    issueIdOrKey,
    body: says("found"),
    properties: [{ key: "dev.countersign.outbox", value: { id: "01J0" } }],
  });
  const { id } = written;
  const changed = await carla.issueComments.updateComment({ issueIdOrKey, id, body: { body: says("mended") } });
  assert.equal(changed.body.content[0].content[0].text, "mended");
  assert.equal((await carla.issueComments.getComment({ issueIdOrKey, id })).id, id);
  const list = await carla.issueComments.getComments({ issueIdOrKey, orderBy: "-created", expand: ["properties"] });
  assert.deepEqual(list.comments.map((comment) => comment.id), [id]);
  await carla.issueComments.deleteComment({ issueIdOrKey, id });
  assert.equal((await carla.issueComments.getComments({ issueIdOrKey })).total, 0);
});

test("a property is set, read, listed and deleted", async () => {
  const named = { issueIdOrKey, propertyKey: "dev.countersign.oracle" };
  for (const count of [1, 2]) await carla.issueProperties.setIssueProperty({ ...named, body: { count } });
  assert.deepEqual((await carla.issueProperties.getIssueProperty(named)).value, { count: 2 });
  const { keys } = await carla.issueProperties.getIssuePropertyKeys(named);
  assert.deepEqual(keys.map(({ key }) => key), [named.propertyKey]);
  await carla.issueProperties.deleteIssueProperty(named);
  await assert.rejects(carla.issueProperties.getIssueProperty(named));
});

test("a remote link is one per global id", async () => {
  const link = (title) => ({
    issueIdOrKey,
    globalId: "countersign:1",
    application: { type: "dev.countersign", name: "Countersign" },
    relationship: "attested by",
    object: { url: "https://countersign.example/ticket", title, status: { resolved: true, icon: {} } },
  });
  const first = await carla.issueRemoteLinks.createOrUpdateRemoteIssueLink(link("Entries"));
  const again = await carla.issueRemoteLinks.createOrUpdateRemoteIssueLink(link("All entries"));
  assert.equal(again.id, first.id);
  const linkId = String(first.id);
  const read = await carla.issueRemoteLinks.getRemoteIssueLinkById({ issueIdOrKey, linkId });
  assert.equal(read.object.title, "All entries");
  const all = await carla.issueRemoteLinks.getRemoteIssueLinks({ issueIdOrKey });
  assert.equal([all].flat().length, 1);
  await carla.issueRemoteLinks.deleteRemoteIssueLinkByGlobalId({ issueIdOrKey, globalId: "countersign:1" });
});

test("an issue is moved by a transition that it offers", async () => {
  const { transitions } = await carla.issues.getTransitions({ issueIdOrKey });
  const { id, to } = transitions.find(({ name }) => name === "In Progress");
  await carla.issues.doTransition({ issueIdOrKey, transition: { id } });
  const { fields } = await carla.issues.getIssue({ issueIdOrKey, fields: ["status"] });
  assert.equal(fields.status.id, to.id);
});

test("permissions are told for the account that was asked about", async () => {
  const { id } = await erin.issues.getIssue({ issueIdOrKey, fields: ["summary"] });
  const grants = await erin.permissions.getBulkPermissions({
    accountId: CARLA,
    globalPermissions: ["ADMINISTER"],
    projectPermissions: [{ permissions: ["BROWSE_PROJECTS", "ADD_COMMENTS"], issues: [Number(id)], projects: [10_000] }],
  });
  assert.deepEqual(grants.globalPermissions, []);
  assert.deepEqual(grants.projectPermissions.map(({ issues }) => issues), [[Number(id)], [Number(id)]]);
  const own = await carla.permissions.getMyPermissions({ issueKey: issueIdOrKey, permissions: "ADD_COMMENTS,ADMINISTER" });
  const held = Object.entries(own.permissions).map(([key, { havePermission }]) => [key, havePermission]);
  assert.deepEqual(held.sort(), [["ADD_COMMENTS", true], ["ADMINISTER", false]]);
});

test("projects and their roles are read", async () => {
  const projects = await carla.projects.searchProjects({ orderBy: "key" });
  assert.deepEqual(projects.values.map(({ key }) => key), ["CARE", "OPS", "PAY"]);
  const project = await carla.projects.getProject({ projectIdOrKey: "PAY" });
  assert.equal(project.name, projects.values[2].name);
  const roles = await carla.projectRoles.getProjectRoles({ projectIdOrKey: "PAY" });
  const id = Number(String(roles.Approvers).split("/").at(-1));
  const role = await carla.projectRoles.getProjectRole({ projectIdOrKey: "PAY", id });
  assert.deepEqual(role.actors.map(({ actorUser }) => actorUser.accountId), [CARLA]);
});

test("accounts and groups are read", async () => {
  assert.equal((await carla.myself.getCurrentUser({ expand: "groups" })).accountId, CARLA);
  assert.equal((await erin.users.getUser({ accountId: CARLA })).displayName, "Carla Ruiz");
  const groups = await erin.users.getUserGroups({ accountId: CARLA });
  const members = await erin.groups.getUsersFromGroup({ groupId: groups[0].groupId });
  assert.ok(members.values.some(({ accountId }) => accountId === CARLA));
});

test("fields and the site itself are described", async () => {
  const fields = await carla.issueFields.getFields();
  assert.ok(fields.some(({ id, custom }) => custom && id === "customfield_10200"));
  assert.equal((await carla.serverInfo.getServerInfo()).deploymentType, "Cloud");
});
