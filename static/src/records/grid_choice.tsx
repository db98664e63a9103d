/** In which grid: asked only of people who work in several; the last answer is remembered. */
import type { Id, Store } from '../store/api';
import { t } from '../text/text';
import { OneOf } from '../ui/chips';
import * as lists from './lists';
import { gridsOf } from './roles';
import { useLive, useStore } from './store_context';
import { Zh } from './words';

export async function chosenGrid(store: Store): Promise<Id> {
  const mine = gridsOf(store.session);
  const last = await store.setting<Id>('grid');
  if (last && mine.includes(last)) return last;
  return mine[0] ?? (await lists.grids(store))[0]?.id ?? '';
}

export function GridChoice({ value, onPick, locked }: { value: Id; onPick: (grid: Id) => void; locked?: boolean }) {
  const store = useStore();
  const grids = useLive((s) => lists.grids(s), ['grid']);
  const mine = gridsOf(store.session);
  const choices = (grids ?? []).filter((grid) => mine.includes(grid.id));
  if (locked || choices.length < 2) return null;
  return (
    <OneOf label={t('form.grid')} showLabel value={value} onPick={(grid) => { if (grid) { store.keepSetting('grid', grid).catch(() => {}); onPick(grid); } }}
      choices={choices.map((grid) => ({ value: grid.id, label: <Zh>{grid.name}</Zh> }))} />
  );
}
