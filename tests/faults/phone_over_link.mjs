// The shipped engine as a phone over a real link: signs in, saves one hazard for each picture, sends until all is delivered.
// usage: node phone_over_link.mjs <folder of store.mjs and sync.mjs> <base url> <username> <password> <picture>…
// prints {delivered: [sha256], waiting, photos_waiting, ms}
import { createHash, randomBytes, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { IDBFactory } from "fake-indexeddb";

const [folder, base, username, password, ...pictures] = process.argv.slice(2);
const { createPhone } = await import(new URL("sync.mjs", pathToFileURL(`${resolve(folder)}/`)));
const PATIENCE_MS = 60_000;

let cookie = "";
async function fetchOverLink(path, init = {}) {
  const headers = { ...init.headers, ...(cookie ? { Cookie: cookie } : {}) };
  const answer = await fetch(new URL(path, base), { ...init, headers });
  const set = answer.headers.get("Set-Cookie");
  if (set) cookie = set.split(";")[0];
  return answer;
}

const env = {
  now: () => Date.now(),
  setTimeout: (call, ms) => setTimeout(call, ms),
  clearTimeout: (timer) => clearTimeout(timer),
  random: Math.random,
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
  subtle: webcrypto.subtle,
  indexedDB: new IDBFactory(),
  fetch: fetchOverLink,
  gzip: async (bytes) => new Uint8Array(gzipSync(bytes)),
  locks: { tryRun: async (_name, work) => (await work(), true) },
  channel: () => ({ post() {}, close() {} }),
  ballast: { fill: async () => true, release: async () => true },
  device: { label: "phone", platform: "node" },
  kdf_rounds: 1,
};

const phone = createPhone(env);
phone.manual = true;
const opened = await phone.signIn(username, password);
if ("problem" in opened) throw new Error(opened.problem.code);
const { store } = opened;
const grid_id = store.session.roles.map((role) => role.grid_id).find(Boolean);
const began = Date.now();
const sent = [];
for (const file of pictures) {
  const sha256 = await store.keepPhoto(new Uint8Array(readFileSync(file)), "image/jpeg");
  const photos = [{ sha256, role: "scene", taken_at: Date.now() }];
  const id = newId();
  const payload = {
    id, grid_id, matter_code: "HAZ-01", severity: "general", advice: [], fixed_on_spot: false, note: "楼道堆物",
    place: { lng: 120.915, lat: 30.505, accuracy_m: 12, source: "fix" }, photos,
  };
  const row = { id, kind: "hazard", grid_id, author_id: store.session.person.id, state: "open", photos, body: payload };
  const saved = await store.act({ name: "hazards.report", payload, photos: [sha256], shows: { kind: "record", row } });
  if (!saved.saved) throw new Error(saved.reason);
  sent.push(sha256);
}

const photosWaiting = () => store.outbox_state.photosWaiting(sent);
while ((store.status().waiting || photosWaiting()) && Date.now() - began < PATIENCE_MS) {
  await phone.engine.runOnce();
  if (phone.engine.last_error) throw phone.engine.last_error;
  await new Promise((later) => setTimeout(later, 50));
}
console.log(JSON.stringify({ sent, waiting: store.status().waiting, photos_waiting: photosWaiting(), ms: Date.now() - began }));
await phone.close();
process.exit(0);

function newId() {
  const hex = Date.now().toString(16).padStart(12, "0") + "7" + createHash("sha256").update(randomBytes(16)).digest("hex").slice(0, 3);
  const rest = randomBytes(8);
  rest[0] = (rest[0] & 0x3f) | 0x80;
  const text = hex + rest.toString("hex");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}
