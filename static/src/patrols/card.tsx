/** A patrol as a reader sees it: coverage and each point; no way between them. */
import type { PatrolBody, RecordRow } from '../records/shapes';
import { Zh } from '../records/words';
import { sayClock } from '../text/days';
import { t } from '../text/text';
import { Icon } from '../ui/icons';

const icons = { normal: 'check', hazard: 'hazards', not_reached: 'obstructed' } as const;

export function PatrolCard({ record }: { record: RecordRow }) {
  const body = record.body as unknown as PatrolBody;
  return (
    <div class="stack-s">
      <p class="line"><span class="number">{body.looked_at}/{body.planned}</span><span>{t('patrol.progress')}</span></p>
      <ul class="stack-s">
        {(body.checks ?? []).map((check) => (
          <li class="line" key={check.place_id}>
            <Icon name={icons[check.result]} size={20} />
            <span class="grow"><Zh>{check.place_name}</Zh><span class="quiet" style="display:block">{t(`check.${check.result}`)} · {sayClock(check.at)}{check.fix && <> · {t(`inside.${check.fix.inside}`)}</>}</span></span>
          </li>
        ))}
      </ul>
      {body.note && <p><Zh>{body.note}</Zh></p>}
      {record.obstructed && <p class="line"><Icon name="obstructed" size={20} />{t('form.obstructed')}</p>}
    </div>
  );
}
