/** What two forms do when there is little to go by; the hooks of the page are played by hand. */
import { isValidElement, type VNode } from 'preact';
import { beforeEach, describe, expect, it, vi } from 'vitest';

const page = vi.hoisted(() => ({ states: [] as unknown[], at: 0, draft: {} as object, known: {} as object | undefined, finished: 0 }));
vi.mock('preact/hooks', async (original) => ({
  ...(await original<object>()), useEffect: () => {},
  useState: (first: unknown) => {
    const at = page.at++;
    page.states[at] ??= first;
    return [page.states[at], (next: unknown) => { page.states[at] = next; }];
  },
}));
vi.mock('../../../static/src/records/draft', () => ({ useDraft: () => page.draft }));
vi.mock('../../../static/src/records/store_context', () => ({ useStore: () => ({}), useLive: () => page.known }));
vi.mock('../../../static/src/device/awake', () => ({ useAwake: () => {} }));
vi.mock('../../../static/src/records/save', async (original) => ({ ...(await original<object>()), tellHeld: () => {} }));
vi.mock('../../../static/src/patrols/actions', () => ({ finishPatrol: async () => { page.finished += 1; return { saved: true, mutation_id: 'm' }; } }));
import RelookForm from '../../../static/src/duties/hazards/relook';
import PatrolForm from '../../../static/src/patrols/form';
import { freshDraft } from '../../../static/src/patrols/rules';
import { t } from '../../../static/src/text/text';
import { shown } from '../../../static/src/ui/toast';

const nodes = (tree: unknown): VNode<Record<string, unknown>>[] => (Array.isArray(tree) ? tree.flatMap(nodes)
  : isValidElement(tree) ? [tree as VNode<Record<string, unknown>>, ...nodes((tree.props as { children?: unknown }).children)] : []);
const draw = <P>(Part: (props: P) => unknown, props: P) => { page.at = 0; return nodes(Part(props)); };
const texts = (tree: VNode<Record<string, unknown>>[]) => tree.map((node) => node.props.children).filter((text) => typeof text === 'string');

beforeEach(() => { page.states = []; page.finished = 0; shown.value = []; vi.stubGlobal('history', { replaceState: () => {} }); });

it('a re-look whose hazard has left the phone says so', () => {
  page.draft = { body: { note: '', photos: [] } };
  page.known = { record: undefined, matters: new Map() };
  expect(texts(draw(RelookForm, { id: 'l', hazard: 'h' }))).toEqual([t('record.not_here')]);
});

describe('a patrol where no points are planned, or none have come yet', () => {
  const finish = async () => {
    const button = draw(PatrolForm, { id: 'p' }).find((node) => node.props['data-testid'] === 'patrol-finish')!;
    await (button.props.onTap as () => Promise<void>)();
  };
  const begun = (more: object = {}) => {
    const body = { ...freshDraft('g'), ...more };
    page.draft = { body, change: () => {}, newest: () => body, close: async () => {}, reopen: () => {} };
    page.known = { places: [], matters: new Map(), hazards: [], begun: [], isReviewed: false };
  };
  it('is not ended by one tap when there is nothing to tell', async () => {
    begun();
    await finish();
    expect([page.finished, shown.value.map(({ text }) => text)]).toEqual([0, [`${t('patrol.nothing_checked')} ${t('patrol.finish')}?`]]);
    await finish();
    expect(page.finished).toBe(1);
  });
  it('is ended by one tap when there is a note', async () => {
    begun({ note: '走了一遍' });
    await finish();
    expect(page.finished).toBe(1);
  });
});
