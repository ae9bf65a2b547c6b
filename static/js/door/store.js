// What the phone keeps for one door: the list of people, the scans that have not arrived, and what was said of the others.
// Written before anything is shown, so that a phone that dies in the hand has lost nothing.
const place = `door:${location.pathname}`;
const LOGGED = 1500;

const read = (name, otherwise) => {
  try {
    return JSON.parse(localStorage.getItem(`${place}${name}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
};
const write = (name, value) => localStorage.setItem(`${place}${name}`, JSON.stringify(value));

export const list = () => read("list", null);
export const keepList = (found) => write("list", found);
export const forgetList = () => localStorage.removeItem(`${place}list`);

export const queue = () => read("queue", []);
export const log = () => read("log", []);

// `key` is what the person is known by on this phone.
export function add(scan, key) {
  write("queue", [...queue(), scan]);
  note({ nonce: scan.nonce, at: scan.at, result: "waiting", who: scan.who, text: "", key });
}

export function note(entry) {
  const others = log().filter((one) => one.nonce !== entry.nonce);
  write("log", [entry, ...others].slice(0, LOGGED));
}

// The answers of the server: what it answered is no longer waiting, whatever the answer was.
export function settle(answers) {
  const answered = new Map(answers.map((answer) => [answer.nonce, answer]));
  write("log", log().map((entry) => {
    const answer = answered.get(entry.nonce);
    return answer ? { ...entry, result: answer.result, who: answer.who || entry.who, text: answer.text } : entry;
  }));
  write("queue", queue().filter((scan) => !answered.has(scan.nonce)));
}
