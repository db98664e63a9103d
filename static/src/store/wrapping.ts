/** A key behind a secret that a person knows: PBKDF2-SHA-256, then AES-GCM. */
import { utf8 } from './codec';
import type { Env } from './env';

export type Bytes = Uint8Array<ArrayBuffer>;
export interface Wrapped {
  salt: Bytes;
  rounds: number;
  iv: Bytes;
  key: Bytes;
}
export const AES = { name: 'AES-GCM', length: 256 } as const;
export const LEAST_ROUNDS = 600_000;

export async function wrap(env: Env, raw: Bytes, secret: string, rounds = env.kdf_rounds ?? LEAST_ROUNDS): Promise<Wrapped> {
  const [salt, iv] = [env.randomBytes(16), env.randomBytes(12)];
  const kek = await deriveKey(env, secret, salt, rounds);
  return { salt, rounds, iv, key: new Uint8Array(await env.subtle.encrypt({ name: 'AES-GCM', iv }, kek, raw)) };
}
/** undefined when the secret does not fit. */
export async function unwrap(env: Env, wrapped: Wrapped, secret: string): Promise<Bytes | undefined> {
  const kek = await deriveKey(env, secret, wrapped.salt, wrapped.rounds);
  try {
    return new Uint8Array(await env.subtle.decrypt({ name: 'AES-GCM', iv: wrapped.iv }, kek, wrapped.key));
  } catch {
    return undefined;
  }
}
export async function deriveKey(env: Env, secret: string, salt: Bytes, rounds: number): Promise<CryptoKey> {
  const material = await env.subtle.importKey('raw', utf8(secret.normalize('NFC')), 'PBKDF2', false, ['deriveKey']);
  return env.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, material, AES, false, ['encrypt', 'decrypt']);
}
export function importKey(env: Env, raw: Bytes): Promise<CryptoKey> {
  return env.subtle.importKey('raw', raw, AES, false, ['encrypt', 'decrypt']);
}
