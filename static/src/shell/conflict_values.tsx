/** The same field changed twice: both values side by side, a person chooses. */
import { useLive, useStore } from '../records/store_context';
import type { OutboxItem, Row } from '../store/api';
import { hasWord, t, word } from '../text/text';
import { Button } from '../ui/button';
import { Zh } from '../records/words';

export function ConflictValues({ item }: { item: OutboxItem }) {
  const store = useStore();
  const here = useLive((s) => (item.shows ? s.get(item.shows.kind, item.shows.id) : Promise.resolve(undefined)), ['record', 'household', 'place'], [item.mutation_id]);
  const mine = (item.payload.changes ?? item.payload) as Record<string, unknown>;
  // of a conflict told late, or long ago, only the names are kept: the other side is the row that is here, or nobody's to see
  const theirs: Row | undefined = item.server ?? here;
  if (!theirs) return null;
  const fields = item.fields ?? Object.keys(mine);
  const keepMine = () => void store.replace(item.mutation_id, { name: item.name, payload: item.payload, ...(theirs.version ? { base_version: theirs.version } : {}), ...(item.shows ? { shows: { kind: item.shows.kind, row: { ...theirs, ...mine } } } : {}) });
  return (
    <div class="stack-s">
      {fields.map((field) => (
        <div key={field}><p class="strong">{hasWord('field', field) ? word('field', field) : field}</p>
          <div class="values"><div><span class="quiet">{t('conflict.mine')}</span><br /><Zh>{say(mine[field])}</Zh></div><div><span class="quiet">{t('conflict.theirs')}</span><br /><Zh>{say(valueIn(theirs, field))}</Zh></div></div></div>
      ))}
      <div class="line"><Button kind="act" data-testid="conflict-mine" onTap={keepMine}>{t('conflict.keep_mine')}</Button><Button data-testid="conflict-theirs" onTap={() => void store.dismiss(item.mutation_id)}>{t('conflict.keep_theirs')}</Button></div>
    </div>
  );
}

/** A field lies in the row itself or in a record's body. */
function valueIn(row: Row | undefined, field: string): unknown {
  return row?.[field] ?? (row?.body as Record<string, unknown> | undefined)?.[field];
}

function say(value: unknown): string {
  if (value === undefined || value === null || value === '') return t('conflict.empty');
  if (typeof value === 'boolean') return value ? t('conflict.yes') : t('conflict.no');
  if (Array.isArray(value)) return value.map(say).join('、') || t('conflict.empty');
  if (typeof value === 'object') return Object.entries(value as object).flatMap(([name, part]) => (name === 'id' || part === null || part === undefined ? [] : [part])).join(' ');
  return String(value);
}
