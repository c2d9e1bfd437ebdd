// Small tools for building the page by hand: data becomes text nodes, never markup.

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] `on…` listeners, `text`, `value` and friends as properties, the rest as attributes
 * @param {(Node|string|null|false|undefined)[]} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) el.addEventListener(key.slice(2), value);
    else if (key === 'text') el.textContent = value;
    else if (key === 'value' || key === 'checked' || key === 'hidden' || key === 'disabled') /** @type {any} */ (el)[key] = value;
    else el.setAttribute(key === 'css' ? 'class' : key, value === true ? '' : value);
  }
  if (tag === 'button' && !props.type) el.setAttribute('type', 'button');
  el.append(.../** @type {Node[]} */ (children.filter((child) => child || child === '')));
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
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  svg.appendChild(document.createElementNS(space, 'path')).setAttribute('d', PATHS[name]);
  return svg;
}

/** Text with its web addresses as links. Only http and https become one. @param {string} text @returns {(string|HTMLElement)[]} */
export function linked(text) {
  return links(text).map((part) => (part.href
    ? h('a', { href: part.href, target: '_blank', rel: 'noopener noreferrer nofollow ugc', text: part.text }) : part.text));
}

/** @param {string} text @returns {{ text: string, href?: string }[]} */
export function links(text) {
  /** @type {{ text: string, href?: string }[]} */
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"'\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/gi)) {
    const address = found[0].replace(/[.,;:!?)\]}…、。」』]+$/, '');
    if (URL.canParse?.(address) === false) continue;
    if (found.index > from) parts.push({ text: text.slice(from, found.index) });
    parts.push({ text: address, href: address });
    from = found.index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** A name or text of somebody's: its direction does not reach its neighbours. @param {string} text @param {string} [css] */
export const bdi = (text, css) => h('bdi', { text, css });

/** What stands in a place that is being loaded. */
export const bones = () => h('div', { css: 'skeleton', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));

/** First letter of a name, for the round picture. @param {string|undefined} name */
export const monogram = (name) => [...(name ?? '')].find((char) => /[\p{L}\p{N}]/u.test(char))?.toUpperCase() ?? '·';
