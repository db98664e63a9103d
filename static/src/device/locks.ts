/**
 * One writer, whatever the number of tabs: a Web Lock, or where the browser has none, a lease in a small database of
 * its own that is renewed while the work goes on and expires by itself after a crash.
 */
import type { LockManagerLike } from '../store/env';

const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
const DATABASE = 'gridwalk-leases';

export function browserLocks(): LockManagerLike {
  return typeof navigator !== 'undefined' && navigator.locks ? webLocks(navigator.locks) : leases();
}

function webLocks(locks: LockManager): LockManagerLike {
  return {
    async tryRun(name, work) {
      let ran = false;
      await locks.request(name, { ifAvailable: true }, async (lock) => {
        if (!lock) return;
        ran = true;
        await work();
      });
      return ran;
    },
  };
}

interface Lease {
  name: string;
  owner: string;
  until: number;
}

function leases(): LockManagerLike {
  const owner = crypto.randomUUID();
  return {
    async tryRun(name, work) {
      if (!(await take(name, owner))) return false;
      const renewal = setInterval(() => void take(name, owner).catch(() => {}), RENEW_MS);
      try {
        await work();
      } finally {
        clearInterval(renewal);
        await release(name, owner).catch(() => {});
      }
      return true;
    },
  };
}

function take(name: string, owner: string): Promise<boolean> {
  return withLease(name, (lease) => {
    const now = Date.now();
    const is_free = !lease || lease.owner === owner || lease.until < now || lease.until > now + 2 * LEASE_MS;
    return is_free ? { name, owner, until: now + LEASE_MS } : undefined;
  });
}
function release(name: string, owner: string): Promise<boolean> {
  return withLease(name, (lease) => (lease?.owner === owner ? { name, owner, until: 0 } : undefined));
}

/** Reads the lease and writes the next one in the same transaction; false when there is nothing to write. */
async function withLease(name: string, next: (lease: Lease | undefined) => Lease | undefined): Promise<boolean> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('leases', { keyPath: 'name' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  try {
    return await new Promise<boolean>((resolve, reject) => {
      let wrote = false;
      const transaction = database.transaction('leases', 'readwrite');
      const table = transaction.objectStore('leases');
      const found = table.get(name) as IDBRequest<Lease | undefined>;
      found.onsuccess = () => {
        const lease = next(found.result);
        if (!lease) return;
        table.put(lease);
        wrote = true;
      };
      transaction.oncomplete = () => resolve(wrote);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}
