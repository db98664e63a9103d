/** The way walked stays on the phone: whole patrols with it on, and a server that writes down everything it is told. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { finishPatrol } from '../../../static/src/patrols/actions';
import { KEEP_WAY_MS, OWN_WAY, drawWay, dropWay, keepTidy, ownWay, switchWay, type Own } from '../../../static/src/patrols/own_way';
import { checkAt, freshDraft, placeOfFix, withCheck, type PatrolDraft } from '../../../static/src/patrols/rules';
import type { Place } from '../../../static/src/records/shapes';
import { en, zh } from '../../../static/src/text/own_way';
import { settle } from '../phone_env';
import { Desk, desk, uuid } from '../sync/desk';
import { FakeStore, sessionOf } from '../ui/fake_store';

const STEP = 0.0004; // 44 m to the north
const at = (step: number) => ({ lng: 120.94123, lat: +(30.52 + step * STEP).toFixed(5) });
const spots = [0, 1, 2, 3, 4, 5].map(at);
const point = (id: string): Place => ({ id, grid_id: 'g1', kind: 'check_point', name: id, address: '', lng: 120.94123, lat: 30.52, radius_m: 50, matters: [], in_plan: true });

/** Changes of the way are made one after the other: a last one, of somebody who has none, waits for those before. */
async function changesDone(): Promise<void> {
  await settle(2);
  await switchWay(new FakeStore(sessionOf([])), false);
}

/** The page and its place, as far as a watch sees of them. */
class Page extends EventTarget {
  visibilityState = 'visible';
  watches = 0;
  private takers = new Map<number, (position: unknown) => void>();
  readonly geolocation = {
    watchPosition: (take: (position: unknown) => void) => { this.takers.set(++this.watches, take); return this.watches; },
    clearWatch: (id: number) => { this.takers.delete(id); },
  };
  get watching(): number { return this.takers.size; }
  async walk(where: { lng: number; lat: number }, seconds = 20, accuracy = 8): Promise<void> {
    desk.now.world.now += seconds * 1000;
    for (const take of this.takers.values()) take({ coords: { longitude: where.lng, latitude: where.lat, accuracy } });
    await changesDone();
  }
  turn(state: 'visible' | 'hidden'): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}
let page: Page;
const kept = () => desk.now.store.setting<Own | null>(OWN_WAY);
const drawn = async () => (await ownWay(desk.now.store))?.way.map(({ points }) => points) ?? [];

async function begin(track: 'off' | 'on_phone'): Promise<void> {
  desk.now = new Desk();
  desk.now.server.track = track;
  page = new Page();
  vi.stubGlobal('document', page);
  vi.stubGlobal('navigator', { geolocation: page.geolocation });
  vi.spyOn(Date, 'now').mockImplementation(() => desk.now.world.now);
  await desk.now.signIn();
}
/** As the form does it: the watch runs while policy and switch say so. */
async function openForm(): Promise<() => void> {
  return (await ownWay(desk.now.store))?.on ? drawWay(desk.now.store) : () => {};
}
/** A patrol from its first draft to the server's answer, the worker walking all the while. */
async function patrol(id: string): Promise<void> {
  const { store, world } = desk.now;
  let draft: PatrolDraft = freshDraft('g1');
  const leave = await openForm();
  for (const [step, spot] of spots.entries()) {
    await page.walk(spot);
    const place = point(`p${step}`);
    const fix = { at: world.now, ...spot, accuracy_m: 8 };
    await store.keepFix({ ...fix, for: place.name });
    draft = { ...draft, checks: withCheck(draft.checks, { ...checkAt(place, 'normal', world.now), fix: placeOfFix(fix, place) }) };
    await store.keepDraft({ id, form: 'patrol', body: draft as unknown as Record<string, unknown> });
  }
  expect((await finishPatrol(store, id, draft, spots.length, true)).saved).toBe(true);
  leave();
  await world.pass(6000);
  await desk.now.run();
}
/** No spot of the way, in whatever form: as it was measured, without its point, or its last digits alone. */
function expectNowhere(text: string): void {
  for (const { lng, lat } of spots) {
    for (const number of [lng, lat]) for (const form of [String(number), number.toFixed(4), String(number).replace('.', '')]) expect(text).not.toContain(form);
  }
  for (const word of ['own_way', 'points', 'track', 'duration', 'distance']) expect(text).not.toContain(word);
}

