// The check that keeps programs out: the browser works for a moment, and the person is asked nothing.
// Without this script, or when anything of it fails, the form asks its question in words instead.
//
//   form[data-proof][data-worker]    the form, and the address of proof-worker.js
//   input[name=proof]                gets the solution
//   [data-proof-fallback]            the question, not needed while this works
//   [data-proof-status]              tells what goes on; made when the page has none

const ADDRESS = "/auth/bot-check";
const FETCH_WITHIN = 15_000;
// A solution must still be good when it arrives, and a clock that is wrong must not make it look old for ever.
const SPARE = 20_000;
const SHORTEST_LIFE = 60_000;
const LONGEST_LIFE = 600_000;

class Proof {
  constructor(form) {
    this.form = form;
    this.field = form.querySelector("input[name=proof]");
    this.fallback = form.querySelector("[data-proof-fallback]");
    this.status = form.querySelector("[data-proof-status]") ?? this.makeStatus();
    // undefined: not begun; then a promise that ends with true when the field is filled.
    this.work = undefined;
    this.goodUntil = 0;
    this.isHolding = false;
    this.gaveUp = false;
    this.asks(false);
    form.addEventListener("focusin", () => this.begin());
    form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("pageshow", (event) => event.persisted && this.forget());
    if (form.contains(document.activeElement)) this.begin();
  }

  makeStatus() {
    const status = document.createElement("p");
    status.className = "hint";
    status.dataset.proofStatus = "";
    status.setAttribute("role", "status");
    const button = this.form.querySelector("button[type=submit], button:not([type])");
    if (button) button.before(status);
    else this.form.append(status);
    return status;
  }

  // Shows the question, or puts it away. What is put away must not keep the form from being sent.
  asks(isAsking) {
    if (!this.fallback) return;
    this.fallback.hidden = !isAsking;
    for (const field of this.fallback.querySelectorAll("input")) {
      if (field.required) field.dataset.wasRequired = "";
      field.required = isAsking && "wasRequired" in field.dataset;
    }
  }

  begin() {
    if (this.gaveUp || (this.work && (this.goodUntil === 0 || Date.now() < this.goodUntil))) return this.work;
    this.goodUntil = 0;
    this.field.value = "";
    this.work = this.solve().catch(() => this.giveUp());
    return this.work;
  }

  async solve() {
    const task = await this.fetchTask();
    const asked = Date.now();
    const { solution } = await this.compute(task);
    if (!solution) throw new Error("no solution");
    const life = Date.parse(task.expires_at) - asked || LONGEST_LIFE;
    this.goodUntil = asked + Math.min(LONGEST_LIFE, Math.max(SHORTEST_LIFE, life)) - SPARE;
    this.field.value = solution;
    return true;
  }

  async fetchTask() {
    const answer = await fetch(ADDRESS, {
      headers: { Accept: "application/json" }, cache: "no-store", credentials: "same-origin",
      signal: AbortSignal.timeout(FETCH_WITHIN),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const task = await answer.json();
    if (task.provider !== "proof_of_work" || task.algorithm !== "SHA-256") throw new Error("another check");
    return task;
  }

  compute(task) {
    return new Promise((resolve, reject) => {
      const worker = new Worker(this.form.dataset.worker);
      const end = (settle) => (event) => {
        worker.terminate();
        settle(event.data ?? new Error(event.message));
      };
      worker.onmessage = end(resolve);
      worker.onerror = end(reject);
      worker.onmessageerror = end(reject);
      worker.postMessage({ challenge: task.challenge, difficulty: task.difficulty });
    });
  }

  giveUp() {
    this.gaveUp = true;
    this.asks(true);
    return false;
  }

  async submitted(event) {
    if (this.gaveUp || (this.field.value && Date.now() < this.goodUntil)) return;
    // Nobody else may take this for a form that is on its way (app.js keeps forms from being sent twice).
    event.preventDefault();
    event.stopPropagation();
    if (this.isHolding) return;
    this.hold(event.submitter, true);
    const isDone = await this.begin();
    this.hold(event.submitter, false);
    if (isDone || !this.fallback) return this.form.requestSubmit(event.submitter);
    this.status.textContent = "Please answer one question instead.";
    this.fallback.querySelector("input:not([type=hidden])")?.focus();
  }

  hold(button, isHolding) {
    this.isHolding = isHolding;
    this.status.textContent = isHolding ? "One moment: your browser shows that it is no program…" : "";
    this.form.setAttribute("aria-busy", String(isHolding));
    if (!button) return;
    button.toggleAttribute("data-busy", isHolding);
    if (isHolding) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }

  // A page that comes back from the browser's memory holds a solution that was sent already.
  forget() {
    if (this.gaveUp) return;
    this.work = undefined;
    this.goodUntil = 0;
    this.field.value = "";
    this.hold(null, false);
  }
}

for (const form of document.querySelectorAll("form[data-proof]")) new Proof(form);
