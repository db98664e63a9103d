import { describe, expect, it, vi } from 'vitest';
import { readFileSync } from 'node:fs';
import { ACT_GAP_MS, TAP_GAP_MS, noteChange, once, swallowEchoes, whenActFails } from '../../../static/src/ui/tap';
import { parseHash } from '../../../static/src/ui/route';
import { fitInside } from '../../../static/src/device/shrink';
import { isFresh } from '../../../static/src/device/camera';
import { readExif } from '../../../static/src/device/exif';
import { frameAround, isInside, metresBetween } from '../../../static/src/maps/projection';
import { draftKeeper } from '../../../static/src/records/draft';
import { changedFields, trimmed } from '../../../static/src/records/envelope';
import { newId } from '../../../static/src/records/ids';
import { addDays, dayOf, daysBetween, sayDue, today } from '../../../static/src/text/days';
import { zh } from '../../../static/src/text/zh';
import { en } from '../../../static/src/text/en';
import { FakeStore, sessionOf } from './fake_store';

describe('taps', () => {
  it('on a save count once until it is done, and 400 ms longer', async () => {
    let count = 0, clock = 0, done = () => {};
    const tap = once(() => { count++; return new Promise<void>((resolve) => { done = resolve; }); }, () => clock);
    tap(); clock = 5000; tap(); expect(count).toBe(1);
    done(); await new Promise((resolve) => setTimeout(resolve));
    clock = 5000 + ACT_GAP_MS - 1; tap(); expect(count).toBe(1);
    clock = 5000 + ACT_GAP_MS; tap(); expect(count).toBe(2);
  });
  it('within 300 ms on one button count once, later ones count', () => {
    let clock = 0, count = 0;
    const tap = once(() => { count++; }, () => clock);
    tap(); clock = TAP_GAP_MS - 1; tap(); expect(count).toBe(1);
    clock = TAP_GAP_MS; tap(); expect(count).toBe(2);
  });
  it('on two buttons of one choice are one act', () => {
    const done: string[] = [];
    const choose = once((what: string) => { done.push(what); return new Promise<void>(() => {}); }, () => 0);
    for (const what of ['yes', 'no']) once(() => choose(what), () => 0)();
    expect(done).toEqual(['yes']);
  });
  it('on an act that breaks off are told so, and the next one counts', async () => {
    let clock = 0, count = 0, told = 0;
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    whenActFails(() => { told++; });
    const tap = once(() => { count++; return Promise.reject(new Error('broken')); }, () => clock);
    tap(); await new Promise((resolve) => setTimeout(resolve));
    expect([told, said.mock.calls.length]).toEqual([1, 1]);
    clock = ACT_GAP_MS; tap(); expect(count).toBe(2);
    await new Promise((resolve) => setTimeout(resolve));
    said.mockRestore();
    whenActFails(() => {});
  });
  it('on two buttons are two', () => {
    let count = 0;
    for (const button of [once(() => { count++; }, () => 0), once(() => { count++; }, () => 0)]) button();
    expect(count).toBe(2);
  });
});

