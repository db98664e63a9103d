/**
 * The lock of the phone under the policy `pin`: locking drops the key from the memory of every tab, so nothing is shown
 * and nothing is sent; six digits open again, without a network. Loaded only where the policy is on.
 */
import { PIN_TRIES } from '../store/index';
import { setPin, tryPin } from '../store/pin_copy';
import type { ChannelLike, Id, LocalStore, PinDoor, Problem, SessionInfo } from '../store/index';
import type { LocalPhone } from './phone';

const local = (code: string, left?: number): { problem: Problem } => ({ problem: { code, status: 0, ...(left === undefined ? {} : { fields: { left } }) } });

export class PinLock implements PinDoor {
  /** another tab has locked */
  onLocked: () => void = () => {};
  private channel: ChannelLike;

  constructor(
    private phone: LocalPhone,
    private openAs: (session: SessionInfo, key: CryptoKey) => Promise<LocalStore>,
  ) {
    this.channel = phone.env.channel('gridwalk-lock', () => void this.close());
  }

  async wanted(): Promise<boolean> {
    const session = this.phone.store?.session;
    if (!session?.policy.pin) return false;
    return !(await this.phone.people_kept.row(session.person.id))?.pin;
  }
  async set(pin: string): Promise<boolean> {
    const id = this.phone.store?.session.person.id;
    return id !== undefined && setPin(this.phone.people_kept, id, pin);
  }
  async unlock(person: Id, pin: string): Promise<{ store: LocalStore } | { problem: Problem }> {
    const { people_kept } = this.phone;
    const known = await people_kept.byId(person);
    if (!known?.row.pin) return local('offline_unknown_person');
    const tried = await tryPin(people_kept, person, known.session, pin);
    if ('key' in tried) return { store: await this.openAs(known.session, tried.key) };
    return tried.left > 0 ? local('pin_wrong', tried.left) : local('only_online');
  }
  async left(person: Id): Promise<number> {
    const row = await this.phone.people_kept.row(person);
    return PIN_TRIES - (row?.pin?.wrong ?? 0);
  }
  async lock(): Promise<void> {
    this.channel.post({ type: 'lock' });
    await this.shut();
  }
  end(): void {
    this.channel.close();
  }
  private async close(): Promise<void> {
    if (!this.phone.store) return;
    this.onLocked();
    await this.shut();
  }
  private async shut(): Promise<void> {
    this.phone.people_kept.dropRaw();
    await this.phone.shut();
  }
}
