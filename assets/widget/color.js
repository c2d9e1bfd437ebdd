// Makes one accent colour readable: on itself, on the paper, and as a soft ground.

/** @param {number[]} rgb */
const light = (rgb) => {
  const [r, g, b] = rgb.map((n) => (n / 255 <= 0.04045 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** The WCAG contrast of two colours. @param {number[]} a @param {number[]} b */
export const contrast = (a, b) => {
  const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};

/** @param {number[]} a @param {number[]} b @param {number} part of b */
const mix = (a, b, part) => a.map((n, index) => Math.round(n + (b[index] - n) * part));

/** @param {number[]} accent @param {boolean} dark */
export function shades(accent, dark) {
  const paper = dark ? [27, 26, 24] : [255, 255, 255];
  const far = dark ? [255, 255, 255] : [0, 0, 0];
  let fill = accent;
  for (let part = 0; contrast(fill, paper) < (dark ? 2.6 : 1.6) && part < 1; part += 0.1) fill = mix(accent, far, part);
  let text = fill;
  for (let part = 0; contrast(text, paper) < 4.6 && part < 1; part += 0.05) text = mix(fill, far, part);
  const white = contrast(fill, [255, 255, 255]);
  return {
    fill, text, on: white >= 4.5 || white >= contrast(fill, [17, 17, 17]) ? [255, 255, 255] : [17, 17, 17],
    soft: mix(paper, fill, dark ? 0.2 : 0.09),
  };
}

/** The custom properties for an accent in any notation the browser knows. @param {HTMLElement} probe @param {string} accent @param {boolean} dark */
export function ink(probe, accent, dark) {
  probe.style.color = accent;
  const found = getComputedStyle(probe).color.match(/^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)/);
  probe.style.color = '';
  const made = shades(found ? found.slice(1).map(Number) : [11, 110, 95], dark);
  return Object.fromEntries(Object.entries({ '--a': made.fill, '--on': made.on, '--link': made.text, '--soft': made.soft })
    .map(([name, rgb]) => [name, 'rgb(' + rgb.join(',') + ')']));
}
