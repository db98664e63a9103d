/** The leader's screens are a piece of the app that only some phones keep: theirs who lead or advise a grid, from the day they do. */
import { effect } from '@preact/signals';
import { modesOf } from '../records/roles';
import { rolesNow, status, store } from './session';

/** `load` brings the piece, which then says itself that it is to be kept. Asked for again when the network comes back. */
export function leadAhead(load: () => Promise<unknown>): () => void {
  return effect(() => {
    void status.value?.online;
    if (store.value && modesOf(rolesNow()).includes('leader')) load().catch(() => {});
  });
}
