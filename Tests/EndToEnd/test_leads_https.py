"""Sites on https: read over TLS where their certificate is trusted, and told of where it is not."""

import datetime
import ssl
import threading
from http.server import ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from leads_world import Site, World, page, team
from served import Server, free_port
from test_leads import finish, results, start

# Nobody listens there on the port of http.
ELSEWHERE = ("127.0.0.2",)
SITES = {
    "secure.test": Site(pages={
        "/": page("<h1>Secure</h1><p>All that we show is shown over TLS, to everybody who asks for it.</p><a href=/team>Team</a>"),
        "/team": team(("Jane Doe", "Director", "jane.doe@secure.test"))}, mailboxes=("jane.doe",)),
    "leads-on.test": Site(pages={"/": (301, {"Location": "https://secure.test/"}, b"")}),
    "selfsigned.test": Site(pages={"/": team(("No One", "Director", None))}, addresses=ELSEWHERE),
    "another-name.test": Site(pages={"/": team(("No One", "Director", None))}, addresses=ELSEWHERE),
}


def certificate(folder, name, issuer=None):
    """Files of a certificate and its key; without an issuer one that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer[0].subject if issuer else subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True).sign(issuer[1] if issuer else key, hashes.SHA256()))
    files = folder / f"{name}.crt", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return (made, key), files


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("https")
    authority, (authority_file, _) = certificate(folder, "authority.test")
    contexts = {}
    for name, asked, issuer in [("secure.test", "secure.test", authority), ("selfsigned.test", "selfsigned.test", None), ("wrong.test", "another-name.test", authority)]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate(folder, name, issuer)[1])
        contexts[asked] = context
    world = World(SITES).start()
    port = free_port()
    web = ThreadingHTTPServer(("0.0.0.0", port), world._handler())
    web.daemon_threads = True
    front = contexts["secure.test"]
    asked = []

    def choose(connection, name, _):
        asked.append(name)
        connection.context = contexts.get((name or "").removeprefix("www."), front)

    front.sni_callback = choose
    web.socket = front.wrap_socket(web.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    server = Server(folder / "server", world.settings | {"CRAWL_HTTPS_PORT": port, "QUERN_CA_FILE": authority_file}).start()
    server.register()
    admin = server.login()
    run = start(admin, *SITES)
    finish(admin, run)
    domains = {row["domain"]: row for row in admin.expect(200, "GET", f"/runs/{run}/domains").json()["results"]}
    yield domains, results(admin, run), world, asked
    server.end()
    web.shutdown()
    web.server_close()
    world.end()


def test_sites_are_read_over_tls(done):
    domains, leads, world, asked = done
    assert domains["secure.test"]["outcome"] == "read" and domains["secure.test"]["pages"] == 2
    jane = next(lead for lead in leads if lead["company_domain"] == "secure.test")
    assert (jane["full_name"], jane["verify_status"], jane["source_url"]) == ("Jane Doe", "valid", "https://secure.test/team")
    assert "secure.test" in asked


def test_a_site_may_lead_to_https(done):
    domains = done[0]
    assert (domains["leads-on.test"]["outcome"], domains["leads-on.test"]["people"]) == ("read", 1)


@pytest.mark.parametrize("name", ["selfsigned.test", "another-name.test"])
def test_a_certificate_that_is_not_trusted_is_told_of(done, name):
    domains, _, world, asked = done
    assert (domains[name]["state"], domains[name]["outcome"]) == ("failed", "untrusted_certificate") and name in asked
    # Nothing was asked for behind it.
    assert world.asked(name) == []
