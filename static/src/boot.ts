/** Starts the phone app: look first (no flash), then the phone's door, then whoever was here last. */
import { h, render } from 'preact';
import { listenForInstall } from './device/install';
import { createPhone } from './phone';
import { askAhead } from './records/store_context';
import { readToday } from './screens/worker/today';
import { App } from './shell/app';
import { firstLook } from './shell/look';
import { fetchSoon } from './shell/parts';
import { homeOf, mode, phone, take } from './shell/session';
import { startRouting, route } from './ui/route';

async function start(): Promise<void> {
  const page = document.getElementById('app');
  if (!page) return;
  listenForInstall();
  startRouting();
  let tellShown = (): void => {};
  const shown = new Promise<void>((resolve) => { tellShown = resolve; });
  const [door] = await Promise.all([createPhone(shown), firstLook()]);
  phone.value = door;
  const opened = await door.resume().catch((problem: unknown) => { console.error(problem); return undefined; });
  if (opened) {
    await take(opened);
    const first = route.value.parts[0] ?? homeOf(mode.value).slice(1);
    if (first === 'today') await askAhead(opened, readToday);
  }
  page.textContent = '';
  render(h(App, {}), page);
  tellShown();
  fetchSoon();
}

void start();
