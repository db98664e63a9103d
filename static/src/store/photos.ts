/**
 * Photos: one sealed row each under the SHA-256 of the bytes that will be sent, and a clear state row beside it, so
 * that the queue can be counted without opening a picture. Dropped only when the server's copy is durable for 14 days.
 */
import { bump, metaOf } from './acts';
import type { Problem } from './api';
import { sha256, unlessSpoilt, utf8 } from './codec';
import { NoRoom } from './db';
import { readDrafts } from './keepsakes';
import type { Outbox } from './outbox';
import type { PhotoState } from './schema';

export const photoPlace = (sha: string) => `photo/${sha}`;
const uploadPlace = (sha: string) => `upload/${sha}`;

/** Layout inside the box: one byte length of the type, the type, the bytes. */
export function packPhoto(bytes: Uint8Array, type: string): Uint8Array {
  const words = utf8(type.slice(0, 100));
  const whole = new Uint8Array(1 + words.length + bytes.length);
  whole[0] = words.length;
  whole.set(words, 1);
  whole.set(bytes, 1 + words.length);
  return whole;
}

export async function keepPhoto(outbox: Outbox, bytes: Uint8Array, type: string, no_room: boolean): Promise<string> {
  const { env, db, codec } = outbox.room;
  if (no_room) throw new NoRoom('photos');
  const sha = await sha256(env, bytes);
  const box = await codec.sealBytes(photoPlace(sha), packPhoto(bytes, type));
  const { state, meta } = await db.write(['meta', 'photos', 'photo_states'], async (tx) => {
    const now = await metaOf(tx, outbox);
    const there = await tx.get('photo_states', sha);
    const is_here = there && (await tx.get('photos', sha));
    if (is_here && !there.idle_since) return { state: there, meta: now };
    const { idle_since: _over, ...fresh }: PhotoState = is_here ? there : { sha256: sha, state: 'kept', size: bytes.length, attempts: 0, kept_at: env.now() };
    if (!is_here) tx.put('photos', { sha256: sha, box });
    tx.put('photo_states', fresh);
    bump(tx, now);
    return { state: fresh, meta: now };
  });
  outbox.meta = meta;
  outbox.photos.set(sha, state);
  return sha;
}

export async function openPhoto(outbox: Outbox, sha: string): Promise<{ bytes: Uint8Array; type: string } | undefined> {
  const { db, codec } = outbox.room;
  const row = await db.read(['photos'], (tx) => tx.get('photos', sha));
  if (!row) return undefined;
  const whole = await codec.openBytes(photoPlace(sha), row.box);
  const start = 1 + whole[0]!;
  return { bytes: whole.subarray(start), type: new TextDecoder().decode(whole.subarray(1, start)) };
}

/** Is this picture named by anything that is still to be sent or shown? */
export function isNamed(outbox: Outbox, sha: string): boolean {
  const rows = [...outbox.heads.values(), ...outbox.holds.values()];
  return rows.some((row) => row.photos.includes(sha)) || outbox.owedPhotos().includes(sha);
}

/** The person took the picture out of a draft, whose row may still name it unless it is gone. A picture named by an act or by another draft stays. */
export async function dropPhoto(outbox: Outbox, sha: string, is_draft_gone = false): Promise<void> {
  if (isNamed(outbox, sha)) return;
  const naming = (await readDrafts(outbox)).filter(({ body }) => JSON.stringify(body).includes(sha));
  if (naming.length < (is_draft_gone ? 1 : 2)) await forget(outbox, [sha]);
}
/** Unless an act names them by now, whichever tab has saved it. `if_so`: of those that may have changed since they were looked at. */
export async function forget(outbox: Outbox, shas: string[], if_so: (state: PhotoState) => boolean = () => true): Promise<void> {
  const gone: string[] = [];
  outbox.meta = await outbox.room.db.write(['meta', 'outbox', 'holds', 'photos', 'photo_states'], async (tx) => {
    const meta = await metaOf(tx, outbox);
    const named = new Set([...(await tx.all('outbox')), ...(await tx.all('holds'))].flatMap((row) => row.photos));
    for (const sha of shas) {
      const state = await tx.get('photo_states', sha);
      if (named.has(sha) || (state && !if_so(state))) continue;
      tx.delete('photos', sha);
      tx.delete('photo_states', sha);
      gone.push(sha);
    }
    bump(tx, meta);
    return meta;
  });
  for (const sha of gone) outbox.photos.delete(sha);
}

