/** A phone and a scripted server, made anew before each test; the engine runs only when told to. */
import { beforeEach } from 'vitest';
import type { LocalStore } from '../../../static/src/store/index';
import { createPhone } from '../../../static/src/sync/index';
import type { LocalPhone } from '../../../static/src/sync/index';
import { Browser, World } from '../phone_env';
import { FakeServer } from './fake_server';

let count = 0;
export const uuid = (n: number): string => `01930000-0000-7000-9000-${String(n).padStart(12, '0')}`;
export const nextId = (): string => uuid(++count);

/** One report of a hazard, as a screen would hand it over. */
export function hazard(id = nextId(), more: object = {}) {
  return { name: 'hazards.report', payload: { id, note: '灭火器过期' }, shows: { kind: 'record', row: { id, kind: 'hazard', state: 'open' } }, ...more };
}

export class Desk {
  world = new World();
  browser = new Browser(this.world);
  server = new FakeServer(() => this.world.now);
  phone!: LocalPhone;
  store!: LocalStore;

  async signIn(): Promise<void> {
    this.browser.fetch = this.server.fetch;
    this.phone = createPhone(this.browser.env());
    this.phone.manual = true;
    const opened = await this.phone.signIn('worker', 'secret');
    if ('problem' in opened) throw new Error(opened.problem.code);
    this.store = opened.store;
  }
  /** The process is killed and started again; the disk stays. */
  async restart(): Promise<void> {
    this.browser.kill();
    this.phone = createPhone(this.browser.env());
    this.phone.manual = true;
    this.store = (await this.phone.resume())!;
  }
  async save(more: object = {}): Promise<string> {
    const saved = await this.store.act(hazard(undefined, more));
    if (!saved.saved) throw new Error(saved.reason);
    return saved.mutation_id;
  }
  /** One cycle; a slip inside the phone is an error, a bad link is not. */
  async run(): Promise<string> {
    const result = await this.phone.engine!.runOnce();
    if (this.phone.engine?.last_error) throw this.phone.engine.last_error;
    return result;
  }
}

/** The desk of the present test. */
export const desk = { now: new Desk() };
export function deskBeforeEach(): void {
  beforeEach(async () => {
    desk.now = new Desk();
    await desk.now.signIn();
  });
}
