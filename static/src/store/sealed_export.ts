/**
 * The unsent outbox as one file that only the server can open (docs/wire.md §7):
 * `GWX1`, 4-byte big-endian length of the header, header JSON `{v, kid, epk, iv}`, ciphertext. Inside: one line of JSON
 * with the mutations as they would be pushed and the list of photos, a line feed, then the photos' bytes in that order.
 */
import type { PublicKey } from './api';
import { utf8 } from './codec';
import type { Env } from './env';

export interface ExportedPhoto {
  sha256: string;
  type: string;
  bytes: Uint8Array;
}

export async function sealExport(
  env: Pick<Env, 'subtle' | 'randomBytes'>,
  to: PublicKey,
  head: { person: string; device_id: string; mutations: unknown[] },
  photos: ExportedPhoto[],
): Promise<Uint8Array<ArrayBuffer>> {
  const list = photos.map(({ sha256, type, bytes }) => ({ sha256, type, length: bytes.length }));
  const plain = join([utf8(`${JSON.stringify({ ...head, photos: list })}\n`), ...photos.map((photo) => photo.bytes)]);
  const { key, epk } = await agree(env.subtle, to);
  const iv = env.randomBytes(12);
  const closed = new Uint8Array(await env.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain));
  const header = utf8(JSON.stringify({ v: 1, kid: to.kid, epk, iv: base64url(iv) }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, header.length);
  return join([utf8('GWX1'), length, header, closed]);
}

async function agree(subtle: SubtleCrypto, to: PublicKey): Promise<{ key: CryptoKey; epk: { x: string; y: string } }> {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const theirs = await subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x: to.x, y: to.y }, curve, false, []);
  const pair = (await subtle.generateKey(curve, true, ['deriveBits'])) as CryptoKeyPair;
  const shared = await subtle.deriveBits({ name: 'ECDH', public: theirs }, pair.privateKey, 256);
  const material = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const key = await subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8('gridwalk-export-v1') },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt'],
  );
  const { x, y } = await subtle.exportKey('jwk', pair.publicKey);
  return { key, epk: { x: x!, y: y! } };
}

export function base64url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
}
function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
