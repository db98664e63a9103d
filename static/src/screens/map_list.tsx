/** The list that says and opens the same as the map: for sunlight, screen readers and the keyboard. */
import { RecordRow as OneRecord } from '../records/row';
import { bodyOf, type HazardBody, type Place } from '../records/shapes';
import { Zh } from '../records/words';
import { say } from '../text/maps';
import { t } from '../text/text';
import { Icon } from '../ui/icons';
import { Empty, Tag } from '../ui/tag';
import type { Known, Seen } from './map_rows';

export function MapList({ seen, known }: { seen: Seen; known: Known }) {
  return (
    <>
      <section class="card flat" aria-label={say('map.hazards_open')}><h2 style="padding:12px 16px 4px">{say('map.hazards_open')}</h2><div class="rows">
        {seen.hazards.map((record) => <OneRecord key={record.id} record={record} matter={known.matters.get(record.matter_code ?? '')}> · {t(`severity.${bodyOf<HazardBody>(record).severity}`)}</OneRecord>)}
        {!seen.hazards.length && <Empty icon="check"><p>{say('map.no_hazards')}</p></Empty>}</div></section>
      <section class="card flat" aria-label={t('patrol.points')}><h2 style="padding:12px 16px 4px">{t('patrol.points')}</h2><div class="rows">
        {seen.points.map((place) => <PointRow key={place.id} place={place} done={known.done.has(place.id)} />)}
        {!seen.points.length && <Empty icon="pin"><p>{say('map.no_points')}</p></Empty>}</div></section>
    </>
  );
}

function PointRow({ place, done }: { place: Place; done: boolean }) {
  return (
    <div class="row" data-testid="map-point" data-done={done}><Icon name="pin" /><span class="grow"><span class="title"><Zh>{place.name}</Zh></span><span class="quiet"><Zh>{place.address}</Zh></span></span>
      <Tag tone={done ? 'ok' : 'plain'} icon={done ? 'check' : 'waiting'}>{done ? say('map.done_today') : say('map.not_yet')}</Tag></div>
  );
}
