/** Who is on the phone, in which mode, and how the sending stands. The only state above the screens. */
import { signal } from '@preact/signals';
import type { Phone, RoleHeld, Store, SyncStatus } from '../store/api';
import { isOnlyMicroLeader, modesOf, type Mode } from '../records/roles';
import { shown } from '../ui/toast';
import { openLook } from './look';

export const phone = signal<Phone | undefined>(undefined);
export const store = signal<Store | undefined>(undefined);
export const status = signal<SyncStatus | undefined>(undefined);
export const mode = signal<Mode>('worker');
/** whose phone is locked: the PIN comes first */
export const held = signal<{ id: string; name: string } | undefined>(undefined);
/** the open person has to choose a PIN before anything else */
export const choosing = signal(false);
/** what is kept on this phone could not be opened */
export const broken = signal(false);
export function noteTrouble(problem: unknown): undefined {
  console.error(problem);
  broken.value ||= (problem as Error | null)?.name === 'DatabaseLost';
  return undefined;
}
/** what must be done before somebody's screens are drawn; set by boot.ts */
export const before = { shown: async (_opened: Store): Promise<void> => {} };

const renewals = signal(0);
/** The roles as of now, for a frame that is drawn again when they change: a stand-in begins or ends, a post too. */
export const rolesNow = (): RoleHeld[] => (renewals.value, store.value!.session.roles);

/** Devices as the phone's door may list them; a store without this door simply shows no list. */
export interface Device { device_id: string; label: string; platform?: string; last_use?: number; this_one?: boolean }

let stopWatching: (() => void) | undefined;

/** Puts a person's store in front: their look, their mode, their tabs. */
export async function take(opened: Store): Promise<void> {
  stopWatching?.();
  const modes = modesOf(opened.session.roles);
  const kept = await opened.setting<Mode>('mode').catch(() => undefined);
  mode.value = kept && modes.includes(kept) ? kept : (modes[0] ?? 'worker');
  await openLook(opened);
  const read = (changed?: Set<string>) => {
    status.value = opened.status();
    if (!changed?.has('session')) return;
    if (!modesOf(opened.session.roles).includes(mode.value)) switchMode();
    renewals.value++;
  };
  stopWatching = opened.onChange(read);
  read();
  await before.shown(opened).catch((problem: unknown) => console.error(problem));
  store.value = opened;
}

let last_username = '';
/** Whoever was in last: the name a new sign-in proposes. */
export const lastUsername = (): string => last_username;

export function leave(): void {
  last_username = store.value?.session.person.username ?? '';
  stopWatching?.();
  stopWatching = undefined;
  store.value = undefined;
  status.value = undefined;
  shown.value = []; // what one did, and its undo, is nothing for whoever comes next
}

/** Locks, or asks another person for their PIN: nothing is shown and nothing sent until it is right. */
export async function hold(who: { id: string; name: string } | undefined): Promise<void> {
  held.value = who;
  leave();
  await (await phone.value!.pin()).lock();
}

export function switchMode(): void {
  mode.value = mode.value === 'worker' ? 'leader' : 'worker';
  store.value?.keepSetting('mode', mode.value).catch(() => {});
}

export const homeOf = (which: Mode): string => (which === 'leader' ? '/approvals' : '/today');

export type TabName = 'today' | 'tasks' | 'log' | 'records' | 'me' | 'approvals' | 'map' | 'dispatch' | 'team';

export function tabsOf(which: Mode): TabName[] {
  const roles = rolesNow();
  if (!modesOf(roles).length) return ['me'];
  if (which === 'leader') return ['approvals', 'map', 'dispatch', 'team', 'me'];
  return isOnlyMicroLeader(roles) ? ['today', 'log', 'me'] : ['today', 'tasks', 'log', 'records', 'me'];
}
