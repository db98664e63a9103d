/**
 * Pulling: one answer of the feeds becomes one transaction over pages, index and cursor. Nothing of a revoked stream
 * is purged before the outbox was drained, and nothing is wiped before everything was handed over.
 */
import { doubtPhotos, layBlocks, uuid7 } from '../store/index';
import { OPEN_PAGES } from '../store/mirror';
import { dropOwn, forgetUnseen, recordLate, shutIfSent } from '../store/outcomes';
import { forgetTaken } from '../store/unseen';
import type { Head, LocalStore, Result, Row, StreamBlock } from '../store/index';
import type { Session } from './session';
import { stateWriter, writeState } from './sync_state';
import type { SyncState } from './sync_state';

export const MAX_BYTES = 262_144;
const FIRST_MAX_BYTES = 1_048_576;
const MET_IN_CONFLICT = ['record', 'household', 'place'];

interface PullAnswer {
  epoch: string;
  server_time?: number;
  scope_version: number;
  grant?: string[];
  revoke?: string[];
  streams: StreamBlock[];
  cursor: string;
  more?: boolean;
}
export type PullStep = 'done' | 'more' | 'wiped' | 'stop' | 'new_epoch' | { failed: true; retry_after_ms?: number };

const isPullAnswer = (body: unknown): body is PullAnswer => {
  const answer = body as Partial<PullAnswer> | undefined;
  return typeof answer?.epoch === 'string' && Array.isArray(answer.streams) && typeof answer.cursor === 'string';
};

export class Pull {
  /** ids named by a reading from the beginning; lives in memory only, such a reading starts anew after a kill */
  private seen: Set<string> | undefined;
  /** the reading to which `seen` belongs */
  private reading: string | undefined;
  /** own rows whose acts were applied before the last answer was asked for: it shows them, or nothing will */
  private settled = new Set<string>();

  constructor(
    private session: Session,
    private state: SyncState,
    private newEpoch: (epoch: string) => Promise<void>,
    private wipe: () => Promise<void>,
  ) {}

  private get store(): LocalStore {
    return this.session.store;
  }

  /** One page of the feed. */
  async step(): Promise<PullStep> {
    const { state, store } = this;
    await store.mirror.load();
    if (store.mirror.spoilt.size) await this.dropSpoilt();
    if (!state.rereading || state.reading !== this.reading) this.seen = undefined;
    if ((state.rereading && !this.seen) || (state.cursor === undefined && !this.seen && this.store.mirror.count())) {
      await this.startRereading();
    }
    const from_start = state.cursor === undefined;
    this.noteSettled();
    const answer = await this.session.say({ method: 'GET', path: this.path() });
    if (answer.kind === 'stop') return 'stop';
    if (answer.kind === 'problem' && answer.status === 410 && answer.code === 'cursor_expired') {
      if (from_start) return { failed: true };
      await this.startRereading();
      return 'more';
    }
    if (answer.kind !== 'ok') {
      return answer.retry_after_ms === undefined ? { failed: true } : { failed: true, retry_after_ms: answer.retry_after_ms };
    }
    // ours to a reading from the beginning has a body, if an empty feed; a proxy may say 204 to anything
    if (answer.status === 204) return from_start ? { failed: true } : this.finish();
    const wipe = answer.body as { wipe?: unknown; epoch?: unknown };
    if (wipe.wipe === true) return this.wipeIfHandedOver(wipe.epoch);
    if (!isPullAnswer(answer.body)) return { failed: true };
    this.session.heardTime(answer.body.server_time);
    if (answer.body.epoch !== this.store.session.epoch) {
      await this.newEpoch(answer.body.epoch);
      return 'new_epoch';
    }
    if (this.hasHole(answer.body.streams)) {
      await this.startRereading();
      return { failed: true };
    }
    return this.lay(answer.body);
  }

  private path(): string {
    const { cursor } = this.state;
    const query = new URLSearchParams({ max_bytes: String(cursor === undefined ? FIRST_MAX_BYTES : MAX_BYTES) });
    if (cursor !== undefined) query.set('cursor', cursor);
    query.set('device_id', this.store.outbox_state.meta.device);
    return `/api/v1/sync/pull?${query}`;
  }
  /** From the beginning over what we have: at the end, what was not named is taken away. */
  async startRereading(): Promise<void> {
    const { state } = this;
    delete state.cursor;
    state.counters = {};
    state.rereading = this.store.mirror.count() > 0;
    this.seen = state.rereading ? new Set() : undefined;
    state.reading = this.reading = uuid7(this.store.env);
    await writeState(this.store, state);
  }
  /** What no longer opens is not looked for again: the feed gives its rows once more. The reading is begun first, a kill between the two loses nothing. */
  private async dropSpoilt(): Promise<void> {
    await this.startRereading();
    const { mirror } = this.store;
    const pages = [...mirror.inner().keys()]; // all that are spoilt are found now: one reading anew is enough
    while (pages.length) await mirror.openPages(pages.splice(0, OPEN_PAGES));
    const change = mirror.change();
    change.purge(mirror.spoilt);
    await change.commit(() => {});
  }
  private noteSettled(): void {
    const { own, heads } = this.store.outbox_state;
    this.settled = new Set([...own.keys()].filter((id) => heads.get(id)?.state === 'applied'));
  }
  private hasHole(blocks: StreamBlock[]): boolean {
    return blocks.some(({ stream, from }) => {
      const have = this.state.counters[stream];
      return have !== undefined && typeof from === 'number' && from > have;
    });
  }

