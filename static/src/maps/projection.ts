/** From degrees to a flat drawing of one neighbourhood (a few km: the equirectangular error is below a metre). Pure. */
export type Ring = [number, number][];
export interface LngLat { lng: number; lat: number }

const METRES_PER_DEGREE = 111_320;

export interface Frame {
  width: number;
  height: number;
  /** drawing units per metre */
  scale: number;
  x: (lng: number) => number;
  y: (lat: number) => number;
  back: (x: number, y: number) => LngLat;
}

/** A frame `width` units wide around all rings, with a margin; never higher than 1.1 × its width. */
export function frameAround(rings: Ring[], width = 360, margin = 14): Frame | undefined {
  const points = rings.flat();
  if (!points.length) return undefined;
  let west = Infinity, east = -Infinity, south = Infinity, north = -Infinity;
  for (const [lng, lat] of points) { west = Math.min(west, lng); east = Math.max(east, lng); south = Math.min(south, lat); north = Math.max(north, lat); }
  const middle = (south + north) / 2, squeeze = Math.cos((middle * Math.PI) / 180);
  const wide = Math.max((east - west) * squeeze, 1e-6), high = Math.max(north - south, 1e-6);
  const perDegree = Math.min((width - 2 * margin) / wide, (width * 1.1 - 2 * margin) / high);
  const left = (width - wide * perDegree) / 2, height = high * perDegree + 2 * margin;
  return {
    width, height, scale: perDegree / METRES_PER_DEGREE,
    x: (lng) => left + (lng - west) * squeeze * perDegree,
    y: (lat) => margin + (north - lat) * perDegree,
    back: (x, y) => ({ lng: west + (x - left) / (squeeze * perDegree), lat: north - (y - margin) / perDegree }),
  };
}

/** So many metres to the east and to the north. */
export function moved({ lng, lat }: LngLat, east: number, north: number): LngLat {
  return { lng: lng + east / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)), lat: lat + north / METRES_PER_DEGREE };
}

export function metresBetween(a: LngLat, b: LngLat): number {
  const squeeze = Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  return Math.hypot((a.lng - b.lng) * squeeze, a.lat - b.lat) * METRES_PER_DEGREE;
}

/** Inside the first ring and outside the others (holes). */
export function isInside(point: LngLat, rings: Ring[]): boolean {
  const [shell, ...holes] = rings;
  return !!shell && inRing(point, shell) && !holes.some((hole) => inRing(point, hole));
}

function inRing({ lng, lat }: LngLat, ring: Ring): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i]!, [xj, yj] = ring[j]!;
    if (yi > lat !== yj > lat && lng < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
