/**
 * A message that arrives while the app is closed: shown in the words the server sent, and the engine is woken so that the
 * news is on the phone before the tap. A tap opens the right screen of the app; the shell needs no network for that.
 */
import { openAt, screenOf } from './tap';
import { wakeEngine } from './wake';

interface Told { notification?: { title: string; body: string; lang: string; tag: string; navigate: string } }

const ICON = '/static/icons/icon-192.png';

export function ringOnPush(worker: ServiceWorkerGlobalScope): void {
  worker.addEventListener('push', (event) => {
    event.waitUntil(Promise.allSettled([show(worker, read(event.data)), wakeEngine()]));
  });
  worker.addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil(openAt(worker.clients, String((event.notification.data as { path?: string } | null)?.path ?? '/app')));
  });
}

function read(sent: PushMessageData | null): Told {
  try {
    return (sent?.json() ?? {}) as Told;
  } catch {
    return {};
  }
}

async function show(worker: ServiceWorkerGlobalScope, { notification }: Told): Promise<void> {
  if (!notification) return;
  const { title, body, lang, tag, navigate } = notification;
  await worker.registration.showNotification(title, { body, lang, tag, icon: ICON, data: { path: screenOf(navigate, worker.location.origin) } });
}
