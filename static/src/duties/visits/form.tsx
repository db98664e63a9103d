/** The visit form: whom, how, then 一切正常 in one tap or ticks, needs and words; the next visit is computed. */
import { useState } from 'preact/hooks';
import { forColleague, toldFor } from '../../records/behalf';
import { useDraft } from '../../records/draft';
import { mattersFor } from '../../records/envelope';
import { DropDraft, FormFrame } from '../../records/form_frame';
import { GridChoice, chosenGrid } from '../../records/grid_choice';
import * as lists from '../../records/lists';
import { MatterChoice } from '../../records/matter_choice';
import { ObstructedChip, PhotosField } from '../../records/photos_field';
import { SafetyLine } from '../../records/safety_line';
import { tellSaved } from '../../records/save';
import { useNotedLook } from '../../records/sensitive';
import type { Household, Place, VisitPlan } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { usualMatters } from '../../records/usual';
import { sayDay, today } from '../../text/days';
import { t } from '../../text/text';
import { Tappable } from '../../ui/button';
import { AnyOf, OneOf } from '../../ui/chips';
import { TextField } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { replaceWith } from '../../ui/route';
import { toast } from '../../ui/toast';
import { saveVisit } from './actions';
import { HouseholdSearch } from '../../records/household_search';
import { MODES, NEEDS, TICKS, draftForPlan, freshDraft, isWorthKeeping, missing, nextVisit, withNeeds, type VisitDraft } from './rules';
import { WhoCard } from '../../records/who_card';

