/** The leader's screens are a piece of the app that only some phones keep: theirs who lead or advise a grid, from the day they do. */
import { computed, effect } from '@preact/signals';
import { keepPiece } from '../device/pieces';
import { modesOf } from '../records/roles';
import { rolesNow, status, store } from './session';

/** `load` brings the piece: never without a network, for Chromium remembers an import that failed until the page is loaded anew. */
export function leadAhead(load: () => Promise<unknown>): () => void {
  const due = computed(() => !!store.value && modesOf(rolesNow()).includes('leader') && `${status.value?.online}`); // again when the network comes back
  return effect(() => {
    if (!due.value) return;
    keepPiece('leader');
    if (navigator.onLine) load().catch(() => {});
  });
}
