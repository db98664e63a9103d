/** 登记不在岗: what kind, which days, who stands in. No reason is asked. Five taps at the most. */
import { useState } from 'preact/hooks';
import { addDays, sayDay, today } from '../text/days';
import { t } from '../text/text';
import { Button } from '../ui/button';
import { OneOf } from '../ui/chips';
import { TextField } from '../ui/field';
import { Sheet } from '../ui/sheet';
import { KINDS, comeBack, notOver, standIns, tellAway, type Absence, type Away, type AwayKind } from './away';
import { newId } from './ids';
import * as lists from './lists';
import { tellHeld, tellSaved } from './save';
import type { Staff } from './shapes';
import { useLive, useStore } from './store_context';
import { Said, Zh } from './words';

const SPANS = ['today', 'tomorrow', 'week', 'other'] as const;
type Span = (typeof SPANS)[number];

/** First day and the day after the last one; the week ends on Sunday. */
export function daysOf(span: Exclude<Span, 'other'>, day: string): { from: string; to: string } {
  if (span === 'tomorrow') return { from: addDays(day, 1), to: addDays(day, 2) };
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return { from: day, to: addDays(day, span === 'today' || !weekday ? 1 : 8 - weekday) };
}

export function AwaySheet({ absent, onClose }: { absent?: Staff; onClose: () => void }) {
  const store = useStore();
  const person = absent?.person_id ?? store.session.person.id;
  const staff = useLive(lists.staff, ['staff']);
  const [kind, setKind] = useState<AwayKind>();
  const [span, setSpan] = useState<Span>('today');
  const [from, setFrom] = useState(today()), [last, setLast] = useState(today());
  const [who, setWho] = useState<string>();
  const [asked, setAsked] = useState(false);
  const colleagues = standIns(staff ?? [], person);
  const days = span === 'other' ? { from, to: last ? addDays(last, 1) : '' } : daysOf(span, today());
  const wrong = !(days.from < days.to);
  const save = async () => {
    setAsked(true);
    if (!kind || wrong) return;
    const done = await tellAway(store, { id: newId(), person_id: person, kind, ...days, stand_in: colleagues.find((one) => one.person_id === who) }, absent);
    if (!done.saved) { tellSaved(done); return; }
    tellHeld(store, done.mutation_id, t('away.saved'), () => {});
    onClose();
  };
  return (
    <Sheet title={t('away.tell')} closeWord={t('act.close')} onClose={onClose} testid="away-sheet">
      {absent && <p class="strong"><Zh>{absent.name}</Zh></p>}
      <OneOf<AwayKind> label={t('away.kind')} showLabel layout="halves" value={kind} onPick={(one) => one && setKind(one)} choices={KINDS.map((value) => ({ value, label: t(`away_kind.${value}`), testid: `away-${value}` }))} />
      <p class="quiet">{t('away.kind_private')}</p>
      {asked && !kind && <p class="never" role="alert">{t('away.choose')}</p>}
      <OneOf<Span> label={t('away.when')} showLabel layout="halves" value={span} onPick={(one) => one && setSpan(one)} choices={SPANS.map((value) => ({ value, label: value === 'today' || value === 'tomorrow' ? t(`day.${value}`) : t(`away.${value}`), testid: `away-${value}` }))} />
      {span === 'other' && <><TextField label={t('away.from')} value={from} onText={setFrom} testid="away-from" rest={{ type: 'date' }} /><TextField label={t('away.to')} value={last} onText={setLast} testid="away-to" rest={{ type: 'date', min: from }} error={asked && wrong ? t('away.wrong') : undefined} /></>}
      <OneOf label={t('away.stand_in')} showLabel layout="halves" clearable value={who} onPick={setWho} choices={colleagues.map((one) => ({ value: one.person_id, label: <Zh>{one.name}</Zh>, testid: 'away-stand-in' }))} />
      <Button kind="primary" wide icon="check" data-testid="away-save" onTap={save}>{t('act.save')}</Button>
    </Sheet>
  );
}

/** Days that are not over, each with a way back. */
export function AwayDays({ days, absent }: { days: (Away | Absence)[] | undefined; absent?: Staff }) {
  const store = useStore();
  const back = async (one: Away | Absence) => {
    const done = await comeBack(store, one, today(), absent);
    if (done.saved) tellHeld(store, done.mutation_id, t('away.back'), () => {});
    else tellSaved(done);
  };
  return (
    <>
      {notOver(days, today()).map((one) => (
        <div class="line" key={one.id} data-testid="away-row" data-id={one.id}>
          <span class="grow"><AwayWords away={one} /></span>
          <Button data-testid="away-back" onTap={() => back(one)}>{t(one.from <= today() ? 'away.back' : 'away.call_off')}</Button>
        </div>
      ))}
    </>
  );
}

/** 不在岗 11月24日—11月26日 · 代班：… */
export function AwayWords({ away }: { away: Away | Absence }) {
  const last = addDays(away.to, -1);
  return (
    <>
      <span class="strong">{t('away.title')}</span> {last === away.from ? sayDay(last) : `${sayDay(away.from)}—${sayDay(last)}`}
      <span class="quiet" style="display:block">{'kind' in away && <>{t(`away_kind.${(away as Absence).kind}`)} · </>}{away.stand_in_name ? <Said>{t('away.by', { name: away.stand_in_name })}</Said> : t('away.nobody')}</span>
    </>
  );
}
