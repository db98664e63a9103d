/**
 * Photos by tus 1.0, one by one from the store. A cut costs only what was in flight: the server says how far it got
 * (HEAD) and we go on from there. Chunks shrink on a bad link and grow on a good one.
 */
import { begunUpload, openPhoto, photoHeld, photoRefused, photosFollow, rememberUpload, tellHeld, unlessSpoilt } from '../store/index';
import type { Lane, LocalStore } from '../store/index';
import type { Said, Session } from './session';

const TUS = { 'Tus-Resumable': '1.0.0' };
const DOOR = '/api/v1/uploads';
/** small, since a reset throws away what lies in the buffers on its way: up to one chunk a cut (tests/faults/test_broken_link.py) */
const FIRST_CHUNK = 32 * 1024;
const SMALLEST_CHUNK = 16 * 1024;
const LARGEST_CHUNK = 1024 * 1024;
const GROW_AFTER = 8;
const ASK_AT_ONCE = 500;
const ASK_AGAIN_MS = 6 * 3600_000;
/** cuts in a row without one new byte on the server */
const MAX_FRUITLESS = 3;
/** pictures in one cycle that the server would not take, before the others are not tried either */
const MOST_PUT_OFF = 3;

/** `is_answered`: the link is good, the server would not take this one picture now */
export type PhotoStep = 'sent' | 'stop' | { failed: true; retry_after_ms?: number; is_answered?: true };

export class Uploads {
  private chunk = FIRST_CHUNK;
  private good = 0;
  /** not taken in this cycle though the link is good: neither texts nor the feed wait for these */
  private put_off = new Set<string>();
  /** acts whose pictures were looked at for what the server held long ago */
  private asked_for = new Set<string>();
  /** how often each was not taken: the others go before it */
  private refusals = new Map<string, number>();

  constructor(private session: Session) {}

  private get store(): LocalStore {
    return this.session.store;
  }
  private get outbox() {
    return this.store.outbox_state;
  }

  /** Pictures of acknowledged mutations that the server may not have, in the order of their mutations; then what it lost. */
  waiting(lane: Lane): string[] {
    const heads = [...this.outbox.heads.values()]
      .filter((head) => head.lane === lane && head.state !== 'queued' && photosFollow(head))
      .sort((a, b) => a.made_at - b.made_at || a.seq - b.seq);
    const shas = new Set(heads.flatMap((head) => head.photos));
    if (lane === 'normal') for (const sha of this.outbox.owedPhotos()) shas.add(sha);
    return [...shas].filter((sha) => this.outbox.photosWaiting([sha]));
  }
  /** Those that may go now: by the person's choice some wait for Wi-Fi, those of the urgent lane never. */
  ready(lane: Lane): string[] {
    if (this.put_off.size >= MOST_PUT_OFF) return [];
    const tries = (sha: string) => this.refusals.get(sha) ?? 0;
    const waiting = this.waiting(lane).filter((sha) => !this.put_off.has(sha)).sort((a, b) => tries(a) - tries(b));
    return lane === 'urgent' ? waiting : waiting.filter((sha) => !this.outbox.wifi.mustWait(sha));
  }
  /** A new cycle: what was put off is tried again. */
  tryAll(): void {
    this.put_off.clear();
  }
  putOff(sha: string): void {
    this.put_off.add(sha);
    this.refusals.set(sha, (this.refusals.get(sha) ?? 0) + 1);
  }
  get hasPutOff(): boolean {
    return this.put_off.size > 0;
  }
  /** Asks which pictures are missing before sending any, and now and then which of the held are durable. */
  async ask(): Promise<PhotoStep> {
    const now = this.store.env.now();
    const states = this.outbox.photos;
    const first = [...this.waiting('urgent'), ...this.waiting('normal')].filter((sha) => !states.get(sha)?.asked_at);
    const later = [...states.values()]
      .filter((state) => state.state === 'held' && !state.durable_at && (state.asked_at ?? 0) + ASK_AGAIN_MS < now)
      .map((state) => state.sha256);
    const asked = [...new Set([...first, ...later, ...this.namedAnew()])].slice(0, ASK_AT_ONCE);
    if (!asked.length) return 'sent';
    const answer = await this.session.say({ method: 'POST', path: '/api/v1/photos/missing', json: { sha256: asked } });
    if (answer.kind !== 'ok') return failure(answer);
    const body = answer.body as { missing?: string[]; held?: string[]; durable?: string[] };
    const only = (list: string[] | undefined) => (list ?? []).filter((sha) => asked.includes(sha));
    await tellHeld(this.outbox, { missing: only(body.missing), held: only(body.held), durable: only(body.durable) });
    this.store.changed('photo');
    return 'sent';
  }

  /** Pictures that the server held before an act named them again: without a record it may have let them go since. */
  private namedAnew(): string[] {
    const { heads, photos } = this.outbox;
    const asked_at = (sha: string) => photos.get(sha)?.asked_at ?? 0;
    const found: string[] = [];
    for (const head of heads.values()) {
      if (head.state === 'queued' || !photosFollow(head) || this.asked_for.has(head.id)) continue;
      this.asked_for.add(head.id);
      found.push(...head.photos.filter((sha) => photos.get(sha)?.state === 'held' && asked_at(sha) < head.made_at));
    }
    return found;
  }

  /** An emergency that became sendable does not wait for the rest of somebody else's picture, or of the feed. */
  isUrgent(): boolean {
    const now = this.store.env.now();
    return this.outbox.queued('urgent').length > 0 || [...this.outbox.holds.values()].some((hold) => hold.lane === 'urgent' && hold.until <= now);
  }

