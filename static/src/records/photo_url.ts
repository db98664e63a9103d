/**
 * Where the bytes of a photo come from: this phone's own store first (taken here, or a small one kept for the review),
 * else the server's door, asked by the engine in this person's name: an `<img>` would carry the cookie alone, which on a
 * shared phone may be another's.
 */
import { useEffect, useState } from 'preact/hooks';
import type { Store } from '../store/api';
import { useStore } from './store_context';

/** `small`: only the small one is here, whatever was asked for. No `url`: it cannot be had now. */
export interface PhotoSource { url: string; own: boolean; small?: boolean; free: () => void }

export async function photoUrl(store: Store, sha256: string, size: 'thumb' | 'full' = 'thumb'): Promise<PhotoSource> {
  const kept = await store.photo(sha256).catch(() => undefined);
  const small = !kept && (size === 'thumb' || !store.status().online) ? await store.photo(`thumb/${sha256}`).catch(() => undefined) : undefined;
  const here = kept ?? small;
  const blob = here ? new Blob([here.bytes as Uint8Array<ArrayBuffer>], { type: here.type }) : await store.fetchPhoto?.(sha256, size);
  const url = blob ? URL.createObjectURL(blob) : '';
  return { url, own: !!kept, small: !!small, free: () => URL.revokeObjectURL(url) };
}

/** `tries`: asked for again when it changes. */
export function usePhoto(sha256: string, size: 'thumb' | 'full' = 'thumb', tries = 0): PhotoSource | undefined {
  const store = useStore();
  const [source, setSource] = useState<PhotoSource>();
  useEffect(() => {
    let alive = true;
    let mine: PhotoSource | undefined;
    void photoUrl(store, sha256, size).then((found) => { mine = found; if (alive) setSource(found); else found.free(); });
    return () => { alive = false; mine?.free(); };
  }, [store, sha256, size, tries]);
  return source;
}
