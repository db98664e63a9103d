/** One location fix when it is asked for; the one watch there is stands in watch.ts. Nothing waits for it. Positions are WGS-84. */
export interface Fix { at: number; lng: number; lat: number; accuracy_m: number }

const PATIENCE_MS = 20_000;

/** `undefined` when refused, switched off, not secure, or too slow. */
export function oneFix(patience: number = PATIENCE_MS): Promise<Fix | undefined> {
  return new Promise((done) => {
    if (typeof navigator === 'undefined' || !navigator.geolocation) { done(undefined); return; }
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) => done({ at: timestamp || Date.now(), lng: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy) }),
      () => done(undefined),
      { enableHighAccuracy: true, timeout: patience, maximumAge: 15_000 },
    );
  });
}
