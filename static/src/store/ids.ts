/** UUIDv7 from the given clock and chance, and calendar days in Asia/Shanghai. */
import type { Env } from './env';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

export function uuid7(env: Pick<Env, 'now' | 'randomBytes'>): string {
  const bytes = env.randomBytes(16);
  let time = Math.max(0, Math.floor(env.now()));
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const text = hex(bytes);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

/** The calendar day in Asia/Shanghai (no daylight saving there) of an instant in ms UTC. */
export function dayOf(instant: number): string {
  return new Date(instant + 8 * 3600_000).toISOString().slice(0, 10);
}
