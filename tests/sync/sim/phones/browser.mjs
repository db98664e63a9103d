/**
 * One phone: a browser with a disk, tabs, locks and channels, over the world's clock and network. Each start of the
 * browser is a *life*; what an ended life still wants to do reaches nobody (its disk is a copy that is thrown away).
 */
import { gzipSync } from 'node:zlib';
import { IDBFactory } from 'fake-indexeddb';
import { chance } from './chance.mjs';
import { copyDisk, killConnections } from './disk.mjs';
import { subtle } from './subtle.mjs';

/** The clock, the timers and the requests under way of all phones. */
export class World {
  now = 0;
  timers = [];
  requests = new Map();
  /** requests that left a phone since the driver was last told */
  sent = [];
  given_up = [];
  numbers = 0;

  later(life, call, ms) {
    this.numbers += 1;
    const timer = { at: Math.ceil(this.now + Math.max(0, ms)), number: this.numbers, life, call };
    this.timers.push(timer);
    return timer;
  }
  never(timer) {
    const at = this.timers.indexOf(timer);
    if (at >= 0) this.timers.splice(at, 1);
  }
  first() {
    let first;
    for (const timer of this.timers) {
      if (!first || timer.at < first.at || (timer.at === first.at && timer.number < first.number)) first = timer;
    }
    return first;
  }
  forget(life) {
    this.timers = this.timers.filter((timer) => timer.life !== life);
    for (const [number, request] of this.requests) if (request.life === life) this.requests.delete(number);
  }
  send(life, url, init = {}) {
    return new Promise((resolve, reject) => {
      if (life.is_over) return;
      if (init.signal?.aborted) return reject(aborted());
      this.numbers += 1;
      const number = this.numbers;
      this.requests.set(number, { life, resolve, reject });
      init.signal?.addEventListener('abort', () => {
        if (!this.requests.delete(number)) return;
        this.given_up.push(number);
        reject(aborted());
      });
      const body = init.body ? Buffer.from(init.body).toString('base64') : '';
      this.sent.push({ n: number, p: life.name, m: init.method ?? 'GET', u: url, h: init.headers ?? {}, b: body });
    });
  }
  answer(number, status, headers, body) {
    const request = this.requests.get(number);
    if (!request) return;
    this.requests.delete(number);
    if (!status) return request.reject(new TypeError('Failed to fetch'));
    request.resolve({ status, headers: new Headers(headers), text: async () => body });
  }
}
const aborted = () => new DOMException('aborted', 'AbortError');

export class Browser {
  disk = new IDBFactory();
  skew = 0;
  has_ballast = true;
  tabs = [];

  constructor(world, name, seed, create) {
    Object.assign(this, { world, name, create, chance: chance(seed) });
    this.begin();
  }
  begin() {
    this.life = { name: this.name, is_over: false, locks: new Set(), channels: new Map() };
    this.tabs = [];
  }
  /** The process dies. `turns` tasks of it may still run before (see main.mjs). */
  crash() {
    this.end();
    this.disk = copyDisk(this.disk, true);
    this.begin();
  }
  end() {
    this.life.is_over = true;
    this.life.channels.clear();
    this.world.forget(this.life);
  }
  /** Site data wiped by the system: the page goes with it. */
  loseDisk() {
    this.end();
    this.disk = new IDBFactory();
    this.begin();
  }
  takeDiskOf(other) {
    this.end();
    this.disk = copyDisk(other.disk, false);
    this.skew = other.skew;
    this.begin();
  }
  killConnections() {
    killConnections(this.disk);
  }

  open() {
    const phone = this.create(this.env());
    this.tabs.push(phone);
    return phone;
  }

  env() {
    const { world, life } = this;
    return {
      now: () => world.now + this.skew,
      setTimeout: (call, ms) => world.later(life, call, ms),
      clearTimeout: (timer) => world.never(timer),
      random: this.chance.random,
      randomBytes: this.chance.bytes,
      subtle,
      indexedDB: this.disk,
      fetch: (url, init) => world.send(life, url, init),
      gzip: async (bytes) => new Uint8Array(gzipSync(bytes)),
      locks: { tryRun: (name, work) => tryRun(life, name, work) },
      channel: (name, hear) => channel(life, name, hear),
      ballast: {
        fill: async () => this.has_ballast,
        release: async () => {
          const was = this.has_ballast;
          this.has_ballast = false;
          return was;
        },
      },
      device: { label: this.name, platform: 'simulator' },
      kdf_rounds: 1,
    };
  }
}

async function tryRun(life, name, work) {
  if (life.locks.has(name)) return false;
  life.locks.add(name);
  try {
    await work();
  } finally {
    life.locks.delete(name);
  }
  return true;
}

function channel(life, name, hear) {
  const ears = life.channels.get(name) ?? new Set();
  life.channels.set(name, ears.add(hear));
  return {
    post: (message) => {
      const copy = structuredClone(message);
      for (const ear of ears) if (ear !== hear) setImmediate(() => !life.is_over && ears.has(ear) && ear(copy));
    },
    close: () => void ears.delete(hear),
  };
}
