/**
 * Pushing one lane: batches in order, every rule of an answer. The queue is the database's; this class only decides
 * what the next body holds and what an answer does to it.
 */
import { bodies, mutationHash, newestReceipt, photosFollow, wireOf } from '../store/index';
import { countAttempt, recordResults, sendAgain, takeNewDevice, voidMutation } from '../store/outcomes';
import { requeueDeferred } from '../store/requeue';
import type { Head, Lane, LocalStore, Problem, Result, Wire } from '../store/index';
import type { Said, Session } from './session';

export const MAX_MUTATIONS = 200;
/** of 1 MiB, the rest is for the envelope */
export const MAX_BYTES = 960 * 1024;
const MIN_BYTES = 16 * 1024;
const LANES: Lane[] = ['urgent', 'normal'];
/** with a code of ours: the server could not read the body, which is no verdict on what lies in it */
const UNREADABLE = new Set([400, 413, 422]);

export type Step = 'sent' | 'empty' | 'again' | { failed: true; retry_after_ms?: number } | 'stop';
interface PushAnswer {
  epoch: string;
  server_time?: number;
  expected: Record<Lane, number>;
  durable_through: Record<Lane, number>;
  results: Result[];
  prove?: boolean;
}
/** What the server was last told of the things that wait. */
export interface Told {
  ids: string[];
  photos: string[];
  /** the device under whose name it was told */
  device?: string;
}
interface Batch {
  heads: Head[];
  mutations: Wire[];
}
const isPushAnswer = (body: unknown): body is PushAnswer => {
  const answer = body as Partial<PushAnswer> | undefined;
  return typeof answer?.epoch === 'string' && Array.isArray(answer.results);
};
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

export class Push {
  private max_mutations = MAX_MUTATIONS;
  private max_bytes = MAX_BYTES;
  private lost: { lane: Lane; from: number; to: number }[] = [];
  private fruitless = 0;
  /** the server knows less than we do and asks for a receipt of its own to believe it */
  private is_asked = false;
  durable: Record<Lane, number> = { urgent: 0, normal: 0 };
  /** what the server wanted last: we never claim to hold outcomes beyond it, or it would see a restore in every push */
  private wanted: Partial<Record<Lane, number>> = {};

  constructor(
    private session: Session,
    /** the server speaks of another epoch: rewinds what is kept */
    private newEpoch: (epoch: string) => Promise<void>,
    private told: { get(): Told; set(told: Told): Promise<void> },
  ) {}

  private get store(): LocalStore {
    return this.session.store;
  }
  private get outbox() {
    return this.store.outbox_state;
  }

  /** One push of this lane. `announce` first tells what waits, for links on which the records themselves may not pass. */
  async step(lane: Lane, announce: boolean): Promise<Step> {
    if (announce) {
      const step = await this.announce();
      if (step !== 'empty' && step !== 'sent') return step;
    }
    const batch = await this.batch(lane);
    if (!batch.heads.length && !this.lost.length) return 'empty';
    return this.send(batch, this.max_mutations === MAX_MUTATIONS);
  }
  /** An empty push, when what waits has changed since it was last told. */
  async announce(): Promise<Step> {
    const nothing = { heads: [], mutations: [] };
    return this.isTold(nothing) ? 'empty' : this.send(nothing, true);
  }

  private acked(lane: Lane): number {
    return Math.min(this.outbox.acked(lane), (this.wanted[lane] ?? Infinity) - 1);
  }
  private waiting(): Head[] {
    return LANES.flatMap((lane) => this.outbox.queued(lane)).filter((head) => !head.voided).slice(0, MAX_MUTATIONS);
  }
  private unsentPhotos(): string[] {
    const photos = new Set(this.outbox.owedPhotos());
    for (const head of this.outbox.heads.values()) if (photosFollow(head)) for (const sha of head.photos) photos.add(sha);
    return [...photos].filter((sha) => this.outbox.photosWaiting([sha])).slice(0, 500);
  }
  /** Does the server know all that would still wait after this batch? What arrives it takes off the list by itself. */
  private isTold(batch: Batch): boolean {
    const { ids, photos, device } = this.told.get();
    if (device !== this.outbox.meta.device) return false; // a device that never spoke cannot be told to forget
    const known = new Set([...ids, ...batch.heads.map((head) => head.id)]);
    return this.waiting().every((head) => known.has(head.id)) && this.unsentPhotos().join() === photos.join();
  }

