// Small tools for building the page by hand: data becomes text nodes, never markup.

/** @typedef {Node|string|null|false|undefined} Child */

/**
 * @param {string} kind `tag.class.class`; a class is always written with its dot, which is how the build knows one
 * @param {(Child|Record<string, any>)[]} parts children, and objects of properties: `on…` listeners and whatever else an element of this kind knows; what it does not know becomes an attribute
 * @returns {any}
 */
export function h(kind, ...parts) {
  const [tag, ...css] = kind.split('.');
  /** @type {any} */
  const el = document.createElement(tag);
  if (css[0]) el.className = css.join(' ');
  if (tag === 'button') el.type = tag; // In a form it would be the one that sends it.
  for (const part of parts) {
    if (part instanceof Node || typeof part === 'string') el.append(part);
    else for (const [key, value] of Object.entries(part || {})) key in el ? (el[key] = value) : el.setAttribute(key, value);
  }
  return el;
}

/** @param {Element} el @param {string} css `.class` @param {boolean} on */
export const toggle = (el, css, on) => void el.classList.toggle(css.slice(1), on);

/** A drawing, or a shape within it. @param {string} kind `tag.class` @param {Record<string, any>} attributes @param {Node[]} shapes */
export function shape(kind, attributes, ...shapes) {
  const [tag, css = ''] = kind.split('.');
  const el = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries({ ...attributes, class: css })) el.setAttribute(key, value);
  el.append(...shapes);
  return el;
}

const PATHS = {
  bell: 'M12 5V3.5M10 3.5h4M4.5 16a7.5 7.5 0 0 1 15 0zM3 19.5h18',
  back: 'm14.5 5-7 7 7 7', down: 'm5 9 7 7 7-7', send: 'M12 19V5m-6 6 6-6 6 6', next: 'm9.5 5 7 7-7 7',
  more: 'M5 12h.01M12 12h.01M19 12h.01', pen: 'm4 20 1-4L16 5l3 3L8 19zM14 7l3 3', list: 'M5 6.5h14M5 12h14M5 17.5h9',
  mail: 'M3.5 6h17v12h-17zM4 7l8 6 8-6', eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 7.5V12l3 2', check: 'm5 12.5 4.5 4.5L19 7.5', warn: 'M12 4 2.5 20h19zM12 10v4m0 3h.01',
};

/** @param {keyof typeof PATHS} name */
export const icon = (name) => shape('svg.icon', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, shape('path', { d: PATHS[name] }));

/** Text with its web addresses as links. Only http and https become one. @param {string} text @returns {(string|HTMLElement)[]} */
export const linked = (text) => links(text).map((part) => (part.href ? h('a', { target: '_blank', rel: 'noopener noreferrer nofollow ugc', href: part.href }, part.text) : part.text));

/** @param {string} text @returns {{ text: string, href?: string }[]} */
export function links(text) {
  /** @type {{ text: string, href?: string }[]} */
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"'\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/gi)) {
    // Not by a pattern: one that looks for the end takes seconds over many marks that are not at the end.
    let end = found[0].length;
    while ('.,;:!?)]}…、。」』'.includes(found[0][end - 1])) end--;
    const address = found[0].slice(0, end);
    if (URL.canParse?.(address) === false) continue;
    if (found.index > from) parts.push({ text: text.slice(from, found.index) });
    parts.push({ text: address, href: address });
    from = found.index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** What stands in a place that is being loaded. */
export const bones = () => h('div.skeleton', { 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));

/** @param {string} text @param {() => void} act @param {boolean} [main] */
export const button = (text, act, main) => h('button.button' + (main ? '.main-button' : ''), { 'data-key': text, onclick: act }, text);

/** A screen, or most of one, that says one thing. @param {keyof typeof PATHS} name @param {string} title @param {string} body @param {HTMLElement[]} buttons */
export const big = (name, title, body, ...buttons) => h('div.big', h('span.disc', icon(name)), h('h3', title), body && h('p', body), ...buttons);

/** First letter of a name, for the round picture. @param {string|undefined} name */
export const monogram = (name) => [...(name ?? '')].find((char) => /[\p{L}\p{N}]/u.test(char))?.toUpperCase() ?? '·';
