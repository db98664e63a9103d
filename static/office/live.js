/**
 * The board of a call-out fills by itself: the same page is asked for every few seconds, and what stands in #live is
 * put in its place. Without this script the page says the same and is renewed by its link. Nothing is replaced under
 * somebody's finger or keyboard focus, nor while the page is not seen.
 */
(() => {
  const live = document.getElementById('live');
  const every = Number(live?.dataset.every) * 1000;
  if (!live || !every) return;
  const renew = async () => {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, credentials: 'same-origin' });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('live');
    if (!fresh) return;
    if (!fresh.dataset.every) { location.reload(); return; } // it has ended
    for (const [at, part] of [...live.children].entries()) {
      const newer = fresh.children[at];
      if (newer && newer.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) part.replaceWith(document.importNode(newer, true));
    }
  };
  const tick = () => { setTimeout(() => { (document.hidden ? Promise.resolve() : renew()).catch(() => {}).finally(tick); }, every); };
  tick();
})();
