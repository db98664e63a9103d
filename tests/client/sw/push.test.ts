/** What a tap on a notification opens: one window, the right screen, nothing outside the app. */
import { describe, expect, it } from 'vitest';
import { openAt, screenOf, type Pages } from '../../../service_worker/tap';

const origin = 'https://gridwalk.example';

function windows(...urls: string[]) {
  const said: string[] = [];
  const clients = urls.map((url) => ({
    url,
    focus() { said.push(`focus ${url}`); return Promise.resolve(this); },
    navigate(to: string) { said.push(`navigate ${to}`); return url.includes('uncontrolled') ? Promise.reject(new TypeError()) : Promise.resolve(this); },
  }));
  const pages: Pages = { matchAll: () => Promise.resolve(clients), openWindow: (url) => { said.push(`open ${url}`); return Promise.resolve(null); } };
  return { pages, said };
}

describe('a pushed message', () => {
  it('leads into the app and nowhere else', () => {
    expect(screenOf('/app#/task/1', origin)).toBe('/app#/task/1');
    expect(screenOf('https://gridwalk.example/app#/record/2', origin)).toBe('/app#/record/2');
    expect(screenOf('https://evil.example/steal#/task/1', origin)).toBe('/app#/task/1');
    expect(screenOf('javascript:alert(1)', origin)).toBe('/app');
    expect(screenOf('http://[', origin)).toBe('/app');
  });
  it('leads whoever works at a desk to the office of this house alone', () => {
    expect(screenOf('https://gridwalk.example/office/messages', origin)).toBe('/office/messages');
    expect(screenOf('/office/messages?next=https://evil.example#x', origin)).toBe('/office/messages');
    expect(screenOf('https://evil.example/office/messages', origin)).toBe('/app');
    expect(screenOf('/officers', origin)).toBe('/app');
  });
  it('opens a page of the office beside what is open, and renews that page where it is there already', async () => {
    const other = windows(`${origin}/office/tasks/new`, `${origin}/app#/today`);
    await openAt(other.pages, '/office/messages');
    expect(other.said).toEqual(['open /office/messages']);
    const there = windows(`${origin}/app#/today`, `${origin}/office/messages?page=2`);
    await openAt(there.pages, '/office/messages');
    expect(there.said).toEqual([`focus ${origin}/office/messages?page=2`, 'navigate /office/messages']);
  });
  it('takes the window that is there to its screen', async () => {
    const { pages, said } = windows(`${origin}/office`, `${origin}/app#/today`);
    await openAt(pages, '/app#/task/1');
    expect(said).toEqual([`focus ${origin}/app#/today`, 'navigate /app#/task/1']);
  });
  it('leaves the screen alone when the message names none', async () => {
    const { pages, said } = windows(`${origin}/app#/log/hazards`);
    await openAt(pages, '/app');
    expect(said).toEqual([`focus ${origin}/app#/log/hazards`]);
  });
  it('opens a window where there is none, or where the page is not its own', async () => {
    const none = windows(`${origin}/office`);
    await openAt(none.pages, '/app#/task/1');
    expect(none.said).toEqual(['open /app#/task/1']);
    const foreign = windows(`${origin}/app?uncontrolled`);
    await openAt(foreign.pages, '/app#/task/1');
    expect(foreign.said.at(-1)).toBe('open /app#/task/1');
  });
});
