/**
 * All phones of one world, driven over pipes: one line of commands in, one line of what happened out. Whatever happens
 * between two lines depends on the commands alone.
 *
 * usage: node main.mjs <folder of store.mjs and sync.mjs>
 * in  {now, do: [{c, op, p, …, turns?}]}    `turns`: only so many tasks run before the next command
 * out {now, next, done: [[c, result]], gone: [[p, person]], sent: [request], given_up: [number], loose: [text]}
 */
import './turns.mjs';
import { readdirSync, readSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Browser, World } from './browser.mjs';
import { act } from './hands.mjs';
import { look } from './look.mjs';
import { checkAgainstWebCrypto } from './subtle.mjs';
import { run } from './turns.mjs';

const folder = pathToFileURL(`${resolve(process.argv[2])}/`);
const [store_room, sync_room] = await Promise.all([import(new URL('store.mjs', folder)), import(new URL('sync.mjs', folder))]);
// what the client loads later is loaded now: reading a file takes as long as the disk likes
for (const file of readdirSync(folder)) if (file.endsWith('.mjs')) await import(new URL(file, folder));
await checkAgainstWebCrypto();

let world = new World();
let phones = new Map();
let photos = [];
let done = [];
let gone = [];
let loose = [];
process.on('unhandledRejection', (error) => loose.push(String(error?.stack ?? error).slice(0, 600)));

const tabOf = ({ p, tab = 0 }) => phones.get(p)?.tabs[tab];
const storeOf = (command) => tabOf(command)?.store;
async function opened(command, open) {
  const phone = tabOf(command);
  const answer = await open(phone);
  await phone.ready();
  return 'store' in answer ? { person: answer.store.session.person.id } : { problem: answer.problem.code };
}

const OPS = {
  reset({ pictures }) {
    for (const browser of phones.values()) browser.end();
    world = new World();
    phones = new Map();
    photos = pictures.map((text) => Buffer.from(text, 'base64'));
  },
  make({ p, seed }) {
    phones.set(p, new Browser(world, p, seed, sync_room.createPhone));
  },
  async start({ p }) {
    const phone = phones.get(p).open();
    phone.onGone = (person) => gone.push([p, person]);
    const store = await phone.resume();
    await phone.ready();
    return { person: store?.session.person.id ?? null };
  },
  async sign_in(command) {
    return opened(command, (phone) => phone.signIn(command.username, command.password));
  },
  async sign_out(command) {
    await tabOf(command)?.signOut();
  },
  async switch_to(command) {
    return opened(command, (phone) => phone.switchTo(command.person, command.password));
  },
  async remove(command) {
    const answer = await tabOf(command).removeFromPhone(command.person);
    return 'removed' in answer;
  },
  async act(command) {
    const tab = tabOf(command);
    if (!tab?.store) return { nothing: 'nobody' };
    const acting = act(tab.store, command, phones.get(command.p), photos);
    (tab.acts ??= []).push(acting);
    return acting;
  },
  async undo(command) {
    return storeOf(command) ? { undone: await storeOf(command).undo(command.id) } : { nothing: 'nobody' };
  },
  wake(command) {
    tabOf(command)?.engine?.wake(command.why);
  },
  hidden(command) {
    tabOf(command)?.engine?.hidden();
  },
  async close_tab({ p, tab }) {
    const [closed] = phones.get(p).tabs.splice(tab, 1);
    await Promise.allSettled(closed?.acts ?? []); // what is cut off in the middle is a crash's
    await closed?.close();
  },
  crash({ p }) {
    phones.get(p).crash();
  },
  lose_disk({ p }) {
    phones.get(p).loseDisk();
  },
  clone({ p, from }) {
    phones.get(p).takeDiskOf(phones.get(from));
  },
  kill_connections({ p }) {
    phones.get(p).killConnections();
  },
  skew({ p, ms }) {
    phones.get(p).skew += ms;
  },
  answer({ n, status, headers, body }) {
    world.answer(n, status, headers, body);
  },
  async people({ p }) {
    return (await phones.get(p).tabs[0]?.people()) ?? [];
  },
  status(command) {
    const tab = tabOf(command);
    if (!tab?.engine) return null;
    return { ...tab.store.status(), running: Boolean(tab.engine.running), person: tab.store.session.person.id };
  },
  /** One record as a screen shows it, and its lines of the outbox with what each would change. */
  async shown(command) {
    const store = storeOf(command);
    const [row, lines] = [await store.get('record', command.id), await store.outbox()];
    const mine = lines.filter((line) => line.shows?.id === command.id);
    return { row, lines: mine.map(({ mutation_id, state, payload, problem, server }) => ({ mutation_id, state, payload, problem, server })) };
  },
  async look(command) {
    const tab = tabOf(command);
    return tab?.engine ? look(tab, phones.get(command.p), store_room, command.known ?? 0) : null;
  },
};

/** Time passes until `to`, or until a phone says something. */
async function advance(to) {
  for (;;) {
    const timer = world.first();
    if (!timer || timer.at > to || world.sent.length) break;
    world.never(timer);
    world.now = Math.max(world.now, timer.at);
    timer.call();
    await run();
  }
  if (!world.sent.length) world.now = Math.max(world.now, to);
}

async function obey(command) {
  if (command.op === 'advance') return advance(command.to);
  const life = phones.get(command.p)?.life;
  const answer = (async () => OPS[command.op](command))();
  answer.then(
    (result) => !life?.is_over && done.push([command.c, result ?? null]),
    (error) => !life?.is_over && done.push([command.c, { error: String(error?.stack ?? error).slice(0, 1500) }]),
  );
  await run(command.turns);
}

const block = new Uint8Array(1 << 16);
let rest = Buffer.alloc(0);
function readLine() {
  for (;;) {
    const end = rest.indexOf(10);
    if (end >= 0) {
      const line = rest.subarray(0, end).toString();
      rest = rest.subarray(end + 1);
      return line;
    }
    const count = readSync(0, block);
    if (!count) return undefined;
    rest = Buffer.concat([rest, block.subarray(0, count)]);
  }
}
function writeLine(value) {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

for (let line = readLine(); line !== undefined; line = readLine()) {
  const { now, do: commands } = JSON.parse(line);
  world.now = Math.max(world.now, now);
  for (const command of commands) await obey(command);
  writeLine({ now: world.now, next: world.first()?.at ?? null, done, gone, sent: world.sent, given_up: world.given_up, loose });
  done = [];
  gone = [];
  loose = [];
  world.sent = [];
  world.given_up = [];
}
