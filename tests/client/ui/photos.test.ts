/** What is drawn of photos: those of a look back, and the words where one cannot be shown. */
import type { VNode } from 'preact';
import { expect, it } from 'vitest';
import { HazardCard, LookPhotos } from '../../../static/src/duties/hazards/card';
import { whyMissing } from '../../../static/src/records/photo';
import type { RecordRow, Relook } from '../../../static/src/records/shapes';

const look = (more: Partial<Relook> = {}): Relook => ({ id: 'l', at: 0, by_name: '沈', outcome: 'not_fixed', note: '', photos: [], ...more });

/** Everything that a drawing names, without drawing it: the parts in it are called when they are `inside`. */
function parts(node: unknown, inside: unknown[] = []): VNode<Record<string, unknown>>[] {
  if (Array.isArray(node)) return node.flatMap((one) => parts(one, inside));
  if (!node || typeof node !== 'object' || !('props' in node)) return [];
  const vnode = node as VNode<Record<string, unknown>>;
  const drawn = typeof vnode.type === 'function' && (inside.includes(vnode.type) || inside.includes(vnode.type.name)) ? (vnode.type as (props: unknown) => unknown)(vnode.props) : vnode.props.children;
  return [vnode, ...parts(drawn, inside)];
}
const shown = (node: unknown, inside: unknown[] = []) => parts(node, inside).flatMap(({ props }) => (props.class === 'photo' ? [props.sha256] : []));

it('a card of a hazard draws the photos of each look back, beside its own', () => {
  const relooks = [look({ photos: ['a', 'b'] }), look({ id: 'm', photos: ['c'] })];
  const record = { id: 'r', kind: 'hazard', state: 'open', photos: [{ sha256: 'own', role: 'scene' }], body: { severity: 'general', advice: [], fixed_on_spot: false, note: '', place: { source: 'none' }, relooks } } as unknown as RecordRow;
  expect(shown(HazardCard({ record, matter: undefined }), ['Look', LookPhotos])).toEqual(['a', 'b', 'c']);
});

it('a look without a photo draws none, and says why where that was said', () => {
  expect(LookPhotos({ relook: look() })).toBeNull();
  expect(shown(LookPhotos({ relook: look({ photo_gap: 'dark' }) }))).toEqual([]);
  expect(JSON.stringify(parts(LookPhotos({ relook: look({ photo_gap: 'dark' }) }))[0]!.props.children)).toContain('太暗');
});

it('on its way is said only of what the server does not hold', () => {
  expect(whyMissing(false, false)).toBe('照片在路上');
  expect(whyMissing(false, true)).toBe('照片在路上');
  expect(whyMissing(true, false)).toBe('没有网络，照片暂时看不到');
  expect(whyMissing(undefined, false)).toBe('没有网络，照片暂时看不到');
  expect(whyMissing(true, true)).toBe('照片暂时看不到');
});
