/** An emergency as a reader sees it: whom the worker called and when, then all that followed. */
import { Outline, Pin } from '../../maps/outline';
import { frameAround } from '../../maps/projection';
import { placeWords } from '../../records/place_field';
import type { EmergencyBody, Grid, Matter, RecordRow } from '../../records/shapes';
import { Zh } from '../../records/words';
import { t } from '../../text/text';
import { Tag } from '../../ui/tag';
import { CallList } from './calls';

export function EmergencyCard({ record, grid }: { record: RecordRow; matter?: Matter | undefined; grid?: Grid | undefined }) {
  const body = record.body as unknown as EmergencyBody;
  const frame = grid && frameAround(grid.outline);
  const at = body.place?.lng !== undefined && body.place.lat !== undefined ? { lng: body.place.lng, lat: body.place.lat } : undefined;
  return (
    <div class="stack-s">
      {body.gas_smell && <p><Tag tone="stop" icon="hazards">{t('emergency.gas_smell')}</Tag></p>}
      <CallList calls={body.calls ?? []} isSaved />
      <dl class="facts">
        {body.note && <><dt>{t('form.note')}</dt><dd><Zh>{body.note}</Zh></dd></>}
        {(at || body.place_words) && <><dt>{t('place.title')}</dt><dd>{body.place_words && <Zh>{body.place_words}</Zh>}{at && body.place_words && ' · '}{at && placeWords(body.place, false)}</dd></>}
        {record.obstructed && <><dt>{t('form.hindrance')}</dt><dd>{t('form.obstructed')}</dd></>}
      </dl>
      {frame && grid && at && <Outline still frame={frame} grounds={[grid.outline]} label={t('place.shown', { grid: grid.name })}><Pin x={frame.x(at.lng)} y={frame.y(at.lat)} /></Outline>}
    </div>
  );
}
