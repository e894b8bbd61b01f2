"""A headless Chromium with a profile of its own, and what tests do with it."""

import os
import shutil
import tempfile

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from service import PASSWORDS

PHONE = (390, 844)
# The narrowest that a page must fit (WCAG 2.2, 1.4.10): a small phone, or a desktop at 400 %.
NARROW = (320, 640)
DESKTOP = (1280, 900)


class Browser:
    def __init__(self, url):
        self.url = url
        self.profile = tempfile.mkdtemp(prefix="auth-service-profile-")
        options = webdriver.ChromeOptions()
        options.binary_location = os.environ["CHROMIUM"]
        for argument in [
            "--headless=new", "--no-first-run", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--disable-dev-shm-usage", "--password-store=basic", "--lang=en",
            f"--user-data-dir={self.profile}", f"--window-size={DESKTOP[0]},{DESKTOP[1]}",
            "--force-prefers-reduced-motion",
        ]:
            options.add_argument(argument)
        # Chromium's sandbox refuses to run as root, as containers and CI do.
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(executable_path=os.environ["CHROMEDRIVER"])
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(60)

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    # What it looks like

    def resize(self, size, dark=False):
        width, height = size
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1 if size == DESKTOP else 2,
            "mobile": size != DESKTOP})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    # What people do

    def go(self, path):
        self.driver.get(self.url + path)

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.url)

    @property
    def heading(self):
        return self.find("h1").text

    @property
    def notice(self):
        return self.find("[role=status]").text

    @property
    def main(self):
        return self.find("main").text

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def sign_in(self, user):
        self.go("/sign-in")
        self.find("#user").send_keys(user)
        self.find("#password").send_keys(PASSWORDS[user])
        with self.new_page():
            self.find("main button").click()

    def click(self, name):
        """Clicks the one control that is called so."""
        found = [e for e in self.find_all("button, a") if e.accessible_name == name]
        if len(found) != 1:
            names = [e.accessible_name for e in self.find_all("button, a")]
            raise AssertionError(f"{len(found)} controls are called {name!r}; there are {names}")
        with self.new_page():
            found[0].click()

    def new_page(self):
        return NewPage(self.driver)

    # By keyboard alone

    def press(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    @property
    def focused(self):
        return self.driver.switch_to.active_element

    def tab_to(self, name, limit=40):
        """Presses Tab until what is called so has the focus, which must be visible at each step."""
        for _ in range(limit):
            self.press(Keys.TAB)
            focused = self.focused
            if focused.tag_name != "body":
                if not self.focus_is_visible():
                    raise AssertionError(f"nobody sees that {focused.accessible_name!r} has the focus")
                if focused.accessible_name == name:
                    return
        raise AssertionError(f"Tab does not lead to {name!r}")

    def focus_is_visible(self):
        return self.js("""
            const ringed = e => e && getComputedStyle(e).outlineStyle !== "none"
                && parseFloat(getComputedStyle(e).outlineWidth) >= 2;
            const focused = document.activeElement;
            return Boolean(ringed(focused) || ringed(focused.closest("label")));
        """)

    def enter(self):
        with self.new_page():
            self.press(Keys.ENTER)


class NewPage:
    """Waits until what was done inside has led to another page."""

    def __init__(self, driver):
        self.driver = driver

    def __enter__(self):
        self.driver.execute_script("window.isOld = true")

    def __exit__(self, kind, *_):
        if kind is None:
            WebDriverWait(self.driver, 30).until(lambda driver: driver.execute_script(
                "return !window.isOld && document.readyState === 'complete'"))
