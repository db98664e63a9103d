/**
 * Small pictures of what waits for this person's decision, so that it can be reviewed without a network. Each lies sealed
 * among the photos under `thumb/` and its hash, where `openPhoto` finds it; which ones, and how large, is sealed in one row
 * of `meta`. None is this phone's own: nothing is owed for them, and the server can give them again.
 */
import type { Box } from './codec';
import type { Outbox } from './outbox';
import { packPhoto, photoPlace } from './photos';

export const thumbOf = (sha: string) => `thumb/${sha}`;
const NAME = 'thumbs';
const PLACE = `meta/${NAME}`;

/** The size of each in bytes, by the hash of its photo. */
export type Thumbs = Record<string, number>;

export async function readThumbs(outbox: Outbox): Promise<Thumbs> {
  const { db, codec } = outbox.room;
  const row = await db.read(['meta'], (tx) => tx.get('meta', NAME));
  try {
    return row ? await codec.open<Thumbs>(PLACE, row['box'] as Box) : {};
  } catch {
    return beginAnew(outbox);
  }
}

/** The list is spoilt, so nobody knows what lies there: all go, and are fetched again. */
async function beginAnew(outbox: Outbox): Promise<Thumbs> {
  const rows = await outbox.room.db.read(['photos'], (tx) => tx.all('photos'));
  const none = thumbOf('');
  return change(outbox, {}, [], rows.flatMap(({ sha256 }) => (sha256.startsWith(none) ? sha256.slice(none.length) : [])));
}

/** In one transaction with the list: `kept` is what is there afterwards. */
async function change({ room: { db, codec } }: Outbox, kept: Thumbs, put: { sha256: string; box: Box }[], gone: string[]): Promise<Thumbs> {
  const box = await codec.seal(PLACE, kept);
  await db.write(
    ['meta', 'photos'],
    async (tx) => {
      for (const row of put) tx.put('photos', row);
      for (const sha of gone) tx.delete('photos', thumbOf(sha));
      tx.put('meta', { name: NAME, box });
    },
    true,
  );
  return kept;
}

export async function keepThumb(outbox: Outbox, kept: Thumbs, sha: string, bytes: Uint8Array, type: string): Promise<Thumbs> {
  const sha256 = thumbOf(sha);
  const box = await outbox.room.codec.sealBytes(photoPlace(sha256), packPhoto(bytes, type));
  return change(outbox, { ...kept, [sha]: bytes.length }, [{ sha256, box }], []);
}

export async function dropThumbs(outbox: Outbox, kept: Thumbs, gone: string[]): Promise<Thumbs> {
  const left = Object.fromEntries(Object.entries(kept).filter(([sha]) => !gone.includes(sha)));
  return gone.length ? change(outbox, left, [], gone) : kept;
}
