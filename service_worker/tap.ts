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

/** Whatever the push names, a tap leads into this app and nowhere else. */
export function screenOf(navigate: string, origin: string): string {
  try {
    return `/app${new URL(navigate, origin).hash}`;
  } catch {
    return '/app';
  }
}

/** The window that is there goes to the screen, so that nothing is open twice; a page loaded past the worker cannot be led. */
export async function openAt(pages: Pages, path: string): Promise<void> {
  const here = (await pages.matchAll({ type: 'window', includeUncontrolled: true })).find((one) => /^\/app(\/|$)/.test(new URL(one.url).pathname));
  if (!here) return void (await pages.openWindow(path));
  const front = await here.focus().catch(() => here);
  if (path.includes('#')) await front.navigate(path).catch(() => pages.openWindow(path));
}
