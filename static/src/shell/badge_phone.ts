/** This phone's part of the work badge: a key pair of its own and the secret the server answers once, both kept sealed. */
import { KEYS, isKnown, makePair, type BadgeKeys, type BadgeRow } from '../records/badge_codes';
import type { Store } from '../store/api';
import type { LocalPhone } from '../sync/phone';
import { phone } from './session';

let asking: Promise<void> | undefined;

/** Quietly, when there is a badge that this phone cannot show by the minute yet; without a network the next time. */
export function ensureBadgeKeys(store: Store): Promise<void> {
  asking ??= ask(store).catch(() => {}).finally(() => { asking = undefined; });
  return asking;
}

async function ask(store: Store): Promise<void> {
  const badge = (await store.list('badge'))[0] as unknown as BadgeRow | undefined;
  if (!badge || isKnown(badge, await store.setting<BadgeKeys>(KEYS))) return;
  await (phone.value as LocalPhone).ready();
  const { jwk, public_key } = await makePair();
  const said = await (phone.value as LocalPhone).engine?.session.say({ method: 'POST', path: '/api/v1/badge/phone', json: { public_key } });
  if (said?.kind !== 'ok') return;
  const { secret, device_id } = said.body as { secret: string; device_id: string };
  await store.keepSetting(KEYS, { device: device_id, secret, jwk, public_key } satisfies BadgeKeys);
  store.retry(); // the row that names this phone comes with the next pull
}