  /** Sends one picture to its end, as far as this link lets it, or until something urgent goes before it. */
  async send(sha: string, lane: Lane): Promise<PhotoStep> {
    const photo = await unlessSpoilt(openPhoto(this.outbox, sha));
    if (!photo) {
      // the bytes are no longer on this phone, or spoilt: said openly, and nobody waits for them any more
      await photoRefused(this.outbox, sha, { code: 'photo_lost', status: 0 });
      this.store.changed('photo', 'outbox', ...this.kindsNaming(sha));
      return 'sent';
    }
    let fruitless = 0;
    let reached = -1;
    while (fruitless < MAX_FRUITLESS) {
      const where = await this.begin(sha, photo);
      if (!('url' in where)) {
        if (where.step !== 'again') return where.step;
        fruitless += 1;
        continue;
      }
      fruitless = where.offset > reached ? 0 : fruitless + 1;
      reached = Math.max(reached, where.offset);
      const sent = await this.patch(sha, photo.bytes, where.url, where.offset, lane);
      if (sent !== 'again') return sent;
    }
    return { failed: true };
  }

  /** Where the upload goes on: a begun one at the server's offset, else a new one at 0. */
  private async begin(
    sha: string,
    photo: { bytes: Uint8Array; type: string },
  ): Promise<{ url: string; offset: number } | { step: PhotoStep | 'again' }> {
    const begun = await begunUpload(this.outbox, sha);
    if (begun) {
      const answer = await this.session.say({ method: 'HEAD', path: begun, headers: TUS, any_body: true });
      if (answer.kind === 'ok') {
        const offset = Number(answer.headers.get('Upload-Offset'));
        if (answer.headers.has('Upload-Offset') && offset >= 0 && offset <= photo.bytes.length) return { url: begun, offset };
        return { step: { failed: true } };
      }
      if (answer.kind === 'stop') return { step: 'stop' };
      // a HEAD has no body and so no code of ours: 404, 403 and 410 mean that the upload is no longer there
      const is_over = answer.kind === 'none' && /^status_(403|404|410)$/.test(answer.why);
      if (!is_over) return { step: answer.kind === 'none' && answer.why.startsWith('status_') ? failure(answer) : 'again' };
      await rememberUpload(this.outbox, sha, undefined);
    }
    const metadata = `sha256 ${btoa(sha)},filetype ${btoa(photo.type)}`;
    const headers = { ...TUS, 'Upload-Length': String(photo.bytes.length), 'Upload-Metadata': metadata };
    const answer = await this.session.say({ method: 'POST', path: DOOR, headers, any_body: true });
    if (answer.kind !== 'ok') return { step: await this.failed(sha, answer) };
    const location = answer.headers.get('Location');
    if (!location) return { step: { failed: true } };
    const url = location.replace(/^[a-z]+:\/\/[^/]+/i, '');
    await rememberUpload(this.outbox, sha, url);
    return { url, offset: 0 };
  }

  private async patch(sha: string, bytes: Uint8Array, url: string, from: number, lane: Lane): Promise<PhotoStep | 'again'> {
    let offset = from;
    while (offset < bytes.length) {
      if (lane === 'normal' && offset > from && this.isUrgent()) return 'sent';
      const chunk = bytes.subarray(offset, offset + this.chunk);
      const headers = { ...TUS, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' };
      const answer = await this.session.say({ method: 'PATCH', path: url, headers, bytes: chunk, any_body: true });
      if (answer.kind !== 'ok') {
        if (answer.kind === 'none') this.shrink();
        return this.failed(sha, answer);
      }
      const next = Number(answer.headers.get('Upload-Offset'));
      if (!(next > offset && next <= bytes.length)) return 'again';
      offset = next;
      this.grow();
    }
    await photoHeld(this.outbox, sha);
    this.store.changed('photo', 'outbox', ...this.kindsNaming(sha));
    return 'sent';
  }

  private async failed(sha: string, answer: Exclude<Said, { kind: 'ok' }>): Promise<PhotoStep | 'again'> {
    if (answer.kind === 'stop') return 'stop';
    if (answer.kind === 'none') return answer.why.startsWith('status_') ? failure(answer) : 'again';
    const { status, code, problem } = answer;
    if (status === 404 || status === 410 || status === 460 || code === 'checksum_mismatch') {
      await rememberUpload(this.outbox, sha, undefined);
      return 'again';
    }
    if (status === 409 || status === 408) return 'again'; // not where the server is: ask it
    if (status === 413 || status === 422) {
      await photoRefused(this.outbox, sha, problem);
      this.store.changed('photo', 'outbox', ...this.kindsNaming(sha));
      return 'sent';
    }
    return failure(answer);
  }
  private shrink(): void {
    this.good = 0;
    this.chunk = Math.max(SMALLEST_CHUNK, this.chunk / 2);
  }
  private grow(): void {
    this.good += 1;
    if (this.good < GROW_AFTER) return;
    this.good = 0;
    this.chunk = Math.min(LARGEST_CHUNK, this.chunk * 2);
  }
  private kindsNaming(sha: string): string[] {
    const heads = [...this.outbox.heads.values()].filter((head) => head.photos.includes(sha) && head.kind);
    return [...new Set(heads.map((head) => head.kind!))];
  }
}

function failure(answer: Exclude<Said, { kind: 'ok' }>): PhotoStep {
  if (answer.kind === 'stop') return 'stop';
  if (answer.retry_after_ms !== undefined) return { failed: true, retry_after_ms: answer.retry_after_ms };
  return answer.kind === 'problem' || answer.why.startsWith('status_') ? { failed: true, is_answered: true } : { failed: true };
}
