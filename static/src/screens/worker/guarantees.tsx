/** 我的保险和公积金: each cover that Art. 19 names, until when, and whom to ask about one that is lacking. */
import { useLive } from '../../records/store_context';
import { Said } from '../../records/words';
import { sayDay, today } from '../../text/days';
import { g } from '../../text/guarantees';
import { t } from '../../text/text';
import { Icon } from '../../ui/icons';

export interface Cover {
  kind: 'pension' | 'medical' | 'unemployment' | 'work_injury' | 'maternity' | 'housing_fund' | 'accident';
  state: 'covered' | 'ending' | 'lacking';
  last_day: string | null;
  ask: string | null;
  ask_phone: string | null;
}
interface Guarantee { covers: Cover[]; as_of: string }

/** `day` of what ends before the phone has heard of it: the phone says so itself. */
export function stateOf(cover: Cover, day: string): Cover['state'] {
  return cover.last_day && cover.last_day < day ? 'lacking' : cover.state;
}

export function words(cover: Cover, day: string): string {
  const state = stateOf(cover, day);
  if (state === 'lacking' || !cover.last_day) return g(state);
  return g(state === 'ending' ? 'ending' : 'until', { day: sayDay(cover.last_day) });
}

export function Guarantees() {
  const found = useLive(async (s) => (await s.list('guarantee'))[0] as unknown as Guarantee | undefined, ['guarantee']);
  if (!found) return null;
  return (
    <section class="card" aria-label={g('title')} data-testid="guarantees">
      <h2>{g('title')}</h2>
      <p class="quiet">{g('what')}</p>
      <ul class="stack-s">
        {found.covers.map((cover) => {
          const state = stateOf(cover, today());
          return (
            <li key={cover.kind} data-testid="cover" data-kind={cover.kind} data-state={state}>
              <span class="strong">{g(cover.kind)}</span> · {words(cover, today())}
              {state !== 'covered' && cover.ask && <> · <Said>{g('ask', { unit: cover.ask })}</Said></>}
              {state !== 'covered' && cover.ask_phone && <a class="btn wide" href={`tel:${cover.ask_phone}`} aria-label={t('act.call', { number: cover.ask_phone })}><Icon name="call" /><span>{cover.ask_phone}</span></a>}
            </li>
          );
        })}
      </ul>
      <p class="quiet">{g('as_of', { day: sayDay(found.as_of) })}</p>
    </section>
  );
}
