"""An organization lets support in and throws it out: by keyboard alone."""

import unittest

from selenium.webdriver.common.keys import Keys

from browser import Browser
from service import PASSWORDS, Service


class SupportAccess(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.stop)

    def sign_in(self, user):
        browser = Browser(self.service.url)
        self.addCleanup(browser.close)
        browser.go("/sign-in")
        browser.tab_to("User name")
        browser.press(user)
        browser.tab_to("Password")
        browser.press(PASSWORDS[user])
        browser.enter()
        self.assertEqual(browser.heading, "Your devices")
        return browser

    def test_granting_and_revoking_by_keyboard(self):
        noah, grace = self.sign_in("noah"), self.sign_in("grace")
        noah.tab_to("Organization")
        noah.enter()
        self.assertEqual(noah.heading, "Acme Instruments")
        self.assertIn("Nobody from support can see Acme Instruments now.", noah.main)

        # The skip link leads past the navigation, the arrow keys from one time to the next.
        noah.press(Keys.TAB)
        self.assertEqual(noah.focused.accessible_name, "Skip to content")
        noah.press(Keys.ENTER)
        noah.press(Keys.TAB)
        self.assertTrue(noah.focused.accessible_name.startswith("1 hour"))
        noah.press(Keys.ARROW_DOWN)
        self.assertTrue(noah.focused.accessible_name.startswith("4 hours"))
        self.assertTrue(noah.focus_is_visible())
        noah.tab_to("Who")
        noah.press("Grace")
        noah.tab_to("Reason (optional)")
        noah.press("Import fails since Monday")
        noah.tab_to("Allow access")
        noah.enter()
        self.assertEqual(noah.notice, "Support access is allowed.")
        self.assertIn("Grace Tanaka", noah.main)
        self.assertIn("Import fails since Monday", noah.main)

        grace.tab_to("Support")
        grace.enter()
        self.assertIn("Access until", grace.main)
        grace.tab_to("Open Acme Instruments")
        grace.enter()
        self.assertEqual(grace.heading, "Acme Instruments")
        self.assertIn("Maya Lindqvist", grace.main)

        noah.tab_to("Revoke access for Grace Tanaka")
        noah.enter()
        self.assertEqual(noah.notice, "Support access is revoked.")
        grace.driver.refresh()
        self.assertEqual(grace.heading, "Support")
        self.assertEqual(grace.notice, "Support access has ended.")
        self.assertEqual(grace.main.count("No access"), 2)


if __name__ == "__main__":
    unittest.main()
