/** What this browser cannot do once the network is gone; shell/plain_bar.tsx says it in words. */
import { signal } from '@preact/signals';

/** false: no service worker keeps the app, so without a network it cannot be opened. Undefined until that is known. */
export const opensOffline = signal<boolean | undefined>(undefined);
/** The database of this phone does not open although the browser has one: the page goes on in memory. */
export const isShut = signal(false);
