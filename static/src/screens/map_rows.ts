/** What the map and its list show, read from the phone. */
import type { Mark, Scene } from '../maps/scene';
import * as lists from '../records/lists';
import { bodyOf, type CheckDone, type Grid, type HazardBody, type Matter, type MicroGrid, type PatrolBody, type Place, type RecordRow } from '../records/shapes';
import { withoutNote } from '../records/words';
import type { Id, Store } from '../store/api';
import { today } from '../text/days';
import { say } from '../text/maps';
import { language, t } from '../text/text';
import { go } from '../ui/route';

export const MAP_KINDS = ['record', 'grid', 'place', 'micro_grid', 'draft'];

export interface Known { grids: Grid[]; micros: MicroGrid[]; places: Place[]; matters: Map<string, Matter>; hazards: RecordRow[]; done: Set<Id> }
/** Of what is known, what lies in the grids that are looked at. */
export interface Seen { grids: Grid[]; micros: MicroGrid[]; points: Place[]; hazards: RecordRow[] }

export async function readMap(store: Store): Promise<Known> {
  const [grids, micros, places, open, recent, matters, drafts] = await Promise.all([
    lists.grids(store), lists.microGrids(store), lists.places(store), lists.records(store, { state: 'open' }), lists.records(store), lists.matterByCode(store), store.drafts(),
  ]);
  const walks = drafts.filter((draft) => draft.form === 'patrol').map((draft) => draft.body.checks as CheckDone[] | undefined);
  return { grids, micros, places, matters, hazards: open.filter((record) => record.kind === 'hazard'), done: pointsDone(recent, walks, today()) };
}

/** Check points looked at today, by any patrol of the day and by the one that runs on this phone. */
export function pointsDone(records: RecordRow[], walks: (CheckDone[] | undefined)[], day: string): Set<Id> {
  const made = records.filter((record) => record.kind === 'patrol' && record.day === day).map((record) => bodyOf<PatrolBody>(record).checks as CheckDone[] | undefined);
  return new Set([...made, ...walks].flatMap((checks) => checks ?? []).filter((check) => check.result !== 'not_reached').map((check) => check.place_id));
}

export function seenIn(known: Known, grids: Id[]): Seen {
  const isSeen = (row: { grid_id: Id }) => grids.includes(row.grid_id);
  return {
    grids: known.grids.filter((grid) => grids.includes(grid.id)), micros: known.micros.filter(isSeen), hazards: known.hazards.filter(isSeen),
    points: known.places.filter((place) => place.kind === 'check_point' && place.in_plan && isSeen(place)),
  };
}

export function sceneOf(seen: Seen, known: Known): Scene {
  const points = seen.points.map((place): Mark => ({ id: place.id, at: place, kind: known.done.has(place.id) ? 'done' : 'open', name: place.name }));
  const hazards = seen.hazards.flatMap((record) => hazardMark(record, known.matters)).sort((a, b) => Number(a.kind === 'major') - Number(b.kind === 'major'));
  return { grounds: seen.grids.map((grid) => grid.outline), borders: seen.micros.map((micro) => micro.outline), marks: [...points, ...hazards] };
}

function hazardMark(record: RecordRow, matters: Map<string, Matter>): Mark[] {
  const { place, severity } = bodyOf<HazardBody>(record);
  if (place?.lng === undefined || place.lat === undefined) return [];
  const matter = matters.get(record.matter_code ?? '');
  const name = matter ? withoutNote((language.value === 'en' && matter.name_en) || matter.name_zh) : t('kind.hazard');
  return [{ id: record.id, at: { lng: place.lng, lat: place.lat }, kind: severity, name: `${name} · ${say(`map.hazard_${severity}`)}`, open: () => go(`/record/${record.id}`) }];
}
