/**
 * The service worker: keeps exactly the files of one build, serves the shell for /app without a network, wakes the same
 * engine that the page runs, and shows messages that are pushed. A new version waits: it takes over when the person says yes or at the next start.
 */
import { keepPieces, type Pieces } from './pieces';
import { ringOnPush } from './push';
import { keepShell } from './shell';
import { leaveOff, wakeEngine } from './wake';

/** `mapHost` is put before this file by a server that has a map source: another host, another header of the page. */
declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[]; mapHost?: string };
declare const __BUILD_VERSION__: string;
declare const __PIECES__: Pieces;

interface WakeEvent extends ExtendableEvent {
  tag: string;
}

keepShell(self, [...self.__WB_MANIFEST, { url: '/app', revision: `${__BUILD_VERSION__}${self.mapHost ?? ''}` }]);

keepPieces(self, __PIECES__);
ringOnPush(self);

self.addEventListener('message', (event) => {
  const said = (event.data as { type?: string } | null)?.type;
  if (said === 'use_new_version') void self.skipWaiting();
  if (said === 'leave_off') leaveOff();
  if (said === 'wake') event.waitUntil(wakeEngine());
});
for (const name of ['sync', 'periodicsync']) {
  self.addEventListener(name, (event) => {
    if ((event as WakeEvent).tag.startsWith('gridwalk')) (event as WakeEvent).waitUntil(wakeEngine());
  });
}
