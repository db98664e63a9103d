/** Asks for the newest version now; resolves when it is on this phone, when there is none, or after ten seconds. */
const PATIENCE_MS = 10_000;

export async function fetchUpdate(): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration('/');
  await Promise.race([arrived(worker), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

async function arrived(worker: ServiceWorkerRegistration | undefined): Promise<void> {
  await worker?.update().catch(() => {}); // no network: what is here must do
  const coming = worker?.installing;
  if (coming) await new Promise<void>((resolve) => { coming.onstatechange = () => resolve(); });
}
