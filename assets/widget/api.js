// The REST side: the board, and what has become of the visitor's posts.

/**
 * Asks, and throws a refusal or failure as what the page can say in words: `{ code, status, errors }`.
 * @param {string} url
 * @param {string} method
 * @param {string} token
 * @param {any} [body]
 * @returns {Promise<any>}
 */
export async function ask(url, method, token, body) {
  let answer;
  try {
    answer = await fetch(url, {
      method, body: body && JSON.stringify(body),
      headers: { Authorization: 'Bearer ' + token, ...(body ? { 'Content-Type': 'application/json' } : {}) },
      credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(20000),
    });
  } catch {
    throw { code: navigator.onLine === false ? 'offline' : 'unreachable' };
  }
  const json = await answer.json().catch(() => null);
  if (answer.ok) return json;
  throw { ...json, status: answer.status };
}
