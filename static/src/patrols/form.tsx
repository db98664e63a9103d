/** A patrol while it runs: big rows, eyes up. Each tap is kept at once; the screen stays awake; finish can be undone. */
import { useEffect, useState } from 'preact/hooks';
import { useAwake } from '../device/awake';
import { oneFix } from '../device/location';
import { answerSaved } from '../device/vibrate';
import { useDraft } from '../records/draft';
import { chosenGrid } from '../records/grid_choice';
import { DropDraft } from '../records/form_frame';
import { newId } from '../records/ids';
import * as lists from '../records/lists';
import { ObstructedChip } from '../records/photos_field';
import { SafetyLine } from '../records/safety_line';
import { tellHeld, tellSaved } from '../records/save';
import type { CheckDone, Place, RecordRow } from '../records/shapes';
import { useLive, useStore } from '../records/store_context';
import { RecordRow as OneRecord } from '../records/row';
import { WhyReturned } from '../records/why_returned';
import { t } from '../text/text';
import { Button, Tappable } from '../ui/button';
import { PinnedBar } from '../ui/dock';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icons';
import { go, replaceWith } from '../ui/route';
import { toast } from '../ui/toast';
import { finishPatrol } from './actions';
import { CheckRow } from './check_row';
import { OwnWay } from './own_way_card';
import { canFinish, checkAt, freshDraft, isBare, lookedAt, placeOfFix, plannedPoints, withCheck, withFix, withoutHazard, type CheckResult, type PatrolDraft } from './rules';

export default function PatrolForm({ id }: { id: string }) {
  const store = useStore();
  const draft = useDraft<PatrolDraft>(id, 'patrol', async () => freshDraft(await chosenGrid(store)));
  const known = useLive(async (s) => ({
    places: await lists.places(s), matters: await lists.matterByCode(s), hazards: (await lists.records(s, { limit: 100 })).filter((record) => record.patrol_id === id),
    begun: (await s.drafts('hazard')).filter((one) => one.body.patrol_id === id),
    isReviewed: (await s.list('review_policy')).some((policy) => policy.duty === 'patrols' && policy.mode === 'all'),
  }), ['place', 'record', 'review_policy'], [id]);
  const [asked, ask] = useState(false);
  useAwake();
  useEffect(() => { if (draft) void draft.change({}); }, [!draft]); // begun is begun: it survives a kill from the first second
  if (!draft || !known) return null;

  const { body, change } = draft;
  const isRunning = !body.correcting && !body.replaces;
  const planned = plannedPoints(known.places, body.grid_id);
  const points = planned.length || !body.correcting ? planned : known.places.filter((place) => (body.correcting?.before.checks as CheckDone[]).some((check) => check.place_id === place.id));
  const mark = (place: Place, result: CheckResult | undefined) => {
    if (!result) { change({ checks: draft.newest().checks.filter((check) => check.place_id !== place.id) }); return; }
    const check = checkAt(place, result, Date.now());
    change({ checks: withCheck(draft.newest().checks, check) });
    answerSaved();
    if (result === 'not_reached') return;
    void oneFix().then((fix) => { // stays on this phone; the record learns only accuracy and side
      if (!fix) return;
      void store.keepFix({ ...fix, for: place.name });
      change({ checks: withFix(draft.newest().checks, place.id, check.at, placeOfFix(fix, place)) });
    });
    if (result === 'hazard') go(`/log/hazard/${newId()}?patrol=${id}&place=${place.id}`);
  };
  const finish = async () => {
    const final = draft.newest();
    if (!canFinish(final, points.length)) { toast(t('patrol.nothing_checked')); return; }
    const without = isRunning ? withoutHazard(final, known.hazards.map((record) => record.body.place_id)) : 0;
    const doubt = isBare(final, known.hazards.length) ? t('patrol.nothing_checked') : without ? t('patrol.without', { n: without }) : undefined;
    if (doubt && !asked) { ask(true); toast(`${doubt} ${t('patrol.finish')}?`, { ms: 8000 }); return; }
    await draft.close();
    const done = await finishPatrol(store, id, final, planned.length, known.isReviewed);
    const held = done.saved && !final.correcting && !final.replaces;
    if (held) {
      tellHeld(store, done.mutation_id, t('patrol.finished', { n: lookedAt(final.checks) }), () => { void store.keepDraft({ id, form: 'patrol', body: final as unknown as Record<string, unknown> }).then(() => go(`/patrol/${id}`)); });
    } else if (!tellSaved(done)) { draft.reopen(); return; }
    replaceWith(final.correcting || final.replaces ? `#/record/${id}` : '#/today');
  };
  return (
    <div class="stack">
      {body.correcting && <WhyReturned id={id} />}
      <section class="card flat" aria-label={t('patrol.points')}>
        <p class="line" style="padding:12px 16px" role="status"><span class="number">{lookedAt(body.checks)}/{points.length}</span><span>{t('patrol.progress')}</span></p>
        <div class="rows">
          {points.map((place) => <CheckRow key={place.id} place={place} matters={known.matters} check={body.checks.find((check) => check.place_id === place.id)} onMark={(result) => mark(place, result)} />)}
          {!points.length && <p class="empty">{t('patrol.no_points')}</p>}
        </div>
      </section>
      <a class="btn wide" href="#/map" data-testid="patrol-map"><Icon name="map" /><span>{t('tab.map')}</span></a>
      <Tappable class="btn wide stop big-choice" data-testid="patrol-hazard" onTap={() => go(`/log/hazard/${newId()}?patrol=${id}`)}><Icon name="hazards" size={28} /><span>{t('patrol.log_hazard')}</span></Tappable>
      {known.begun.map((one) => <Button key={one.id} wide icon="edit" data-testid="patrol-draft" data-id={one.id} onTap={() => go(`/log/hazard/${one.id}`)}>{t('kind.hazard')} · {t('today.unfinished')}</Button>)}
      <PatrolHazards records={known.hazards} known={known} />
      <div class="card">
        <TextField long label={`${t('form.note')} ${t('form.optional')}`} value={body.note} onText={(note) => change({ note })} hint={<SafetyLine />} testid="note" />
        {!body.correcting && <ObstructedChip on={body.obstructed} onFlip={(obstructed) => change({ obstructed })} />}
      </div>
      {isRunning ? <OwnWay grid_id={body.grid_id} /> : <p class="quiet">{t('patrol.privacy')}</p>}
      <DropDraft id={id} draft={draft} isCorrection={!!(body.correcting || body.replaces)} />
      <PinnedBar label={t('form.acts')}>
        <Tappable class="band running" data-testid="patrol-finish" onTap={finish}>
          <Icon name="check" size={32} /><span>{body.correcting ? t('act.save_and_send_again') : t('patrol.finish')}{!body.correcting && <small>{t('patrol.finish_hint')}</small>}</span>
        </Tappable>
      </PinnedBar>
    </div>
  );
}

function PatrolHazards({ records, known }: { records: RecordRow[]; known: { matters: Map<string, import('../records/shapes').Matter> } }) {
  if (!records.length) return null;
  return (
    <section class="card flat" aria-label={t('patrol.on_the_way')}>
      <h2 style="padding:12px 16px">{t('patrol.on_the_way')}</h2>
      <div class="rows">{records.map((record) => <OneRecord key={record.id} record={record} matter={known.matters.get(record.matter_code ?? '')} />)}</div>
    </section>
  );
}
