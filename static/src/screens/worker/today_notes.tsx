/** What stands above 今日 on some days only: that one is off duty, records that others entered, tasks. Fetched when needed. */
import type { Absence } from '../../records/away';
import { AwayDays } from '../../records/away_sheet';
import { ConfirmRow } from '../../records/behalf';
import type { Matter, RecordRow } from '../../records/shapes';
import { TaskRow } from '../../records/task_row';
import type { Task } from '../../records/tasks';
import { k } from '../../text/tasks';
import { t } from '../../text/text';

export default function TodayNotes({ away, toConfirm, tasks, matters }: { away: Absence | undefined; toConfirm: RecordRow[]; tasks: Task[]; matters: Map<string, Matter> }) {
  return (
    <>
      {away && <section class="card" data-testid="today-away" aria-label={t('away.title')}><AwayDays days={[away]} /></section>}
      {toConfirm.length > 0 && (
        <section class="stack" aria-label={t('behalf.title')}>
          <h2>{t('behalf.title')}</h2>
          {toConfirm.map((record) => <ConfirmRow key={record.id} record={record} matter={matters.get(record.matter_code ?? '')} />)}
        </section>
      )}
      {tasks.length > 0 && (
        <section class="card flat" aria-label={k('today')}><h2 style="padding:12px 16px 4px">{k('today')}</h2>
          <div class="rows">{[...tasks].sort((a, b) => (a.due_day < b.due_day ? -1 : 1)).map((task) => <TaskRow key={task.id} task={task} matter={matters.get(task.matter_code)} />)}</div></section>
      )}
    </>
  );
}
