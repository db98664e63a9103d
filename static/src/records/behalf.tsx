/** Entered for a colleague from paper or by voice: the line above the form, and the colleague's answer. */
import { addDays, sayDay, sayMoment, today } from '../text/days';
import { t } from '../text/text';
import { Button, Tappable } from '../ui/button';
import { OneOf } from '../ui/chips';
import { Icon } from '../ui/icons';
import { go, route } from '../ui/route';
import { useTap } from '../ui/tap';
import type { DraftState } from './draft';
import type { Behalf } from './envelope';
import * as lists from './lists';
import { tellHeld, tellSaved, HOLD_MS } from './save';
import type { Matter, RecordRow } from './shapes';
import { useLive, useStore } from './store_context';
import { MatterName, Said, Zh, kindIcon, kindWord } from './words';

/** `?for=…&grid=…`: a fresh form that is filled in for a colleague. */
export function forColleague<B extends { grid_id: string; on_behalf?: Behalf | undefined }>(fresh: B): B {
  const { query } = route.value, person_id = query.get('for');
  return person_id ? { ...fresh, on_behalf: { person_id, day: today() }, grid_id: query.get('grid') ?? fresh.grid_id } : fresh;
}

/** What may be entered for a colleague: nothing sensitive, that is told by whoever did it. */
export const toldFor = (matters: Matter[], on_behalf: Behalf | undefined): Matter[] => (on_behalf ? matters.filter((matter) => matter.data_class !== 'S') : matters);

/** For whom this is written and on which day it was done. */
export function BehalfLine({ draft }: { draft: Pick<DraftState<{ on_behalf?: Behalf | undefined }>, 'body' | 'change'> }) {
  const told = draft.body.on_behalf;
  const name = useLive(async (s) => (await lists.staff(s)).find((one) => one.person_id === told?.person_id)?.name, ['staff'], [told?.person_id]);
  if (!told) return null;
  const days = [0, -1, -2].map((back) => addDays(today(), back));
  return (
    <section class="card" data-testid="behalf-line" aria-label={t('record.entered_by_other')}>
      <p class="strong"><Said>{t('behalf.line', { name: name ?? '' })}</Said></p>
      <OneOf label={t('behalf.day')} showLabel value={told.day} onPick={(day) => day && draft.change({ on_behalf: { ...told, ...(name ? { name } : {}), day } })} choices={days.map((day, at) => ({ value: day, label: at ? sayDay(day) : t('day.today'), testid: `behalf-day-${at}` }))} />
    </section>
  );
}

/** 由他人代录，请确认: one tap says whose work it is. */
export function ConfirmRow({ record, matter, bare }: { record: RecordRow; matter: Matter | undefined; bare?: boolean }) {
  const store = useStore();
  const answer = useTap(async (mine: boolean) => {
    const done = await store.act({ name: 'records.confirm', payload: { record_id: record.id, mine }, shows: { kind: 'record', row: { ...record, confirmation: mine ? 'confirmed' : 'denied' } }, hold_ms: HOLD_MS });
    if (done.saved) tellHeld(store, done.mutation_id, t(mine ? 'step.confirmed' : 'behalf.not_mine'), () => {});
    else tellSaved(done);
  });
  return (
    <div class={bare ? 'stack-s' : 'card'} data-testid="confirm-row" data-id={record.id}>
      {!bare && <Tappable class="row" style="padding-inline:0" onTap={() => go(`/record/${record.id}`)}><Icon name={kindIcon[record.kind]} /><span class="grow"><span class="title">{kindWord(record.kind)} · <MatterName matter={matter} code={record.matter_code} short /></span><span class="quiet">{sayMoment(record.acted_at)} · <Zh>{record.history?.[0]?.by_name}</Zh></span></span><Icon name="go" size={20} /></Tappable>}
      <div class="line"><Button kind="act" icon="check" data-testid="confirm-mine" onTap={() => answer(true)}>{t('behalf.mine')}</Button><Button data-testid="confirm-not-mine" onTap={() => answer(false)}>{t('behalf.not_mine')}</Button></div>
    </div>
  );
}
