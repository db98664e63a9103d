/** The shift of China's maps: known points, the way there and back over all of Jiaxing. */
import { describe, expect, it } from 'vitest';
import { fromGcj02, toGcj02 } from '../../../static/src/maps/gcj02';
import { metresBetween, type LngLat } from '../../../static/src/maps/projection';

const JIAXING = { west: 120.28, east: 121.27, south: 30.25, north: 31.04 };
const STEP = 0.01;
function* everyKilometre(): Generator<LngLat> {
  for (let lng = JIAXING.west; lng <= JIAXING.east; lng += STEP) for (let lat = JIAXING.south; lat <= JIAXING.north; lat += STEP) yield { lng, lat };
}

describe('GCJ-02', () => {
  it('is where others compute it to be', () => {
    // the example that the usual libraries print, and Jiaxing by the formula in another language (tests/journeys/shifted.py)
    for (const [at, drawn] of [
      [{ lng: 116.404, lat: 39.915 }, { lng: 116.41024449916938, lat: 39.91640428150164 }],
      [{ lng: 120.915, lat: 30.505 }, { lng: 120.91910084602324, lat: 30.502420286020165 }],
    ] as [LngLat, LngLat][]) expect(metresBetween(toGcj02(at), drawn)).toBeLessThan(0.01);
  });
  it('comes back to within a millimetre everywhere in Jiaxing, where it is 300 to 700 m off', () => {
    let worst = 0, count = 0, least = Infinity, most = 0;
    for (const at of everyKilometre()) {
      const drawn = toGcj02(at), off = metresBetween(at, drawn);
      least = Math.min(least, off);
      most = Math.max(most, off);
      worst = Math.max(worst, metresBetween(at, fromGcj02(drawn)), metresBetween(drawn, toGcj02(fromGcj02(drawn))));
      count++;
    }
    expect(count).toBeGreaterThan(7000);
    expect(least).toBeGreaterThan(300);
    expect(most).toBeLessThan(700);
    expect(worst).toBeLessThan(0.001);
  });
  it('leaves what it is given as it is', () => {
    const at = Object.freeze({ lng: 120.9, lat: 30.5 });
    expect(fromGcj02(at)).not.toEqual(at);
    expect(at).toEqual({ lng: 120.9, lat: 30.5 });
  });
});
