/**
 * The way walked, for the worker alone: under the policy `on_phone` and by their own switch, while a patrol is open.
 * It lies sealed among this person's settings on this phone for 7 days and no act knows it: nothing here meets an act.
 */
import { watchWhileSeen, type Sight } from '../device/watch';
import { metresBetween, type Ring } from '../maps/projection';
import type { Store } from '../store/api';

/** Walked without a break. When each point was met is not kept: no speed and no pause can be read from it. */
export interface Stretch { from: number; points: Ring }
export interface Own { on: boolean; way: Stretch[] }

export const OWN_WAY = 'own_way'; // a setting of the person on this phone
export const KEEP_WAY_MS = 7 * 24 * 3600_000;
const LEAST_MS = 15_000, LEAST_M = 20, TOO_VAGUE_M = 100;

/** `undefined` where the policy does not allow it. A clock that was put back makes nothing last longer. */
export async function ownWay(store: Store): Promise<Own | undefined> {
  const kept = await store.setting<Own | null>(OWN_WAY);
  if (store.session.policy.track !== 'on_phone') return undefined;
  return { on: !!kept?.on, way: (kept?.way ?? []).filter(({ from }) => Math.abs(Date.now() - from) < KEEP_WAY_MS) };
}

let turn = Promise.resolve();
/** One change after the other: what was deleted is not brought back by a point that was on its way. */
function change(store: Store, how: (own: Own | undefined) => Partial<Own> | null | undefined): Promise<void> {
  turn = turn.then(async () => {
    const own = await ownWay(store), part = how(own);
    if (part !== undefined) await store.keepSetting(OWN_WAY, part && { ...own, ...part });
  }).catch((problem: unknown) => console.error(problem));
  return turn;
}
export const switchWay = (store: Store, on: boolean): Promise<void> => change(store, (own) => own && { on });
export const dropWay = (store: Store): Promise<void> => change(store, (own) => own && { way: [] });

/**
 * At every start, and whenever the server has said anew what is allowed: what is older than 7 days goes, and where the
 * policy does not allow it (any more) everything, the switch too. Answers how to end that.
 */
export function keepTidy(store: Store): () => void {
  const tidy = async () => {
    const kept = await store.setting<Own | null>(OWN_WAY);
    if (kept) await change(store, (own) => (own ? (own.way.length < kept.way.length ? own : undefined) : null));
  };
  void tidy();
  return store.onChange((changed) => { if (changed.has('session')) void tidy(); });
}

/** Keeps points until the answer is called: at most one in 15 s, and none within 20 m of the last. */
export const drawWay = (store: Store): (() => void) => watchWhileSeen(() => {
  const from = Date.now();
  let last: Sight | undefined, at = 0;
  return (sight) => {
    if (sight.accuracy_m > TOO_VAGUE_M || Date.now() - at < LEAST_MS || (last && metresBetween(last, sight) < LEAST_M)) return;
    last = sight;
    at = Date.now();
    const point = [+sight.lng.toFixed(5), +sight.lat.toFixed(5)] as Ring[number];
    void change(store, (own) => {
      if (!own?.on) return undefined;
      const mine = own.way.find((stretch) => stretch.from === from);
      return { way: [...own.way.filter((stretch) => stretch !== mine), { from, points: [...(mine?.points ?? []), point] }] };
    });
  };
});
