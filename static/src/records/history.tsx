/** Every step of a record in order: who, when, what, why. */
import { sayMoment } from '../text/days';
import { hasWord, word } from '../text/text';
import type { HistoryStep } from './shapes';
import { Zh } from './words';

export function History({ steps }: { steps: HistoryStep[] }) {
  return (
    <ol class="steps">
      {steps.map((step) => (
        <li>
          <span class="strong">{word('step', step.step)}</span> · <Zh>{step.by_name}</Zh>
          <span class="quiet" style="display:block">{sayMoment(step.at)}</span>
          {step.reason && <span style="display:block">{hasWord('reason', step.reason) ? word('reason', step.reason) : step.reason}</span>}
          {step.words && <span style="display:block"><Zh>{step.words}</Zh></span>}
        </li>
      ))}
    </ol>
  );
}