export default function VisitForm({ id, plan: planId }: { id: string; plan?: string | undefined }) {
  const store = useStore();
  const draft = useDraft<VisitDraft>(id, 'visit', async () => {
    const grid = await chosenGrid(store);
    const plan = planId ? ((await store.get('visit_plan', planId)) as unknown as VisitPlan | undefined) : undefined;
    return plan ? draftForPlan(plan, await gridOf(plan) ?? grid, today()) : forColleague(freshDraft(grid));
  }, isWorthKeeping);
  const gridOf = async (plan: VisitPlan): Promise<string | undefined> => {
    const row = plan.household_id ? await store.get('household', plan.household_id) : plan.place_id ? await store.get('place', plan.place_id) : undefined;
    return row?.grid_id as string | undefined;
  };
  const body = draft?.body;
  const known = useLive(async (s) => ({
    matters: toldFor(await lists.mattersInForce(s, 'visits'), draft?.body.on_behalf), records: await lists.records(s),
    household: body?.household_id ? ((await s.get('household', body.household_id)) as unknown as Household | undefined) : undefined,
    place: body?.place_id ? ((await s.get('place', body.place_id)) as unknown as Place | undefined) : undefined,
    plan: body?.plan_id ? ((await s.get('visit_plan', body.plan_id)) as unknown as VisitPlan | undefined) : undefined,
  }), ['matter', 'household', 'visit_plan', 'place'], [body?.household_id, body?.place_id, body?.plan_id]);
  const [asked, setAsked] = useState(false);
  const matter = known?.matters.find((one) => one.code === body?.matter_code);
  const planned = known?.matters.find((one) => one.code === known.plan?.matter_code);
  const veil = useNotedLook('visit_plan', known?.plan?.id, planned?.data_class === 'S');
  if (!draft || !body || !known) return null;
  if (veil) return veil;

  const { change } = draft;
  const need = asked ? missing(body) : undefined;
  const pick = (household: Household, plan: VisitPlan | undefined) => change({
    household_id: household.id, grid_id: household.grid_id || body.grid_id, door: household.door, plan_id: plan?.id, adding: undefined,
    ...(plan ? { matter_code: plan.matter_code } : {}), next_on: nextVisit(plan, today()),
  });
  const save = async () => {
    setAsked(true);
    const final = draft.newest(), lacks = missing(final);
    if (lacks) { toast(t(`visit.missing_${lacks}`)); return; }
    await draft.close();
    const done = await saveVisit(store, id, final, known.matters.find((one) => one.code === final.matter_code));
    if (tellSaved(done, final.next_on ? t('visit.saved_next', { day: sayDay(final.next_on) }) : undefined)) replaceWith(final.correcting || final.replaces ? `#/record/${id}` : '#/');
    else draft.reopen();
  };
  const chosen = known.household ?? known.place;
  const offered = mattersFor(known.matters, body.correcting);
  return (
    <FormFrame corrects={!!body.correcting && id} behalf={draft} onSave={save} saveWord={body.correcting ? t('act.save_and_send_again') : t('act.save')}
      drop={isWorthKeeping(body) && <DropDraft id={id} draft={draft} isCorrection={!!(body.correcting || body.replaces)} />}>
      {!body.plan_id && <GridChoice value={body.grid_id} onPick={(grid_id) => change({ grid_id })} locked={!!body.correcting} />}
      {chosen || body.plan_id
        ? <WhoCard household={known.household} place={known.place} door={body.door} onOther={body.correcting ? undefined : () => change({ household_id: undefined, place_id: undefined, plan_id: undefined, door: undefined, next_on: undefined })} />
        : <HouseholdSearch grid={body.grid_id} adding={body.adding} onAdding={(adding) => change({ adding })} onPick={pick} />}
      {need === 'household' && <p class="never" role="alert">{t('visit.missing_household')}</p>}
      <Tappable class={`btn wide big-choice ${body.all_well ? 'ok' : 'act'}`} data-testid="visit-all-well" aria-pressed={body.all_well} onTap={() => change({ all_well: !body.all_well, ...(body.all_well ? {} : { needs: [] }) })}>
        <Icon name={body.all_well ? 'check' : 'approve'} size={28} /><span>{t('visit.all_well')}</span>
      </Tappable>
      {need === 'outcome' && <p class="never" role="alert">{t('visit.missing_outcome')}</p>}
      <div class="card">
        <OneOf label={t('visit.mode')} showLabel layout="halves" value={body.mode} onPick={(mode) => mode && change({ mode })} choices={MODES.map((value) => ({ value, label: t(`mode.${value}`), testid: `visit-mode-${value}` }))} />
      </div>
      <MatterChoice matters={offered} usual={usualMatters(offered, known.records, store.session.person.id, body.grid_id, 'visit')} value={matter} locked={!!body.correcting && !!body.plan_id} onPick={(one) => change({ matter_code: one?.code })} error={need === 'matter' ? t('form.choose_matter') : undefined} />
      <div class="card">
        <AnyOf label={t('visit.ticks')} showLabel values={body.ticks} onPick={(ticks) => change({ ticks })} choices={TICKS.map((value) => ({ value, label: t(`tick.${value}`), testid: `tick-${value}` }))} />
        <AnyOf label={t('visit.needs')} showLabel values={body.needs} onPick={(needs) => change(withNeeds(needs))} choices={NEEDS.map((value) => ({ value, label: t(`need.${value}`), testid: `need-${value}` }))} />
      </div>
      <div class="card">
        <TextField long label={`${t('form.note')} ${t('form.optional')}`} value={body.note} onText={(note) => change({ note })} hint={<SafetyLine />} testid="note" />
        {!body.correcting && <ObstructedChip on={body.obstructed} onFlip={(obstructed) => change({ obstructed })} />}
        <p class="quiet">{body.next_on ? t('visit.next_on', { day: sayDay(body.next_on) }) : t('visit.no_next')}</p>
      </div>
      {matter && (
        <div class="card"><PhotosField policy={matter.photo_policy} reason={matter.photo_reason} document={matter.photo_document} photos={body.photos} gap={body.photo_gap} onPhotos={(edit) => change({ photos: edit(draft.newest().photos) })} onGap={(photo_gap) => change({ photo_gap })} /></div>
      )}
    </FormFrame>
  );
}
