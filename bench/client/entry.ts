/** What the browser benchmarks call: the shipped store, engine and photo code, on a page of our own origin. */
import { browserEnv } from '../../static/src/device/env';
import { shrinkHere } from '../../static/src/device/shrink';
import { nearby, spotsOf } from '../../static/src/duties/hazards/near';
import { moved } from '../../static/src/maps/projection';
import { createPhone } from '../../static/src/sync/index';
import { uuid7 } from '../../static/src/store/index';

type Answer = [status: number, body: Uint8Array<ArrayBuffer>];

/** Signs in and keeps every answer of the first sync, so that it can be played again from memory. */
async function recordFirstSync(username: string, password: string) {
  const env = await browserEnv({ label: 'bench', platform: 'bench' });
  const answers: Answer[] = [];
  const fetched = env.fetch;
  env.fetch = async (url, init) => {
    const answer = await fetched(url, init);
    if (!String(url).includes('/sync/pull')) return answer;
    const body = new Uint8Array(await answer.clone().arrayBuffer()); // as it comes from the network
    answers.push([answer.status, body]);
    return answer;
  };
  const phone = createPhone(env);
  phone.manual = true;
  const opened = await phone.signIn(username, password);
  if (!('store' in opened)) throw new Error(opened.problem.code);
  await phone.ready();
  await phone.engine!.runOnce();
  return { phone, store: opened.store, answers, env };
}

/** ms from the first byte in memory to the last row durable and sealed; the network is not in it. */
export async function firstSync(username: string, password: string): Promise<{ ms: number; rows: number }> {
  const { phone, store, answers, env } = await recordFirstSync(username, password);
  const rows = store.mirror.count();
  await phone.shut();
  await wipe(store.session.person.id);
  let at = 0;
  const real = fetch;
  let first = 0;
  let after = 0; // the first call to the network behind the last page: by then every row is laid
  const replay: typeof env.fetch = async (url, init) => {
    if (!String(url).includes('/sync/pull')) {
      if (first && !after) after = performance.now();
      return real(url, init);
    }
    first ||= performance.now();
    after = 0;
    const [status, body] = answers[at++] ?? [204, new Uint8Array()];
    return new Response(status === 204 ? null : body, { status, headers: { 'Content-Type': 'application/json' } });
  };
  env.fetch = replay;
  const again = createPhone(env);
  again.manual = true;
  const opened = await again.signIn(username, password);
  if (!('store' in opened)) throw new Error(opened.problem.code);
  await again.ready();
  await again.engine!.runOnce();
  const ms = (after || performance.now()) - first;
  const kept = opened.store.mirror.count();
  if (kept !== rows) throw new Error(`${kept} rows of ${rows}`);
  await again.shut();
  await wipe(opened.store.session.person.id); // the next run starts with an empty phone, too
  return { ms, rows: kept };
}

async function wipe(person: string): Promise<void> {
  for (const name of [`gridwalk-${person}`, 'gridwalk-phone']) {
    await new Promise<void>((done, fail) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = () => done();
      request.onerror = () => fail(request.error);
    });
  }
}

/** ms of each of `count` saves of a visit, from the tap to the durable, sealed transaction. */
export async function saves(username: string, password: string, grid: string, count: number): Promise<number[]> {
  const env = await browserEnv({ label: 'bench', platform: 'bench' });
  const phone = createPhone(env);
  phone.manual = true;
  const opened = await phone.signIn(username, password);
  if (!('store' in opened)) throw new Error(opened.problem.code);
  const { store } = opened;
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const id = uuid7(env);
    const payload = { id, grid_id: grid, matter_code: 'VIS-08', mode: 'door', all_well: true, ticks: [], needs: [], note: '一切正常，老人精神很好' };
    const row = { id, kind: 'visit', grid_id: grid, matter_code: 'VIS-08', body: payload, photos: [], state: 'open' };
    const started = performance.now();
    const result = await store.act({ name: 'visits.report', payload, shows: { kind: 'record', row } });
    times.push(performance.now() - started);
    if (!result.saved) throw new Error(result.reason);
  }
  await phone.shut();
  return times;
}

