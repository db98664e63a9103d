/** In which grid: asked only of people who work in several; the last answer is remembered. */
import type { Id, Store } from '../store/api';
import { t } from '../text/text';
import { OneOf } from '../ui/chips';
import * as lists from './lists';
import { gridsOf } from './roles';
import { useLive, useStore } from './store_context';
import { Zh } from './words';

export async function chosenGrid(store: Store): Promise<Id> {
  const mine = gridsOf(store.session), last = await store.setting<Id>('grid'), there = (await lists.grids(store)).map((grid) => grid.id);
  const open = mine.filter((grid) => there.includes(grid)); // a post may still stand in a grid that was merged
  return open.find((grid) => grid === last) ?? open[0] ?? mine[0] ?? there[0] ?? '';
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
