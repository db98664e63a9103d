/** What stands above 今日 on some days only: that one is off duty, and records that others entered. Fetched when needed. */
import type { Absence } from '../../records/away';
import { AwayDays } from '../../records/away_sheet';
import { ConfirmRow } from '../../records/behalf';
import type { Matter, RecordRow } from '../../records/shapes';
import { t } from '../../text/text';

export default function TodayNotes({ away, toConfirm, matters }: { away: Absence | undefined; toConfirm: RecordRow[]; matters: Map<string, Matter> }) {
  return (
    <>
      {away && <section class="card" data-testid="today-away" aria-label={t('away.title')}><AwayDays days={[away]} /></section>}
      {toConfirm.length > 0 && (
        <section class="stack" aria-label={t('behalf.title')}>
          <h2>{t('behalf.title')}</h2>
          {toConfirm.map((record) => <ConfirmRow key={record.id} record={record} matter={matters.get(record.matter_code ?? '')} />)}
        </section>
      )}
    </>
  );
}
