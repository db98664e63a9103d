/**
 * Random acts and faults against the engine, seeded: every saved act is on the server exactly once or visible as
 * refused, no number is skipped, and at the end both sides show the same. The long proof with the real server is
 * tests/sync; this one finds a slip in seconds.
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPhone } from '../../../static/src/sync/index';
import type { LocalPhone } from '../../../static/src/sync/index';
import type { LocalStore } from '../../../static/src/store/index';
import { Browser, World } from '../phone_env';
import { FakeServer, PERSON, problem } from './fake_server';

class Story {
  world = new World();
  browser = new Browser(this.world);
  server = new FakeServer(() => this.world.now);
  phone!: LocalPhone;
  store!: LocalStore;
  saved = new Map<string, { mutation: string; photos: string[] }>();
  undone = new Set<string>();
  dice: () => number;

  constructor(seed: number) {
    let state = seed * 7919 + 13;
    this.dice = () => {
      state = (state * 1664525 + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    this.browser.fetch = this.server.fetch;
    this.server.judge = (mutation) => (mutation.payload.includes('REFUSE') ? { outcome: 'refused', problem: { code: 'invalid', status: 422 } } : undefined);
  }
  async start(): Promise<void> {
    this.phone = createPhone(this.browser.env());
    this.phone.manual = true;
    const resumed = await this.phone.resume();
    if (resumed) this.store = resumed;
    else {
      const opened = await this.phone.signIn('worker', 'secret');
      if ('problem' in opened) throw new Error(opened.problem.code);
      this.store = opened.store;
    }
  }
  pick<T>(of: T[]): T {
    return of[Math.floor(this.dice() * of.length)]!;
  }
  faults(): void {
    const kind = this.pick(['none', 'none', 'none', 'drop', 'lose', '503', 'html', 'csrf', 'some']);
    if (kind === 'csrf') this.server.csrf = `token-${this.dice()}`;
    this.server.fault = ({ path }) => {
      if (!path.startsWith('/api/v1/s') && !path.startsWith('/api/v1/u') && !path.startsWith('/api/v1/p')) return undefined;
      if (kind === 'drop' || (kind === 'some' && this.dice() < 0.3)) return Promise.reject(new TypeError('drop'));
      if (kind === 'lose' || (kind === 'some' && this.dice() < 0.3)) return 'lose_answer';
      if (kind === '503') return problem(503, 'unavailable');
      return kind === 'html' ? new Response('<html></html>') : undefined;
    };
  }
  async act(n: number): Promise<void> {
    const id = `r${n}`;
    const photos: string[] = [];
    if (this.dice() < 0.3) {
      const bytes = Uint8Array.from({ length: 1000 + n }, (_, at) => (at * (n + 3)) % 251);
      photos.push(await this.store.keepPhoto(bytes, 'image/jpeg'));
      expect(photos[0]).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    const hold_ms = this.dice() < 0.3 ? 5000 : 0;
    const note = this.dice() < 0.1 ? 'REFUSE' : 'ok';
    const saved = await this.store.act({ name: 'x', payload: { id, note }, photos, hold_ms, lane: this.dice() < 0.2 ? 'urgent' : 'normal', shows: { kind: 'record', row: { id, note } } });
    if (!saved.saved) throw new Error(saved.reason);
    this.saved.set(id, { mutation: saved.mutation_id, photos });
    if (hold_ms && this.dice() < 0.4 && (await this.store.undo(saved.mutation_id))) {
      this.saved.delete(id);
      this.undone.add(id);
    }
  }
  /** The server goes back to an earlier backup. */
  restore(): void {
    const { server } = this;
    const keep = Math.floor(server.applied.length * this.dice());
    const kept = new Set(server.applied.slice(0, keep).map((one) => one.id));
    server.applied = server.applied.slice(0, keep);
    for (const id of [...server.outcomes.keys()]) {
      if (!kept.has(id)) {
        server.outcomes.delete(id);
        server.hashes.delete(id);
      }
    }
    for (const device of server.devices.values()) {
      // a number counts as used up to the first that is not kept
      for (const lane of ['urgent', 'normal'] as const) {
        const rows = [...this.store.outbox_state.heads.values()].filter((head) => head.lane === lane).sort((a, b) => a.seq - b.seq);
        const first = rows.find((head) => !kept.has(head.id));
        device.expected[lane] = Math.min(device.expected[lane], first?.seq ?? device.expected[lane]);
      }
    }
    server.photos = new Set([...server.photos].filter(() => this.dice() < 0.5));
    server.feeds.clear();
    for (const one of server.applied) server.put('grid:g1', 'record', { ...(JSON.parse(one.payload) as { id: string }), version: 1 });
    server.epoch = `e${this.dice()}`;
  }
  async cycle(): Promise<void> {
    const result = await this.phone.engine!.runOnce();
    if (this.phone.engine!.last_error) throw this.phone.engine!.last_error;
    expect(['done', 'failed', 'stopped']).toContain(result);
  }
  async crash(): Promise<void> {
    const running = this.dice() < 0.5 ? this.phone.engine!.runOnce().catch(() => 'failed') : undefined;
    for (let n = 0; n < this.dice() * 40; n += 1) await new Promise((resolve) => setImmediate(resolve));
    const old = this.phone;
    this.browser.kill();
    // a dead process says nothing any more
    old.env.fetch = () => new Promise(() => {});
    void running;
    await this.start();
  }
}

async function tell(seed: number, steps: number): Promise<void> {
  const story = new Story(seed);
  await story.start();
  for (let n = 0; n < steps; n += 1) {
    const roll = story.dice();
    if (roll < 0.45) await story.act(n);
    else if (roll < 0.75) await story.cycle();
    else if (roll < 0.85) story.faults();
    else if (roll < 0.92) await story.crash();
    else if (roll < 0.94) story.restore();
    else story.world.now += Math.floor(story.dice() * 20_000);
  }
  story.server.fault = () => undefined;
  story.world.now += 10_000;
  for (let n = 0; n < 6; n += 1) await story.cycle();
  const { server, store, saved } = story;
  const once = server.applied.map((one) => (JSON.parse(one.payload) as { id: string }).id);
  expect(new Set(once).size).toBe(once.length);
  const refused = new Set((await store.outbox()).filter((one) => one.state === 'refused').map((one) => one.shows!.id));
  for (const [id, { photos }] of saved) {
    expect(once.includes(id) || refused.has(id), `seed ${seed}: ${id} is nowhere`).toBe(true);
    if (once.includes(id)) for (const sha of photos) expect(server.photos.has(sha), `seed ${seed}: photo of ${id}`).toBe(true);
  }
  for (const id of story.undone) expect(once).not.toContain(id);
  expect(server.lost).toEqual([]);
  expect(store.status()).toMatchObject({ waiting: 0, online: true });
  const shown = (await store.list('record')).map((row) => [row.id, row.delivery]);
  expect(new Map(shown as [string, string][])).toEqual(new Map([...saved.keys()].sort().map((id) => [id, refused.has(id) ? 'refused' : 'delivered'])));
  expect(server.signed_in).toBe(PERSON);
}

describe('by chance', () => {
  const seeds = Number(process.env['SEEDS'] ?? 12);
  for (let seed = 1; seed <= seeds; seed += 1) it(`seed ${seed}`, () => tell(seed, 120));
});
