/**
 * Storage of this site on this phone: the meter, the wish to be kept, and the ballast, a 4 MB file in the origin's
 * private file system. A ballast inside IndexedDB could not be freed on a full disk.
 */
import type { BallastLike } from '../store/env';

/** Tiles of the map, kept by the service worker: nobody's work, so the first thing given up. */
export const TILE_CACHE = 'gridwalk-tiles';
const BALLAST = 'gridwalk-ballast';
const BALLAST_BYTES = 4 * 1024 * 1024;
/** Taking the ballast must leave room for work; so much is written first, for the meter of some browsers knows no disk. */
const ROOM_NEEDED = 3 * BALLAST_BYTES;
const BLOCK_BYTES = 64 * 1024;
const isFull = (error: unknown) => (error as Error | null)?.name === 'QuotaExceededError';

export function opfsBallast(): BallastLike {
  const folder = async () => {
    if (typeof navigator === 'undefined' || !navigator.storage?.getDirectory) return undefined;
    return navigator.storage.getDirectory();
  };
  return {
    async fill(may_try) {
      const root = await folder();
      if (!root) return false;
      const there = await root.getFileHandle(BALLAST).catch(() => undefined);
      if (there && (await there.getFile()).size >= BALLAST_BYTES) return true;
      if (!may_try) return false;
      const { used, quota } = await storageMeter();
      if (quota - used < ROOM_NEEDED) {
        await dropTiles(); // then the next try finds their room
        throw Object.assign(new Error('no room'), { name: 'QuotaExceededError' });
      }
      return writeBallast(root);
    },
    async release() {
      await dropTiles();
      const root = await folder();
      if (!root) return false;
      return root.removeEntry(BALLAST).then(() => true, () => false);
    },
  };
}

/** They show where somebody looked: gone with the first who leaves the phone. */
export const dropTiles = async (): Promise<unknown> => globalThis.caches?.delete(TILE_CACHE).catch(() => {});

/** Throws QuotaExceededError when the disk has no room for it; false where files cannot be written at all. */
async function writeBallast(root: FileSystemDirectoryHandle): Promise<boolean> {
  let stream: FileSystemWritableFileStream | undefined;
  try {
    const file = await root.getFileHandle(BALLAST, { create: true });
    stream = await file.createWritable();
    // random bytes: a file of zeros may take no room on the disk
    const block = crypto.getRandomValues(new Uint8Array(BLOCK_BYTES));
    for (let written = 0; written < ROOM_NEEDED; written += block.length) await stream.write(block);
    await stream.truncate(BALLAST_BYTES);
    await stream.close();
    return true;
  } catch (error) {
    await stream?.abort().catch(() => {});
    await root.removeEntry(BALLAST).catch(() => {});
    if (isFull(error)) throw error;
    return false;
  }
}

export async function storageMeter(): Promise<{ used: number; quota: number; persisted: boolean }> {
  if (typeof navigator === 'undefined' || !navigator.storage?.estimate) return { used: 0, quota: 0, persisted: false };
  const [{ usage, quota }, persisted] = await Promise.all([
    navigator.storage.estimate(),
    navigator.storage.persisted?.() ?? false,
  ]);
  return { used: usage ?? 0, quota: quota ?? 0, persisted };
}

/** Asks to be kept; often refused, so it is shown and never relied on. */
export async function askToPersist(): Promise<boolean> {
  if (!navigator.storage?.persist) return false;
  return navigator.storage.persist().catch(() => false);
}
