// Takes from a browser what some phones do not have, and listens to what the page says meanwhile. Runs before the page's own
// scripts; `window.without` names what is missing, `window.forbidden` what must not be said.
(() => {
  const shut = () => new DOMException('Internal error opening backing store for indexedDB.open.', 'UnknownError');
  const failing = () => {
    const request = { error: shut(), result: undefined };
    setTimeout(() => request.onerror?.({ target: request, preventDefault() {} }));
    return request;
  };
  const take = {
    worker: () => { ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('blocked', 'SecurityError')); },
    database: () => Object.defineProperty(window, 'indexedDB', { value: undefined }),
    refused: () => Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('denied', 'SecurityError'); } }),
    opening: () => { IDBFactory.prototype.open = failing; },
    storage: () => {
      IDBFactory.prototype.open = failing;
      IDBDatabase.prototype.transaction = () => { throw shut(); };
    },
    locks: () => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }),
    canvas: () => { delete window.OffscreenCanvas; },
    folder: () => { delete StorageManager.prototype.getDirectory; },
    promise: () => { StorageManager.prototype.persist = async () => false; StorageManager.prototype.persisted = async () => false; },
  };
  window.take = (name) => take[name]();
  for (const name of window.without ?? []) take[name]();

  window.said = [];
  const listen = () => {
    const words = document.body?.innerText ?? '';
    for (const lie of words.match(window.forbidden) ?? []) if (!window.said.includes(lie)) window.said.push(lie);
  };
  if (window.forbidden) new MutationObserver(listen).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
})();
