/** In My record: own duties of this month against what is due, and the sheets that came. No rank, nobody else. */
import { dutiesOf, isDisputed, scoreSheets, type ScoreSheet } from '../../records/scores';
import { useLive } from '../../records/store_context';
import { s } from '../../text/scores';
import { today } from '../../text/days';
import { Tappable } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { go } from '../../ui/route';
import { Tag } from '../../ui/tag';

export function Scores() {
  const month = today().slice(0, 7);
  const due = useLive((store) => dutiesOf(store, month), ['record', 'visit_plan', 'task', 'outbox'], [month]) ?? [];
  const sheets = useLive(scoreSheets, ['score_sheet', 'outbox']) ?? [];
  return (
    <>
      {due.length > 0 && (
        <section class="card" aria-label={s('due.title')} data-testid="due-this-month">
          <h2>{s('due.title')}</h2>
          {due.map((one) => (
            <div key={one.kind} class="line" data-testid={`due-${one.kind}`} data-done={one.done} data-due={one.due}>
              <span class="grow">{s(`due.${one.kind}`)}</span>
              {one.done >= one.due && <Icon name="check" size={20} />}
              <span class="strong">{s('due.of', { done: one.done, due: one.due })}</span>
            </div>
          ))}
          <p class="quiet">{s('due.hint')}</p>
        </section>
      )}
      {sheets.length > 0 && (
        <section class="card flat" aria-label={s('title')} data-testid="score-sheets">
          <div class="rows">{sheets.map((sheet) => <SheetRow key={sheet.id} sheet={sheet} />)}</div>
        </section>
      )}
    </>
  );
}

function SheetRow({ sheet }: { sheet: ScoreSheet }) {
  const open = sheet.sheet.lines.some((line) => isDisputed(sheet, line));
  return (
    <Tappable class="row" data-testid="score-sheet" data-id={sheet.id} onTap={() => go(`/records/score/${sheet.id}`)}>
      <Icon name="check" />
      <span class="grow"><span class="title">{s('title')} {sheet.period}</span>{open && <Tag tone="wait" icon="waiting">{s('line.disputed')}</Tag>}</span>
      <span class="number">{sheet.sheet.total ?? '–'}</span>
      <Icon name="go" size={20} />
    </Tappable>
  );
}
