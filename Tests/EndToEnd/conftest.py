"""Fixtures that all tests use, the limit of time of each test, and what a run tells of itself at its end.

`server`         the server of one module, with the module's SETTINGS
`shared_server`  a server by settings, which all modules share that ask for the same
`new_server`     a server for one test alone: it is empty at first, restarts, crashes, or has a clock that is moved

Marks: `alone` for tests that time things or take all cores; they run after the others. `seconds(limit)` for slow ones.
With pytest-xdist, the tests of a file stay together, but for the files of SPREAD.
"""

import collections
import os
import signal

import pytest
from xdist.scheduler import LoadScopeScheduling

import chromium
import served
from served import Server, SharedServers

USUAL_SECONDS = 120
SLOWEST_FILES = 60
# Long files whose tests do not depend on each other.
SPREAD = {
    "test_account_pages.py", "test_board_pages.py", "test_documents.py", "test_job_attachments_pages.py", "test_pages.py",
    "test_run_again.py", "test_scanner.py", "test_workflow.py",
}


def pytest_configure(config):
    if not served.EXECUTABLE or not os.access(served.EXECUTABLE, os.X_OK):
        raise pytest.UsageError("QUERN_BIN must name the executable under test, such as .build/debug/quern")
    served.EXECUTABLE = os.path.abspath(served.EXECUTABLE)


class ByFile(LoadScopeScheduling):
    """The tests of a file stay on one worker and in their order; those of SPREAD go to whichever worker is free."""

    def _split_scope(self, nodeid):
        file = nodeid.split("::", 1)[0]
        return nodeid if os.path.basename(file) in SPREAD else file


def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """No test runs for ever: after its limit it fails where it stands."""
    marker = item.get_closest_marker("seconds")
    limit = marker.args[0] if marker else USUAL_SECONDS

    def out_of_time(*_):
        raise TimeoutError(f"this test may take {limit} s")

    before = signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(limit)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# What a run tells of itself

_starts = collections.Counter()
_file_seconds = collections.Counter()


def pytest_sessionfinish(session):
    chromium.end()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["starts"] = dict(served.STARTS)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    _starts.update(getattr(node, "workeroutput", {}).get("starts", {}))


def pytest_runtest_logreport(report):
    _file_seconds[report.location[0]] += report.duration


def pytest_terminal_summary(terminalreporter, config):
    if config.option.collectonly:
        return
    terminalreporter.section("seconds by file, all workers together")
    for file, seconds in _file_seconds.most_common(SLOWEST_FILES):
        terminalreporter.write_line(f"{seconds:8.1f}  {os.path.basename(file)}")
    terminalreporter.write_line(f"{_file_seconds.total():8.1f}  together")
    starts = _starts + served.STARTS
    terminalreporter.section("starts")
    for what in ("server", "browser", "command line"):
        terminalreporter.write_line(f"{starts[what]:8}  {what}")


# Servers


@pytest.fixture
def new_server(tmp_path):
    """Makes servers with settings of their own; each is stopped, and its log checked, when the test ends."""
    made = []

    def make(**settings):
        server = Server(tmp_path / f"server-{len(made)}", settings)
        made.append(server)
        return server.start()

    yield make
    for server in made:
        server.end()


@pytest.fixture(scope="session")
def shared_servers(tmp_path_factory):
    servers = SharedServers(tmp_path_factory.mktemp("shared"))
    yield servers
    servers.end()


def _nothing(server):
    pass


@pytest.fixture
def shared_server(shared_servers):
    """The server with these settings, which other tests use too, before and after; ADMIN with PASSWORD is its administrator."""
    return lambda **settings: shared_servers.get(_nothing, **settings)


@pytest.fixture(scope="module")
def server(request, tmp_path_factory):
    """A server that the tests of one module share; a module may name settings in SETTINGS."""
    settings = getattr(request.module, "SETTINGS", {})
    server = Server(tmp_path_factory.mktemp("server"), settings).start()
    yield server
    server.end()


@pytest.fixture(scope="module")
def admin(server):
    """The first account, which registering from loopback on an empty server makes."""
    server.register()
    return server.login()


@pytest.fixture(scope="module")
def member(server, admin):
    """A second, ordinary account, made on the command line while the server runs."""
    server.create_user("member@example.com")
    return server.login("member@example.com")


@pytest.fixture
def people():
    return b"name,city,age\nAlice,New York,30\nBob,London,25\nCharlie,New York,35\n"
