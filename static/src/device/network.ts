/** Events of the page that mean "try now" or "nobody looks": online, visible, hidden, leaving. */
export interface PageEvents {
  online(): void;
  visible(): void;
  hidden(): void;
}

/** Starts listening; tells at once whether the page is visible. Answers how to stop. */
export function listenToPage(events: PageEvents): () => void {
  const online = () => events.online();
  const seen = () => (document.visibilityState === 'visible' ? events.visible() : events.hidden());
  const hide = () => events.hidden();
  const link = (navigator as { connection?: EventTarget }).connection;
  link?.addEventListener('change', online);
  addEventListener('online', online);
  addEventListener('pageshow', seen);
  addEventListener('focus', seen);
  addEventListener('pagehide', hide);
  document.addEventListener('visibilitychange', seen);
  seen();
  return () => {
    link?.removeEventListener('change', online);
    removeEventListener('online', online);
    removeEventListener('pageshow', seen);
    removeEventListener('focus', seen);
    removeEventListener('pagehide', hide);
    document.removeEventListener('visibilitychange', seen);
  };
}
