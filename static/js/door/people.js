// Who is meant by a code, a short code or part of a name, from the list that the phone keeps.
const SHORT = /^[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{6}$/;

export function asShort(text) {
  const folded = text.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();
  return SHORT.test(folded) ? folded : "";
}

// A QR code holds the code itself, or an address that ends with it.
export const asCode = (text) => text.trim().replace(/\/+$/, "").split("/").pop();

async function fingerprint(code) {
  if (!window.crypto || !crypto.subtle) return "";
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 20);
}

const person = ([print, short, name, unit, state, arrived]) => ({ print, short, name, unit, state, arrived });

export const named = (found) => `${found.name}（${found.unit}）`;

export function byShort(list, short) {
  const found = list.people.filter((row) => row[1] === short);
  return found.length === 1 ? person(found[0]) : null;
}

export async function byCode(list, code) {
  const print = await fingerprint(code);
  const found = print && list.people.find((row) => row[0] === print);
  return found ? person(found) : null;
}

export function byName(list, text) {
  const wanted = text.normalize("NFKC").trim();
  if (!wanted) return [];
  return list.people.filter((row) => row[2].includes(wanted) || row[3].includes(wanted)).slice(0, 12).map(person);
}
