// Hands in what waits, a hundred scans at a time. What is not answered stays and is handed in again: the server knows each
// scan by its nonce.
import * as store from "./store.js";

const BATCH = 100;
const PATIENCE = 20000;
let busy = false;
let csrf = "";

// `dead`: the link is no longer any; what still waits will not be taken.
export const state = { ahead: 0, reached: null, arrived: null, trouble: "", dead: false };

async function ask(address, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    return await fetch(address, { credentials: "same-origin", redirect: "error", signal: stop.signal, ...options });
  } finally {
    clearTimeout(timer);
  }
}

const gone = async (answer) => {
  Object.assign(state, { dead: true, reached: false });
  store.forgetList();
  if (window.caches) await (await caches.open("door")).delete(location.href.split("#")[0]);
  state.trouble = (await answer.json().catch(() => ({}))).error || "这个签到链接已经失效，请与秘书处联系。";
};

// The list anew, and by how much this phone's clock is behind ours.
export async function refresh(addresses) {
  try {
    const answer = await ask(addresses.names, { headers: { Accept: "application/json" } });
    if (answer.status === 404) return await gone(answer);
    if (!answer.ok) return (state.reached = false);
    const found = await answer.json();
    csrf = found.csrf;
    state.ahead = found.now - Date.now();
    state.arrived = found.arrived;
    state.reached = true;
    state.trouble = "";
    store.keepList({ people: found.people, opens: found.opens, ends: found.ends, ahead: state.ahead, at: Date.now() });
  } catch {
    state.reached = false;
  }
}

const post = (addresses, scans) =>
  ask(addresses.scans, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ scans: scans.map(({ nonce, value, at }) => ({ nonce, value, at })) }),
  });

export async function send(addresses, changed) {
  if (busy || state.dead || !store.queue().length) return;
  busy = true;
  try {
    if (!csrf) await refresh(addresses);
    let renewed = false;
    while (csrf && store.queue().length) {
      const batch = store.queue().slice(0, BATCH);
      const answer = await post(addresses, batch);
      if (answer.status === 403 && !renewed) {
        renewed = true;
        await refresh(addresses);
        continue;
      }
      if (!(await taken(answer, batch))) break;
      changed();
    }
  } catch {
    state.reached = false;
  } finally {
    busy = false;
    changed();
  }
}

async function taken(answer, batch) {
  if (answer.status === 404) {
    await gone(answer);
    return false;
  }
  state.reached = true;
  if (!answer.ok) {
    state.trouble = (await answer.json().catch(() => ({}))).error || "服务器暂时没有收下，稍后会再试。";
    return false;
  }
  const found = await answer.json();
  state.trouble = "";
  state.arrived = found.arrived;
  const known = new Set(found.answers.map((one) => one.nonce));
  store.settle(found.answers);
  return batch.every((scan) => known.has(scan.nonce));
}