export async function changePhoto(outbox: Outbox, shas: string[], change: (state: PhotoState) => PhotoState): Promise<void> {
  if (!shas.length) return;
  const { states, meta } = await outbox.room.db.write(['meta', 'photo_states'], async (tx) => {
    const now = await metaOf(tx, outbox);
    const changed: PhotoState[] = [];
    for (const sha of shas) {
      const fresh: PhotoState = { sha256: sha, state: 'kept', size: 0, attempts: 0, kept_at: outbox.room.env.now() };
      const state = change((await tx.get('photo_states', sha)) ?? fresh);
      tx.put('photo_states', state);
      changed.push(state);
    }
    bump(tx, now);
    return { states: changed, meta: now };
  });
  outbox.meta = meta;
  for (const state of states) outbox.photos.set(state.sha256, state);
}

/** What `POST /photos/missing` said. */
export async function tellHeld(outbox: Outbox, answer: { missing: string[]; held: string[]; durable: string[] }): Promise<void> {
  const now = outbox.room.env.now();
  const held = new Set([...answer.held, ...answer.durable]);
  const durable = new Set(answer.durable);
  await changePhoto(outbox, [...new Set([...answer.missing, ...held])], (state) => {
    const next: PhotoState = { ...state, asked_at: now };
    if (state.state === 'refused') return next;
    if (state.state === 'held' && !held.has(state.sha256)) next.owed = true;
    next.state = held.has(state.sha256) ? 'held' : 'kept';
    if (durable.has(state.sha256)) next.durable_at ??= outbox.server_time || now;
    else delete next.durable_at;
    return next;
  });
}

export async function rememberUpload(outbox: Outbox, sha: string, url: string | undefined): Promise<void> {
  const upload = url === undefined ? undefined : await outbox.room.codec.seal(uploadPlace(sha), url);
  await changePhoto(outbox, [sha], ({ upload: _old, ...state }) => (upload ? { ...state, upload } : state));
}
export async function begunUpload(outbox: Outbox, sha: string): Promise<string | undefined> {
  const box = outbox.photos.get(sha)?.upload;
  return box ? unlessSpoilt(outbox.room.codec.open<string>(uploadPlace(sha), box)) : undefined;
}
export async function photoHeld(outbox: Outbox, sha: string): Promise<void> {
  await changePhoto(outbox, [sha], ({ upload: _upload, ...state }) => ({ ...state, state: 'held' }));
}
export async function photoRefused(outbox: Outbox, sha: string, problem: Problem): Promise<void> {
  const box = await outbox.room.codec.seal(`photo-problem/${sha}`, problem);
  await changePhoto(outbox, [sha], ({ upload: _upload, ...state }) => ({ ...state, state: 'refused', problem: box }));
}
export async function photoProblem(outbox: Outbox, sha: string): Promise<Problem | undefined> {
  const box = outbox.photos.get(sha)?.problem;
  return box ? unlessSpoilt(outbox.room.codec.open<Problem>(`photo-problem/${sha}`, box)) : undefined;
}

/** After a restore the server may have lost pictures it held: ask again about all. */
export function doubtAllPhotos(outbox: Outbox): Promise<void> {
  return doubtPhotos(outbox, [...outbox.photos.keys()]);
}
/** Those of these that the server was known to hold, and may have lost. */
export async function doubtPhotos(outbox: Outbox, shas: string[]): Promise<void> {
  const held = shas.filter((sha) => outbox.photos.get(sha)?.state === 'held');
  await changePhoto(
    outbox,
    held,
    ({ durable_at: _durable, asked_at: _asked, ...state }) => ({ ...state, state: 'kept', owed: true }),
  );
}
