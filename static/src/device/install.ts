/** Offering to put the app on the home screen, before the first record is at stake. */
import { signal } from '@preact/signals';

interface InstallEvent extends Event { prompt(): Promise<void>; userChoice: Promise<{ outcome: string }> }
export const installPrompt = signal<InstallEvent | undefined>(undefined);

export function listenForInstall(): void {
  addEventListener('beforeinstallprompt', (event) => { event.preventDefault(); installPrompt.value = event as InstallEvent; });
  addEventListener('appinstalled', () => { installPrompt.value = undefined; });
}

/** Named when the first list stands: the browser asks for it at once, and the list of a slow phone would wait. */
export function nameManifest(): void {
  if (document.querySelector('link[rel=manifest]')) return;
  document.head.append(Object.assign(document.createElement('link'), { rel: 'manifest', href: '/manifest.webmanifest' }));
}

export function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone === true;
}

export const isAppleTouch = (): boolean => /iPhone|iPad|iPod/.test(navigator.userAgent);
