/**
 * The check of a rule set while it is being written: half a second after the last key, what the server says of it stands
 * below the text. Without this script the button "check" does the same.
 */
(() => {
  const text = document.getElementById('body');
  const told = document.getElementById('check');
  if (!(text instanceof HTMLTextAreaElement) || !told || text.readOnly) return;
  let waiting = 0, asked = 0;
  const check = async () => {
    const mine = ++asked;
    const form = new FormData(text.form ?? undefined);
    const body = new URLSearchParams({ body: text.value, csrf_token: String(form.get('csrf_token') ?? '') });
    const answer = await fetch('/office/evaluation/lint', { method: 'POST', body, credentials: 'same-origin' });
    if (!answer.ok || mine !== asked) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('check');
    if (fresh) told.replaceChildren(...document.importNode(fresh, true).childNodes);
  };
  text.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(() => { check().catch(() => {}); }, 500); });
})();
