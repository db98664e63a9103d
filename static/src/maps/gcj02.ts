/**
 * GCJ-02, the shifted coordinates in which some pictures of China are drawn (100–700 m off), against WGS-84, in which
 * everything else here is measured and kept. The shift is the one that is publicly known; the way back follows it until
 * it fits, which takes three steps for less than a millimetre. Pure, and for the map over tiles alone.
 */
import type { LngLat } from './projection';

const LONG_AXIS_M = 6_378_245;
const SQUARED_ECCENTRICITY = 0.006693421622965943;
const STEPS = 4;
const wave = (value: number, turns: number): number => Math.sin(value * turns * Math.PI);

/** Shift in metres, seen from 105° E 35° N. */
function eastward(x: number, y: number): number {
  return 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x))
    + ((20 * wave(x, 6) + 20 * wave(x, 2)) * 2) / 3 + ((20 * wave(x, 1) + 40 * wave(x, 1 / 3)) * 2) / 3 + ((150 * wave(x, 1 / 12) + 300 * wave(x, 1 / 30)) * 2) / 3;
}
function northward(x: number, y: number): number {
  return -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x))
    + ((20 * wave(x, 6) + 20 * wave(x, 2)) * 2) / 3 + ((20 * wave(y, 1) + 40 * wave(y, 1 / 3)) * 2) / 3 + ((160 * wave(y, 1 / 12) + 320 * wave(y, 1 / 30)) * 2) / 3;
}

function shiftAt({ lng, lat }: LngLat): LngLat {
  const x = lng - 105, y = lat - 35, angle = (lat * Math.PI) / 180;
  const bulge = 1 - SQUARED_ECCENTRICITY * Math.sin(angle) ** 2;
  const perDegree = (LONG_AXIS_M * Math.PI) / 180;
  return {
    lng: eastward(x, y) / ((perDegree / Math.sqrt(bulge)) * Math.cos(angle)),
    lat: northward(x, y) / ((perDegree * (1 - SQUARED_ECCENTRICITY)) / (bulge * Math.sqrt(bulge))),
  };
}

export function toGcj02(at: LngLat): LngLat {
  const shift = shiftAt(at);
  return { lng: at.lng + shift.lng, lat: at.lat + shift.lat };
}

export function fromGcj02(drawn: LngLat): LngLat {
  let at = drawn;
  for (let step = 0; step < STEPS; step++) {
    const shift = shiftAt(at);
    at = { lng: drawn.lng - shift.lng, lat: drawn.lat - shift.lat };
  }
  return at;
}
