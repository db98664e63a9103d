/** A visit as a reader sees it. Name, door and telephone are looked up, never copied into the record. */
import type { Household, Matter, Place, RecordRow, VisitBody } from '../../records/shapes';
import { useLive } from '../../records/store_context';
import { Zh } from '../../records/words';
import { sayDay } from '../../text/days';
import { t, word } from '../../text/text';
import { Tag } from '../../ui/tag';

export function VisitCard({ record }: { record: RecordRow; matter?: Matter | undefined }) {
  const body = record.body as unknown as VisitBody;
  const who = useLive(async (s) => ({
    household: body.household_id ? ((await s.get('household', body.household_id)) as unknown as Household | undefined) : undefined,
    place: body.place_id ? ((await s.get('place', body.place_id)) as unknown as Place | undefined) : undefined,
  }), ['household', 'place'], [body.household_id, body.place_id]);
  const where = who?.household?.door ?? who?.place?.name ?? body.door;
  return (
    <div class="stack-s">
      <p class="line"><Tag tone={body.all_well ? 'ok' : 'plain'} icon={body.all_well ? 'check' : 'information'}>{body.all_well ? t('visit.all_well') : t('visit.see_below')}</Tag><span>{t(`mode.${body.mode}`)}</span></p>
      <dl class="facts">
        {where && <><dt>{t('visit.whom')}</dt><dd><Zh>{where}</Zh>{who?.household && <> · <Zh>{who.household.contact_name}</Zh></>}</dd></>}
        {body.ticks?.length > 0 && <><dt>{t('visit.ticks')}</dt><dd>{body.ticks.map((tick) => word('tick', tick)).join('；')}</dd></>}
        {body.needs?.length > 0 && <><dt>{t('visit.needs')}</dt><dd>{body.needs.map((need) => word('need', need)).join('；')}</dd></>}
        {body.note && <><dt>{t('form.note')}</dt><dd><Zh>{body.note}</Zh></dd></>}
        {body.next_on && <><dt>{t('visit.next')}</dt><dd>{sayDay(body.next_on)}</dd></>}
        {record.obstructed && <><dt>{t('form.hindrance')}</dt><dd>{t('form.obstructed')}</dd></>}
      </dl>
    </div>
  );
}