describe('a second tap on one spot', () => {
  type Click = Partial<MouseEvent> & { passed: boolean };
  const button = () => { const one: object = { closest: () => one }; return one as Element; };
  let hands = 0; // each somewhere else: what was tapped last is kept
  function hand() {
    const x = 1000 * ++hands;
    let hear: (event: Event) => void = () => {};
    const there: Element[] = [];
    swallowEchoes({ addEventListener: (_: string, call: typeof hear) => { hear = call; }, querySelectorAll: () => there } as unknown as Document);
    return { there, tap(target: Element, ms: number, beside = 0, more: Partial<MouseEvent> = {}) {
      const click: Click = { target, detail: 1, clientX: x + beside, clientY: 100, timeStamp: ms, passed: true, preventDefault() {}, stopPropagation() { click.passed = false; }, ...more };
      hear(click as unknown as Event);
      return click.passed;
    } };
  }
  const later = () => performance.now() + 10_000; // behind what other tests have changed
  it('reaches nothing that has come in between', () => {
    const { tap, there } = hand(), drop = button(), sure = button(), at = later();
    there.push(drop);
    expect(tap(drop, at)).toBe(true);
    expect(tap(sure, at + 150)).toBe(false);
    expect(tap(sure, at + ACT_GAP_MS)).toBe(true);
  });
  it('reaches nothing that was covered and is not since a moment', async () => {
    const { tap, there } = hand(), remove = button(), save = button();
    there.push(remove, save);
    const at = performance.now();
    expect(tap(remove, at)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    noteChange();
    expect(tap(save, at + 300)).toBe(false);
    expect(tap(save, performance.now() + ACT_GAP_MS)).toBe(true);
  });
  it('counts on the same key, beside it, by the keyboard, and where nothing has changed', () => {
    const { tap, there } = hand(), one = button(), two = button(), at = later();
    there.push(one, two);
    expect([tap(one, at), tap(one, at + 100), tap(two, at + 200), tap(one, at + 300)]).toEqual([true, true, true, true]);
    const fresh = button();
    expect(tap(fresh, at + 400, 60)).toBe(true);
    expect(tap(button(), at + 450, 60, { detail: 0 })).toBe(true);
  });
});

describe('words', () => {
  const places = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort();
  it('English has exactly the keys of Chinese', () => expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort()));
  it('no sentence is empty, and both languages name the same values', () => {
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
      expect(zh[key].length, key).toBeGreaterThan(0);
      expect(en[key].length, key).toBeGreaterThan(0);
      expect(places(en[key]), key).toEqual(places(zh[key]));
    }
  });
  it('are those of the house: 审核 never 审批, 交办 never 派单, 专职网格员 in full', () => {
    const all = Object.values(zh).join('\n');
    expect(all).not.toMatch(/审批|派单|打卡机|专职员/);
    expect(zh['role.full_time_worker']).toBe('专职网格员');
  });
});

describe('colours', () => {
  const css = readFileSync('static/styles/tokens.css', 'utf8');
  const themes = { sun: block(/:root \{([^}]*)\}/), night: block(/:root\[data-theme="night"\] \{([^}]*)\}/) };
  function block(pattern: RegExp): Map<string, string> { return new Map([...(pattern.exec(css)?.[1] ?? '').matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6})/g)].map((m) => [m[1]!, m[2]!])); }
  const light = (hex: string) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i]!, 0);
  const contrast = (a: string, b: string) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x! + 0.05) / (y! + 0.05); };
  const texts: [string, string][] = [['ink', 'paper'], ['ink', 'surface'], ['ink-2', 'paper'], ['ink-2', 'surface'], ['act', 'paper'], ['act', 'surface'], ['on-act', 'act'], ['ink', 'act-tint'], ['ok', 'ok-tint'], ['ok', 'paper'], ['wait', 'wait-tint'], ['wait', 'paper'], ['stop', 'stop-tint'], ['stop', 'paper'], ['stop', 'surface'], ['on-flare', 'flare'], ['paper', 'ink'], ['ink', 'ok-tint'], ['ink-2', 'ok-tint'], ['ink-2', 'wait-tint'], ['ink-2', 'stop-tint']];
  for (const [name, theme] of Object.entries(themes)) {
    it(`every text pair is at least 7:1 (${name})`, () => { for (const [text, ground] of texts) expect(contrast(theme.get(text)!, theme.get(ground)!), `${text} on ${ground}`).toBeGreaterThanOrEqual(7); });
    it(`every outline is at least 3:1 (${name})`, () => { for (const ground of ['paper', 'surface']) expect(contrast(theme.get('line')!, theme.get(ground)!)).toBeGreaterThanOrEqual(3); });
  }
});

