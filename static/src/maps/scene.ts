/** What is to be seen on a map, whatever it is drawn on: all in WGS-84. */
import type { LngLat, Ring } from './projection';

export type MarkKind = 'major' | 'general' | 'done' | 'open';
/** A thing that stands still: a check point or a hazard, never a person. `open`: leads to it. */
export interface Mark { id: string; at: LngLat; kind: MarkKind; name: string; open?: () => void }
export interface Around { at: LngLat; accuracy_m: number }

export interface Scene {
  grounds: Ring[][];
  borders?: Ring[][];
  /** what matters most last: it lies on top */
  marks?: Mark[];
  pin?: LngLat | undefined;
  /** how exact the pin is */
  around?: Around | undefined;
  /** this phone itself, on its own screen */
  own?: Around | undefined;
}
