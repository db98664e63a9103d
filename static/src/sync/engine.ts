/**
 * The engine of one person: a cycle is push (urgent lane and its photos first), photos, pull, under one lock however
 * many tabs and workers are open. It is woken by saving, starting, `online`, becoming visible, a tick while visible,
 * the service worker, other tabs and the person; after a failure it waits (backoff.ts), and nothing is ever dropped.
 */
import { clearOldFixes, clearOldReceipts, doubtAllPhotos } from '../store/index';
import { sweepPhotos } from '../store/photo_sweep';
import { keepUntilDurable, sendAgain, setRegistered, takeNewDevice } from '../store/outcomes';
import type { Lane, LocalStore, Row } from '../store/index';
import { ownOlder } from './archive';
import type { OlderPage } from './archive';
import { Backoff } from './backoff';
import { Pull } from './pull';
import { Push } from './push';
import { Session } from './session';
import type { Host } from './who';
import { readState, writeState } from './sync_state';
import type { SyncState } from './sync_state';
import { ALARM_TICK_MS, TICK_MS } from './ticks';
import { Thumbs } from './thumbs';
import { Uploads } from './uploads';

const LOCK_BUSY_MS = 1500;
const CLEAN_MS = 3600_000;
const MOST_EPOCHS = 4;

export type Wake = 'save' | 'start' | 'online' | 'visible' | 'tick' | 'worker' | 'told' | 'retry';
/** How a cycle ended: everything done, cut short by the link, not signed in, busy elsewhere, or wiped. */
export type RunResult = 'done' | 'failed' | 'stopped' | 'busy' | 'wiped';
type Ended = 'failed' | 'stop' | 'wiped';
class Cut extends Error {
  constructor(
    readonly how: Ended,
    readonly retry_after_ms?: number,
  ) {
    super(how);
  }
}

export class Engine {
  readonly session: Session;
  /** true: nothing runs by itself, only `runOnce` (a simulation steps by hand) */
  manual = false;
  /** what went wrong inside this phone in the last cycle that failed without the link's fault */
  last_error: unknown;
  private backoff: Backoff;
  private state: SyncState | undefined;
  private push!: Push;
  private pull!: Pull;
  private uploads: Uploads;
  readonly thumbs: Thumbs;
  private running: Promise<void> | undefined;
  private again = false;
  private hurry = false;
  private timer: unknown;
  private visible = false;
  /** by the server's clock; 0: no call-out is open */
  private alarm_until = 0;
  private epochs_met = 0;
  private stopped = false;
  private lock: string;

  constructor(
    readonly store: LocalStore,
    private host: Host,
  ) {
    this.session = new Session(store, host);
    this.backoff = new Backoff(store.env);
    this.uploads = new Uploads(this.session);
    this.thumbs = new Thumbs(this.session);
    this.lock = `gridwalk-sync-${store.session.person.id}`;
    store.wake = (why) => this.wake(why);
  }

  /** Something may have changed: run soon. What waits for backoff is only hurried by news that the link is back. */
  wake(why: Wake): void {
    if (this.stopped || this.manual) return;
    if (why === 'visible') this.visible = true;
    const looked_at = why === 'tick' && this.visible; // a minute's tick tries, as every pull of a minute does
    const is_hurry = why === 'online' || why === 'retry' || why === 'visible' || why === 'save' || looked_at;
    if (is_hurry) this.backoff.forgive();
    if (this.running) {
      this.again = true;
      this.hurry ||= is_hurry;
      this.thumbs.cut();
      return;
    }
    const wait = this.backoff.wait();
    if (wait > 0) return this.arm(wait);
    this.running = this.runs().finally(() => {
      this.running = undefined;
    });
  }
  /** Own records that have left this phone, a page behind `after`. Online only; throws without a link. */
  older(after?: Row): Promise<OlderPage> {
    return ownOlder(this.session, after);
  }
  /** The page is hidden: no ticks until it is visible again. */
  hidden(): void {
    this.visible = false;
  }
  /** Resolves when no cycle is running any more. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }
  async stop(): Promise<void> {
    this.stopped = true;
    this.again = false;
    this.store.env.clearTimeout(this.timer);
    this.session.cut();
    this.thumbs.cut();
    await this.idle();
  }

  private async runs(): Promise<void> {
    do {
      this.again = false;
      this.hurry = false;
      const result = await this.runOnce();
      this.plan(result);
      if (result !== 'done' && !(result === 'failed' && this.mayHurry())) return;
    } while (this.again && !this.stopped);
  }
  /** Something new came while a try was failing: it does not wait for that try's backoff, only for what the server asked. */
  private mayHurry(): boolean {
    if (!this.hurry) return false;
    this.backoff.forgive();
    return this.backoff.wait() === 0;
  }
  private plan(result: RunResult): void {
    if (this.stopped || result === 'wiped') return;
    if (result === 'busy' && this.store.status().waiting) return this.arm(LOCK_BUSY_MS);
    if (result === 'failed') return this.arm(this.visible ? Math.min(this.backoff.wait(), this.tick()) : this.backoff.wait());
    if (this.visible) this.arm(this.tick());
  }
  private tick(): number {
    return this.store.env.now() + this.store.clock_skew_ms < this.alarm_until ? ALARM_TICK_MS : TICK_MS;
  }
  /** A call-out whose time is over asks for no haste, though the server's word of its end has not come. */
  private async heedAlarm(): Promise<void> {
    const open = await this.store.list('callout', { state: 'open' });
    this.alarm_until = Math.max(0, ...open.map((one) => Number(one['ends_at'] ?? 0)));
  }
  private arm(ms: number): void {
    const { env } = this.store;
    env.clearTimeout(this.timer);
    this.timer = env.setTimeout(() => this.wake('tick'), Math.max(50, ms));
  }

