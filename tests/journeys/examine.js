/**
 * Looks at the page that is open, as a person with weak eyes, thick gloves or no mouse would have to use it.
 *
 * `examine.still()` → findings of one still page: text below 7:1, targets below 48 px, a page wider than its screen, text
 * in the wrong language, acts that only a pointer reaches. `examine.watchKeys()` … Tab, Tab … `examine.afterKeys()` →
 * what the Tab key did not reach, or reached without a visible ring or under a bar. A finding is {rule, where}.
 */
window.examine ??= (() => {
  const LEAST_RATIO = 7, LEAST_RING = 3, LEAST_TARGET = 48, ROUNDING = 0.5, PARTS_OF_A_DATE = 4;
  const TARGETS = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [role="application"], [role="button"]';
  const TABBABLE = `${TARGETS}, [tabindex]`;
  const HAN = /\p{Script=Han}/u;

  const shown = (el) => el.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && el.getClientRects().length > 0;
  const topLayer = () => [...document.querySelectorAll('dialog:modal')].at(-1) ?? document.body;
  const all = (selector) => [...topLayer().querySelectorAll(selector)].filter(shown);
  const sayWhere = (el) => {
    const named = el.dataset?.testid ? `[data-testid=${el.dataset.testid}]` : el.id ? `#${el.id}` : `.${String(el.getAttribute('class') ?? '')}`;
    return `${el.localName}${named} "${(el.getAttribute('aria-label') || el.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 40)}"`;
  };

  // — text on its ground —

  const parsed = (colour) => { const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number); return { r, g, b, a }; };
  const over = (top, under) => { const mix = (c) => top[c] * top.a + under[c] * (1 - top.a); return { r: mix('r'), g: mix('g'), b: mix('b'), a: 1 }; };
  const light = ({ r, g, b }) => {
    const linear = [r, g, b].map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const ratio = (one, other) => { const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b); return (bright + 0.05) / (dark + 0.05); };
  const lineage = (el) => { const found = []; for (let at = el; at; at = at.parentElement) found.push(at); return found; };
  const isClipped = (el) => lineage(el).some((at) => getComputedStyle(at).clipPath === 'inset(50%)');
  function groundOf(el) {
    let ground = { r: 255, g: 255, b: 255, a: 1 };
    for (const at of lineage(el).reverse()) ground = over(parsed(getComputedStyle(at).backgroundColor), ground);
    return ground;
  }
  function ratioOf(el, colour) {
    const opacity = lineage(el).reduce((product, at) => product * Number(getComputedStyle(at).opacity), 1);
    const ground = groundOf(el), ink = parsed(colour);
    return ratio(over({ ...ink, a: ink.a * opacity }, ground), ground);
  }
  function textPairs() {
    const pairs = [];
    const walker = document.createTreeWalker(topLayer(), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const el = walker.currentNode.parentElement;
      if (walker.currentNode.data.trim() && !/^(script|style|noscript|option)$/.test(el.localName) && shown(el) && !isClipped(el)) {
        pairs.push([el, el.ownerSVGElement ? getComputedStyle(el).fill : getComputedStyle(el).color]);
      }
    }
    for (const el of all('input, textarea, select')) {
      if (getComputedStyle(el).opacity === '0') continue; // a file input laid over its button
      pairs.push([el, getComputedStyle(el).color]);
      if (el.placeholder) pairs.push([el, getComputedStyle(el, '::placeholder').color]);
    }
    return pairs;
  }
  const weakText = () => [...new Set(textPairs().map(([el, colour]) => [ratioOf(el, colour), el]).filter(([found]) => found < LEAST_RATIO)
    .map(([found, el]) => `${found.toFixed(2)}:1 ${sayWhere(el)}`))];

  // — targets —

  /** A link inside running text is as high as the text: the exception of WCAG 2.5.5 and 2.5.8. */
  const isInProse = (el) => el.localName === 'a' && getComputedStyle(el).display === 'inline' && el.parentElement.textContent.trim() !== el.textContent.trim();
  /** A box or radio is hit through its label too. */
  function reachOf(el) {
    const boxes = [el.getBoundingClientRect()];
    if (/^(checkbox|radio|file)$/.test(el.type ?? '')) for (const label of el.labels ?? []) boxes.push(label.getBoundingClientRect());
    return { width: Math.max(...boxes.map((box) => box.width)), height: Math.max(...boxes.map((box) => box.height)) };
  }
  const isSmall = ({ width, height }) => width < LEAST_TARGET - ROUNDING || height < LEAST_TARGET - ROUNDING;
  const saySize = (el) => { const { width, height } = reachOf(el); return `${width.toFixed(0)}×${height.toFixed(0)} ${sayWhere(el)}`; };
  const listening = () => [...topLayer().querySelectorAll('*')].filter((el) => window.listensToPointer?.has(el) && shown(el));
  const smallTargets = () => [...new Set([...all(TARGETS), ...listening()])].filter((el) => !isInProse(el) && isSmall(reachOf(el))).map(saySize);

  // — pointer and keyboard —

  const isTabbable = (el) => el.matches(TABBABLE) && el.tabIndex >= 0 && !el.disabled;
  /** Controls taken out of the Tab order, and elements that listen to a pointer (see `listeners.js`) with no way in for the keyboard at them, around them or in them. */
  function pointerOnly() {
    const hasList = !!document.querySelector('[data-testid="map-as-list"]'); // marks on the map: the list beside it says and opens the same
    const skipped = all(TARGETS).filter((el) => el.tabIndex < 0 && !el.disabled);
    return [...skipped, ...listening()].filter((el) => !el.matches('dialog, [disabled]')) // a sheet's backdrop: Escape does the same
      .filter((el) => !(hasList && el.closest('svg.map')))
      .filter((el) => !lineage(el).some((at) => isTabbable(at) || at.localName === 'label') && ![...el.querySelectorAll('*')].some(isTabbable));
  }
  const ringOf = (el) => lineage(el).slice(0, 2).map((at) => getComputedStyle(at)).find((style, up) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && (up || style.opacity !== '0'));
  const isRingSeen = (el) => { const ring = ringOf(el); return !!ring && ratio(parsed(ring.outlineColor), groundOf(el.parentElement)) >= LEAST_RING; };
  function isCovered(el) {
    const whole = el.getBoundingClientRect(); // of what is higher than the screen, the part on it
    const left = Math.max(0, whole.left), top = Math.max(0, whole.top);
    const box = { left, top, width: Math.min(innerWidth, whole.right) - left, height: Math.min(innerHeight, whole.bottom) - top };
    if (box.width <= 0 || box.height <= 0) return true;
    const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]];
    return !points.some(([x, y]) => {
      const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      return hit && (el.contains(hit) || hit.contains(el));
    });
  }
  /** A browser goes on from where the focus was last; from there the way round the page's end leads through the browser's own bars. */
  function startAtTop() {
    window.getSelection()?.removeAllRanges();
    const first = Object.assign(document.createElement('span'), { tabIndex: -1 });
    topLayer().prepend(first);
    first.focus({ preventScroll: true });
    first.remove();
  }
  let watch;
  function watchKeys() {
    startAtTop();
    const expected = all(TABBABLE).filter(isTabbable);
    watch = { expected, reached: new Set(), ringless: new Set(), covered: new Set() };
    watch.stop = new AbortController();
    addEventListener('keyup', () => {
      const el = document.activeElement;
      if (!el || el === document.body) return;
      watch.reached.add(el);
      if (!isRingSeen(el)) watch.ringless.add(el);
      if (isCovered(el)) watch.covered.add(el);
    }, { capture: true, signal: watch.stop.signal });
    return expected.length + PARTS_OF_A_DATE * expected.filter((el) => el.type === 'date').length;
  }
  /** Of native radios the Tab key takes one; the arrows go on from there. */
  const isReached = (el) => watch.reached.has(el) || (el.type === 'radio' && [...watch.reached].some((other) => other.type === 'radio' && other.name === el.name && other.form === el.form));
  function afterKeys() {
    watch.stop.abort();
    return [
      ...watch.expected.filter((el) => el.isConnected && !isReached(el)).map((el) => ({ rule: 'not reached by Tab', where: sayWhere(el) })),
      ...[...watch.ringless].map((el) => ({ rule: 'focus not seen', where: sayWhere(el) })),
      ...[...watch.covered].map((el) => ({ rule: 'focus covered', where: sayWhere(el) })),
    ];
  }

  // — the whole page —

  function wrongLanguage() {
    if (!document.documentElement.lang.startsWith('en')) return [];
    return textPairs().map(([el]) => el).filter((el) => HAN.test([...el.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join('')) && !el.closest('[lang^="zh"]')).map(sayWhere);
  }
  const tooWide = () => (document.documentElement.scrollWidth > document.documentElement.clientWidth ? [`${document.documentElement.scrollWidth} of ${document.documentElement.clientWidth} px`] : []);
  function still() {
    const under = (rule, places) => [...new Set(places)].map((where) => ({ rule, where }));
    return [
      ...under('text below 7:1', weakText()), ...under('target below 48 px', smallTargets()), ...under('only for a pointer', pointerOnly().map(sayWhere)),
      ...under('wider than the screen', tooWide()), ...under('Chinese in an English page', wrongLanguage()),
    ];
  }
  return { still, watchKeys, afterKeys };
})();
