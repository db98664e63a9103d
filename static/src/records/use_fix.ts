/** One fix for a form with a place: nothing waits for it, and a place that was put by hand meanwhile stays. */
import { useEffect, useState } from 'preact/hooks';
import { oneFix } from '../device/location';
import type { DraftState } from './draft';
import type { Correcting } from './envelope';
import type { PlaceOfHazard } from './shapes';
import { useStore } from './store_context';

interface Placed { place: PlaceOfHazard; correcting?: Correcting }

/** `what` the fix is kept for in the person's own list. A fresh form looks by itself. */
export function useFix<B extends Placed>(draft: DraftState<B> | undefined, what: string): { looking: boolean; locate: () => void } {
  const store = useStore();
  const [looking, setLooking] = useState(false);
  const locate = async () => {
    if (!draft) return;
    const before = draft.newest().place;
    setLooking(true);
    const fix = await oneFix();
    setLooking(false);
    if (!fix) return;
    void store.keepFix({ ...fix, for: what });
    const place: PlaceOfHazard = { lng: fix.lng, lat: fix.lat, accuracy_m: fix.accuracy_m, source: 'fix' };
    if (draft.newest().place === before) draft.change({ place } as Partial<B>);
  };
  const ready = !!draft;
  useEffect(() => { if (draft?.newest().place.source === 'none' && !draft.newest().correcting) void locate(); }, [ready]);
  return { looking, locate: () => void locate() };
}
