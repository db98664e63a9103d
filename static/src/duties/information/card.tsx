/** Information as a reader sees it. Name, door and telephone are looked up, never copied into the record. */
import type { Household, InformationBody, Matter, RecordRow } from '../../records/shapes';
import { useLive } from '../../records/store_context';
import { Zh } from '../../records/words';
import { t, word } from '../../text/text';
import { Tag } from '../../ui/tag';

export function InformationCard({ record }: { record: RecordRow; matter?: Matter | undefined }) {
  const body = record.body as unknown as InformationBody;
  const household = useLive(async (s) => (body.household_id ? ((await s.get('household', body.household_id)) as unknown as Household | undefined) : undefined), ['household'], [body.household_id]);
  return (
    <div class="stack-s">
      {body.finding && <p class="line"><Tag tone="plain" icon="information">{word('finding', body.finding)}</Tag></p>}
      <dl class="facts">
        {household && <><dt>{t('information.whose')}</dt><dd><Zh>{household.door}</Zh> · <Zh>{household.contact_name}</Zh></dd></>}
        {body.business_name && <><dt>{t('information.business')}</dt><dd><Zh>{body.business_name}</Zh></dd></>}
        {body.place_words && <><dt>{t('information.where')}</dt><dd><Zh>{body.place_words}</Zh></dd></>}
        {body.note && <><dt>{t('form.note')}</dt><dd><Zh>{body.note}</Zh></dd></>}
        {body.wants_answer && <><dt>{t('information.answer')}</dt><dd>{t('information.wants_answer')}</dd></>}
        {record.obstructed && <><dt>{t('form.hindrance')}</dt><dd>{t('form.obstructed')}</dd></>}
      </dl>
    </div>
  );
}
