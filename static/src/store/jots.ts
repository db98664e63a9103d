/**
 * Words as they are typed, safe before the key is up again. A draft's row takes the cipher and the disk their moment,
 * and a page that is loaded again in that moment would lose the last keys. So each change is also *jotted*: written into
 * `slate` (the page's localStorage), which is there when the call returns, and taken off once the row is written.
 *
 * The browser's own cipher never answers at once, so jots are sealed by one that does (XChaCha20-Poly1305), under a key
 * of this page alone; that key lies beside each jot, sealed by the person's.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { utf8 } from './codec';
import type { Codec } from './codec';
import type { Draft, Id, Store } from './api';
import { base64url, fromBase64url } from './sealed_export';

export type Slate = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;
type Jotted = Omit<Draft, 'updated_at'>;

const KEY = 32;
const NONCE = 24;
const SEALED_KEY = 12 + KEY + 16; // as the codec seals: iv, bytes, tag
const PLACE = 'gridwalk.jot.';

export class Pen {
  private key: { open: Uint8Array; sealed: Uint8Array } | undefined;
  private cutting: Promise<void> | undefined;
  /** what this page has open: only its own form takes these up */
  private open = new Set<Id>();

  constructor(
    private slate: Slate,
    private codec: Pick<Codec, 'sealBytes' | 'openBytes'>,
    private person: Id,
    private random: (length: number) => Uint8Array<ArrayBuffer>,
  ) {}

  private place(draft: Id): string {
    return `${PLACE}${this.person}.${draft}`;
  }
  /** Before the first key: from then on `jot` answers at once. */
  ready(): Promise<void> {
    this.cutting ??= (async () => {
      const open = this.random(KEY);
      this.key = { open, sealed: await this.codec.sealBytes('jot', open) };
    })();
    this.cutting.catch(() => (this.cutting = undefined));
    return this.cutting;
  }

  /** Keeps `draft` before it returns; false when it could not, then its row alone does. */
  jot(draft: Jotted): boolean {
    if (!this.key) return false;
    const place = this.place(draft.id);
    const nonce = this.random(NONCE);
    const words = xchacha20poly1305(this.key.open, nonce, utf8(place)).encrypt(utf8(JSON.stringify(draft)));
    try {
      this.slate.setItem(place, base64url(new Uint8Array([...nonce, ...this.key.sealed, ...words])));
      return true;
    } catch {
      return false; // the slate is full
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
    try {
      const whole = fromBase64url(text);
      const key = await this.codec.openBytes('jot', whole.slice(NONCE, NONCE + SEALED_KEY));
      const words = xchacha20poly1305(key, whole.subarray(0, NONCE), utf8(place)).decrypt(whole.subarray(NONCE + SEALED_KEY));
      return JSON.parse(new TextDecoder().decode(words)) as Jotted;
    } catch {
      return undefined; // of another key, from another place, or changed
    }
  }

  /** Drafts that came no further than here get their row, so that they are seen in the lists. */
  async takeUp(store: Pick<Store, 'draft' | 'keepDraft'>): Promise<void> {
    const mine = this.place('');
    const places = Array.from({ length: this.slate.length }, (_, at) => this.slate.key(at) ?? '').filter((place) => place.startsWith(mine));
    for (const place of places) {
      if (this.open.has(place.slice(mine.length))) continue;
      const text = this.slate.getItem(place);
      const draft = await this.read(place);
      if (!draft || (await store.draft(draft.id)) || text !== this.slate.getItem(place)) continue;
      await store.keepDraft(draft);
      if (text === this.slate.getItem(place)) this.slate.removeItem(place);
    }
  }
}
