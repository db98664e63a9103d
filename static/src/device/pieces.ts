/**
 * Pieces of the app that not every phone keeps offline, so that nobody pays data for what they do not use. Whoever loads
 * one says so; the service worker keeps its files, and those of every later version, until the app is taken off the phone.
 */
export type Piece = 'english' | 'record' | 'leader';

export function keepPiece(piece: Piece): void {
  const workers = (globalThis.navigator as Navigator | undefined)?.serviceWorker;
  const all = ({ active, waiting, installing }: ServiceWorkerRegistration) => [active, waiting, installing]; // a version that is about to take over brings it too
  void workers?.ready.then((worker) => all(worker).forEach((one) => one?.postMessage({ type: 'keep', piece }))).catch(() => {});
}
