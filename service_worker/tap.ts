/** Pure decision: where a tap on a notification leads. */
interface Page {
  readonly url: string;
  focus(): Promise<Page>;
  navigate(url: string): Promise<unknown>;
}

export interface Pages {
  matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<readonly Page[]>;
  openWindow(url: string): Promise<unknown>;
}

const IN_OFFICE = /^\/office(\/|$)/;

/** Whatever the push names, a tap leads into this app or to a page of this house's office, and nowhere else. */
export function screenOf(navigate: string, origin: string): string {
  try {
    const to = new URL(navigate, origin);
    return to.origin === origin && IN_OFFICE.test(to.pathname) ? to.pathname : `/app${to.hash}`;
  } catch {
    return '/app';
  }
}

/**
 * The window that is there goes to the screen, so that nothing is open twice; a page loaded past the worker cannot be led. Of
 * the office only the very page is led, to show what is new: another one may hold a half-written form.
 */
export async function openAt(pages: Pages, path: string): Promise<void> {
  const isOffice = IN_OFFICE.test(path);
  const here = (await pages.matchAll({ type: 'window', includeUncontrolled: true })).find((one) => {
    const { pathname } = new URL(one.url);
    return isOffice ? pathname === path : /^\/app(\/|$)/.test(pathname);
  });
  if (!here) return void (await pages.openWindow(path));
  const front = await here.focus().catch(() => here);
  if (isOffice || path.includes('#')) await front.navigate(path).catch(() => pages.openWindow(path));
}