  /** The next mutations of this lane, cut at holes, at 200, and at the bytes that this link has carried so far. */
  private async batch(lane: Lane): Promise<Batch> {
    if (this.outbox.is_stale) await this.outbox.load();
    await requeueDeferred(this.outbox);
    const heads: Head[] = [];
    for (const head of this.outbox.queued(lane)) {
      if (heads.length >= this.max_mutations) break;
      if (heads.length && head.seq !== heads[heads.length - 1]!.seq + 1) break;
      heads.push(head);
    }
    const sent = await bodies(this.outbox, heads);
    const batch: Batch = { heads: [], mutations: [] };
    let bytes = 0;
    for (const [at, head] of heads.entries()) {
      const there = sent[at];
      if (!there && !head.voided) await voidMutation(this.outbox, head.id, { code: 'spoilt', status: 0 });
      const mutation = wireOf(head, there, this.store.moment());
      bytes += new TextEncoder().encode(JSON.stringify(mutation)).length + 1;
      if (batch.heads.length && bytes > this.max_bytes) break;
      batch.heads.push(head);
      batch.mutations.push(mutation);
    }
    return batch;
  }

  private async send(batch: Batch, may_tell: boolean): Promise<Step> {
    const { outbox, store } = this;
    const ids = batch.heads.map((head) => head.id);
    const device = outbox.meta.device;
    const body: Record<string, unknown> = {
      device_id: device,
      person: store.session.person.id,
      epoch: store.session.epoch,
      acked: { urgent: this.acked('urgent'), normal: this.acked('normal') },
      head: { urgent: outbox.meta.urgent, normal: outbox.meta.normal },
      mutations: batch.mutations,
    };
    if (this.lost.length) body['lost'] = this.lost;
    if (this.is_asked) body['proof'] = await newestReceipt(outbox);
    const told = may_tell && !this.isTold(batch) ? await this.tell(body) : undefined;
    outbox.sending = new Set(ids);
    if (ids.length) store.changed('outbox', ...kindsOf(batch.heads));
    let answer: Said;
    try {
      answer = await this.session.say({ method: 'POST', path: '/api/v1/sync/push', json: body, packed: true });
    } finally {
      outbox.sending = new Set();
    }
    const step = await this.take(answer, batch, device, told !== undefined);
    // refused beside mutations it was not heard, and is told again; refused alone, never again the same list
    if (told && (step === 'sent' || (step === 'untold' && !ids.length))) await this.told.set(told);
    store.changed('outbox', ...kindsOf(batch.heads));
    return step === 'untold' ? (ids.length ? 'again' : 'empty') : step;
  }
  private async tell(body: Record<string, unknown>): Promise<Told> {
    const heads = this.waiting();
    const sent = await bodies(this.outbox, heads);
    const photos = this.unsentPhotos();
    body['waiting'] = heads.flatMap(({ lane, seq, id, made_at }, at) => (sent[at] ? { lane, seq, id, name: sent[at].name, made_at } : []));
    body['unsent_photos'] = photos;
    return { ids: heads.map((head) => head.id), photos, device: this.outbox.meta.device };
  }

  private async take(answer: Said, batch: Batch, device: string, told: boolean): Promise<Step | 'untold'> {
    if (answer.kind === 'stop') return 'stop';
    if (answer.kind === 'ok' && isPushAnswer(answer.body)) return this.taken(answer.body, batch);
    if (answer.kind === 'problem') {
      if (told && UNREADABLE.has(answer.status)) {
        // perhaps only for what was told beside it: no verdict on a mutation
        if (batch.heads.length) this.max_mutations = Math.min(batch.heads.length, MAX_MUTATIONS - 1);
        return 'untold';
      }
      const step = await this.refused(answer, batch, device);
      if (step) return step;
    }
    countAttempt(this.outbox, batch.heads.map((head) => head.id));
    const is_cut = answer.kind === 'none' || (answer.kind === 'problem' && answer.status === 408);
    if (is_cut && batch.heads.length > 1) this.max_bytes = Math.max(MIN_BYTES, this.max_bytes / 2);
    const retry_after_ms = answer.kind === 'ok' ? undefined : answer.retry_after_ms;
    return retry_after_ms === undefined ? { failed: true } : { failed: true, retry_after_ms };
  }

  private async taken(answer: PushAnswer, batch: Batch): Promise<Step> {
    this.session.heardTime(answer.server_time);
    this.lost = [];
    this.is_asked = answer.prove === true;
    const recorded = await recordResults(this.outbox, await this.checked(answer.results, batch));
    if (answer.durable_through) this.durable = answer.durable_through;
    this.max_mutations = Math.min(MAX_MUTATIONS, this.max_mutations * 2);
    this.max_bytes = Math.min(MAX_BYTES, this.max_bytes * 2);
    this.wanted = answer.expected ?? {};
    if (answer.epoch !== this.store.session.epoch) {
      await this.newEpoch(answer.epoch);
      if (answer.expected) await this.rewindTo(answer.expected);
      return 'sent';
    }
    const behind = answer.expected ? await this.rewindTo(answer.expected) : false;
    if (recorded.length || !batch.heads.length) {
      this.fruitless = 0;
      return 'sent';
    }
    return behind && this.mayRepeat() ? 'again' : { failed: true };
  }

