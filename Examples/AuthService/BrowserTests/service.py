"""The example service on a private Redis, for one test class; both end with this process."""

import os
import pathlib
import subprocess

PACKAGE = pathlib.Path(__file__).resolve().parent.parent

PASSWORDS = {
    "maya": "correct horse",
    "noah": "battery staple",
    "vera": "paper lantern",
    "grace": "silver bridge",
}


class Service:
    def __init__(self):
        self.redis = subprocess.Popen(
            [PACKAGE / "scripts/private-redis.sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.service = None
        try:
            _, directory = self._expect(self.redis, "ready ").split(maxsplit=1)
            self.service = subprocess.Popen(
                [os.environ["AUTH_SERVICE"], "--plain-loopback", "--demonstration", "--port", "0",
                 "--redis", f"redis+unix://{directory}/redis.sock"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
            self.url = self._expect(self.service, "Listening on ")
        except BaseException:
            self.stop()
            raise

    @staticmethod
    def _expect(process, beginning):
        line = process.stdout.readline().strip()
        if not line.startswith(beginning):
            raise RuntimeError(f"{process.args[0]} did not start: {line!r}")
        return line.removeprefix(beginning)

    def stop(self):
        if self.service:
            self.service.terminate()
            self.service.wait(timeout=20)
            self.service.stdout.close()
        self.redis.stdin.close()
        self.redis.wait(timeout=20)
        self.redis.stdout.close()
