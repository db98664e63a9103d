/**
 * What the first screen was told when it last asked, sealed in one small row: a start then needs neither the index of
 * 10,000 rows nor their pages before it draws.
 *
 * It is no guess. The row names the state of mirror and outbox at which it was read, and answers the same question while
 * both stand there. Whoever changes the mirror removes it, so it outlives nothing that was purged.
 */
import type { Tx } from './db';
import { settingPlace } from './keepsakes';
import type { Room } from './outbox';
import type { Tables } from './schema';

/** its name among the settings */
export const RECALL = 'recall';
/** Chromium moves values above 64 KiB into files of their own. */
const MOST_BYTES = 60 * 1024;

export interface Recalled {
  question: string;
  answer: unknown;
}

const revOf = (row: Tables['meta'] | undefined) => (row?.['rev'] as number | undefined) ?? 0;
/** Where mirror and outbox stand. */
export const standAt = (mirror: number, outbox: number): string => `${mirror}/${outbox}`;
async function standOnDisk(tx: Tx<Tables>): Promise<string> {
  const [mirror, outbox] = await Promise.all([tx.get('meta', 'mirror'), tx.get('meta', 'outbox')]);
  return standAt(revOf(mirror), revOf(outbox));
}
async function goodRow(tx: Tx<Tables>): Promise<Tables['settings'] | undefined> {
  const [row, stand] = await Promise.all([tx.get('settings', RECALL), standOnDisk(tx)]);
  return row?.stand === stand ? row : undefined;
}
/** Whether there is an answer to give back: then nobody needs the index yet. */
export const isGood = async (tx: Tx<Tables>): Promise<boolean> => (await goodRow(tx)) !== undefined;

/** The kept answer and where everything stood, if it still does. */
export async function readRecall({ db, codec }: Room): Promise<(Recalled & { stand: string }) | undefined> {
  const row = await db.read(['meta', 'settings'], goodRow);
  return row && { ...(await codec.open<Recalled>(settingPlace(RECALL), row.box)), stand: row.stand! };
}
/** Keeps an answer that was read at `stand`, unless anything has changed since. */
export async function writeRecall({ db, codec }: Room, stand: string, recalled: Recalled): Promise<void> {
  const box = await codec.seal(settingPlace(RECALL), recalled);
  if (box.length > MOST_BYTES) return;
  await db.write(['meta', 'settings'], async (tx) => void ((await standOnDisk(tx)) === stand && tx.put('settings', { name: RECALL, box, stand })), true);
}