  /** A receipt over other bytes than ours is no proof of delivery: such an outcome is shown as refused. */
  private async checked(results: Result[], batch: Batch): Promise<Result[]> {
    const sent = new Map(batch.mutations.map((mutation) => [mutation.id, mutation]));
    return Promise.all(
      results.filter((result) => sent.has(result.id)).map(async (result) => {
        const { id, name, version, payload } = sent.get(result.id)!;
        if (!result.receipt || name === undefined) return result;
        const hash = await mutationHash(this.store.env, { id, name, version: version!, payload: payload! });
        if (hash === result.receipt.hash) return result;
        const problem: Problem = { code: 'receipt_mismatch', status: 0 };
        return { lane: result.lane, seq: result.seq, id, outcome: 'refused' as const, problem };
      }),
    );
  }

  private async refused(answer: Extract<Said, { kind: 'problem' }>, batch: Batch, device: string): Promise<Step | undefined> {
    const { status, code, problem } = answer;
    if (status === 409 && code === 'gap') return this.gap(problem);
    if (status === 409 && (code === 'device_cloned' || code === 'device_of_another_person')) {
      if (!this.mayRepeat()) return undefined;
      await takeNewDevice(this.outbox, device);
      this.wanted = {};
      this.lost = []; // numbers of the old name
      return 'again';
    }
    if (code === 'unknown_device') return this.mayRepeat() ? 'again' : undefined;
    if (!UNREADABLE.has(status)) return undefined;
    if (batch.heads.length > 1) {
      this.max_mutations = Math.ceil(batch.heads.length / 2);
      return 'again';
    }
    return batch.heads.length === 1 ? this.alone(batch.heads[0]!, problem) : undefined;
  }
  /** One mutation refused by itself. Unless even an empty push is refused so, it is the mutation's own fault. */
  private async alone(head: Head, problem: Problem): Promise<Step | undefined> {
    this.max_mutations = 1;
    const empty = await this.send({ heads: [], mutations: [] }, false);
    if (empty !== 'sent') return empty;
    if (this.outbox.heads.get(head.id)?.state !== 'queued') return 'again';
    if (head.voided) return undefined;
    await voidMutation(this.outbox, head.id, problem);
    return 'again';
  }

  private async gap(problem: Problem): Promise<Step | undefined> {
    const expected = (problem as Problem & { expected?: Record<Lane, number> }).expected ?? (problem.fields?.['expected'] as Record<Lane, number> | undefined);
    if (!expected || !this.mayRepeat()) return undefined;
    this.wanted = expected;
    await this.rewindTo(expected);
    return 'again';
  }
  /** The server wants earlier numbers than we would send: send those again, and say which no longer lie here. */
  private async rewindTo(expected: Partial<Record<Lane, number>>): Promise<boolean> {
    let moved = false;
    for (const lane of LANES) {
      const wanted = expected[lane];
      const last = this.outbox.meta[lane];
      if (!isNumber(wanted) || wanted > last) continue;
      const keptFrom = () => this.outbox.kept(lane).filter((head) => head.seq >= wanted);
      if (keptFrom()[0]?.seq !== wanted) await this.outbox.load(); // another tab may have queued what memory has not read
      const kept = keptFrom();
      const first = kept[0]?.seq ?? last + 1;
      if (first > wanted) this.declareLost(lane, wanted, first - 1);
      if (kept.some((head) => head.state !== 'queued')) {
        await sendAgain(this.outbox, { lane, from: wanted });
        moved = true;
      }
      moved ||= first > wanted;
    }
    return moved;
  }
  private declareLost(lane: Lane, from: number, to: number): void {
    this.lost = [...this.lost.filter((one) => one.lane !== lane), { lane, from, to }];
    this.store.setEngineStatus({ lost: { from, to, count: to - from + 1 } });
  }
  /** A server that keeps asking for the same must not keep us busy. */
  private mayRepeat(): boolean {
    this.fruitless += 1;
    if (this.fruitless <= 12) return true;
    this.fruitless = 0;
    return false;
  }
}

function kindsOf(heads: Head[]): string[] {
  return [...new Set(heads.map((head) => head.kind).filter((kind): kind is string => kind !== undefined))];
}