describe('under on_phone, with the own switch on', () => {
  beforeEach(async () => {
    await begin('on_phone');
    await switchWay(desk.now.store, true);
  });

  it('a whole patrol is drawn on the phone and no request, mutation or payload holds any of it', async () => {
    const { store, server } = desk.now;
    const sealed = vi.spyOn(store.room.codec, 'seal');
    await patrol(uuid(1));
    expect(await drawn()).toEqual([spots.map(({ lng, lat }) => [lng, lat])]);
    expect(server.applied.map(({ name }) => name)).toEqual(['patrols.report']);
    const told = server.log.map(({ method, path, url, headers, body }) => `${method} ${path} ${url.search} ${JSON.stringify([...headers])} ${new TextDecoder().decode(body)} `);
    expect(told.join('').length).toBeGreaterThan(1000);
    expectNowhere(`${told.join('')}${JSON.stringify(server.received)}`);
    // what the phone itself writes down: the way in its one setting, a fix of a tap in the person's own list, nowhere else
    const places = sealed.mock.calls.filter(([place]) => !place.startsWith('fix/') && place !== `setting/${OWN_WAY}`);
    expect(places.some(([place]) => place.startsWith('draft/'))).toBe(true);
    expectNowhere(JSON.stringify(places));
    expectNowhere(JSON.stringify([await store.outbox(), await store.list('record'), await store.drafts()]));
  });
  it('lies sealed on the disk', async () => {
    await patrol(uuid(1));
    await desk.now.restart();
    expect(await drawn()).toHaveLength(1);
    const rows = await desk.now.store.room.db.read(['settings'], (tx) => tx.all('settings'));
    const row = rows.find(({ name }) => name === OWN_WAY)!;
    expect(Object.keys(row).sort()).toEqual(['box', 'name']);
    expectNowhere(Buffer.from(row.box).toString('latin1'));
  });
  it('keeps no time of a point, and no more of the place than a metre', async () => {
    await openForm();
    await page.walk({ lng: 120.941234567, lat: 30.520012345 });
    expect((await kept())!.way).toEqual([{ from: expect.any(Number) as number, points: [[120.94123, 30.52001]] }]);
  });
  it('keeps a point every 15 s and 20 m at most, and none that is vague', async () => {
    await openForm();
    await page.walk(at(0));
    await page.walk(at(1), 10); // too soon
    await page.walk(at(0.2), 20); // 9 m
    await page.walk(at(3), 20, 150); // anywhere
    await page.walk(at(2), 20);
    expect(await drawn()).toEqual([[at(0), at(2)].map(({ lng, lat }) => [lng, lat])]);
  });
  it('looks only while the page is in front and the form open', async () => {
    const leave = await openForm();
    await page.walk(at(0));
    page.turn('hidden');
    expect(page.watching).toBe(0);
    await page.walk(at(1));
    page.turn('visible');
    expect(page.watching).toBe(1);
    await page.walk(at(2));
    leave();
    expect(page.watching).toBe(0);
    page.turn('hidden');
    page.turn('visible');
    expect(page.watching).toBe(0);
    expect(await drawn()).toHaveLength(2); // no line is drawn over what was not seen
  });
  it('is gone at a tap, also while it is drawn', async () => {
    await openForm();
    await page.walk(at(0));
    void page.walk(at(1)); // on its way
    await dropWay(desk.now.store);
    await changesDone();
    expect((await kept())!.way).toEqual([]);
    await page.walk(at(2));
    expect(await drawn()).toEqual([[[at(2).lng, at(2).lat]]]);
  });
  it('is gone after 7 days: not shown any longer, and off the disk at the next start', async () => {
    await patrol(uuid(1));
    const { world } = desk.now;
    world.now += 5 * 24 * 3600_000;
    await patrol(uuid(2));
    expect(await drawn()).toHaveLength(2);
    world.now += 2 * 24 * 3600_000;
    expect(await drawn()).toHaveLength(1);
    expect((await kept())!.way).toHaveLength(2);
    await desk.now.restart();
    keepTidy(desk.now.store);
    await changesDone();
    expect((await kept())!.way).toHaveLength(1);
    world.now += KEEP_WAY_MS;
    await desk.now.restart();
    keepTidy(desk.now.store);
    await changesDone();
    expect(await kept()).toEqual({ on: true, way: [] });
  });
  it('is gone as soon as the server says off: what was kept, the switch, and what is met from then on', async () => {
    const { store, server, phone } = desk.now;
    keepTidy(store);
    await patrol(uuid(1));
    await openForm();
    server.track = 'off';
    await phone.engine!.session.renew();
    await changesDone();
    expect(await kept()).toBeNull();
    await page.walk(at(9));
    expect(await kept()).toBeNull();
    const { watches } = page;
    (await openForm())();
    expect(page.watches).toBe(watches);
    server.track = 'on_phone';
    await phone.engine!.session.renew();
    expect(await ownWay(store)).toEqual({ on: false, way: [] }); // whoever allows it again turns it on for nobody
  });
});

describe('otherwise nobody watches the place', () => {
  it('under off, whatever was switched on once', async () => {
    await begin('off');
    await desk.now.store.keepSetting(OWN_WAY, { on: true, way: [{ from: Date.now(), points: [[120.94123, 30.52]] }] });
    keepTidy(desk.now.store);
    await patrol(uuid(1));
    expect(page.watches).toBe(0);
    expect(await kept()).toBeNull();
    await switchWay(desk.now.store, true);
    expect(await kept()).toBeNull();
  });
  it('under on_phone, until the worker turns it on', async () => {
    await begin('on_phone');
    keepTidy(desk.now.store);
    await patrol(uuid(1));
    expect(page.watches).toBe(0);
    expect(await kept()).toBeUndefined();
  });
  it('where the browser has no place to tell', async () => {
    await begin('on_phone');
    vi.stubGlobal('navigator', {});
    await switchWay(desk.now.store, true);
    (await openForm())();
    expect(await drawn()).toEqual([]);
  });
});

it('a store that is closed meanwhile (the lock) takes nothing in and breaks nothing', async () => {
  await begin('on_phone');
  const store = new FakeStore({ ...sessionOf([]), policy: { pin: true, track: 'on_phone' } });
  await switchWay(store, true);
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(store, 'keepSetting').mockRejectedValue(new Error('closed'));
  drawWay(store);
  await page.walk(at(0));
  expect(said).toHaveBeenCalledOnce();
  expect((await ownWay(store))!.way).toEqual([]);
});

it('is worded in both languages', () => expect(Object.keys(en)).toEqual(Object.keys(zh)));
