// What goes with a call: the page, the browser and the ring of evidence. Shown before it is sent.

const OWN = ['url', 'title', 'release', 'user_agent', 'viewport'];

/**
 * @param {Record<string, any>} settings
 * @param {import('./types.js').PageError[]} ring
 * @param {Record<string, any>} [more] the host page's own words, from `setContext` and `call`
 * @returns {import('./types.js').Context}
 */
export function context(settings, ring, more) {
  /** @type {Record<string, any>} */
  const known = {
    url: location.origin + location.pathname + (/^#!?\//.test(location.hash) ? location.hash.split('?')[0] : ''),
    title: document.title.slice(0, 200),
    user_agent: navigator.userAgent,
    viewport: innerWidth + 'x' + innerHeight,
  };
  if (settings.release) known.release = String(settings.release);
  /** @type {import('./types.js').PageError[]} */
  const errors = [...ring];
  for (const [key, value] of Object.entries({ ...settings.context, ...more })) {
    if (OWN.includes(key)) known[key] = String(value).slice(0, 500);
    else errors.push({ kind: 'context', message: (key + ': ' + String(value)).slice(0, 500) });
  }
  if (errors.length) known.errors = errors;
  return known;
}

/** Entries that are faults, not merely the way the visitor took. @param {import('./types.js').PageError[]} ring */
export const faults = (ring) => ring.filter((entry) => entry.kind !== 'route' && entry.kind !== 'context');