  private async lay(answer: PullAnswer): Promise<PullStep> {
    const { state, store } = this;
    const change = store.mirror.change();
    const granted = new Set(answer.grant ?? []);
    // a stream that came back before it was purged is read anew: clear the old rows first
    const back = new Set(state.revoked.filter((stream) => granted.has(stream)));
    const revoked = [...new Set([...state.revoked, ...(answer.revoke ?? [])])].filter((stream) => !granted.has(stream));
    const purge = new Set([...back, ...(this.isDrained() ? revoked : [])]);
    change.purge(purge);
    await layBlocks(change, answer.streams, this.seen);
    const done = answer.more !== true || answer.cursor === state.cursor; // a feed that stands still is read
    if (done && this.seen) await change.keepOnly(this.seen);
    if (store.mirror.spoilt.size) return 'more'; // met just now: nothing of this answer is kept, the next step begins anew
    const next: SyncState = {
      ...state,
      cursor: answer.cursor,
      scope_version: answer.scope_version,
      counters: counted(state.counters, answer.streams, revoked),
      revoked: revoked.filter((stream) => !purge.has(stream)),
      rereading: state.rereading && !done,
    };
    const put = await stateWriter(store, next);
    // before the cursor: behind it a kill between the two would lose what is told but once
    await this.lateOutcomes(answer.streams);
    await doubtPhotos(store.outbox_state, notHeld(answer.streams));
    await change.commit(put);
    Object.assign(state, next);
    if (done) this.seen = undefined;
    store.changed(...change.kinds);
    return done ? this.finish() : 'more';
  }
  private isDrained(): boolean {
    const { outbox_state } = this.store;
    return !outbox_state.holds.size && !outbox_state.queued('urgent').length && !outbox_state.queued('normal').length;
  }

  /** The feed was read to its end: purge what waited for the outbox, drop own rows that the server's have replaced. */
  private async finish(): Promise<PullStep> {
    const { state, store } = this;
    if (state.revoked.length && this.isDrained()) {
      const change = store.mirror.change();
      change.purge(new Set(state.revoked));
      const put = await stateWriter(store, { ...state, revoked: [] });
      await change.commit(put);
      state.revoked = [];
      store.changed(...change.kinds);
    }
    await this.dropArrived();
    const isSeen = (kind: string, id: string) => store.mirror.pageOf(kind, id) !== undefined;
    await forgetUnseen(store.outbox_state, (id) => MET_IN_CONFLICT.some((kind) => isSeen(kind, id)));
    if (await forgetTaken(store.outbox_state, isSeen)) store.changed('draft');
    if (state.scope_version !== undefined && state.scope_version !== store.session.scope_version) await this.session.renew();
    return 'done';
  }
  private async dropArrived(): Promise<void> {
    const { outbox_state, mirror } = this.store;
    const arrived: string[] = [];
    for (const own of outbox_state.own.values()) {
      const head = outbox_state.heads.get(own.id);
      if (!head) {
        if (!outbox_state.holds.has(own.id)) arrived.push(own.id);
        continue;
      }
      const version = mirror.versionOf(own.kind, own.object);
      // laid over a row of the server's that has left this person's sight
      if (isOver(head) && own.row.version !== undefined && version === undefined) arrived.push(own.id);
      if (head.state !== 'applied') continue;
      const is_there = version !== undefined && version >= (head.version ?? 0);
      // applied before the feed was read to its end, and not in it: it has left this person's sight
      if (is_there || (version === undefined && this.settled.has(own.id))) arrived.push(own.id);
    }
    const kinds = new Set(arrived.map((id) => outbox_state.own.get(id)!.kind));
    await dropOwn(outbox_state, arrived);
    if (arrived.length) this.store.changed(...kinds);
  }
  /** Outcomes of mutations that the server had to hold until an earlier version was there again. */
  private async lateOutcomes(blocks: StreamBlock[]): Promise<void> {
    const rows = blocks.flatMap((block) => (block.put?.['outcome'] ?? []) as (Row & Partial<Result>)[]);
    const results = rows.filter((row): row is Row & Result => typeof row.outcome === 'string');
    if (results.length) await recordLate(this.store.outbox_state, results);
  }

  private async wipeIfHandedOver(epoch: unknown): Promise<PullStep> {
    if (typeof epoch === 'string' && epoch !== this.store.session.epoch) {
      await this.newEpoch(epoch); // a restored server may have forgotten what it had: hand it over again first
      return 'new_epoch';
    }
    if (!(await shutIfSent(this.store.outbox_state))) return { failed: true };
    await this.wipe();
    return 'wiped';
  }
}

/** Not taken by the server, and it will not be: what it held until an earlier version is back may be yet. */
const isOver = ({ state, held }: Head) => (state === 'refused' || state === 'deferred') && !held;

/** Photos that rows name and the server does not hold, or no longer. */
function notHeld(blocks: StreamBlock[]): string[] {
  const rows = blocks.flatMap(({ put }) => Object.values(put ?? {}).flat());
  const photos = rows.flatMap((row) => (row['photos'] ?? []) as { sha256: string; held?: boolean }[]);
  return photos.filter((photo) => photo?.held === false).map(({ sha256 }) => sha256);
}

function counted(old: Record<string, number>, blocks: StreamBlock[], revoked: string[]): Record<string, number> {
  const counters = { ...old };
  for (const { stream, to } of blocks) if (typeof to === 'number') counters[stream] = to;
  for (const stream of revoked) delete counters[stream];
  return counters;
}
