"""A redis-server of our own, to which scripts are loaded to see whether they are Lua."""

import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path


class LuaServer:
    def __enter__(self) -> "LuaServer":
        self._folder = Path(tempfile.mkdtemp(prefix="mutate-"))
        path = str(self._folder / "redis.sock")
        self._process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
        )
        for _ in range(200):
            self._socket = socket.socket(socket.AF_UNIX)
            try:
                self._socket.connect(path)
                break
            except OSError:
                self._socket.close()
                time.sleep(0.05)
        else:
            self.__exit__()
            raise SystemExit("redis-server does not start")
        self._replies = self._socket.makefile("rb")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def loads(self, script: str) -> bool:
        words = [b"SCRIPT", b"LOAD", script.encode()]
        self._socket.sendall(b"*3\r\n" + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        head = self._replies.readline()
        if head.startswith(b"$"):
            self._replies.read(int(head[1:]) + 2)
            return True
        return False
