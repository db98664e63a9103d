/**
 * The policy `pin`: what lies on the phone instead of a usable key, and the count of tries.
 *
 * The key lies only wrapped: behind six digits, behind the password, and behind a secret that the server gives with a
 * right sign-in. The copy behind the PIN is sealed once more with the phone's own key, so that it opens on this phone
 * alone. A try is counted on the disk, strictly, before it is judged: pulling the battery wins none. After `PIN_TRIES`
 * wrong ones nothing opens here until the server has said yes to the password; nothing is erased.
 * docs/security.md says how long six digits withstand somebody who has copied the files.
 */
import type { Id, SessionInfo } from './api';
import { PIN_TRIES } from './people';
import type { People, PersonRow } from './people';
import { LEAST_ROUNDS, deriveKey, importKey, unwrap, wrap } from './wrapping';
import type { Bytes, Wrapped } from './wrapping';

export interface PinCopy {
  wrapped: Omit<Wrapped, 'key'>;
  /** the wrapped key, sealed with the phone's key */
  box: Bytes;
  /** wrong tries since the last right one */
  wrong: number;
}
/** one try must cost at least half a second; a little more, for a phone that was busy when it was measured */
const TRY_MS = 600;
const MEASURED_ROUNDS = 100_000;
const MOST_ROUNDS = 20_000_000;
const place = (id: Id) => `pin/${id}`;

export const isPin = (typed: string): boolean => /^\d{6}$/.test(typed);

/** How many rounds make one try last long enough on this phone. */
export async function measureRounds(people: People, clock: () => number = () => performance.now()): Promise<number> {
  const { env } = people;
  if (env.kdf_rounds) return env.kdf_rounds;
  const before = clock();
  await deriveKey(env, '000000', env.randomBytes(16), MEASURED_ROUNDS);
  const took = Math.max(1, clock() - before);
  return Math.min(MOST_ROUNDS, Math.max(LEAST_ROUNDS, Math.ceil((MEASURED_ROUNDS * TRY_MS) / took)));
}

/** Sets (or changes) the PIN and takes every usable form of the key from the phone. False when no key is at hand. */
export async function setPin(people: People, id: Id, pin: string): Promise<boolean> {
  const row = await people.row(id);
  const raw = row && (await people.rawAtHand(row));
  if (!row || !raw) return false;
  const { key, ...wrapped } = await wrap(people.env, raw, pin, await measureRounds(people));
  const box = await (await people.phoneCodec()).sealBytes(place(id), key);
  raw.fill(0);
  await people.change(id, ({ key: _usable, by_phone: _open, ...rest }) => ({ ...rest, pin: { wrapped, box, wrong: 0 } }));
  people.dropRaw();
  return true;
}

export type Tried = { key: CryptoKey } | { left: number };

/** Opens by the PIN, or says how many tries are left. */
export async function tryPin(people: People, id: Id, session: SessionInfo, pin: string): Promise<Tried> {
  const row = await people.countTry(id);
  if (!row?.pin) return { left: 0 };
  const sealed = await (await people.phoneCodec()).openBytes(place(id), row.pin.box);
  const raw = await unwrap(people.env, { ...row.pin.wrapped, key: sealed }, pin);
  if (!raw) return { left: PIN_TRIES - row.pin.wrong };
  const key = await importKey(people.env, raw);
  await people.change(id, await opened(people, id, session, raw, key));
  raw.fill(0);
  return { key };
}

/** After a right try. Where the policy has been lifted meanwhile the phone goes back to opening by itself. */
async function opened(people: People, id: Id, session: SessionInfo, raw: Bytes, key: CryptoKey): Promise<(row: PersonRow) => PersonRow> {
  if (session.policy.pin) return (row) => (row.pin ? { ...row, pin: { ...row.pin, wrong: 0 } } : row);
  const by_phone = await (await people.phoneCodec()).sealBytes(`key/${id}`, raw);
  return ({ pin: _lifted, ...rest }) => ({ ...rest, key, by_phone });
}
