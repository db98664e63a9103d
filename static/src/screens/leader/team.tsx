/** 队伍: who needs help? People of my grids with a call button, and what is open or overdue. No presence, no ranking. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { AnnouncedCard } from '../../records/announced';
import * as lists from '../../records/lists';
import { notOver } from '../../records/away';
import { AwayWords } from '../../records/away_sheet';
import { gridsLed, gridsOf } from '../../records/roles';
import type { Grid, RecordRow, Staff, VisitPlan } from '../../records/shapes';
import { announcements } from '../../records/still_out';
import { useLive, useStore } from '../../records/store_context';
import type { Store } from '../../store/api';
import { Zh } from '../../records/words';
import { today } from '../../text/days';
import { t, word } from '../../text/text';
import { Tappable } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { Tag } from '../../ui/tag';
import { ColleagueSheet } from './colleague_sheet';
import { GridFilter } from './grid_filter';

const ORDER = ['grid_leader', 'full_time_worker', 'part_time_worker', 'micro_grid_leader', 'grid_adviser'];

/** Fixed order: office, then name. Never by counts. */
export const inOrder = (people: Staff[]): Staff[] => [...people].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'zh'));
const rank = (person: Staff): number => Math.min(...person.roles.map((role) => { const at = ORDER.indexOf(role); return at < 0 ? ORDER.length : at; }));

/** Asked for the due plans alone: a grid has 500 households, and few are due. */
async function gridsOfPlans(store: Store, plans: VisitPlan[]): Promise<Map<string, unknown>> {
  const found = await Promise.all(plans.map((plan) => (plan.household_id ? store.get('household', plan.household_id) : plan.place_id ? store.get('place', plan.place_id) : undefined)));
  return new Map(plans.map((plan, at) => [plan.id, found[at]?.grid_id]));
}

export default function TeamScreen() {
  const { session } = useStore();
  const mine = gridsOf(session);
  const [only, setOnly] = useState<string>();
  const known = useLive(async (s) => {
    const [grids, people, plans, waiting, returned, announced] = await Promise.all([lists.grids(s), lists.staff(s), lists.visitPlans(s, today()), lists.records(s, { state: 'waiting' }), lists.records(s, { state: 'returned' }), announcements(s)]);
    return { grids, people, announced, plans, waiting, returned, gridOf: await gridsOfPlans(s, plans) };
  }, ['staff', 'record', 'visit_plan', 'grid', 'announced']);
  if (!known) return null;
  const shown = known.grids.filter((grid) => (only ? grid.id === only : mine.includes(grid.id)));
  const theirs = new Set(known.people.filter((person) => shown.some((grid) => grid.id === person.grid_id)).map((person) => person.person_id));
  return (
    <>
      <GridFilter value={only} onPick={setOnly} />
      {known.announced.filter((row) => theirs.has(row.person_id)).map((row) => <AnnouncedCard key={row.id} row={row} />)}
      {shown.map((grid) => (
        <OneGrid key={grid.id} grid={grid} led={gridsLed(session).includes(grid.id)} people={inOrder(known.people.filter((person) => person.grid_id === grid.id))}
          plans={known.plans.filter((plan) => known.gridOf.get(plan.id) === grid.id)}
          waiting={known.waiting.filter((record) => record.grid_id === grid.id)} returned={known.returned.filter((record) => record.grid_id === grid.id)} />
      ))}
    </>
  );
}

function OneGrid(p: { grid: Grid; people: Staff[]; plans: VisitPlan[]; waiting: RecordRow[]; returned: RecordRow[]; led: boolean }) {
  const [open, setOpen] = useState<Staff>();
  const late = p.plans.filter((plan) => plan.due < today()).length;
  return (
    <section class="card flat" aria-label={p.grid.name}>
      <div style="padding:12px 16px" class="stack-s">
        <h2><Zh>{p.grid.name}</Zh></h2>
        <p class="line">
          <Tag tone="plain" icon="visits">{t('team.due', { n: p.plans.length })}</Tag>
          {late > 0 && <Tag tone="stop" icon="waiting">{t('team.overdue', { n: late })}</Tag>}
          <Tag tone="plain" icon="approve">{t('team.waiting', { n: p.waiting.length })}</Tag>
        </p>
      </div>
      <ul class="rows">
        {p.people.map((person) => {
          const back = p.returned.filter((record) => record.author_id === person.person_id).length, waits = p.waiting.filter((record) => record.author_id === person.person_id).length;
          return (
            <li class="row" key={person.id} data-testid="team-row" data-id={person.person_id}>
              <Who led={p.led} open={() => setOpen(person)}><span><span class="title"><Zh>{person.name}</Zh></span><span class="quiet">{person.roles.map((role) => word('role', role)).join('、')}</span></span>
                {notOver(person.away, today()).slice(0, 1).map((one) => <span key={one.id} data-testid="team-away"><AwayWords away={one} /></span>)}
                {(back > 0 || waits > 0) && <span class="line">{waits > 0 && <Tag tone="plain" icon="waiting">{t('team.waiting', { n: waits })}</Tag>}{back > 0 && <Tag tone="wait" icon="returned">{t('team.to_correct', { n: back })}</Tag>}</span>}</Who>
              {person.phone && <a class="btn" href={`tel:${person.phone}`} aria-label={t('team.call', { name: person.name })}><Icon name="call" /><span>{t('team.call_short')}</span></a>}
            </li>
          );
        })}
      </ul>
      {open && <ColleagueSheet person={p.people.find((one) => one.id === open.id) ?? open} onClose={() => setOpen(undefined)} />}
    </section>
  );
}

/** Whoever leads the grid opens the colleague; for all others it is only read. */
function Who(p: { led: boolean; open: () => void; children: ComponentChildren }) {
  return p.led
    ? <Tappable class="row grow" style="padding-inline:0" data-testid="colleague" onTap={p.open}><span class="grow stack-s">{p.children}</span><Icon name="go" size={20} /></Tappable>
    : <span class="grow stack-s">{p.children}</span>;
}
