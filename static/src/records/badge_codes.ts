/**
 * The codes of a work badge: what this phone shows each minute, and what a colleague's phone makes of it without a network.
 * The same arithmetic as server/badges/rules.py; a case of both lies in tests/shared_cases/badge_codes.json.
 */
import type { PublicKey, Row } from '../store/api';

/** What this phone keeps to show a badge with, sealed among its settings. */
export interface BadgeKeys { device: string; secret: string; jwk: JsonWebKey; public_key: string }
export interface Signed { words: string; kid: string; signature: string }
export interface BadgeRow extends Row {
  number: string; token: string; name: string; role: string; grids: string[]; from_day: string; last_day: string; issuer: string; tone: string;
  heading_zh: string; heading_en: string; portrait: string | null; phones: Record<string, Signed>;
}
export interface Face { number: string; county: string; name: string; role: string; grids: string; last_day: string }
export type Verdict = { answer: 'valid' | 'refresh' | 'invalid'; face?: Face; elsewhere?: boolean } | { answer: 'unreadable' | 'unknown_key' };

export const KEYS = 'badge_keys';
const STATEMENT = 'gridwalk-badge-2', ENDLESS = 'gridwalk-badge-1', MINUTE = 'gridwalk-minute-1';
const MINUTE_MS = 60_000, ROOM_MINUTES = 2, CODE_CHARS = 8, LINES = { [STATEMENT]: 9, [ENDLESS]: 8 } as Record<string, number>;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const, SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const utf8 = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

export function toBase64(bytes: ArrayBuffer | Uint8Array): string {
  let text = '';
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0)) as Uint8Array<ArrayBuffer>;
}

export const minuteOf = (now: number): string => Math.floor(now / MINUTE_MS).toString(36);

export async function codeOf(secret: string, minute: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', fromBase64(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return toBase64(await crypto.subtle.sign('HMAC', key, utf8(minute))).slice(0, CODE_CHARS);
}

/** The address for everybody. */
export async function publicAddress(origin: string, badge: BadgeRow, keys: BadgeKeys, now: number): Promise<string> {
  const minute = minuteOf(now);
  return `${origin}/b/${badge.token}/${minute}/${await codeOf(keys.secret, minute)}`;
}

/** Keys that the server knows under this phone's name; others are as good as none. */
export const isKnown = (badge: BadgeRow, keys: BadgeKeys | undefined): keys is BadgeKeys =>
  !!keys && badge.phones[keys.device]?.words.endsWith(`\n${keys.public_key}`) === true;

/** Whether a colleague's phone still believes what the server signed for this one. */
export const wordsHold = (badge: BadgeRow, keys: BadgeKeys, now: number): boolean => holdsUntil(badge.phones[keys.device]!.words.split('\n').at(-2)!, now);
/** Of words without such an end: never. */
const holdsUntil = (end: string, now: number): boolean => parseInt(end, 36) >= Math.floor(now / MINUTE_MS);

export async function makePair(): Promise<{ jwk: JsonWebKey; public_key: string }> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  return { jwk: await crypto.subtle.exportKey('jwk', pair.privateKey), public_key: toBase64(await crypto.subtle.exportKey('raw', pair.publicKey)) };
}

/** The address for colleagues: the badge signed by the server, the minute signed by this phone. All of it behind the `#`. */
export async function colleagueAddress(origin: string, badge: BadgeRow, keys: BadgeKeys, now: number): Promise<string> {
  const { words, kid, signature } = badge.phones[keys.device]!, minute = minuteOf(now);
  const key = await crypto.subtle.importKey('jwk', keys.jwk, CURVE, false, ['sign']);
  const signed = await crypto.subtle.sign(SIGNING, key, utf8(minuteWords(badge.number, minute)));
  return `${origin}/app#/me/check/${[toBase64(utf8(words)), kid, signature, minute, toBase64(signed)].join('.')}`;
}

const minuteWords = (number: string, minute: string) => [MINUTE, number, minute].join('\n');

/** What a colleague's phone says of a scanned or pasted address, or of its last part alone. */
export async function judge(scanned: string, known: { keys: PublicKey[]; ended: Set<string>; county: string; now: number; today: string }): Promise<Verdict> {
  const parts = scanned.trim().split('/').pop()!.split('.');
  const [words64 = '', kid = '', signature = '', minute = '', signed = ''] = parts;
  let words: string;
  try { words = new TextDecoder('utf-8', { fatal: true }).decode(fromBase64(words64)); } catch { return { answer: 'unreadable' }; }
  const lines = words.split('\n');
  if (parts.length !== 5 || lines.length !== LINES[lines[0]!]) return { answer: 'unreadable' };
  const public_key = lines.pop()!;
  const [, number = '', county = '', name = '', role = '', grids = '', last_day = '', end = ''] = lines;
  const signer = known.keys.find((key) => key.kid === kid);
  if (!signer) return { answer: 'unknown_key' };
  const server = await crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x: signer.x, y: signer.y }, CURVE, false, ['verify']).catch(() => undefined);
  if (!server || !(await holds(server, signature, words))) return { answer: 'invalid' };
  if (known.ended.has(number) || last_day < known.today) return { answer: 'invalid' };
  const phone = await crypto.subtle.importKey('raw', bytesOr(public_key), CURVE, false, ['verify']).catch(() => undefined);
  const is_fresh = Math.abs(Math.floor(known.now / MINUTE_MS) - parseInt(minute, 36)) <= ROOM_MINUTES;
  if (!is_fresh || !holdsUntil(end, known.now) || !phone || !(await holds(phone, signed, minuteWords(number, minute)))) return { answer: 'refresh' };
  return { answer: 'valid', face: { number, county, name, role, grids, last_day }, elsewhere: county !== known.county };
}

async function holds(key: CryptoKey, signature: string, words: string): Promise<boolean> {
  return crypto.subtle.verify(SIGNING, key, bytesOr(signature), utf8(words)).catch(() => false);
}
function bytesOr(text: string): Uint8Array<ArrayBuffer> {
  try { return fromBase64(text); } catch { return new Uint8Array(); }
}
