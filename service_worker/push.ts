/**
 * A message that arrives while the app is closed: shown in the words the server sent, and the engine is woken so that the
 * news is on the phone before the tap. A tap opens the right screen of the app; the shell needs no network for that.
 */
import { wakeEngine } from './wake';

interface Told { notification?: { title: string; body: string; lang: string; tag: string; navigate: string } }

const ICON = '/static/icons/icon-192.png';

export function ringOnPush(worker: ServiceWorkerGlobalScope): void {
  worker.addEventListener('push', (event) => {
    event.waitUntil(Promise.allSettled([show(worker, read(event.data)), wakeEngine()]));
  });
  worker.addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil(openAt(worker, String((event.notification.data as { path?: string } | null)?.path ?? '/app')));
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

/** Whatever the push names, a tap leads into this app and nowhere else. */
export function screenOf(navigate: string, origin: string): string {
  try {
    return `/app${new URL(navigate, origin).hash}`;
  } catch {
    return '/app';
  }
}

export async function openAt(worker: Pick<ServiceWorkerGlobalScope, 'clients'>, path: string): Promise<void> {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const here = windows.find((one) => /^\/app(\/|$)/.test(new URL(one.url).pathname));
  if (!here) return void (await worker.clients.openWindow(path));
  const front = await here.focus().catch(() => here);
  if (path.includes('#')) await front.navigate(path).catch(() => worker.clients.openWindow(path)); // a page loaded past the worker
}
