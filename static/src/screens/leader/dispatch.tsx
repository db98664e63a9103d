/** 交办: a matter of the list, what to do, to whom, until when, one confirm. No position of anybody. */
import { useState } from 'preact/hooks';
import { awayOn } from '../../records/away';
import * as lists from '../../records/lists';
import { MatterChoice } from '../../records/matter_choice';
import { gridsLed } from '../../records/roles';
import { tellHeld, tellSaved } from '../../records/save';
import type { Matter, Staff } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { TaskRow, tooLong } from '../../records/task_row';
import { allTasks, assignEach, isWaiting, type Task } from '../../records/tasks';
import { Zh } from '../../records/words';
import { addDays, sayDay, today } from '../../text/days';
import { k } from '../../text/tasks';
import { t } from '../../text/text';
import { Button, Tappable } from '../../ui/button';
import { OneOf } from '../../ui/chips';
import { TextField } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { Empty, Tag } from '../../ui/tag';
import { toast } from '../../ui/toast';
import { givenOut } from './given';

const DAYS = [0, 1, 3, 7];
const USUAL = 5;
/** Sensitive matters and mediations are arranged inside their team. */
const assignable = (matter: Matter): boolean => matter.data_class !== 'S' && matter.duty !== 'mediations';

/** What was assigned before comes first, then what a grid looks at most. */
function usual(matters: Matter[], given: Task[]): Matter[] {
  const uses = (matter: Matter) => given.filter((task) => task.matter_code === matter.code).length + (matter.duty === 'hazards' ? 0.5 : 0);
  return [...matters].sort((a, b) => uses(b) - uses(a)).slice(0, USUAL);
}

export default function Dispatch() {
  const store = useStore();
  const led = gridsLed(store.session);
  const [grid, setGrid] = useState(led[0] ?? '');
  const [matter, setMatter] = useState<Matter>();
  const [words, setWords] = useState('');
  const [who, setWho] = useState<string[]>([]);
  const [due, setDue] = useState(addDays(today(), 3));
  const [asked, setAsked] = useState(false);
  const known = useLive(async (s) => {
    const [grids, staff, matters, found] = await Promise.all([lists.grids(s), lists.staff(s), lists.mattersInForce(s), allTasks(s)]);
    return { grids: grids.filter((one) => led.includes(one.id)), staff, matters: matters.filter(assignable), tasks: found, byCode: new Map(matters.map((one) => [one.code, one])) };
  }, ['task', 'staff', 'matter', 'grid']);
  if (!led.length) return <Empty icon="dispatch"><p>{k('send.only_leaders')}</p></Empty>;
  if (!known) return null;
  const people = known.staff.filter((one) => one.grid_id === grid && one.person_id !== store.session.person.id);
  const chosen = people.filter((one) => who.includes(one.person_id));
  const given = givenOut(known.tasks, led, Date.now());
  const load = (person: string) => known.tasks.filter((task) => task.person_id === person && isWaiting(task)).length;
  const fault = words.trim() ? tooLong(words) : k('send.missing_words');
  const send = async () => {
    setAsked(true);
    const lacks = !matter ? k('send.missing_matter') : fault ?? (chosen.length ? undefined : k('send.missing_who'));
    if (lacks) toast(lacks); // the field stands a screen above the button
    if (!matter || lacks || !due) return;
    setAsked(false);
    let without = chosen.length;
    const last = await assignEach(store, chosen.map((one) => ({ id: one.person_id, name: one.name })),
      { grid_id: grid, matter_code: matter.code, words: words.trim(), due_day: due }, (left) => { without = left.length; setWho(left); });
    if (last?.saved && chosen.length === 1) tellHeld(store, last.mutation_id, k('sent', { n: 1 }), () => {});
    else if (last && !tellSaved(last, k('sent', { n: chosen.length }), without < chosen.length ? k('sent.some', { n: chosen.length - without, left: without }) : undefined)) return;
    setWords(''); setMatter(undefined);
  };
  return (
    <>
      <div class="stack" data-testid="dispatch-form">
        {known.grids.length > 1 && <OneOf label={t('form.grid')} showLabel value={grid} onPick={(one) => { if (one) { setGrid(one); setWho([]); } }} choices={known.grids.map((one) => ({ value: one.id, label: <Zh>{one.name}</Zh> }))} />}
        <div data-testid="dispatch-matter"><MatterChoice matters={known.matters} usual={usual(known.matters, known.tasks)} value={matter} onPick={setMatter} error={asked && !matter ? k('send.missing_matter') : undefined} /></div>
        <TextField long label={k('send.what')} value={words} onText={setWords} hint={k('send.words')} testid="dispatch-words" error={asked || words ? fault : undefined} />
        <People people={people} who={who} load={load} onPick={setWho} error={asked && !chosen.length ? k('send.missing_who') : undefined} />
        <OneOf label={k('due')} showLabel value={due} onPick={(day) => day && setDue(day)} choices={DAYS.map((n) => ({ value: addDays(today(), n), label: n ? sayDay(addDays(today(), n)) : t('day.today'), testid: 'dispatch-due' }))} />
        <Button kind="primary" wide icon="dispatch" data-testid="dispatch-send" onTap={send}>{k('send.to')}</Button>
      </div>
      <Given tasks={given} byCode={known.byCode} />
    </>
  );
}

function People({ people, who, load, onPick, error }: { people: Staff[]; who: string[]; load: (person: string) => number; onPick: (who: string[]) => void; error: string | undefined }) {
  return (
    <section class="card flat" aria-label={k('send.who')}>
      <h2 style="padding:12px 16px 4px">{k('send.who')}</h2>
      {error && <p class="never" role="alert" style="padding:0 16px 8px">{error}</p>}
      {!people.length && <p class="empty">{k('send.nobody')}</p>}
      <div class="rows">
        {people.map((one) => {
          const on = who.includes(one.person_id), away = awayOn(one.away, today()), open = load(one.person_id);
          return (
            <Tappable class="row" key={one.person_id} data-testid="dispatch-person" data-id={one.person_id} aria-pressed={on} onTap={() => onPick(on ? who.filter((id) => id !== one.person_id) : [...who, one.person_id])}>
              <Icon name={on ? 'check' : 'me'} /><span class="grow"><span class="title"><Zh>{one.name}</Zh></span><span class="quiet">{k('send.open', { n: open })}</span></span>
              {away && <Tag tone="wait" icon="today">{k('send.away')}</Tag>}
            </Tappable>
          );
        })}
      </div>
    </section>
  );
}

function Given({ tasks, byCode }: { tasks: Task[]; byCode: Map<string, Matter> }) {
  return (
    <section class="card flat" aria-label={k('send.given')}>
      <h2 style="padding:12px 16px 4px">{k('send.given')}</h2>
      {!tasks.length && <p class="empty">{k('send.nothing')}</p>}
      <div class="rows">{tasks.map((task) => <TaskRow key={task.id} task={task} matter={byCode.get(task.matter_code)} to />)}</div>
    </section>
  );
}