describe('days', () => {
  it('are those of Shanghai', () => expect([dayOf(Date.UTC(2026, 10, 23, 15, 59)), dayOf(Date.UTC(2026, 10, 23, 16, 0))]).toEqual(['2026-11-23', '2026-11-24']));
  it('are counted over month and year ends', () => expect([addDays('2026-12-30', 3), daysBetween('2026-12-30', '2027-01-02'), daysBetween('2026-11-24', '2026-11-20')]).toEqual(['2027-01-02', 3, -4]));
  it('say how late a thing is', () => expect(sayDue(addDays(today(), -3))).toBe('逾期 3 天'));
});

describe('places', () => {
  const ring: [number, number][] = [[120.9, 30.5], [120.91, 30.5], [120.91, 30.51], [120.9, 30.51], [120.9, 30.5]];
  it('know inside, outside and holes', () => {
    expect(isInside({ lng: 120.905, lat: 30.505 }, [ring])).toBe(true);
    expect(isInside({ lng: 120.95, lat: 30.505 }, [ring])).toBe(false);
    expect(isInside({ lng: 120.905, lat: 30.505 }, [ring, [[120.904, 30.504], [120.906, 30.504], [120.906, 30.506], [120.904, 30.506]]])).toBe(false);
  });
  it('are drawn and read back without a shift', () => {
    const frame = frameAround([ring])!;
    const back = frame.back(frame.x(120.9031), frame.y(30.5077));
    expect(metresBetween(back, { lng: 120.9031, lat: 30.5077 })).toBeLessThan(0.01);
  });
  it('a degree of latitude is about 111 km', () => expect(metresBetween({ lng: 120, lat: 30 }, { lng: 120, lat: 31 })).toBeCloseTo(111_320, -1));
});

describe('photos', () => {
  it('fit into 1600 px and are never enlarged', () => expect([fitInside(4000, 3000), fitInside(3000, 4000), fitInside(800, 600)]).toEqual([{ width: 1600, height: 1200 }, { width: 1200, height: 1600 }, { width: 800, height: 600 }]));
  it('tell their place only when taken in the last 30 minutes', () => {
    const now = 1_800_000_000_000;
    expect([isFresh(now - 29 * 60_000, now), isFresh(now - 31 * 60_000, now), isFresh(now + 3_600_000, now), isFresh(undefined, now)]).toEqual([true, false, false, false]);
  });
  it('without EXIF, or with a broken one, are simply photos', () => {
    expect(readExif(new ArrayBuffer(0))).toEqual({});
    expect(readExif(Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, 40, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x49, 0x49, 42, 0, 255, 255, 255, 255]).buffer)).toEqual({});
  });
  it('give time (of Shanghai) and place from EXIF', () => {
    const facts = readExif(exifOf('2026:11:24 10:30:00', [30, 31.2], [120, 56.4]));
    expect(facts.taken_at).toBe(Date.parse('2026-11-24T10:30:00+08:00'));
    expect(facts.lat).toBeCloseTo(30.52, 5);
    expect(facts.lng).toBeCloseTo(120.94, 5);
  });
});

