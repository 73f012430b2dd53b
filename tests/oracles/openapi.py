"""schemathesis against the API's own document: nothing answers with a 5xx or otherwise than the document says, and every
operation is reached. A server of its own, without any site; its data goes away."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

SERVER = os.path.join(os.environ["COUNTERSIGN_BIN"], "countersign-server")
SEED = os.environ.get("SEED", "7")
EXAMPLES = os.environ.get("EXAMPLES", "40")
SCOPES = ["events:read", "events:write", "links:write", "integrations:write", "ledger:read",
          "requirements:read", "claims:write", "catalog:write"]
# What a schema cannot say: that a host may be called, that an event is there. Those answers are documented all the same.
NOT_CHECKED = "positive_data_acceptance"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def main():
    with tempfile.TemporaryDirectory() as data:
        address = f"http://127.0.0.1:{free_port()}"
        kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL" and not k.startswith("COUNTERSIGN_")}
        settings = {
            **kept,
            "COUNTERSIGN_ADDRESS": address,
            "COUNTERSIGN_LISTEN": address.removeprefix("http://"),
            "COUNTERSIGN_DATA": data,
            "COUNTERSIGN_ALLOWED_HOSTS": "localhost.invalid",
            "COUNTERSIGN_API_PER_SECOND": "1000000",
            "COUNTERSIGN_SYNC_SECONDS": "0",
            "COUNTERSIGN_LOG": "error",
        }
        server = subprocess.Popen([SERVER], env=settings, stdin=subprocess.DEVNULL)
        try:
            wait_for(f"{address}/health/live")
            say = lambda *words: subprocess.run(
                [SERVER, *words], env=settings, check=True, capture_output=True, text=True
            ).stdout.split()
            tenant = say("tenant", "create")[-1]
            scopes = [word for scope in SCOPES for word in ("--scope", scope)]
            key = say("key", "issue", "--tenant", tenant, "--name", "schemathesis", *scopes)[0]
            return checked(address, key, data)
        finally:
            server.terminate()
            server.wait()


def wait_for(url):
    for _ in range(200):
        try:
            return urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def checked(address, key, directory):
    run = subprocess.run(
        [
            os.path.join(os.path.dirname(sys.executable), "st"), "run", f"{address}/v1/openapi.json",
            "--header", f"Authorization: Bearer {key}", "--seed", SEED, "--max-examples", EXAMPLES,
            "--checks", "all", "--exclude-checks", NOT_CHECKED, "--phases", "examples,coverage,fuzzing",
            "--continue-on-failure",
        ],
        cwd=directory, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"},
    )
    output = run.stdout + run.stderr
    if run.returncode != 0:
        print(output)
    tested = re.search(r"Tested: (\d+)", output)
    selected = re.search(r"Selected: (\d+)/(\d+)", output)
    cases = re.search(r"(\d+) generated", output)
    whole = tested and selected and tested[1] == selected[1] == selected[2]
    print(f"{cases[1] if cases else 0} cases, {tested[1] if tested else 0} operations, seed {SEED}")
    good = run.returncode == 0 and bool(whole)
    print(f"{int(good)} passed, {int(not good)} failed, 0 skipped")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
