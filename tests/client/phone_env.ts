/** An `Env` for tests: a virtual clock with timers, seeded chance, fake IndexedDB, and a network that a test scripts. */
import { gzipSync } from 'node:zlib';
import { IDBFactory } from 'fake-indexeddb';
import { webcrypto } from 'node:crypto';
import type { Env } from '../../static/src/store/index';

export const START = Date.UTC(2026, 10, 24, 1, 0, 0);

export class World {
  now = START;
  private timers: { at: number; call: () => void; id: number }[] = [];
  private next = 1;
  private seed = 42;
  readonly channels = new Map<string, Set<(message: unknown) => void>>();
  readonly held = new Set<string>();

  random = (): number => {
    this.seed = (this.seed * 1664525 + 1013904223) >>> 0;
    return this.seed / 2 ** 32;
  };
  setTimeout = (call: () => void, ms: number): number => {
    const id = this.next++;
    this.timers.push({ at: this.now + ms, call, id });
    return id;
  };
  clearTimeout = (id: unknown): void => {
    this.timers = this.timers.filter((timer) => timer.id !== id);
  };
  timersWaiting(): number {
    return this.timers.length;
  }
  /** Lets virtual time pass; each timer due runs, with what it started, before the next. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      this.timers.sort((a, b) => a.at - b.at);
      const first = this.timers[0];
      if (!first || first.at > end) break;
      this.timers.shift();
      this.now = Math.max(this.now, first.at);
      first.call();
      await settle();
    }
    this.now = end;
    await settle();
  }
}

/** Long enough for a cycle over fake IndexedDB and webcrypto, both of which use real ticks. */
export async function settle(turns = 60): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export class Ballast {
  filled = true;
  releases = 0;
  fill = async (_may_try: boolean): Promise<boolean> => this.filled;
  release = async (): Promise<boolean> => {
    this.releases += 1;
    const was = this.filled;
    this.filled = false;
    return was;
  };
}

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;
export const offline: Fetch = () => Promise.reject(new TypeError('Failed to fetch'));

/** One browser: several `env()` of it are its tabs, sharing database, locks and channels. */
export class Browser {
  indexedDB: IDBFactory | undefined = new IDBFactory();
  ballast = new Ballast();
  fetch: Fetch = offline;
  private locks = new Set<string>();
  private channels = new Map<string, Set<(message: unknown) => void>>();

  constructor(readonly world: World) {}

  env(): Env {
    const { world } = this;
    const env: Env = {
      now: () => world.now,
      setTimeout: world.setTimeout,
      clearTimeout: world.clearTimeout,
      random: world.random,
      randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(world.random() * 256)),
      subtle: webcrypto.subtle as unknown as SubtleCrypto,
      fetch: (url, init) => this.fetch(url, init),
      locks: {
        tryRun: async (name, work) => {
          if (this.locks.has(name)) return false;
          this.locks.add(name);
          try {
            await work();
          } finally {
            this.locks.delete(name);
          }
          return true;
        },
      },
      channel: (name, onMessage) => {
        const ears = this.channels.get(name) ?? new Set();
        this.channels.set(name, ears.add(onMessage));
        return {
          post: (message) => {
            const copy = structuredClone(message);
            for (const ear of ears) if (ear !== onMessage) setImmediate(() => ears.has(ear) && ear(copy));
          },
          close: () => void ears.delete(onMessage),
        };
      },
      ballast: this.ballast,
      device: { label: 'test phone', platform: 'node' },
      kdf_rounds: 1,
      gzip: async (bytes) => new Uint8Array(gzipSync(bytes)),
    };
    if (this.indexedDB) env.indexedDB = this.indexedDB as unknown as IDBFactory & globalThis.IDBFactory;
    return env;
  }
  /** The process dies: nothing of it speaks or locks any more; the disk stays. */
  kill(): void {
    this.locks.clear();
    for (const ears of this.channels.values()) ears.clear();
  }
}
