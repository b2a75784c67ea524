// Passkeys: a button to sign in with one, a button to add one. Without this file, or in a browser that knows
// no passkeys, the buttons stay hidden and the page offers its other ways.

const words = {
  NotAllowedError: "The passkey was not used: you cancelled, or it took too long. Try again.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Browsers make passkeys only for an address with a name, by https. Ask the administrator for that address.",
  NotSupportedError: "This device can not make a passkey of a kind that is accepted here.",
  AbortError: "The passkey was not used. Try again.",
};
const unreachable = "The server can not be reached. Check the connection and try again.";
const unknown = "That did not work. Reload the page and try again.";

// What the server said, in words for the person.
class Refusal extends Error {}
// The page is being left for another; nothing is to be said.
class Leaving extends Error {}

// ── Bytes and text ──

function toBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function toText(buffer) {
  let plain = "";
  for (const byte of new Uint8Array(buffer)) plain += String.fromCharCode(byte);
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const withBytes = (known) => ({ ...known, id: toBytes(known.id) });

function creationOptions(json) {
  return {
    ...json,
    challenge: toBytes(json.challenge),
    user: { ...json.user, id: toBytes(json.user.id) },
    excludeCredentials: (json.excludeCredentials ?? []).map(withBytes),
  };
}

function requestOptions(json) {
  return {
    ...json,
    challenge: toBytes(json.challenge),
    allowCredentials: (json.allowCredentials ?? []).map(withBytes),
  };
}

function frame(credential, response) {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: {},
    response: { clientDataJSON: toText(credential.response.clientDataJSON), ...response },
  };
}

function created(credential) {
  const { response } = credential;
  return frame(credential, {
    attestationObject: toText(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  });
}

function asserted(credential) {
  const { response } = credential;
  return frame(credential, {
    authenticatorData: toText(response.authenticatorData),
    signature: toText(response.signature),
    userHandle: response.userHandle ? toText(response.userHandle) : null,
  });
}

// ── The server ──

async function post(button, path, body) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  if (button.dataset.formToken) headers["X-Form-Token"] = button.dataset.formToken;
  let response;
  try {
    response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" });
  } catch {
    throw new Refusal(unreachable);
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer ?? {};
  if (response.status === 403 && answer?.error === "reauthentication_required") {
    location.assign(`/auth/confirm?next=${encodeURIComponent(location.pathname + location.search)}`);
    throw new Leaving();
  }
  throw new Refusal(answer?.detail ?? answer?.error?.message ?? unknown);
}

// A browser refuses passkeys of another address without saying which would be right.
function mustBeAt(address) {
  if (address && new URL(address).origin !== location.origin) {
    throw new Refusal(`Passkeys work only at ${new URL(address).origin}. Open that address and try again.`);
  }
}

// ── The two buttons ──

const actions = {
  async login(button) {
    const { session, next } = button.dataset;
    const question = await post(button, "/auth/passkey/options", session ? { session } : {});
    mustBeAt(question.address);
    const credential = await navigator.credentials.get({ publicKey: requestOptions(question.publicKey) });
    const answer = await post(button, "/auth/passkey", {
      challenge_id: question.challenge_id,
      credential: asserted(credential),
      ...(session ? { session } : {}),
      ...(next ? { next } : {}),
    });
    const target = new URL(answer.redirect ?? "/dashboard", location.href);
    if (target.origin !== location.origin) throw new Refusal(unknown);
    location.assign(target);
  },

  async add(button) {
    const question = await post(button, "/users/me/passkeys/options", {});
    mustBeAt(question.address);
    const credential = await navigator.credentials.create({ publicKey: creationOptions(question.publicKey) });
    const input = button.dataset.nameInput && document.querySelector(button.dataset.nameInput);
    const name = input ? input.value.trim() : "";
    await post(button, "/users/me/passkeys", {
      challenge_id: question.challenge_id,
      credential: created(credential),
      ...(name ? { name } : {}),
    });
    location.reload();
  },
};

function tell(button, text) {
  let place = button.dataset.problem && document.querySelector(button.dataset.problem);
  if (!place) {
    if (!text) return;
    place = document.createElement("p");
    place.id = `passkey-problem-${button.dataset.passkey}`;
    place.setAttribute("role", "alert");
    button.dataset.problem = `#${place.id}`;
    button.after(place);
  }
  place.textContent = text;
  place.hidden = !text;
}

function setBusy(button, busy) {
  if (busy) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

async function press(event) {
  const button = event.currentTarget;
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "true") return;
  tell(button, "");
  setBusy(button, true);
  try {
    // The button stays busy while the browser leaves the page.
    await actions[button.dataset.passkey](button);
  } catch (problem) {
    if (problem instanceof Leaving) return;
    setBusy(button, false);
    tell(button, problem instanceof Refusal ? problem.message : words[problem?.name] ?? unknown);
  }
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const button of document.querySelectorAll("button[data-passkey]")) {
    if (!actions[button.dataset.passkey]) continue;
    button.addEventListener("click", press);
    button.hidden = false;
  }
  // Back from the page that was opened: the button works again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("button[data-passkey]")) setBusy(button, false);
  });
}
