// Makes one accent colour readable: on itself, on the paper, and as a soft ground.

/** Of WCAG, near enough, and 0.05 more. @param {number[]} rgb */
const luminance = (rgb) => rgb.reduce((sum, n, index) => sum + [0.2126, 0.7152, 0.0722][index] * ((n / 255 + 0.055) / 1.055) ** 2.4, 0.05);

/** The WCAG contrast of two colours, near enough. @param {number[]} a @param {number[]} b */
export const contrast = (a, b) => Math.max(luminance(a) / luminance(b), luminance(b) / luminance(a));

/** @param {number[]} a @param {number[]} b @param {number} part of b */
const mix = (a, b, part) => a.map((n, index) => Math.round(n + (b[index] - n) * part));

/** @param {number[]} accent @param {boolean} dark */
export function shades(accent, dark) {
  const paper = dark ? [27, 26, 24] : [255, 255, 255];
  /** Towards the far end until it stands out enough. @param {number} least @param {number} [part] @returns {number[]} */
  const until = (least, part = 0) => {
    const made = mix(accent, dark ? [255, 255, 255] : [0, 0, 0], part);
    return part >= 1 || contrast(made, paper) >= least ? made : until(least, part + 0.05);
  };
  const fill = until(dark ? 2.6 : 1.6);
  return {
    '--a': fill, '--link': until(4.7), '--soft': mix(paper, fill, dark ? 0.2 : 0.09),
    '--on': contrast(fill, [255, 255, 255]) >= 4.5 ? [255, 255, 255] : [0, 0, 0],
  };
}

/** Sets the properties of an accent in any notation the browser knows. @param {HTMLElement} el @param {HTMLElement} probe @param {string} accent @param {boolean} dark */
export function tint(el, probe, accent, dark) {
  for (const [name, rgb] of Object.entries(shades(parsed(probe, accent), dark))) el.style.setProperty(name, 'rgb(' + rgb + ')');
}

/** A colour as the browser reads it; our own for what it does not know as one. @param {HTMLElement} probe @param {string} colour */
function parsed(probe, colour) {
  probe.style.color = colour;
  const found = getComputedStyle(probe).color.match(/^rgba?\((\d+), (\d+), (\d+)/);
  probe.style.color = '';
  return found ? found.slice(1).map(Number) : [11, 110, 95];
}

/** Sets the ground and what stands on it, as the host wants it, before more is known. @param {HTMLElement} el @param {string} accent */
export function paint(el, accent) {
  el.style.setProperty('--a', accent);
  el.style.setProperty('--on', luminance(parsed(el, accent)) > 0.233 ? '#000' : '#fff');
}
