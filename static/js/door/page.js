// The page at the door: scan, type or find; say at once what is known; hand in when there is network.
import * as camera from "./camera.js";
import * as people from "./people.js";
import * as store from "./store.js";
import * as sync from "./sync.js";

const main = document.querySelector("[data-door]");
const part = (name) => main.querySelector(`[data-${name}]`);
const addresses = main.dataset;
const input = part("type").elements.value;
const RETRY = 15000;
const SHOWN = 30;
const WORDS = { done: "已签到", again: "重复", refused: "没有签到", waiting: "排队中" };
const TONES = { done: "good", again: "warn", refused: "late", waiting: "info" };

const list = () => store.list() || { people: [], ahead: 0 };
const clock = (ms) => new Date(ms).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
const nonce = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

function say(result, words) {
  const line = document.createElement("p");
  line.className = `note note--${TONES[result]}`;
  line.textContent = words;
  part("said").replaceChildren(line);
  if (navigator.vibrate) navigator.vibrate(result === "done" || result === "waiting" ? 60 : [60, 80, 60]);
}

// --- one person ---------------------------------------------------------------------------------------------

// Whoever this phone or the list knows to be there; the server would say the same.
function earlier(found, value) {
  if (found && found.arrived) return found.arrived;
  const mine = store.log().find((entry) => entry.key === (found ? found.short : value) && entry.result !== "refused");
  return mine ? mine.at : 0;
}

function take(found, value) {
  const who = found ? people.named(found) : value;
  const now = Date.now() + (store.list() ? list().ahead : 0);
  const key = found ? found.short : value;
  if (sync.state.dead) {
    say("refused", sync.state.trouble);
    return;
  }
  if (found && found.state) {
    say("refused", `${who}：${found.state}。能否入场请工作人员决定。`);
    return;
  }
  const before = earlier(found, value);
  if (before) {
    store.note({ nonce: nonce(), at: now, result: "again", who, text: `已在 ${clock(before)} 签到` });
    say("again", `${who}已在 ${clock(before)} 签到，这次不再计。`);
    show();
    return;
  }
  const scan = { nonce: nonce(), value, at: now, who };
  store.add(scan, key);
  say("waiting", found ? `${who}，记下了，正在上传。` : `${value}不在手机的名单里，上传后核对。`);
  show();
  send(scan.nonce);
}

async function scanned(text) {
  const code = people.asCode(text);
  take(await people.byCode(list(), code), code);
}

function typed(text) {
  const short = people.asShort(text);
  const found = short ? people.byShort(list(), short) : null;
  if (found) return done(() => take(found, short));
  const named = people.byName(list(), text);
  if (!named.length && short) return done(() => take(null, short));
  offer(named, text);
}

function done(act) {
  input.value = "";
  part("found").replaceChildren();
  act();
}

function offer(named, text) {
  part("found").replaceChildren(...named.map((one) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = one.arrived ? `${people.named(one)}，已到` : people.named(one);
    button.addEventListener("click", () => done(() => take(one, one.short)));
    item.append(button);
    return item;
  }));
  if (!named.length) say("refused", `名单里没有找到“${text}”。请核对短码或姓名，或请工作人员登记为现场来宾。`);
}

// --- what is shown ------------------------------------------------------------------------------------------

const count = (result) => store.log().filter((entry) => entry.result === result).length;

function show() {
  const waiting = store.queue().length;
  for (const result of ["done", "again"]) main.querySelector(`[data-count=${result}]`).textContent = count(result);
  main.querySelector("[data-count=waiting]").textContent = waiting;
  main.querySelector("[data-count=arrived]").textContent = sync.state.arrived ?? "—";
  part("queue").hidden = !waiting;
  part("queue-words").textContent = sync.state.dead
    ? `还有 ${waiting} 个签到没有传到服务器，链接失效后不再上传。请按下面的记录告诉工作人员补签。`
    : `还有 ${waiting} 个签到没有传到服务器，只在这部手机上。请不要清除浏览器数据；有网时会自动上传。`;
  part("send").hidden = sync.state.dead;
  part("line").textContent = line();
  part("line").dataset.reached = sync.state.reached === true;
  const shown = store.log().slice(0, SHOWN);
  part("log-part").hidden = !shown.length;
  part("log").replaceChildren(...shown.map(entryOf));
}

function line() {
  if (sync.state.trouble) return sync.state.trouble;
  const kept = store.list();
  const names = !kept ? "还没有取到名单" : kept.people.length ? `名单 ${kept.people.length} 人，${clock(kept.at)} 更新` : "名单在活动前一天至结束时提供";
  if (sync.state.reached === null) return `正在连接。${names}。`;
  return sync.state.reached ? `已联网。${names}。` : `没有网络，签到先记在这部手机上。${names}。`;
}

function entryOf(entry) {
  const item = document.createElement("li");
  const state = document.createElement("span");
  state.className = `status status--${TONES[entry.result]}`;
  state.textContent = WORDS[entry.result];
  const words = document.createElement("span");
  words.textContent = `${clock(entry.at)} ${entry.result === "refused" ? entry.text : entry.who}`;
  item.append(words, state);
  return item;
}

// --- network ------------------------------------------------------------------------------------------------

async function send(latest = "") {
  await sync.send(addresses, show);
  const entry = latest && store.log().find((one) => one.nonce === latest);
  if (!entry) return;
  if (entry.result !== "waiting") say(entry.result, entry.text);
  else if (sync.state.trouble) say("refused", sync.state.trouble);
  else say("waiting", `${entry.who}，记在手机上了，有网时上传。`);
}

async function reach() {
  await sync.refresh(addresses);
  show();
  await send();
}

// The page, and whatever it is made of, for the time without network.
async function keep() {
  if (!navigator.serviceWorker || !window.caches) return;
  await navigator.serviceWorker.register(addresses.worker, { scope: addresses.scope });
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name);
  const ours = parts.filter((name) => name.startsWith(`${location.origin}/static/`));
  const kept = await caches.open("door");
  await kept.addAll([...new Set([location.href.split("#")[0], ...ours])]);
  main.dataset.kept = "1";
}

function forgetLate() {
  const kept = store.list();
  if (kept && Date.now() + kept.ahead > kept.ends) store.keepList({ ...kept, people: [] });
}

let stop = null;
async function toggle() {
  const button = part("scan");
  if (stop) {
    stop();
    stop = null;
    button.textContent = "扫码签到";
    return;
  }
  try {
    stop = await camera.start(part("video"), scanned);
    button.textContent = "停止扫码";
  } catch {
    say("refused", "没有打开摄像头。请在浏览器里允许使用摄像头，或输入短码。");
  }
}

part("type").addEventListener("submit", (event) => {
  event.preventDefault();
  if (input.value.trim()) typed(input.value);
});
input.addEventListener("input", () => {
  const text = input.value.trim();
  const short = people.asShort(text);
  if (text.length > 1 && !short) offer(people.byName(list(), text).slice(0, 6), "");
  if (!text) part("found").replaceChildren();
});
part("send").addEventListener("click", () => reach());
part("scan").addEventListener("click", toggle);
window.addEventListener("online", reach);
window.addEventListener("offline", () => {
  sync.state.reached = false;
  show();
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && reach());
setInterval(() => store.queue().length && send(), RETRY);
setInterval(reach, 4 * RETRY);

forgetLate();
part("counts").hidden = false;
show();
camera.usable().then((can) => {
  part("camera").hidden = !can;
  part("no-camera").hidden = can;
});
reach().then(() => keep().catch(() => {}));
