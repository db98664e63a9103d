/** Starts the phone app: look first (no flash), then the phone's door, then whoever was here last. */
import { h, render } from 'preact';
import { listenForInstall } from './device/install';
import { createPhone } from './phone';
import { App } from './shell/app';
import { firstLook } from './shell/look';
import { fetchSoon } from './shell/parts';
import { phone, take } from './shell/session';
import { startRouting } from './ui/route';

async function start(): Promise<void> {
  const page = document.getElementById('app');
  if (!page) return;
  listenForInstall();
  startRouting();
  const [door] = await Promise.all([createPhone(), firstLook()]);
  phone.value = door;
  const opened = await door.resume().catch((problem: unknown) => { console.error(problem); return undefined; });
  if (opened) await take(opened);
  page.textContent = '';
  render(h(App, {}), page);
  fetchSoon();
}

void start();
