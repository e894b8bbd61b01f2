"""Each page at phone and desktop width, light and dark: what is wrong with it, and a picture for people to look at."""

import os
import pathlib
import unittest

import looks
from browser import DESKTOP, NARROW, PHONE, Browser
from service import Service

PICTURES = pathlib.Path(os.environ.get("PICTURES", "pictures"))


class Looks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        PICTURES.mkdir(parents=True, exist_ok=True)
        cls.service = Service()
        cls.addClassCleanup(cls.service.stop)
        cls.browser = Browser(cls.service.url)
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.driver.delete_all_cookies()

    def look(self, name, roles=()):
        """The roles must be there at each width: a table does not stop being one where it looks like cards."""
        for width, size in (("phone", PHONE), ("desktop", DESKTOP)):
            for scheme in ("light", "dark"):
                with self.subTest(page=name, width=width, scheme=scheme):
                    self.browser.resize(size, dark=scheme == "dark")
                    png = looks.picture(self.browser)
                    (PICTURES / f"{name}-{width}-{scheme}.png").write_bytes(png)
                    self.assertEqual(looks.problems(self.browser), [])
                    self.assertEqual(looks.picture_problems(png, scheme == "dark"), [])
                    found = {role for role, _ in looks.accessibility_tree(self.browser)}
                    self.assertLessEqual(set(roles), found)
        with self.subTest(page=name, width="narrow"):
            self.browser.resize(NARROW)
            self.assertEqual(looks.problems(self.browser), [])
        errors = [entry for entry in self.browser.driver.get_log("browser") if entry["level"] == "SEVERE"
                  and "status of 4" not in entry["message"]]
        self.assertEqual(errors, [])

    def test_these_checks_find_what_is_wrong(self):
        """A check that never fails checks nothing: each fault is put into a page, and must be found."""
        faults = {
            "the page is": "document.querySelector('h1').style.width = '3000px'",
            "leaves the page": "document.querySelector('tbody th').style.marginLeft = '-60px';"
                               "document.querySelector('tbody th').style.display = 'block'",
            "is covered": "document.querySelector('main button').parentElement.style.pointerEvents = 'none'",
            "is too small": "document.querySelector('main button').style.cssText = 'min-height: 0; height: 12px'",
            "overlap": "document.querySelector('.lead').style.marginTop = '-2.2rem'",
            "is broken": "document.querySelector('main button').style.cssText ="
                         "'width: 4rem; white-space: normal; overflow-wrap: anywhere'",
            "text": "document.querySelector('.lead').style.color = '#999'",
            "a button has no name": "document.querySelector('main button').replaceChildren()",
            "two buttons are called": "document.querySelectorAll('td button .hidden').forEach(e => e.remove())",
            "headings skip a level": "document.querySelector('main h2').outerHTML = '<h4>Lost?</h4>'",
            "not one h1": "document.querySelector('h1').remove()",
            "0 main landmarks": "document.querySelector('main').setAttribute('role', 'group')",
        }
        self.browser.resize(PHONE)
        self.browser.sign_in("maya")
        for problem, fault in faults.items():
            with self.subTest(problem):
                self.browser.go("/devices")
                self.assertEqual(looks.problems(self.browser), [])
                self.browser.js(fault)
                self.assertIn(problem, " | ".join(looks.problems(self.browser)))
        self.browser.js("document.body.replaceChildren()")
        self.assertNotEqual(looks.picture_problems(looks.picture(self.browser), False), [])

    def test_signing_in(self):
        self.browser.go("/sign-in?notice=ended")
        self.look("sign-in")
        self.browser.find("#user").send_keys("maya")
        self.browser.find("#password").send_keys("wrong")
        self.browser.click("Sign in")
        self.look("sign-in-wrong")

    def test_devices(self):
        self.browser.sign_in("maya")
        self.look("devices", ("table", "row", "columnheader", "rowheader", "cell", "navigation"))
        self.browser.click("End session on Pixel 9, 198.51.100.23")
        self.look("devices-ended", ("status",))

    def test_support_access(self):
        self.browser.sign_in("noah")
        self.browser.go("/organization")
        self.look("organization")
        self.browser.find("#reason").send_keys("The import of orders fails since Monday")
        self.browser.click("Allow access")
        self.look("organization-allowed", ("table", "row", "columnheader", "rowheader", "cell", "status"))
        self.browser.driver.delete_all_cookies()
        self.browser.sign_in("grace")
        self.browser.go("/support")
        self.look("support")
        self.browser.click("Open Acme Instruments")
        self.look("support-session")

    def test_administration(self):
        self.browser.sign_in("grace")
        self.browser.go("/users")
        self.look("users")
        self.browser.click("Noah Okafor")
        self.look("user", ("table", "row", "columnheader", "rowheader", "cell"))

    def test_problems(self):
        self.browser.sign_in("maya")
        self.browser.go("/organization")
        self.look("forbidden")


if __name__ == "__main__":
    unittest.main()
