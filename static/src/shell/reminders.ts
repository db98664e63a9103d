/**
 * 手机提醒: the push subscription of this browser for the person in front. Permission is asked only by their own tap; once
 * they have said yes the subscription is given anew at every start, since browsers and push hosts drop them silently.
 */
import { effect } from '@preact/signals';
import type { LocalPhone } from '../sync/phone';
import { phone, store } from './session';

export type Refusal = 'denied' | 'not_set_up' | 'offline' | 'no_service';
export type Outcome = 'on' | 'off' | Refusal;

export const WANTED = 'reminders'; // the person's setting on this phone
const PATIENCE_MS = 20_000; // where a push service is out of reach some browsers never answer

export const isSupported = (): boolean =>
  phone.value?.canKeep === true && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

const session = () => (phone.value as LocalPhone | undefined)?.engine?.session;

/** From a tap and nowhere else: the browser's question belongs to it. */
export async function turnOn(): Promise<Outcome> {
  const answer = Notification.permission === 'granted' ? 'granted' : await Notification.requestPermission();
  const outcome = answer === 'granted' ? await subscribe() : 'denied';
  if (outcome === 'on') await store.value?.keepSetting(WANTED, true);
  return outcome;
}

export async function turnOff(): Promise<Outcome> {
  const said = await session()?.say({ method: 'DELETE', path: '/api/v1/push/subscriptions' });
  if (said?.kind !== 'ok') return 'offline';
  await store.value?.keepSetting(WANTED, false);
  return 'off';
}

async function subscribe(): Promise<Outcome> {
  await (phone.value as LocalPhone).ready();
  const told = await session()?.say({ method: 'GET', path: '/api/v1/push/key' });
  if (told?.kind !== 'ok') return 'offline';
  const { key } = told.body as { key: string | null };
  if (!key) return 'not_set_up';
  const mine = await Promise.race([atBrowser(key), new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS))]).catch(() => undefined);
  if (!mine) return 'no_service';
  const { endpoint, keys } = mine.toJSON();
  const kept = await session()?.say({ method: 'POST', path: '/api/v1/push/subscriptions', json: { endpoint, keys } });
  if (kept?.kind === 'ok') return 'on';
  return kept?.kind === 'problem' && kept.code === 'push_address' ? 'no_service' : 'offline';
}

async function atBrowser(key: string): Promise<PushSubscription | undefined> {
  const worker = await navigator.serviceWorker.getRegistration('/');
  if (!worker?.active) return undefined;
  const wanted = { userVisibleOnly: true, applicationServerKey: key };
  return worker.pushManager.subscribe(wanted).catch(async () => {
    await (await worker.pushManager.getSubscription())?.unsubscribe(); // one under an older key stands in the way
    return worker.pushManager.subscribe(wanted);
  });
}

/** At every start, and for whoever takes the phone: quietly, and only where they have said yes. */
export function renewAtEveryStart(): void {
  effect(() => {
    const opened = store.value;
    if (opened) void renew(opened).catch(() => {});
  });
}

async function renew(opened: NonNullable<typeof store.value>): Promise<void> {
  if (!isSupported() || Notification.permission !== 'granted' || !(await opened.setting<boolean>(WANTED))) return;
  if (store.value === opened) await subscribe();
}
