/** What a phone's databases look like after a kill: everything committed, nothing of a transaction under way. */
import { IDBFactory } from 'fake-indexeddb';
import Database from '../../../../node_modules/fake-indexeddb/build/esm/lib/Database.js';
import ObjectStore from '../../../../node_modules/fake-indexeddb/build/esm/lib/ObjectStore.js';
import closeConnection from '../../../../node_modules/fake-indexeddb/build/esm/lib/closeConnection.js';

/** A disk of its own with the same rows. `is_kill`: transactions under way are rolled back in the old one first. */
export function copyDisk(factory, is_kill) {
  const copy = new IDBFactory();
  for (const [name, database] of factory._databases) {
    const under_way = database.transactions.filter((transaction) => transaction._state !== 'finished');
    if (under_way.some((transaction) => transaction.mode === 'versionchange')) continue; // was being made: is not there
    if (is_kill) for (const transaction of under_way) transaction._abort('AbortError');
    copy._databases.set(name, copied(database));
  }
  return copy;
}

function copied(database) {
  const fresh = new Database(database.name, database.version);
  for (const [name, store] of database.rawObjectStores) {
    const same = new ObjectStore(fresh, name, store.keyPath, store.autoIncrement);
    for (const { key, value } of store.records.values()) same.records.put({ key, value });
    fresh.rawObjectStores.set(name, same);
  }
  return fresh;
}

/** The system closes the databases under the page's hands (iOS in the background). */
export function killConnections(factory) {
  for (const database of factory._databases.values()) {
    for (const connection of [...database.connections]) if (!connection._closed) closeConnection(connection, true);
  }
}

export function isThere(factory, name) {
  return factory._databases.has(name);
}
