/** What came of it, what to say to the parties then, and the day of the return visit. */
import { DayChoice } from '../../records/day_choice';
import { m } from '../../text/mediations';
import { OneOf } from '../../ui/chips';
import { isSettled, OUTCOMES, type MediationDraft } from './rules';

type Chosen = MediationDraft['outcome'];
const DAYS = [7, 15, 30];

interface OutcomeProps { title: string; open: string; outcome: Chosen; revisit_on: string | undefined; error: string | undefined; onOutcome: (outcome: Chosen) => void; onDay: (day: string | undefined) => void }

export function OutcomeField(p: OutcomeProps) {
  return (
    <div class="card">
      <OneOf label={p.title} showLabel layout="column" value={p.outcome} onPick={p.onOutcome}
        choices={(['open', ...OUTCOMES] as const).map((value) => ({ value, label: value === 'open' ? p.open : m(`outcome.${value}`), testid: `outcome-${value}` }))} />
      {p.error && <p class="never" role="alert">{p.error}</p>}
      {p.outcome && p.outcome !== 'open' && <p role="status">{m(`after.${p.outcome}`)}</p>}
      {isSettled(p.outcome) && <DayChoice label={m('revisit.on')} value={p.revisit_on} onPick={p.onDay} days={DAYS} />}
    </div>
  );
}
