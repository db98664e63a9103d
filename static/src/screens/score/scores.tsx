/** In My record: own duties of this month against what is due, and the sheets that came. No rank, nobody else. */
import { dutiesOf, isDisputed, scoreSheets, type ScoreSheet } from '../../records/scores';
import { useLive } from '../../records/store_context';
import { Zh } from '../../records/words';
import type { Row, Store } from '../../store/api';
import { s } from '../../text/scores';
import { language } from '../../text/text';
import { today } from '../../text/days';
import { Tappable } from '../../ui/button';
import { Icon, type IconName } from '../../ui/icons';
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
      <Merits />
      {sheets.length > 0 && (
        <section class="card flat" aria-label={s('title')} data-testid="score-sheets">
          <div class="rows">{sheets.map((sheet) => <SheetRow key={sheet.id} sheet={sheet} />)}</div>
        </section>
      )}
    </>
  );
}

interface Merit extends Row { title_zh: string; title_en: string; reason_zh: string; reason_en: string; picture: IconName; period: string; token: string; revoked_at?: number; revoke_reason?: string }
const merits = async (store: Store): Promise<Merit[]> => (await store.list('merit_badge')) as unknown as Merit[];

/** 荣誉章: with picture and reason; whoever is shown one may check it. */
function Merits() {
  const own = useLive(merits, ['merit_badge']) ?? [];
  const english = language.value === 'en';
  if (!own.length) return null;
  return (
    <section class="card" aria-label={s('merits')} data-testid="merits">
      <h2>{s('merits')}</h2>
      {own.map((one) => (
        <div key={one.id} class="line" data-testid="merit" data-id={one.id}>
          <Icon name={one.picture} size={36} />
          <div class="grow stack-s">
            <p class="strong">{english ? one.title_en : one.title_zh} · {one.period}</p>
            <p>{english ? one.reason_en : one.reason_zh}</p>
            {one.revoked_at ? <p class="quiet">{s('merit.revoked')} <Zh>{one.revoke_reason}</Zh></p> : <a class="btn" href={`/m/${one.token}`}>{s('merit.check')}</a>}
          </div>
        </div>
      ))}
    </section>
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
