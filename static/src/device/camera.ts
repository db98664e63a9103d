/**
 * From a chosen file to bytes that may be kept: EXIF read first, then shrunk off the main thread.
 * EXIF gives the time; its place counts only when the picture was taken in the last 30 minutes.
 */
import { readExif } from './exif';
import { CannotDecode, shrinkHere } from './shrink';

export { CannotDecode } from './shrink';
export interface Taken { bytes: Uint8Array; type: 'image/jpeg'; taken_at?: number; place?: { lng: number; lat: number } }

const FRESH_MS = 30 * 60_000;
const EXIF_REACH = 256 * 1024;

export async function takeIn(file: File, now: number = Date.now()): Promise<Taken> {
  const head = await file.slice(0, EXIF_REACH).arrayBuffer();
  const facts = readExif(head);
  const bytes = await shrinkAway(file).catch((problem: unknown) => { throw problem instanceof CannotDecode && isHeic(head) ? new CannotDecode('image/heic') : problem; });
  const taken: Taken = { bytes, type: 'image/jpeg' };
  if (facts.taken_at !== undefined) taken.taken_at = facts.taken_at;
  if (isFresh(facts.taken_at, now) && facts.lng !== undefined && facts.lat !== undefined) taken.place = { lng: facts.lng, lat: facts.lat };
  return taken;
}

/** By its first bytes: not every gallery tells a type, or a name that says it. */
export function isHeic(head: ArrayBuffer): boolean {
  return /^ftyp(hei|hev|mif1|msf1)/.test(new TextDecoder('latin1').decode(head.slice(4, 12)));
}

export function isFresh(takenAt: number | undefined, now: number): boolean {
  return takenAt !== undefined && now - takenAt <= FRESH_MS && takenAt - now <= 60_000;
}

/** Where the built worker lies; the page says so (<meta name="photo-worker">). Without it the page does the work. */
function workerAddress(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[name="photo-worker"]')?.content || undefined;
}

async function shrinkAway(file: Blob): Promise<Uint8Array> {
  const address = workerAddress();
  if (!address || typeof Worker !== 'function' || typeof OffscreenCanvas !== 'function') return shrinkHere(file);
  const answer = await inWorker(address, file);
  if (answer?.bytes) return answer.bytes;
  return shrinkHere(file); // no worker on this phone (old WebView, blocked by policy), or one that cannot open this picture
}

type Answer = { bytes?: Uint8Array };

function inWorker(address: string, file: Blob): Promise<Answer | undefined> {
  return new Promise((done) => {
    let worker: Worker;
    try { worker = new Worker(address, { type: 'module' }); } catch { done(undefined); return; }
    const end = (answer: Answer | undefined) => { worker.terminate(); done(answer); };
    worker.onmessage = (event: MessageEvent<Answer>) => end(event.data);
    worker.onerror = () => end(undefined);
    worker.postMessage(file);
  });
}
