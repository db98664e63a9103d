/** A receipt is the server's ECDSA P-256 signature over `id\nhash\nat\nkid`: the worker's proof of delivery. */
import type { PublicKey, Receipt } from './api';
import { utf8 } from './codec';
import type { Env } from './env';
import { fromBase64url } from './sealed_export';

export async function receiptHolds(env: Pick<Env, 'subtle'>, keys: PublicKey[], id: string, receipt: Receipt): Promise<boolean> {
  const key = keys.find((one) => one.kid === receipt.kid);
  if (!key) return false;
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  const jwk = { kty: 'EC', crv: 'P-256', x: key.x, y: key.y };
  const theirs = await env.subtle.importKey('jwk', jwk, curve, false, ['verify']);
  const said = utf8(`${id}\n${receipt.hash}\n${receipt.at}\n${receipt.kid}`);
  return env.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, theirs, fromBase64url(receipt.sig), said);
}
