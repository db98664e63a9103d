/** Words jotted down before the disk has them: found again, read by nobody else, and never twice alike. */
import { webcrypto } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeCodec } from '../../../static/src/store/codec';
import { Pen } from '../../../static/src/store/jots';
import type { Slate } from '../../../static/src/store/jots';
import type { Draft } from '../../../static/src/store/api';

class Lines implements Slate {
  rows = new Map<string, string>();
  room = Infinity;
  get length() { return this.rows.size; }
  getItem(place: string) { return this.rows.get(place) ?? null; }
  setItem(place: string, text: string) {
    if (text.length > this.room) throw Object.assign(new Error('full'), { name: 'QuotaExceededError' });
    this.rows.set(place, text);
  }
  removeItem(place: string) { this.rows.delete(place); }
  key(at: number) { return [...this.rows.keys()][at] ?? null; }
}
const randomBytes = (length: number) => webcrypto.getRandomValues(new Uint8Array(length));
const codecOf = async (byte: number) => {
  const key = await webcrypto.subtle.importKey('raw', new Uint8Array(32).fill(byte), 'AES-GCM', false, ['encrypt', 'decrypt']);
  return makeCodec({ subtle: webcrypto.subtle as unknown as SubtleCrypto, randomBytes }, key as unknown as CryptoKey);
};
const draft = (note: string, id = 'd') => ({ id, form: 'hazard', body: { note } });
let lines: Lines;
const penOf = async (byte = 7, person = 'p') => new Pen(lines, await codecOf(byte), person, randomBytes);

beforeEach(() => { lines = new Lines(); });

describe('a jot', () => {
  it('is there when the call returns, and found by the page that is loaded next', async () => {
    const pen = await penOf();
    await pen.ready();
    for (const note of ['沈', '沈荡', '沈荡镇']) expect(pen.jot(draft(note))).toBe(true);
    expect(await (await penOf()).find('d')).toEqual(draft('沈荡镇'));
  });
  it('is gone when its row was written', async () => {
    const pen = await penOf();
    await pen.ready();
    pen.jot(draft('a'));
    pen.wipe('d');
    expect([await pen.find('d'), lines.length]).toEqual([undefined, 0]);
  });
  it('shows nothing of the words, and the same words look different each time', async () => {
    const pen = await penOf();
    await pen.ready();
    const seen = ['MARKER', 'MARKER'].map((note) => { pen.jot(draft(note)); return Buffer.from(lines.key(0) ? lines.getItem(lines.key(0)!)! : '', 'base64url'); });
    expect(seen[0]!.equals(seen[1]!)).toBe(false);
    expect(seen.some((bytes) => bytes.includes('MARKER') || bytes.includes('note'))).toBe(false);
    const laid = seen.map((bytes) => bytes.subarray(32));
    expect(laid[0]!.every((byte, at) => byte === laid[1]![at]), 'one stretch over two texts').toBe(false);
  });
  it('opens for nobody else, in no other place, and not when a byte of it was changed', async () => {
    const pen = await penOf();
    await pen.ready();
    pen.jot(draft('a'));
    const [[place, text]] = [...lines.rows] as [[string, string]];
    expect(await (await penOf(8)).find('d')).toBeUndefined();
    lines.rows.set(place.replace(/d$/, 'e'), text);
    expect(await pen.find('e')).toBeUndefined();
    for (const at of [0, 12, 16, 32, 40]) {
      const bytes = Buffer.from(text, 'base64url');
      bytes[at]! ^= 1;
      lines.rows.set(place, bytes.toString('base64url'));
      expect(await pen.find('d').catch(() => undefined), `byte ${at}`).toBeUndefined();
    }
  });
  it('goes on however much is typed, each with a nonce of its own', async () => {
    const pen = await penOf();
    await pen.ready();
    const ivs = new Set<string>();
    for (let n = 0; n < 20; n++) {
      expect(pen.jot(draft(`${n}`.padEnd(6000, '字')))).toBe(true);
      ivs.add(lines.getItem(lines.key(0)!)!.slice(0, 16));
      await pen.ready();
    }
    expect(ivs.size).toBeGreaterThan(5);
    expect((await pen.find('d'))?.body['note']).toMatch(/^19字/);
  });
  it('that has no room says so and stops nobody', async () => {
    const pen = await penOf();
    expect(pen.jot(draft('before the key is there'))).toBe(false);
    await pen.ready();
    lines.room = 10;
    expect(pen.jot(draft('a'))).toBe(false);
  });
  it('that came no further gets a row at the next start, unless it has one, is open here, or is another person’s', async () => {
    const pen = await penOf();
    await pen.ready();
    for (const id of ['new', 'old', 'open']) pen.jot(draft(id, id));
    const other = await penOf(9, 'other');
    await other.ready();
    other.jot(draft('theirs', 'theirs'));
    const next = await penOf();
    await next.find('open');
    const kept: string[] = [];
    await next.takeUp({ draft: async (id) => (id === 'old' ? ({} as Draft) : undefined), keepDraft: async ({ id }) => void kept.push(id) });
    expect(kept).toEqual(['new']);
    expect([...lines.rows.keys()].map((place) => place.split('.').at(-1)).sort()).toEqual(['old', 'open', 'theirs']);
  });
});