/** ms and bytes of one camera picture made small on this thread. */
export async function shrink(url: string): Promise<{ ms: number; bytes: number }> {
  const file = await (await fetch(url)).blob();
  const started = performance.now();
  const small = await shrinkHere(file);
  return { ms: performance.now() - started, bytes: small.length };
}

/** Queues `count` hazards with a photo of `bytes` each for whoever is signed in here; nothing is sent. */
export async function queuePhotos(grid: string, count: number, bytes: number): Promise<number> {
  const env = await browserEnv({ label: 'bench', platform: 'bench' });
  const phone = createPhone(env);
  phone.manual = true;
  const store = await phone.resume();
  if (!store) throw new Error('nobody is signed in');
  const picture = await shrinkHere(await (await fetch('/camera.jpg')).blob());
  for (let n = 0; n < count; n += 1) {
    const id = uuid7(env);
    const mark = new TextEncoder().encode(String(n).padStart(8, '0')); // behind the end of the picture: each its own
    const sha256 = await store.keepPhoto(new Uint8Array([...picture.subarray(0, bytes), ...mark]), 'image/jpeg');
    const photos = [{ sha256, role: 'scene' as const, taken_at: env.now() }];
    const payload = { id, grid_id: grid, matter_code: 'HAZ-01', severity: 'general', advice: [], fixed_on_spot: false, note: `第${n}处`, place: { source: 'none' }, photos };
    const row = { id, kind: 'hazard', grid_id: grid, matter_code: 'HAZ-01', author_id: store.session.person.id, author_name: store.session.person.name, acted_at: env.now(), day: '', body: payload, photos, state: 'open', review: { status: 'none', hints: [] }, history: [] };
    const result = await store.act({ name: 'hazards.report', payload, photos: [sha256], shows: { kind: 'record', row } });
    if (!result.saved) throw new Error(result.reason);
  }
  const waiting = store.status().waiting;
  await phone.shut();
  return waiting;
}

/**
 * ms of each search of a household without a network, on a phone that was opened just now: the first reads and opens what is
 * sealed. How many households there are, and how many each search found.
 */
export async function search(username: string, password: string, words: string[], limit: number): Promise<{ ms: number[]; rows: number; found: number[] }> {
  const before = await recordFirstSync(username, password);
  await before.phone.shut();
  const phone = createPhone({ ...before.env, fetch: () => Promise.reject(new TypeError('no network')) });
  phone.manual = true;
  const store = await phone.resume();
  if (!store) throw new Error('nobody is signed in');
  const [ms, found]: [number[], number[]] = [[], []];
  for (const one of words) {
    const started = performance.now();
    found.push((await store.findHouseholds({ words: one, limit })).length);
    ms.push(performance.now() - started);
  }
  const rows = (await store.list('household', {})).length;
  await phone.shut();
  return { ms, rows, found };
}

/** ms of the hint of nearby hazards among `count` open ones, from rows in memory; and of reading the open records of this phone. */
export async function near(username: string, password: string, count: number): Promise<{ hint: number; read: number; rows: number; found: number }> {
  const { phone, store } = await recordFirstSync(username, password);
  const started = performance.now();
  const open = await store.list('record', { state: 'open' });
  const read = performance.now() - started;
  const [here, metres] = [{ lng: 120.94, lat: 30.52 }, 6];
  const rows = Array.from({ length: count }, (_, n) => ({
    id: String(n), kind: 'hazard', state: 'open', matter_code: 'HAZ-01', grid_id: 'g', delivery: 'delivered',
    body: { place: { ...moved(here, (n % 100) * metres, Math.floor(n / 100) * metres), source: 'fix' } },
  }));
  const began = performance.now();
  const found = nearby(spotsOf(rows as never[]), { id: 'x', matter_code: 'HAZ-01', grid_id: 'g', place: { ...here, accuracy_m: 20, source: 'fix' } }, 50);
  const hint = performance.now() - began;
  await phone.shut();
  return { hint, read, rows: open.length, found: found.length };
}
