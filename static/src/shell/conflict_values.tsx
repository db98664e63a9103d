/** The same field changed twice: both values side by side, a person chooses. */
import { History } from '../records/history';
import * as lists from '../records/lists';
import { tellSaved } from '../records/save';
import type { RecordRow } from '../records/shapes';
import { useLive, useStore } from '../records/store_context';
import { Zh } from '../records/words';
import type { OutboxItem, Row, Store } from '../store/api';
import { hasWord, t, word } from '../text/text';
import { Button } from '../ui/button';
import { useTap } from '../ui/tap';
import { keptMine, lastStep, sayValue, valueIn, type Known } from './conflict_rules';

export function ConflictValues({ item }: { item: OutboxItem }) {
  const store = useStore();
  const here = useLive((s) => read(s, item), ['record', 'household', 'place', 'matter'], [item.mutation_id]);
  const changes = (item.payload.changes ?? {}) as Record<string, unknown>;
  // of a conflict told late, or long ago, only the names are kept: the other side is the row that is here, or nobody's to see
  const theirs: Row | undefined = item.server ?? here?.row;
  const choose = useTap(async (mine: boolean) => { if (mine) tellSaved(await store.replace(item.mutation_id, keptMine(item, theirs!))); else await store.dismiss(item.mutation_id); });
  if (!theirs || !here || item.name === 'records.confirm') return null;
  const known: Known = { ...here, matter: here.matters.get(String(theirs.matter_code ?? '')) };
  const fields = item.fields ?? Object.keys(changes);
  return (
    <div class="stack-s">
      {fields.map((field) => (
        <div key={field}><p class="strong">{hasWord('field', field) ? word('field', field) : field}</p>
          <div class="values"><div><span class="quiet">{t('conflict.mine')}</span><br /><Zh>{sayValue(field, changes[field], known)}</Zh></div><div><span class="quiet">{t('conflict.theirs')}</span><br /><Zh>{sayValue(field, valueIn(theirs, field), known)}</Zh></div></div></div>
      ))}
      <div class="line"><Button kind="act" data-testid="conflict-mine" onTap={() => choose(true)}>{t('conflict.keep_mine')}</Button><Button data-testid="conflict-theirs" onTap={() => choose(false)}>{t('conflict.keep_theirs')}</Button></div>
    </div>
  );
}

/** A decision that was not used: the step that came before it, with who took it and when. */
export function Meanwhile({ item }: { item: OutboxItem }) {
  const here = useLive((s) => s.get('record', String(item.payload.record_id)), ['record'], [item.mutation_id]);
  const row = here ?? item.server;
  const history = lastStep(row);
  return history.length > 0 && <div data-testid="outbox-meanwhile" data-step={history[0]!.step}><History record={{ ...row, history } as unknown as RecordRow} /></div>;
}

/** The row that is here, and what its ids and codes stand for. */
async function read(store: Store, item: OutboxItem) {
  const row = item.shows && (await store.get(item.shows.kind, item.shows.id));
  const changes = (item.payload.changes ?? {}) as Record<string, unknown>;
  const sides = [changes, row, item.server].flatMap((side) => (side ? [valueIn(side as Row, 'household_id'), valueIn(side as Row, 'place_id')] : []));
  const names = new Map<string, string>();
  for (const id of sides.filter((one): one is string => typeof one === 'string')) {
    const named = (await store.get('household', id)) ?? (await store.get('place', id));
    if (named) names.set(id, String(named.door ?? named.name));
  }
  return { row, names, matters: await lists.matterByCode(store) };
}
