/** A receipt is the server's ECDSA P-256 signature over `id\nhash\nat\nkid`: the worker's proof of delivery. */
import type { Id, PublicKey, Receipt } from './api';
import { utf8 } from './codec';
import type { Env } from './env';
import type { Outbox } from './outbox';
import { fromBase64url } from './sealed_export';

/** A worker may have to prove a delivery in next year's evaluation. */
export const KEEP_RECEIPTS_MS = 400 * 24 * 3600_000;
export const receiptPlace = (id: Id) => `receipt/${id}`;

export async function readReceipt(outbox: Outbox, id: Id): Promise<Receipt | undefined> {
  const row = await outbox.room.db.read(['receipts'], (tx) => tx.get('receipts', id));
  return row && outbox.room.codec.open<Receipt>(receiptPlace(id), row.box);
}
/** The last one given to this person here. */
export async function newestReceipt(outbox: Outbox): Promise<(Receipt & { id: Id }) | undefined> {
  const rows = await outbox.room.db.read(['receipts'], (tx) => tx.all('receipts'));
  const newest = rows.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))[0];
  return newest && { id: newest.id, ...(await outbox.room.codec.open<Receipt>(receiptPlace(newest.id), newest.box)) };
}
export async function clearOldReceipts(outbox: Outbox): Promise<void> {
  const before = outbox.server_time - KEEP_RECEIPTS_MS;
  await outbox.room.db.write(['receipts'], async (tx) => {
    for (const row of await tx.all('receipts')) if (row.at < before) tx.delete('receipts', row.id);
  });
}

export async function receiptHolds(env: Pick<Env, 'subtle'>, keys: PublicKey[], id: string, receipt: Receipt): Promise<boolean> {
  const key = keys.find((one) => one.kid === receipt.kid);
  if (!key) return false;
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  const jwk = { kty: 'EC', crv: 'P-256', x: key.x, y: key.y };
  const theirs = await env.subtle.importKey('jwk', jwk, curve, false, ['verify']);
  const said = utf8(`${id}\n${receipt.hash}\n${receipt.at}\n${receipt.kid}`);
  return env.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, theirs, fromBase64url(receipt.sig), said);
}
