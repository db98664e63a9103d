/**
 * Storage of this site on this phone: the meter, the wish to be kept, and the ballast, a 4 MB file in the origin's
 * private file system. A ballast inside IndexedDB could not be freed on a full disk.
 */
import type { BallastLike } from '../store/env';

const BALLAST = 'gridwalk-ballast';
const BALLAST_BYTES = 4 * 1024 * 1024;
/** Taking the ballast must leave room for work. */
const ROOM_NEEDED = 3 * BALLAST_BYTES;

export function opfsBallast(): BallastLike {
  const folder = async () => {
    if (typeof navigator === 'undefined' || !navigator.storage?.getDirectory) return undefined;
    return navigator.storage.getDirectory();
  };
  return {
    async fill() {
      const root = await folder();
      if (!root) return false;
      const there = await root.getFileHandle(BALLAST).catch(() => undefined);
      if (there && (await there.getFile()).size >= BALLAST_BYTES) return true;
      const { used, quota } = await storageMeter();
      if (quota - used < ROOM_NEEDED) return false;
      return writeBallast(root);
    },
    async release() {
      const root = await folder();
      if (!root) return false;
      return root.removeEntry(BALLAST).then(() => true, () => false);
    },
  };
}

async function writeBallast(root: FileSystemDirectoryHandle): Promise<boolean> {
  try {
    const file = await root.getFileHandle(BALLAST, { create: true });
    const stream = await file.createWritable();
    // random bytes: a file of zeros may take no room on the disk
    const block = new Uint8Array(64 * 1024);
    for (let written = 0; written < BALLAST_BYTES; written += block.length) {
      await stream.write(crypto.getRandomValues(block));
    }
    await stream.close();
    return true;
  } catch {
    await root.removeEntry(BALLAST).catch(() => {});
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
