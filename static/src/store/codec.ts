/**
 * The one codec: everything that is stored passes it, before a transaction opens (a transaction would close itself
 * while the cipher works). A box is 12 bytes of iv followed by AES-256-GCM ciphertext, bound to its place (`store/key`)
 * so that a box copied to another row does not open.
 */
import type { Env } from './env';
import { hex } from './ids';

export type Box = Uint8Array<ArrayBuffer>;

export interface Codec {
  seal(place: string, value: unknown): Promise<Box>;
  open<T>(place: string, box: Box): Promise<T>;
  sealBytes(place: string, bytes: Uint8Array): Promise<Box>;
  openBytes(place: string, box: Box): Promise<Uint8Array<ArrayBuffer>>;
}

const text = new TextEncoder();
const plain = new TextDecoder();

export function utf8(words: string): Uint8Array<ArrayBuffer> {
  return text.encode(words) as Uint8Array<ArrayBuffer>;
}

export function makeCodec(env: Pick<Env, 'subtle' | 'randomBytes'>, key: CryptoKey): Codec {
  async function sealBytes(place: string, bytes: Uint8Array): Promise<Box> {
    const iv = env.randomBytes(12);
    const closed = await env.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData: utf8(place) },
      key,
      bytes as Uint8Array<ArrayBuffer>,
    );
    const box = new Uint8Array(12 + closed.byteLength);
    box.set(iv);
    box.set(new Uint8Array(closed), 12);
    return box;
  }
  async function openBytes(place: string, box: Box): Promise<Uint8Array<ArrayBuffer>> {
    const iv = box.subarray(0, 12);
    const bytes = await env.subtle.decrypt(
      { name: 'AES-GCM', iv, additionalData: utf8(place) },
      key,
      box.subarray(12),
    );
    return new Uint8Array(bytes);
  }
  return {
    sealBytes,
    openBytes,
    seal: (place, value) => sealBytes(place, utf8(JSON.stringify(value ?? null))),
    open: async <T>(place: string, box: Box) => JSON.parse(plain.decode(await openBytes(place, box))) as T,
  };
}

/** What a browser says of bytes that it has lost or spoilt: they come back at no later try. */
export const isSpoilt = (error: unknown): boolean => ['OperationError', 'DataError', 'NotReadableError'].includes((error as Error | null)?.name ?? '');
/** undefined instead of what is spoilt. */
export const unlessSpoilt = <T>(opening: Promise<T>): Promise<T | undefined> =>
  opening.catch((error: unknown) => {
    if (isSpoilt(error)) return undefined;
    throw error;
  });

export async function sha256(env: Pick<Env, 'subtle'>, bytes: Uint8Array): Promise<string> {
  return hex(new Uint8Array(await env.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)));
}

/** The hash that receipts sign: SHA-256 over `id\nname\nversion\npayload`. */
export function mutationHash(
  env: Pick<Env, 'subtle'>,
  mutation: { id: string; name: string; version: number; payload: string },
): Promise<string> {
  return sha256(env, utf8(`${mutation.id}\n${mutation.name}\n${mutation.version}\n${mutation.payload}`));
}