  /** One whole cycle, now, whatever the backoff says; where another tab or worker is at it, that one is asked to go on. */
  async runOnce(): Promise<RunResult> {
    let result: RunResult = 'busy';
    const ran = await this.store.env.locks.tryRun(this.lock, async () => {
      result = await this.cycle();
    });
    if (!ran) this.store.askOthers();
    return result;
  }

  private async cycle(): Promise<RunResult> {
    if (this.store.closed) return 'stopped';
    try {
      this.epochs_met = 0;
      this.uploads.tryAll();
      await this.prepare();
      await this.session.leaveCookie();
      await this.register();
      await this.sendAll();
      await this.pullAll();
      await this.heedAlarm();
      await this.sendAll(); // what was queued, rewound or renumbered meanwhile
      await this.clean();
      await this.store.keepClock();
      const is_quiet = !this.manual && !this.again && !this.stopped;
      if (is_quiet) await this.thumbs.step(this.tick() === TICK_MS).catch(() => {}); // they can wait for another time
      if (this.uploads.hasPutOff) {
        this.backoff.failed();
        return 'failed'; // texts and feed have passed; these pictures are tried again later
      }
      this.backoff.succeeded();
      return 'done';
    } catch (error) {
      if (!(error instanceof Cut)) {
        this.last_error = error;
        this.backoff.failed();
        return 'failed'; // the database is closing, full or killed: nothing was taken, try later
      }
      if (error.how === 'wiped') return 'wiped';
      if (error.how === 'stop') return 'stopped';
      this.backoff.failed(error.retry_after_ms);
      this.store.setEngineStatus({ online: false });
      return 'failed';
    }
  }

  private async prepare(): Promise<void> {
    const { store } = this;
    await store.refresh();
    if (store.outbox_state.meta.shut) {
      await this.wiped(); // begun before, and cut
      throw new Cut('wiped');
    }
    await store.promote();
    await this.heedAlarm();
    const kept = await readState(store);
    const state: SyncState = (this.state ??= { ...kept });
    delete state.cursor; // another tab may have begun to read anew
    Object.assign(state, kept);
    if (!this.push) {
      const newEpoch = (epoch: string) => this.newEpoch(epoch);
      this.push = new Push(this.session, newEpoch, {
        get: () => state.told,
        set: async (told) => {
          state.told = told;
          await writeState(store, state);
        },
      });
      this.pull = new Pull(this.session, state, newEpoch, () => this.wiped());
    }
    if (store.session.epoch !== state.epoch) {
      if (state.epoch === undefined) {
        state.epoch = store.session.epoch;
        await writeState(store, state);
      } else {
        store.session = { ...store.session, epoch: state.epoch }; // met as a new one, by an answer
      }
    }
  }

