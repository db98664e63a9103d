/** Runs before the page's own scripts: remembers which elements listen to a pointer, for `examine.js`. */
window.listensToPointer = new WeakSet();
const listen = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (kind, ...rest) {
  if (this instanceof Element && /^(click|pointerdown|mousedown|touchstart)$/.test(kind)) window.listensToPointer.add(this);
  return listen.call(this, kind, ...rest);
};
