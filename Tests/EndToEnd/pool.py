# requires moto[server,cognitoidp]==5.2.5
"""A user pool outside: moto's stand-in for Amazon Cognito, as a server of its own.

What it can not do, and what the tests therefore do not ask of it:
- It does not know ResendConfirmationCode and RevokeToken.
- ConfirmSignUp takes any code; ConfirmForgotPassword takes any that does not begin with `moto-confirmation-code:`.
- InitiateAuth never asks for MFA_SETUP, even where the pool demands MFA; only the answer to NEW_PASSWORD_REQUIRED does.
- All authenticators have one secret, a code counts in its own 30 seconds alone, and may be used again.
- The app client's ExplicitAuthFlows are not enforced, nor are limits on wrong tries.
- All pools sign with one key, whose name is `dummy`; identity tokens have neither name nor email_verified.
- A session that it does not know is a ResourceNotFoundException, where Amazon says NotAuthorizedException.
"""

import json
import os
import signal
import subprocess
import sys
import time

import requests
from joserfc import jwk, jwt
from moto.utilities.utils import load_resource

from served import free_port, wait_until

REGION = "us-east-1"
TEMPORARY = "Husk and Bran, for 1 day!"
START_SECONDS = 60
STEP_SECONDS = 30


class Provider:
    """moto's server on a port of its own. It may go away and come back; what it knew is gone then."""

    def __init__(self, folder):
        self.log = folder / "moto.log"
        self.port = free_port()
        self.process = None

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        settings = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
        settings["MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP"] = "true"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
                env=settings, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        wait_until(self._is_up, START_SECONDS, "moto's server answers", pause=0.1)
        return self

    def _is_up(self):
        assert self.process.poll() is None, f"moto ended with {self.process.returncode}:\n{self.log.read_text()[-2000:]}"
        try:
            return requests.get(f"{self.base}/moto-api/data.json", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def pause(self):
        """It still takes connections, and answers none."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def call(self, operation, **members):
        """What an admin of the pool asks; the signature is not checked."""
        answer = requests.post(
            self.base + "/", data=json.dumps(members), timeout=30,
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
                "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/cognito-idp/aws4_request",
            },
        )
        assert answer.status_code == 200, f"{operation}: {answer.status_code}: {answer.text}"
        return answer.json() if answer.content else {}


class Pool:
    """A user pool whose people are named by their addresses, and its app client without a secret.

    `mfa` is OFF, OPTIONAL or ON.
    """

    def __init__(self, provider, mfa="OFF"):
        self.provider = provider
        policy = {"MinimumLength": 14} | {f"Require{what}": True for what in ("Uppercase", "Lowercase", "Numbers", "Symbols")}
        self.id = provider.call(
            "CreateUserPool", PoolName="mill", UsernameAttributes=["email"], AutoVerifiedAttributes=["email"],
            Policies={"PasswordPolicy": policy},
        )["UserPool"]["Id"]
        if mfa != "OFF":
            provider.call(
                "SetUserPoolMfaConfig", UserPoolId=self.id, MfaConfiguration=mfa,
                SoftwareTokenMfaConfiguration={"Enabled": True},
            )
        self.client = self.app_client()

    def app_client(self):
        """The id of a further app client."""
        return self.provider.call(
            "CreateUserPoolClient", UserPoolId=self.id, ClientName="quern", GenerateSecret=False,
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )["UserPoolClient"]["ClientId"]

    @property
    def settings(self):
        return {
            "AUTH_PROVIDER": "cognito",
            "COGNITO_REGION": REGION,
            "COGNITO_USER_POOL_ID": self.id,
            "COGNITO_CLIENT_ID": self.client,
            "COGNITO_ENDPOINT_URL": self.provider.base,
        }

    def invite(self, email, name="Pat Miller"):
        """Somebody whom an admin makes, with a password that has to be changed at the first login."""
        attributes = {"email": email, "email_verified": "true", "name": name}
        self.provider.call(
            "AdminCreateUser", UserPoolId=self.id, Username=email, TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS",
            UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
        )

    def add(self, email, password, name="Pat Miller"):
        """Somebody who can log in at once."""
        self.invite(email, name)
        self.provider.call("AdminSetUserPassword", UserPoolId=self.id, Username=email, Password=password, Permanent=True)

    def confirm(self, email):
        self.provider.call("AdminConfirmSignUp", UserPoolId=self.id, Username=email)

    def verify_address(self, email):
        self.provider.call(
            "AdminUpdateUserAttributes", UserPoolId=self.id, Username=email,
            UserAttributes=[{"Name": "email_verified", "Value": "true"}],
        )

    def prefer_mfa(self, email):
        """Asks for the code of an authenticator at the next login, where the pool leaves that to its people."""
        self.provider.call(
            "AdminSetUserMFAPreference", UserPoolId=self.id, Username=email,
            SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True},
        )

    def disable(self, email):
        self.provider.call("AdminDisableUser", UserPoolId=self.id, Username=email)

    def status(self, email):
        return self.provider.call("AdminGetUser", UserPoolId=self.id, Username=email)["UserStatus"]

    def subject(self, email):
        user = self.provider.call("AdminGetUser", UserPoolId=self.id, Username=email)
        return next(attribute["Value"] for attribute in user["UserAttributes"] if attribute["Name"] == "sub")


def signed(claims):
    """A token with these claims, signed as moto signs those of every pool."""
    key = jwk.RSAKey.import_key(load_resource("cognitoidp/resources/jwks-private.json"))
    return jwt.encode({"alg": "RS256", "kid": "dummy"}, claims, key)


def present_code(totp):
    """The code of this very moment, with some seconds left to use it."""
    wait_until(lambda: time.time() % STEP_SECONDS < STEP_SECONDS - 3, STEP_SECONDS, "the next code", pause=0.2)
    return totp.at(totp.now())
