/** Every step of a record in order: who, when, what, why. */
import { sayDay, sayMoment } from '../text/days';
import { t, word } from '../text/text';
import type { HazardBody, RecordRow } from './shapes';
import { Zh } from './words';

export function History({ record: { history, body } }: { record: RecordRow }) {
  return (
    <ol class="steps">
      {(history ?? []).map((step) => (
        <li>
          <span class="strong">{word('step', step.step)}</span> · <Zh>{step.by_name}</Zh>
          <span class="quiet" style="display:block">{sayMoment(step.at)}</span>
          {step.reason && <span style="display:block">{step.step === 'relooked' ? <Looked body={body as unknown as HazardBody} outcome={step.reason} at={step.at} /> : word('reason', step.reason)}</span>}
          {step.words && <span style="display:block"><Zh>{step.words}</Zh></span>}
        </li>
      ))}
    </ol>
  );
}

/** What was seen, and the day of the next look if one was named. */
function Looked({ body, outcome, at }: { body: HazardBody; outcome: string; at: number }) {
  const next = body.relooks?.find((look) => look.at === at)?.next_on;
  return <>{word('relook', outcome)}{next && <> · {t('hazard.relook_on', { day: sayDay(next) })}</>}</>;
}
