"""Two browsers of one user."""

import unittest

from browser import Browser
from service import Service


class Sessions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.stop)

    def browser(self):
        browser = Browser(self.service.url)
        self.addCleanup(browser.close)
        return browser

    def test_one_browser_ends_the_session_of_the_other_which_is_out_at_its_next_request(self):
        here, there = self.browser(), self.browser()
        here.sign_in("vera")
        there.sign_in("vera")
        self.assertEqual(there.heading, "Your devices")
        here.go("/devices")
        rows = here.find_all("tbody tr")
        self.assertEqual(len(rows), 2)
        self.assertEqual(sum("This device" in row.text for row in rows), 1)
        self.assertIn("127.0.0.1", rows[0].text)
        here.click("End session on Chrome on Linux, 127.0.0.1, number 2")
        self.assertEqual(here.notice, "The session has ended.")
        self.assertTrue(here.driver.title.startswith("The session has ended."))
        self.assertEqual(len(here.find_all("tbody tr")), 1)

        there.go("/devices")
        self.assertEqual(there.heading, "Sign in")
        self.assertEqual(there.notice, "You were signed out: this session was ended from another place.")
        self.assertEqual(there.driver.get_cookies(), [])
        here.go("/devices")
        self.assertEqual(here.heading, "Your devices")

    def test_all_others_end_in_one_step(self):
        here, there = self.browser(), self.browser()
        here.sign_in("maya")
        there.sign_in("maya")
        here.go("/devices")
        self.assertGreaterEqual(len(here.find_all("tbody tr")), 4)
        here.click("End all other sessions")
        self.assertEqual(here.notice, "All other sessions have ended.")
        self.assertEqual(len(here.find_all("tbody tr")), 1)
        there.go("/devices")
        self.assertEqual(there.heading, "Sign in")

    def test_scripts_see_no_cookie_and_none_runs(self):
        browser = self.browser()
        browser.sign_in("noah")
        self.assertEqual(browser.js("return document.cookie"), "")
        cookies = browser.driver.get_cookies()
        self.assertEqual({cookie["name"] for cookie in cookies}, {"access", "refresh"})
        for cookie in cookies:
            self.assertTrue(cookie["httpOnly"])
            self.assertEqual(cookie["sameSite"], "Strict")
        browser.js("""
            const script = document.createElement("script");
            script.textContent = "window.hasRun = true";
            document.body.append(script);
        """)
        self.assertIsNone(browser.js("return window.hasRun ?? null"))

    def test_a_wrong_password_is_said_and_can_be_mended(self):
        browser = self.browser()
        browser.go("/sign-in")
        browser.find("#user").send_keys("noah")
        browser.find("#password").send_keys("wrong")
        browser.click("Sign in")
        self.assertEqual(browser.find("[role=alert]").text, "The user name or the password is wrong.")
        self.assertEqual(browser.find("#user").get_attribute("value"), "noah")
        browser.find("#password").send_keys("battery staple")
        browser.click("Sign in")
        self.assertEqual(browser.heading, "Your devices")
        browser.click("Sign out")
        self.assertEqual(browser.notice, "You are signed out.")


if __name__ == "__main__":
    unittest.main()
