/** Open hazards of the same matter close by, from what lies on this phone. Pure. */
import type { Id, Row } from '../../store/api';
import { metresBetween, type LngLat } from '../../maps/projection';
import type { HazardBody, PlaceOfHazard, RecordRow } from '../../records/shapes';

/** An open hazard, reduced to what decides whether another one is the same. */
export interface Spot { record: RecordRow; matter_code: string; at?: LngLat | undefined; place_id?: Id | undefined }
/** `metres`: none where both name the same place of the list. */
export interface Near { record: RecordRow; metres?: number }

const MOST = 2;
const MOST_DOUBT_M = 50;

/** `near_metres` of the settings: of this matter, else of every other; 0 shows nothing. */
export function radiusOf(policies: Row[], matter_code: string): number {
  const metres = policies.find((row) => row.name === 'near_metres')?.value as Record<string, number> | undefined;
  return metres?.[matter_code] ?? metres?.[''] ?? 0;
}

/** `cases`: a hazard whose case was verified is settled, though nobody has looked again. */
export function spotsOf(records: RecordRow[], cases: Row[] = []): Spot[] {
  const settled = new Set(cases.filter((one) => one.state === 'verified' || one.state === 'closed').map((one) => one.record_id));
  return records.filter((record) => record.kind === 'hazard' && record.state === 'open' && record.matter_code && record.delivery !== 'refused' && !settled.has(record.id)).map((record) => {
    const body = record.body as unknown as HazardBody;
    return { record, matter_code: record.matter_code!, at: pointOf(body.place), place_id: body.place_id };
  });
}

export const pointOf = (place: PlaceOfHazard | undefined): LngLat | undefined => (place?.lng !== undefined && place.lat !== undefined ? { lng: place.lng, lat: place.lat } : undefined);

/** The nearest first. A poor fix looks as far again as it may be wrong, but not beyond reason. */
export function nearby(spots: Spot[], asked: { id: Id; matter_code: string; grid_id: Id; place: PlaceOfHazard; place_id?: Id | undefined }, radius_m: number): Near[] {
  const at = pointOf(asked.place);
  if (radius_m <= 0 || (!at && !asked.place_id)) return [];
  const reach = radius_m + Math.min(asked.place.accuracy_m ?? 0, MOST_DOUBT_M);
  const found: Near[] = [];
  for (const spot of spots) {
    if (spot.matter_code !== asked.matter_code || spot.record.id === asked.id || spot.record.grid_id !== asked.grid_id) continue;
    if (asked.place_id && spot.place_id === asked.place_id) found.push({ record: spot.record });
    else if (at && spot.at) {
      const metres = metresBetween(at, spot.at);
      if (metres <= reach) found.push({ record: spot.record, metres: Math.round(metres) });
    }
  }
  return found.sort((a, b) => (a.metres ?? -1) - (b.metres ?? -1)).slice(0, MOST);
}
