import os
import signal

import pytest

import served
from served import Server

USUAL_SECONDS = 120


def pytest_configure(config):
    if not served.EXECUTABLE or not os.access(served.EXECUTABLE, os.X_OK):
        raise pytest.UsageError("QUERN_BIN must name the executable under test, such as .build/debug/quern")
    served.EXECUTABLE = os.path.abspath(served.EXECUTABLE)


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
