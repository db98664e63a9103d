/** A picture from the server is asked for in the name of whoever looks, never by the cookie alone: a phone may be shared. */
import { expect, it, vi } from 'vitest';
import { photoUrl } from '../../../static/src/records/photo_url';
import { desk, deskBeforeEach } from './desk';
import { OTHER, PERSON, problem } from './fake_server';

const SHA = '5a'.repeat(32);
const picture = () => new Response(new Uint8Array(900).fill(0x5a), { headers: { 'Content-Type': 'image/jpeg' } });
const asked = () => desk.now.server.log.filter(({ path }) => path.startsWith('/api/v1/photos/'));
const look = (size: 'thumb' | 'full' = 'full') => photoUrl(desk.now.store, SHA, size);

deskBeforeEach();

it.each(['thumb', 'full'] as const)('names the person, and is let go of after the look (%s)', async (size) => {
  desk.now.server.fault = picture;
  const shown = await look(size);
  expect(asked().map(({ headers, url }) => [headers.get('X-Person'), url.search])).toEqual([[PERSON, `?size=${size}`]]);
  expect([shown.own, shown.small]).toEqual([false, false]);
  expect((await (await fetch(shown.url)).blob()).size).toBe(900);
  shown.free();
  await expect(fetch(shown.url)).rejects.toThrow();
});
it('is not asked for while the cookie is another person\u2019s', async () => {
  desk.now.server.fault = picture;
  await desk.now.phone.people_kept.setCookieOwner(OTHER);
  expect((await look()).url).toBe('');
  expect(asked()).toHaveLength(0);
  expect(desk.now.store.status().signed_out).toBe(true);
});
it('is not shown when the server finds another person\u2019s cookie, nor when it came under one', async () => {
  desk.now.server.fault = ({ path }) => (path.startsWith('/api/v1/photos/') ? problem(403, 'wrong_person') : undefined);
  expect((await look()).url).toBe('');
  await desk.now.run();
  desk.now.server.fault = async ({ path }) => {
    if (!path.startsWith('/api/v1/photos/')) return undefined;
    await desk.now.phone.people_kept.setCookieOwner(OTHER);
    return picture();
  };
  expect((await look()).url).toBe('');
});
it.each([['without a link', () => Promise.reject(new TypeError('offline'))], ['that the server does not hold', () => problem(404, 'not_found')]])('%s has no address: no broken request by the cookie is left to the browser', async (_, fault) => {
  desk.now.server.fault = ({ path }) => (path.startsWith('/api/v1/photos/') ? fault() : undefined);
  const gone = await look();
  expect(gone).toMatchObject({ url: '', own: false });
  gone.free();
  desk.now.store.fetchPhoto = undefined; // the engine is not there yet
  expect((await look()).url).toBe('');
});
it('of a database that is closing has none either', async () => {
  vi.spyOn(desk.now.phone.people_kept, 'cookieOwner').mockRejectedValue(new Error('closing'));
  expect((await look()).url).toBe('');
});
it('on a slow link is waited for as long as a photo takes there', async () => {
  const { world, server } = desk.now;
  server.fault = ({ path }) => (path.startsWith('/api/v1/photos/') ? new Promise((resolve) => void world.setTimeout(() => resolve(picture()), 120_000)) : undefined);
  desk.now.browser.fetch = (path, init) => Promise.race([server.fetch(path, init), new Promise<never>((_, reject) => init?.signal?.addEventListener('abort', () => reject(new DOMException('cut', 'AbortError'))))]);
  const shown = look();
  await vi.waitFor(() => expect(asked()).toHaveLength(1));
  await world.pass(120_000);
  expect((await shown).url).toMatch(/^blob:/);
});
