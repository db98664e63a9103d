/** Between the office's drawing of borders and degrees: what `server/areas/drawing.py` framed, read back. Pure. */
export const SCALE = 10_000_000;

export interface Point { lng: number; lat: number }
export interface Spot { x: number; y: number }

export interface Frame { toPoint: (spot: Spot) => Point; toSpot: (point: Point) => Spot }

/** `west`, `north` in units of 1e-7 degree; `perX`, `perY`: units of one step of the drawing. */
export function frameOf(west: number, north: number, perX: number, perY: number): Frame {
  return {
    toPoint: ({ x, y }) => ({ lng: (west + x * perX) / SCALE, lat: (north - y * perY) / SCALE }),
    toSpot: ({ lng, lat }) => ({ x: (lng * SCALE - west) / perX, y: (north - lat * SCALE) / perY }),
  };
}

/** The corners of a path that consists of M, L and Z alone. */
export function cornersOf(path: string): Spot[] {
  return [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

/** The corner nearest to a spot, if it is nearer than `reach`; else the spot itself. */
export function onCorner(spot: Spot, corners: readonly Spot[], reach: number): Spot {
  let best = spot, least = reach;
  for (const corner of corners) {
    const away = Math.hypot(corner.x - spot.x, corner.y - spot.y);
    if (away < least) { best = corner; least = away; }
  }
  return best;
}

/** One point a line: east, north. Lines that are not two numbers are left out. */
export function readPoints(text: string): Point[] {
  const points: Point[] = [];
  for (const line of text.split('\n')) {
    const parts = line.trim().split(/[,，;；\s]+/).filter(Boolean).map(Number);
    const [lng, lat] = parts;
    if (parts.length === 2 && Number.isFinite(lng) && Number.isFinite(lat)) points.push({ lng: lng!, lat: lat! });
  }
  return points;
}

export const written = (degrees: number): string => degrees.toFixed(7);

export function writePoints(points: readonly Point[]): string {
  return points.map(({ lng, lat }) => `${written(lng)}, ${written(lat)}`).join('\n');
}
