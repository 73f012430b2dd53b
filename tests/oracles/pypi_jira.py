"""The look-alike as the PyPI package `jira` sees it: as Cloud with version 3 of the interface, as Data Center with 2.

Ends with a line `N passed, N failed, N skipped`. COUNTERSIGN_BIN says where the programs are.
"""

import os
import subprocess
import sys
import unittest

from jira import JIRA
from jira.exceptions import JIRAError

CARLA = "712020:6f0c2d1e-93a4-4d55-8f3b-0a7c5be1d9c3"
KEY = "PAY-1"


def document(text):
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "version": 1, "content": [paragraph]}


class LookAlike(unittest.TestCase):
    options = []

    @classmethod
    def setUpClass(cls):
        program = os.path.join(os.environ["COUNTERSIGN_BIN"], "countersign-sandbox")
        cls.site = subprocess.Popen([program, *cls.options], stdout=subprocess.PIPE, text=True)
        cls.address = cls.site.stdout.readline().removeprefix("sandbox ready ").strip()
        cls.carla, cls.erin = cls.client("carla"), cls.client("erin")

    @classmethod
    def tearDownClass(cls):
        for client in (cls.carla, cls.erin):
            client.close()
        cls.site.terminate()
        cls.site.wait()
        cls.site.stdout.close()


class Cloud(LookAlike):
    @classmethod
    def client(cls, name):
        return JIRA(
            server=cls.address,
            basic_auth=(f"{name}@example.com", f"sandbox-token-{name}"),
            options={"rest_api_version": "3"},
            max_retries=0,
        )

    def test_an_issue_is_read_with_its_changelog(self):
        issue = self.carla.issue(KEY, expand="changelog")
        self.assertEqual(issue.fields.summary, "Add credit card payment to checkout flow")
        self.assertEqual(issue.fields.reporter.displayName, "Ben Okafor")
        self.assertEqual(issue.changelog.total, len(issue.changelog.histories))

    def test_an_issue_that_is_not_there_is_refused(self):
        with self.assertRaises(JIRAError) as refused:
            self.carla.issue("PAY-999")
        self.assertEqual(refused.exception.status_code, 404)
        self.assertIn("Issue does not exist", refused.exception.text)

    def test_a_search_finds_all_pages(self):
        found = self.carla.enhanced_search_issues(
            "project = PAY order by created", fields=["summary"], maxResults=0
        )
        self.assertEqual([issue.key for issue in found], [f"PAY-{n}" for n in range(1, 5)])
        with self.assertRaises(JIRAError) as refused:
            self.carla.enhanced_search_issues("order by created")
        self.assertEqual(refused.exception.status_code, 400)

    def test_a_comment_is_written_changed_and_deleted(self):
        comment = self.carla.add_comment(KEY, document("found"))
        comment.update(body=document("mended"))
        read = self.carla.comment(KEY, comment.id)
        self.assertEqual(read.raw["body"], document("mended"))
        self.assertEqual([each.id for each in self.carla.comments(KEY)], [comment.id])
        comment.delete()
        self.assertEqual(self.carla.comments(KEY), [])

    def test_a_property_is_set_read_and_deleted(self):
        self.carla.add_issue_property(KEY, "dev.countersign.oracle", {"count": 2})
        found = self.carla.issue_property(KEY, "dev.countersign.oracle")
        self.assertEqual(found.raw["value"], {"count": 2})
        self.assertIn("dev.countersign.oracle", [each.key for each in self.carla.issue_properties(KEY)])
        found.delete()
        with self.assertRaises(JIRAError):
            self.carla.issue_property(KEY, "dev.countersign.oracle")

    def test_a_remote_link_is_one_per_global_id(self):
        target = {"url": "https://countersign.example/ticket", "title": "Entries"}
        application = {"type": "dev.countersign", "name": "Countersign"}
        links = [
            self.carla.add_remote_link(
                KEY, target, globalId="countersign:1", application=application, relationship="attested by"
            )
            for _ in range(2)
        ]
        self.assertEqual(links[0].id, links[1].id)
        self.assertEqual([each.object.title for each in self.carla.remote_links(KEY)], ["Entries"])
        self.carla.remote_link(KEY, links[0].id).delete()
        self.assertEqual(self.carla.remote_links(KEY), [])

    def test_an_issue_is_moved_by_a_transition_that_it_offers(self):
        offered = {each["name"]: each["id"] for each in self.carla.transitions(KEY)}
        self.carla.transition_issue(KEY, offered["In Progress"])
        self.assertEqual(self.carla.issue(KEY).fields.status.name, "In Progress")

    def test_rights_are_told_for_whoever_asks(self):
        mine = self.carla.my_permissions(issueKey=KEY, permissions=["ADD_COMMENTS", "ADMINISTER"])
        held = {name: each["havePermission"] for name, each in mine["permissions"].items()}
        self.assertEqual(held, {"ADD_COMMENTS": True, "ADMINISTER": False})

    def test_projects_and_their_roles_are_read(self):
        self.assertEqual(sorted(each.key for each in self.carla.projects()), ["CARE", "OPS", "PAY"])
        self.assertEqual(self.carla.project("PAY").lead.displayName, "Ben Okafor")
        roles = self.carla.project_roles("PAY")
        role = self.carla.project_role("PAY", roles["Approvers"]["id"])
        self.assertEqual([each.actorUser.accountId for each in role.actors], [CARLA])

    def test_accounts_are_read(self):
        self.assertEqual(self.carla.myself()["accountId"], CARLA)
        self.assertEqual(self.carla.current_user(), CARLA)
        self.assertEqual(self.erin.user(CARLA).displayName, "Carla Ruiz")

    def test_fields_and_the_site_itself_are_described(self):
        self.assertIn("customfield_10200", [each["id"] for each in self.carla.fields()])
        self.assertEqual(self.carla.server_info()["deploymentType"], "Cloud")


