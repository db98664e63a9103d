/** The piece around the PIN, fetched only where the policy is on. */
import { choosing, hold, held, leave, phone, store as present } from '../shell/session';
import type { Store } from '../store/api';
import { rememberGas } from './calls';
import { watchIdle } from './idle';

export { default as ChoosePin } from './choose_pin';
export { default as LockScreen } from './lock_screen';
export { default as Welcome } from './welcome';

let stop: (() => void) | undefined;

/** Somebody is in: asks for a PIN where there is none yet, and watches for the five idle minutes. */
export async function begin(store: Store): Promise<void> {
  stop?.();
  const lock = await phone.value!.pin();
  choosing.value = await lock.wanted();
  const { id, name, county_code } = store.session.person;
  const isHere = () => present.value === store && !choosing.value;
  lock.onLocked = () => { if (isHere()) { held.value = { id, name }; leave(); } };
  stop = watchIdle(store, () => { if (isHere()) void hold({ id, name }); });
  void store.list('policy').then((rows) => {
    const numbers = rows.find((row) => row.name === 'gas_numbers')?.value as Record<string, string> | undefined;
    if (numbers) rememberGas(numbers[county_code]);
  }, () => {});
}
