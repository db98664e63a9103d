/** Whom to call, over the lock: links to the dialler, nothing is noted. */
import { say } from '../text/lock';
import { Icon } from '../ui/icons';

/** The county's number is public; it lies beside the look, in clear, so that it can be dialled while all else is locked. */
const PLACE = 'gridwalk.gas';
export function rememberGas(number: string | undefined): void {
  try { if (number) localStorage.setItem(PLACE, number); else localStorage.removeItem(PLACE); } catch { /* private mode: the three others are there */ }
}
const knownGas = (): string | null => { try { return localStorage.getItem(PLACE); } catch { return null; } };

export function Calls() {
  const gas = knownGas();
  return (
    <section class="stack-s" aria-label={say('lock.calls')}>
      <p class="quiet">{say('lock.calls')}</p>
      <div class="tiles">
        <Call number="119" what={say('lock.fire')} /><Call number="110" what={say('lock.police')} /><Call number="120" what={say('lock.ambulance')} />
        {gas && <Call number={gas} what={say('lock.gas')} id="gas" />}
      </div>
    </section>
  );
}

function Call({ number, what, id = number }: { number: string; what: string; id?: string }) {
  return <a class="btn stop" style="min-height:60px;padding:8px" href={`tel:${number.replace(/[^+\d]/g, '')}`} data-testid={`lock-call-${id}`}><Icon name="call" /><span>{number} {what}</span></a>;
}