  private async register(): Promise<void> {
    const { store } = this;
    for (let tries = 0; !store.outbox_state.meta.registered && tries < 3; tries += 1) {
      const device_id = store.outbox_state.meta.device;
      const answer = await this.session.say({ method: 'POST', path: '/api/v1/devices', json: { device_id, ...store.env.device } });
      if (answer.kind === 'stop') throw new Cut('stop');
      if (answer.kind === 'problem' && answer.code === 'device_of_another_person') {
        await takeNewDevice(store.outbox_state, device_id);
        continue;
      }
      // a restricted session may only push, upload and pull; the server knows its device
      if (answer.kind === 'problem' && answer.code === 'restricted_session') return;
      if (answer.kind !== 'ok') throw new Cut('failed', answer.retry_after_ms);
      await setRegistered(store.outbox_state, true);
      const epoch = (answer.body as { epoch?: unknown } | undefined)?.epoch;
      if (typeof epoch === 'string' && epoch !== store.session.epoch) await this.newEpoch(epoch);
    }
  }

  /** Urgent texts, urgent photos, other texts, other photos; new urgent acts overtake at every step. */
  private async sendAll(): Promise<void> {
    for (let announce = this.backoff.trying_again; ; announce = false) {
      if (await this.pushLane('urgent', announce)) continue;
      if (await this.sendPhoto('urgent')) continue;
      if (await this.pushLane('normal', announce)) continue;
      if (await this.sendPhoto('normal')) continue;
      break;
    }
    if ((await this.checked(await this.push.announce())) === 'again') await this.register();
  }
  private async sendUrgent(): Promise<void> {
    while ((await this.pushLane('urgent', false)) || (await this.sendPhoto('urgent')));
  }
  private async pushLane(lane: Lane, announce: boolean): Promise<boolean> {
    await this.store.promote();
    const outbox = this.store.outbox_state;
    const many = outbox.queued(lane).length > 20;
    const step = await this.checked(await this.push.step(lane, announce || many));
    if (step === 'again') await this.register();
    return step !== 'empty';
  }
  private async checked<S extends string>(step: S | { failed: true; retry_after_ms?: number }): Promise<Exclude<S, 'stop'>> {
    if (typeof step === 'object') throw new Cut('failed', step.retry_after_ms);
    if (step === 'stop') throw new Cut('stop');
    return step as Exclude<S, 'stop'>;
  }
  private async sendPhoto(lane: Lane): Promise<boolean> {
    const before = this.uploads.ready(lane);
    if (!before.length) return false;
    await this.checked(await this.uploads.ask());
    const [next] = this.uploads.ready(lane);
    if (next === undefined) return true;
    const step = await this.uploads.send(next, lane);
    if (typeof step === 'object' && step.is_answered) this.uploads.putOff(next);
    else await this.checked(step);
    return true;
  }

  private async pullAll(): Promise<void> {
    for (;;) {
      const step = await this.checked(await this.pull.step());
      if (step === 'done') return;
      if (step === 'wiped') throw new Cut('wiped');
      if (step === 'new_epoch') {
        await this.register();
        await this.sendAll();
      }
      if (this.uploads.isUrgent()) await this.sendUrgent(); // the rest of a long feed does not go before an emergency
    }
  }

  /** The server was restored, or never saw what it had acknowledged: everything kept is sent again, the feed read anew. */
  private async newEpoch(epoch: string): Promise<void> {
    this.epochs_met += 1;
    if (this.epochs_met > MOST_EPOCHS) throw new Cut('failed'); // the server is being restored just now
    const { store, state } = this;
    await sendAgain(store.outbox_state, 'everything');
    await doubtAllPhotos(store.outbox_state);
    await setRegistered(store.outbox_state, false);
    Object.assign(state!, { epoch, told: { ids: [], photos: [] } });
    await this.pull.startRereading();
    store.session = { ...store.session, epoch };
    await this.host.saveSession(store.session);
    store.changed('outbox', 'photo');
    await this.register();
  }
  private async wiped(): Promise<void> {
    this.stopped = true;
    await this.host.wipe(this.store.session.person.id);
  }

  /** Once an hour at most: what is durable for 14 days, old fixes, the ballast. */
  private async clean(): Promise<void> {
    const { store, state } = this;
    const now = store.env.now();
    const is_time = Math.abs(now - state!.cleaned_at) >= CLEAN_MS;
    if (is_time && state!.cleaned_at) await this.session.renew(); // the server's time, and what it asks of phones now
    await keepUntilDurable(store.outbox_state, this.push.durable);
    if (!is_time) return;
    await this.checked(await this.uploads.ask());
    await sweepPhotos(store.outbox_state);
    await clearOldFixes(store.outbox_state);
    await clearOldReceipts(store.outbox_state);
    await store.measure();
    state!.cleaned_at = now;
    await writeState(store, state!);
  }
}
