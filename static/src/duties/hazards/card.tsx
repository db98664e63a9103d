/** A hazard as a reader sees it: what, how grave, what was advised, where, what became of it. */
import { Outline, Pin } from '../../maps/outline';
import { frameAround } from '../../maps/projection';
import { PhotoImage, PhotoOpens } from '../../records/photo';
import { placeWords } from '../../records/place_field';
import type { Grid, HazardBody, Matter, RecordRow, Relook } from '../../records/shapes';
import { adviceWord, Zh } from '../../records/words';
import { lookAgainOn } from '../../store/pages';
import { sayDay, sayMoment } from '../../text/days';
import { n } from '../../text/near';
import { t } from '../../text/text';
import { Tag } from '../../ui/tag';

export function HazardCard({ record, matter, grid }: { record: RecordRow; matter: Matter | undefined; grid?: Grid | undefined }) {
  const body = record.body as unknown as HazardBody;
  const again = lookAgainOn(body) || body.relook_on;
  const frame = grid && frameAround(grid.outline);
  const at = body.place?.lng !== undefined && body.place.lat !== undefined ? { lng: body.place.lng, lat: body.place.lat } : undefined;
  return (
    <div class="stack-s">
      <p class="line">
        <Tag tone={body.severity === 'major' ? 'stop' : 'wait'} icon="hazards">{t(`severity.${body.severity}`)}</Tag>
        <Tag tone={record.state === 'closed' ? 'ok' : 'plain'} icon={record.state === 'closed' ? 'check' : 'waiting'}>{body.fixed_on_spot ? t('hazard.fixed_on_spot') : t(`hazard.state_${record.state}`)}</Tag>
      </p>
      <dl class="facts">
        {body.advice?.length > 0 && <><dt>{t('hazard.advice')}</dt><dd>{body.advice.map((code) => adviceWord(matter, code)).join('；')}</dd></>}
        {body.advised_fix_by && <><dt>{t('hazard.fix_by_label')}</dt><dd>{sayDay(body.advised_fix_by)}</dd></>}
        {again && <><dt>{t('relook.title')}</dt><dd>{sayDay(again)}</dd></>}
        {body.note && <><dt>{t('form.note')}</dt><dd><Zh>{body.note}</Zh></dd></>}
        <dt>{t('place.title')}</dt><dd>{body.place_words && <><Zh>{body.place_words}</Zh> · </>}{body.place && body.place.source !== 'none' ? placeWords(body.place, false) : t('place.not_given')}</dd>
        {body.same_as && <><dt>{n('title')}</dt><dd><a href={`#/record/${body.same_as}`} data-testid="same-as">{n('see')}</a></dd></>}
        {record.obstructed && <><dt>{t('form.hindrance')}</dt><dd>{t('form.obstructed')}</dd></>}
      </dl>
      {frame && grid && at && <Outline still frame={frame} grounds={[grid.outline]} label={t('place.shown', { grid: grid.name })}><Pin x={frame.x(at.lng)} y={frame.y(at.lat)} /></Outline>}
      {!!body.relooks?.length && (
        <ol class="steps">
          {body.relooks.map((relook) => <Look key={relook.id} relook={relook} />)}
        </ol>
      )}
    </div>
  );
}

/** One look back: what was seen, by whom, when, and its photos. */
function Look({ relook }: { relook: Relook }) {
  return (
    <li>
      <span class="strong">{t('relook.title')} · {t(`relook.${relook.outcome}`)}</span> · <Zh>{relook.by_name}</Zh>
      <span class="quiet" style="display:block">{sayMoment(relook.at)}{relook.next_on && <> · {t('hazard.relook_on', { day: sayDay(relook.next_on) })}</>}</span>
      {relook.note && <Zh>{relook.note}</Zh>}
      <LookPhotos relook={relook} />
    </li>
  );
}

export function LookPhotos({ relook: { photos, photo_gap } }: { relook: Relook }) {
  const alt = (at: number) => t('photo.alt', { n: at + 1, role: t('relook.title') });
  if (photo_gap) return <span class="quiet" style="display:block">{t('photo.gap_said', { why: t(`gap.${photo_gap}`) })}</span>;
  if (!photos?.length) return null;
  return <div class="photos">{photos.map((sha256, at) => <PhotoOpens key={sha256} class="photo" sha256={sha256} n={at + 1} alt={alt(at)}><PhotoImage sha256={sha256} alt={alt(at)} /></PhotoOpens>)}</div>;
}