/** A JPEG's beginning with DateTimeOriginal and a GPS place, little-endian. */
function exifOf(moment: string, lat: [number, number], lng: [number, number]): ArrayBuffer {
  const tiff = new DataView(new ArrayBuffer(260));
  const tag = (at: number, id: number, type: number, count: number, value: number) => { tiff.setUint16(at, id, true); tiff.setUint16(at + 2, type, true); tiff.setUint32(at + 4, count, true); tiff.setUint32(at + 8, value, true); };
  tiff.setUint16(0, 0x4949); tiff.setUint16(2, 42, true); tiff.setUint32(4, 8, true);
  tiff.setUint16(8, 2, true); tag(10, 0x8769, 4, 1, 40); tag(22, 0x8825, 4, 1, 60);
  tiff.setUint16(40, 1, true); tag(42, 0x9003, 2, 20, 120);
  [...moment].forEach((letter, i) => tiff.setUint8(120 + i, letter.charCodeAt(0)));
  tiff.setUint16(60, 4, true); tag(62, 1, 2, 2, 'N'.charCodeAt(0)); tag(74, 2, 5, 3, 150); tag(86, 3, 2, 2, 'E'.charCodeAt(0)); tag(98, 4, 5, 3, 180);
  const degrees = (at: number, [whole, minutes]: [number, number]) => [whole, 1, Math.round(minutes * 1000), 1000, 0, 1].forEach((n, i) => tiff.setUint32(at + i * 4, n, true));
  degrees(150, lat); degrees(180, lng);
  const whole = new Uint8Array(12 + 260 + 2);
  whole.set([0xff, 0xd8, 0xff, 0xe1, 1, 12, 0x45, 0x78, 0x69, 0x66, 0, 0]);
  whole.set(new Uint8Array(tiff.buffer), 12);
  return whole.buffer;
}

describe('small things', () => {
  it('a route has parts and a query', () => { const { parts, query } = parseHash('#/log/visit/1?plan=2'); expect([parts, query.get('plan')]).toEqual([['log', 'visit', '1'], '2']); });
  it('ids are UUIDv7 and in the order of time', () => { expect(newId(1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/); expect(newId(1000) < newId(2000)).toBe(true); });
  it('only what differs is a change; what was emptied becomes null', () => expect(changedFields({ before: { a: 1, b: [1], c: 'x' } }, { a: 1, b: [2] })).toEqual({ b: [2], c: null }));
  it('absent and null are the same on the wire; false and nought are values', () => expect(trimmed({ a: null, b: undefined, c: '', d: false, e: 0 })).toEqual({ d: false, e: 0 }));
});

describe('a draft that is typed quickly', () => {
  it('is written one at a time and ends with the newest state', async () => {
    const store = new FakeStore(sessionOf([]));
    const keeper = draftKeeper(store, 'd', 'hazard');
    for (let n = 1; n <= 50; n++) void keeper.keep({ n });
    await keeper.keep({ n: 51 });
    expect((await store.draft('d'))?.body).toEqual({ n: 51 });
    expect(store.kept.length).toBeLessThan(5);
  });
  it('is not brought back by a late write after the act that ended it', async () => {
    const store = new FakeStore(sessionOf([]));
    const keeper = draftKeeper(store, 'd', 'hazard');
    void keeper.keep({ n: 1 });
    await keeper.close();
    await store.dropDraft('d');
    await keeper.keep({ n: 2 });
    expect(await store.draft('d')).toBeUndefined();
  });
  it('is jotted down at each change, until its row is written and not a moment less', async () => {
    const store = new FakeStore(sessionOf([]));
    const jotted: string[] = [];
    const pen = { jot: ({ body }: { body: Record<string, unknown> }) => { jotted.push(String(body.n)); return true; }, wipe: () => void jotted.push('wiped') };
    const keeper = draftKeeper(store, 'd', 'hazard', pen);
    void keeper.keep({ n: 1 });
    const last = keeper.keep({ n: 2 });
    expect(jotted).toEqual(['1', '2']);
    await last;
    expect(jotted).toEqual(['1', '2', 'wiped']);
    store.keepDraft = () => Promise.reject(new Error('no database'));
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await keeper.keep({ n: 3 });
    expect(jotted).toEqual(['1', '2', 'wiped', '3']);
  });
  it('has its last state written before the act that ends it', async () => {
    const store = new FakeStore(sessionOf([]));
    const keeper = draftKeeper(store, 'd', 'hazard');
    void keeper.keep({ n: 1 });
    void keeper.keep({ n: 2 });
    await keeper.close();
    expect((await store.draft('d'))?.body).toEqual({ n: 2 });
  });
});
