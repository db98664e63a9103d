/** Fixes one after the other: only while the page is in front, and until the answer is called. WGS-84. */
export interface Sight { lng: number; lat: number; accuracy_m: number }

/** `begin` is asked anew each time the page comes to the front; it answers who takes the fixes from then on. */
export function watchWhileSeen(begin: () => (sight: Sight) => void): () => void {
  let watch: number | undefined;
  const stop = () => {
    if (watch !== undefined) navigator.geolocation.clearWatch(watch);
    watch = undefined;
  };
  const look = () => {
    if (document.visibilityState !== 'visible') { stop(); return; }
    if (watch !== undefined || !navigator.geolocation) return;
    const take = begin();
    watch = navigator.geolocation.watchPosition(
      ({ coords }) => take({ lng: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy }),
      () => { /* refused or no signal: nothing is drawn */ },
      { enableHighAccuracy: true },
    );
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => { document.removeEventListener('visibilitychange', look); stop(); };
}