class DataCenter(LookAlike):
    options = ["--data-center"]

    @classmethod
    def client(cls, name):
        return JIRA(server=cls.address, token_auth=f"sandbox-pat-{name}", max_retries=0)

    def test_an_issue_is_read_with_its_changelog(self):
        issue = self.carla.issue(KEY, expand="changelog")
        self.assertEqual(issue.fields.reporter.name, "ben")
        self.assertIsInstance(issue.fields.description, str)
        self.assertEqual(issue.changelog.total, len(issue.changelog.histories))

    def test_a_search_finds_all_pages(self):
        found = self.carla.search_issues("project = PAY order by created", fields="summary", maxResults=False)
        self.assertEqual([issue.key for issue in found], [f"PAY-{n}" for n in range(1, 5)])
        second = self.carla.search_issues("project = PAY", startAt=1, maxResults=1)
        self.assertEqual(([issue.key for issue in second], second.total), (["PAY-2"], 4))

    def test_a_comment_is_wiki_markup(self):
        comment = self.carla.add_comment(KEY, "{quote}so{quote} *found*", is_internal=True)
        self.assertEqual(self.carla.comment(KEY, comment.id).body, "{quote}so{quote} *found*")
        self.assertEqual(self.carla.comment(KEY, comment.id).author.key, CARLA)
        comment.update(body="mended")
        self.assertEqual([each.body for each in self.carla.comments(KEY)], ["mended"])
        comment.delete()

    def test_a_property_and_a_remote_link_are_set(self):
        self.carla.add_issue_property(KEY, "dev.countersign.oracle", {"count": 2})
        self.assertEqual(self.carla.issue_property(KEY, "dev.countersign.oracle").raw["value"], {"count": 2})
        target = {"url": "https://countersign.example/ticket", "title": "Entries"}
        self.carla.add_remote_link(KEY, target, globalId="countersign:1")
        self.assertEqual([each.object.title for each in self.carla.remote_links(KEY)], ["Entries"])

    def test_projects_and_their_roles_are_read(self):
        self.assertEqual(sorted(each.key for each in self.carla.projects()), ["CARE", "OPS", "PAY"])
        roles = self.carla.project_roles("PAY")
        role = self.carla.project_role("PAY", roles["Approvers"]["id"])
        self.assertEqual([each.name for each in role.actors], ["carla"])

    def test_people_are_read_by_name_and_by_key(self):
        self.assertEqual(self.carla.current_user(), "carla")
        self.assertEqual(self.erin.user("carla").key, CARLA)
        held = self.carla.my_permissions(permissions="ADMINISTER")["permissions"]["ADMINISTER"]
        self.assertFalse(held["havePermission"])

    def test_who_may_comment_is_told_to_administrators(self):
        named = lambda asking: [
            each["name"]
            for each in asking._get_json(
                "user/permission/search", params={"username": "", "permissions": "ADD_COMMENTS", "issueKey": KEY}
            )
        ]
        self.assertNotIn("dan", named(self.erin))
        self.assertIn("carla", named(self.erin))
        with self.assertRaises(JIRAError) as refused:
            named(self.carla)
        self.assertEqual(refused.exception.status_code, 403)

    def test_a_wrong_token_opens_nothing(self):
        with self.assertRaises(JIRAError) as refused:
            JIRA(server=self.address, token_auth="sandbox-pat-nobody", max_retries=0).myself()
        self.assertEqual(refused.exception.status_code, 401)
        self.assertEqual(self.carla.server_info()["deploymentType"], "Server")


if __name__ == "__main__":
    of = unittest.defaultTestLoader.loadTestsFromTestCase
    suite = unittest.TestSuite([of(Cloud), of(DataCenter)])
    done = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed = len(done.failures) + len(done.errors)
    print(f"{done.testsRun - failed - len(done.skipped)} passed, {failed} failed, {len(done.skipped)} skipped")
    sys.exit(failed > 0)
