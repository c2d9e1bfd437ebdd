// A foreign text beside words of ours, where no element can hold it, or an element alone does not.

/** What may turn its neighbours: what is written from right to left, the marks that demand a direction, and the ends of paragraphs. */
const TURNS = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\n\r\x1c-\x1e\x85\u2029]/u;

/**
 * The text so that it turns nothing around it: between FSI and PDI (UAX #9) where something in it could. Isolates within it are closed,
 * and what would close ours is left out: `<bdi>` does not hold `a\u2069\u202eb`. The server does the same (`isolated` in `crates/domain`).
 * @param {string} text
 */
export function isolated(text) {
  if (!TURNS.test(text)) return text;
  let open = 0;
  let kept = '';
  for (const char of text) {
    if (char >= '\u2066' && char <= '\u2068') open++;
    if (char !== '\u2069') kept += char;
    else if (open) {
      open--;
      kept += char;
    }
  }
  // An isolate ends with its paragraph, wherever that is.
  return '\u2068' + kept.replace(/[\n\r\x1c-\x1e\x85\u2029]/g, ' ') + '\u2069'.repeat(open + 1);
}
