/**
 * The check of a rule set while it is being written, as text or in the form: half a second after the last key, what the server
 * says of it stands below the text. Without this script the buttons "check" do the same.
 */
(() => {
  const text = document.getElementById('body');
  const form = document.querySelector('[data-testid=indicators-form]');
  const told = document.getElementById('check');
  if (!(text instanceof HTMLTextAreaElement) || !told || text.readOnly) return;
  let waiting = 0, asked = 0;
  const check = async (/** @type {URLSearchParams} */ body) => {
    const mine = ++asked;
    const answer = await fetch('/office/evaluation/lint', { method: 'POST', body, credentials: 'same-origin' });
    if (!answer.ok || mine !== asked) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('check');
    if (fresh) told.replaceChildren(...document.importNode(fresh, true).childNodes);
  };
  const after = (/** @type {Element} */ part, /** @type {() => URLSearchParams} */ body) => part.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { check(body()).catch(() => {}); }, 500);
  });
  const typed = (/** @type {HTMLFormElement} */ one) =>
    new URLSearchParams([...new FormData(one)].map(([name, value]) => [name, String(value)]));
  after(text, () => {
    const token = text.form ? typed(text.form).get('csrf_token') : '';
    return new URLSearchParams({ body: text.value, csrf_token: token ?? '' });
  });
  if (form instanceof HTMLFormElement) {
    after(form, () => {
      const body = typed(form);
      body.set('set', form.action.split('/').at(-2) ?? '');
      return body;
    });
  }
})();
