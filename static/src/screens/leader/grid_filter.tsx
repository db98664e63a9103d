/** Lists span all grids of the person; the filter shows one. Absent for whoever has one grid. */
import * as lists from '../../records/lists';
import { gridsOf } from '../../records/roles';
import { useLive, useStore } from '../../records/store_context';
import { Zh } from '../../records/words';
import { t } from '../../text/text';
import { OneOf } from '../../ui/chips';

export function GridFilter({ value, onPick }: { value: string | undefined; onPick: (grid: string | undefined) => void }) {
  const mine = gridsOf(useStore().session);
  const grids = (useLive((s) => lists.grids(s), ['grid']) ?? []).filter((grid) => mine.includes(grid.id));
  if (grids.length < 2) return null;
  return <OneOf label={t('filter.grid')} clearable value={value} onPick={onPick} choices={grids.map((grid) => ({ value: grid.id, label: <Zh>{grid.name}</Zh>, testid: `grid-${grid.code}` }))} />;
}
