/** 地图: the grids as outlines, check points done today, open hazards by the shape of their severity; and the same as a list. Never a person. */
import { useState } from 'preact/hooks';
import { HazardMark, CheckMark } from '../../maps/marks';
import { Outline } from '../../maps/outline';
import { frameAround } from '../../maps/projection';
import * as lists from '../../records/lists';
import { gridsOf } from '../../records/roles';
import { RecordRow as OneRecord } from '../../records/row';
import type { HazardBody, PatrolBody, Place, RecordRow } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { Zh } from '../../records/words';
import { today } from '../../text/days';
import { t } from '../../text/text';
import { OneOf } from '../../ui/chips';
import { Icon } from '../../ui/icons';
import { go } from '../../ui/route';
import { Empty, Tag } from '../../ui/tag';
import { GridFilter } from './grid_filter';

/** Check points looked at today, by any patrol of the day. */
export function pointsDone(records: RecordRow[], day: string): Set<string> {
  const done = new Set<string>();
  for (const record of records) if (record.kind === 'patrol' && record.day === day) for (const check of (record.body as unknown as PatrolBody).checks ?? []) if (check.result !== 'not_reached') done.add(check.place_id);
  return done;
}

const REACH = 27; // drawn on the narrowest phone, a mark is still hit within 48 px

export default function GridMap() {
  const store = useStore();
  const mine = gridsOf(store.session);
  const [only, setOnly] = useState<string>();
  const [view, setView] = useState<'map' | 'list'>('map');
  const known = useLive(async (s) => {
    const [grids, micros, places, open, recent, matters] = await Promise.all([lists.grids(s), lists.microGrids(s), lists.places(s), lists.records(s, { state: 'open' }), lists.records(s), lists.matterByCode(s)]);
    return { grids, micros, places, matters, hazards: open.filter((record) => record.kind === 'hazard'), done: pointsDone(recent, today()) };
  }, ['record', 'grid', 'place', 'micro_grid']);
  if (!known) return null;
  const shown = (id: string) => (only ? id === only : mine.includes(id));
  const grids = known.grids.filter((grid) => shown(grid.id)), points = known.places.filter((place) => place.kind === 'check_point' && place.in_plan && shown(place.grid_id));
  const hazards = known.hazards.filter((record) => shown(record.grid_id));
  const frame = frameAround(grids.flatMap((grid) => grid.outline));
  const done = points.filter((place) => known.done.has(place.id)).length;
  return (
    <>
      <GridFilter value={only} onPick={setOnly} />
      <div class="months">
        <div><div class="number">{done}/{points.length}</div><div class="quiet">{t('map.points_done')}</div></div>
        <div><div class="number">{hazards.length}</div><div class="quiet">{t('map.hazards_open')}</div></div>
        <div><div class="number">{hazards.filter((record) => record.body.severity === 'major').length}</div><div class="quiet">{t('map.of_them_major')}</div></div>
      </div>
      <OneOf<'map' | 'list'> label={t('map.view')} layout="halves" value={view} onPick={(chosen) => chosen && setView(chosen)} choices={(['map', 'list'] as const).map((value) => ({ value, label: t(`map.as_${value}`), testid: `map-as-${value}` }))} />
      {view === 'map' && frame && (
        <section class="card">
          <Outline still frame={frame} grounds={grids.map((grid) => grid.outline)} borders={known.micros.filter((micro) => shown(micro.grid_id)).map((micro) => micro.outline)} label={t('map.label', { done, points: points.length, hazards: hazards.length })}>
            {points.map((place) => <CheckMark key={place.id} x={frame.x(place.lng)} y={frame.y(place.lat)} done={known.done.has(place.id)} />)}
            {hazards.map((record) => <MarkOf key={record.id} record={record} frame={frame} />)}
          </Outline>
          <ul class="stack-s">
            <li class="line"><Sample><CheckMark x={14} y={14} done /></Sample>{t('map.point_done')}</li>
            <li class="line"><Sample><CheckMark x={14} y={14} done={false} /></Sample>{t('map.point_open')}</li>
            <li class="line"><Sample><HazardMark x={14} y={14} severity="general" /></Sample>{t('map.hazard_general')}</li>
            <li class="line"><Sample><HazardMark x={14} y={14} severity="major" /></Sample>{t('map.hazard_major')}</li>
          </ul>
        </section>
      )}
      {view === 'list' && (
        <>
          <section class="card flat" aria-label={t('map.hazards_open')}><h2 style="padding:12px 16px 4px">{t('map.hazards_open')}</h2><div class="rows">
            {hazards.map((record) => <OneRecord key={record.id} record={record} matter={known.matters.get(record.matter_code ?? '')}> · {t(`severity.${(record.body as unknown as HazardBody).severity}`)}</OneRecord>)}
            {!hazards.length && <Empty icon="check"><p>{t('map.no_hazards')}</p></Empty>}</div></section>
          <section class="card flat" aria-label={t('patrol.points')}><h2 style="padding:12px 16px 4px">{t('patrol.points')}</h2><div class="rows">
            {points.map((place) => <PointRow key={place.id} place={place} done={known.done.has(place.id)} />)}</div></section>
        </>
      )}
    </>
  );

  function MarkOf({ record, frame: at }: { record: RecordRow; frame: NonNullable<typeof frame> }) {
    const body = record.body as unknown as HazardBody;
    if (body.place?.lng === undefined || body.place.lat === undefined) return null;
    return <g onClick={() => go(`/record/${record.id}`)}><circle cx={at.x(body.place.lng)} cy={at.y(body.place.lat)} r={REACH} fill="transparent" /><HazardMark x={at.x(body.place.lng)} y={at.y(body.place.lat)} severity={body.severity} /></g>;
  }
}

function PointRow({ place, done }: { place: Place; done: boolean }) {
  return (
    <div class="row"><Icon name="pin" /><span class="grow"><span class="title"><Zh>{place.name}</Zh></span><span class="quiet"><Zh>{place.address}</Zh></span></span>
      <Tag tone={done ? 'ok' : 'plain'} icon={done ? 'check' : 'waiting'}>{done ? t('map.done_today') : t('map.not_yet')}</Tag></div>
  );
}

const Sample = ({ children }: { children: preact.ComponentChildren }) => <svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">{children}</svg>;
