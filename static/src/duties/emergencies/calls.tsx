/** The call buttons: links to the dialler, big, without a network. A tap notes the call by itself. */
import { Said } from '../../records/words';
import type { Call } from '../../records/shapes';
import { sayClock } from '../../text/days';
import { t } from '../../text/text';
import { Icon } from '../../ui/icons';
import { NUMBERS } from './rules';

export function CallButtons({ gas, onCall }: { gas: string | undefined; onCall: (number: Call['number']) => void }) {
  return (
    <section aria-label={t('emergency.call')}>
      <div class="tiles">
        {NUMBERS.map((number) => <CallButton key={number} number={number} dial={number} onCall={onCall} />)}
        {gas ? <CallButton number="gas" dial={gas} onCall={onCall} /> : <p class="quiet" data-testid="emergency-no-gas">{t('emergency.no_gas_number')}</p>}
      </div>
    </section>
  );
}

function CallButton(p: { number: Call['number']; dial: string; onCall: (number: Call['number']) => void }) {
  return (
    <a class="btn stop big-choice call" href={`tel:${p.dial.replace(/[^+\d]/g, '')}`} data-testid={`emergency-call-${p.number}`} onClick={() => p.onCall(p.number)}>
      <Icon name="call" size={28} /><span>{p.number === 'gas' ? t('called.gas') : p.number}<small>{p.number === 'gas' ? p.dial : t(`called.what_${p.number}`)}</small></span>
    </a>
  );
}

/** Which number, when; newest last. */
export function CallList({ calls, isSaved }: { calls: Call[]; isSaved?: boolean }) {
  if (!calls.length) return <p class="quiet">{t(isSaved ? 'emergency.called_elsewhere' : 'emergency.no_call')}</p>;
  return (
    <ol class="steps" data-testid="emergency-calls">
      {calls.map((call) => <li key={`${call.number}${call.at}`} data-number={call.number}><span class="strong">{sayClock(call.at)}</span> <Said>{t('emergency.called', { number: t(`called.${call.number}`) })}</Said></li>)}
    </ol>
  );
}
