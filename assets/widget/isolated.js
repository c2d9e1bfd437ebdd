// A name beside words of ours, where no element can hold it, or an element alone does not: `<bdi>` does not hold `a\u2069\u202eb`.

/** What may turn its neighbours: letters from right to left, marks of direction, ends of lines; and what lies between them, to which an isolate does no harm. */
const TURNS = /[\n\r\u0590-\u08ff\u200f-\u2069\ufb1d-\u{1efff}]/u;

/**
 * The name so that it turns nothing around it: between FSI and PDI (UAX #9) where something in it could, without isolates and ends of lines of its
 * own. The server, which has whole texts to show, leaves those in that are closed (`isolated` in `crates/domain`). @param {string} name
 */
export const isolated = (name) => (TURNS.test(name) ? '\u2068' + name.replace(/[\s\u2066-\u2069]+/g, ' ') + '\u2069' : name);
