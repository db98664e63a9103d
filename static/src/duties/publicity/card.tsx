/** Publicity as a reader sees it: whom it reached, in two numbers. */
import type { Matter, PublicityBody, RecordRow } from '../../records/shapes';
import { Zh } from '../../records/words';
import { t } from '../../text/text';

export function PublicityCard({ record }: { record: RecordRow; matter?: Matter | undefined }) {
  const body = record.body as unknown as PublicityBody;
  return (
    <dl class="facts">
      <dt>{t('publicity.people')}</dt><dd>{body.people}</dd>
      <dt>{t('publicity.households')}</dt><dd>{body.households}</dd>
      {body.note && <><dt>{t('form.note')}</dt><dd><Zh>{body.note}</Zh></dd></>}
      {record.obstructed && <><dt>{t('form.hindrance')}</dt><dd>{t('form.obstructed')}</dd></>}
    </dl>
  );
}
