/**
 * Words as they are typed, safe before the key is up again. A draft's row takes the cipher and the disk their moment,
 * and a page that is loaded again in that moment would lose the last keys. So each change is also *jotted*: written into
 * `slate` (the page's localStorage), which is there when the call returns, and taken off once the row is written.
 *
 * The browser's cipher never answers at once, so it works ahead: AES-GCM over zeros gives the stream (AES-CTR) that the
 * next changes are laid over, each piece of it once and under an iv of its own. Its tag is never used; each jot carries
 * a one-time Poly1305 tag over its place and words instead, keyed by the 32 bytes of stream before them.
 */
import { utf8 } from './codec';
import type { Codec } from './codec';
import type { Draft, Id, Store } from './api';
import { base64url, fromBase64url } from './sealed_export';

export type Slate = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;
type Jotted = Omit<Draft, 'updated_at'>;

const PAD = 1 << 18;
const KEY = 32;
const TAG = 16;
const IV = 12;
const PLACE = 'gridwalk.jot.';

export class Pen {
  private pad = { iv: new Uint8Array(IV), stream: new Uint8Array(), used: 0 };
  private filling: Promise<void> | undefined;
  /** what this page has open: only its own form takes these up */
  private open = new Set<Id>();

  constructor(
    private slate: Slate,
    private codec: Pick<Codec, 'sealBytes'>,
    private person: Id,
    private random: (length: number) => Uint8Array<ArrayBuffer>,
  ) {}

  private place(draft: Id): string {
    return `${PLACE}${this.person}.${draft}`;
  }
  private async stream(iv: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.codec.sealBytes('jot', new Uint8Array(PAD), iv)).subarray(IV, IV + PAD);
  }
  /** Before the first key: from then on `jot` answers at once. */
  ready(): Promise<void> {
    this.filling ??= (async () => {
      const iv = this.random(IV);
      this.pad = { iv, stream: await this.stream(iv), used: 0 };
    })().finally(() => (this.filling = undefined));
    return this.filling;
  }

  /** Keeps `draft` before it returns; false when there was no room for it, then its row alone does. */
  jot(draft: Jotted): boolean {
    const words = utf8(JSON.stringify(draft));
    const { iv, stream, used } = this.pad;
    const end = used + KEY + words.length;
    if (end > stream.length / 2) void this.ready().catch(() => {});
    if (end > stream.length) return false;
    this.pad.used = end;
    const place = this.place(draft.id);
    const laid = over(words, stream.subarray(used + KEY, end));
    const whole = new Uint8Array([...iv, ...new Uint8Array(Uint32Array.of(used).buffer), ...tag(place, laid, stream.subarray(used)), ...laid]);
    try {
      this.slate.setItem(place, base64url(whole));
      return true;
    } catch {
      return false; // the slate is full: the row alone does
    }
  }
  /** The row holds it, or the act has done it. */
  wipe(draft: Id): void {
    this.slate.removeItem(this.place(draft));
  }
  /** What was typed last and came no further; from now on this page has the draft open. */
  async find(draft: Id): Promise<Jotted | undefined> {
    this.open.add(draft);
    return this.read(this.place(draft));
  }
  private async read(place: string): Promise<Jotted | undefined> {
    const text = this.slate.getItem(place);
    if (!text) return undefined;
    const whole = fromBase64url(text);
    const laid = whole.subarray(IV + 4 + TAG);
    const [used] = new Uint32Array(whole.slice(IV, IV + 4).buffer) as unknown as [number];
    const stream = (await this.stream(whole.slice(0, IV))).subarray(used, used + KEY + laid.length);
    const fits = tag(place, laid, stream).every((byte, at) => byte === whole[IV + 4 + at]);
    return fits ? (JSON.parse(new TextDecoder().decode(over(laid, stream.subarray(KEY)))) as Jotted) : undefined;
  }

  /** Drafts that came no further than here get their row, so that they are seen in the lists. */
  async takeUp(store: Pick<Store, 'draft' | 'keepDraft'>): Promise<void> {
    const mine = this.place('');
    const places = Array.from({ length: this.slate.length }, (_, at) => this.slate.key(at) ?? '').filter((place) => place.startsWith(mine));
    for (const place of places) {
      if (this.open.has(place.slice(mine.length))) continue;
      const text = this.slate.getItem(place);
      const draft = await this.read(place);
      if (draft && !(await store.draft(draft.id)) && text === this.slate.getItem(place)) await store.keepDraft(draft);
    }
  }
}

function over(words: Uint8Array, stream: Uint8Array): Uint8Array {
  return words.map((byte, at) => byte ^ stream[at]!);
}

const PRIME = 2n ** 130n - 5n;
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn;
/** Up to 24 bytes, the least first. */
function numberOf(...bytes: number[]): bigint {
  const room = new Uint8Array(24);
  room.set(bytes);
  const [low, middle, high] = new BigUint64Array(room.buffer) as unknown as [bigint, bigint, bigint];
  return low | (middle << 64n) | (high << 128n);
}

/** Poly1305 (RFC 8439, 2.5) of what lies at `place`, under the first 32 bytes of `key`. */
export function tag(place: string, laid: Uint8Array, key: Uint8Array): Uint8Array {
  const told = new Uint8Array([...utf8(`${place.length}:${place}`), ...laid]);
  return poly1305(told, key);
}
export function poly1305(told: Uint8Array, key: Uint8Array): Uint8Array {
  const factor = numberOf(...key.subarray(0, 16)) & CLAMP;
  let sum = 0n;
  for (let at = 0; at < told.length; at += 16) sum = ((sum + numberOf(...told.subarray(at, at + 16), 1)) * factor) % PRIME;
  sum += numberOf(...key.subarray(16, 32));
  return Uint8Array.from({ length: TAG }, (_, at) => Number((sum >> BigInt(8 * at)) & 255n));
}
