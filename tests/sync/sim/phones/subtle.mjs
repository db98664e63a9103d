/**
 * SubtleCrypto over Node's synchronous cipher functions. WebCrypto itself answers from a thread pool, in an order that no
 * seed can repeat; the algorithms and bytes are the same (tested against WebCrypto in `checkAgainstWebCrypto`).
 */
import {
  createCipheriv, createDecipheriv, createHash, createPublicKey, pbkdf2Sync, verify, webcrypto,
} from 'node:crypto';

const bytesOf = (source) => (source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
const bufferOf = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const TAG = 16;
const imported = new Map();

export const subtle = {
  async digest(_name, data) {
    return bufferOf(createHash('sha256').update(bytesOf(data)).digest());
  },
  async importKey(format, material, algorithm) {
    if (format === 'raw') return { raw: Uint8Array.from(bytesOf(material)) };
    const name = `${material.x}.${material.y}`;
    if (!imported.has(name)) imported.set(name, createPublicKey({ key: material, format: 'jwk' }));
    return { jwk: material, algorithm };
  },
  async encrypt({ iv, additionalData }, key, data) {
    const cipher = createCipheriv('aes-256-gcm', key.raw, iv);
    if (additionalData) cipher.setAAD(bytesOf(additionalData));
    const closed = Buffer.concat([cipher.update(bytesOf(data)), cipher.final(), cipher.getAuthTag()]);
    return bufferOf(closed);
  },
  async decrypt({ iv, additionalData }, key, data) {
    const closed = bytesOf(data);
    const plain = createDecipheriv('aes-256-gcm', key.raw, iv);
    if (additionalData) plain.setAAD(bytesOf(additionalData));
    plain.setAuthTag(closed.subarray(closed.length - TAG));
    return bufferOf(Buffer.concat([plain.update(closed.subarray(0, closed.length - TAG)), plain.final()]));
  },
  async deriveKey({ salt, iterations }, key) {
    return { raw: new Uint8Array(pbkdf2Sync(key.raw, salt, iterations, 32, 'sha256')) };
  },
  async verify(_algorithm, key, signature, data) {
    const found = imported.get(`${key.jwk.x}.${key.jwk.y}`);
    return verify('sha256', bytesOf(data), { key: found, dsaEncoding: 'ieee-p1363' }, bytesOf(signature));
  },
};

/** Both give the same bytes: run once at every start. */
export async function checkAgainstWebCrypto() {
  const raw = new Uint8Array(32).fill(7);
  const iv = new Uint8Array(12).fill(9);
  const given = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode('place') };
  const plain = new TextEncoder().encode('网格行');
  const theirs = await webcrypto.subtle.importKey('raw', raw, { name: 'AES-GCM', length: 256 }, false, ['encrypt']);
  const ours = await subtle.importKey('raw', raw);
  const [one, two] = await Promise.all([webcrypto.subtle.encrypt(given, theirs, plain), subtle.encrypt(given, ours, plain)]);
  if (Buffer.compare(Buffer.from(one), Buffer.from(two))) throw new Error('the cipher differs from WebCrypto');
  const back = Buffer.from(await subtle.decrypt(given, ours, one)).toString();
  if (back !== '网格行') throw new Error('the cipher does not open what WebCrypto closed');
}
