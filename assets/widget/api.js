// The REST side: the board, and what has become of the visitor's posts.

/** A refusal or failure that the page can say in words. */
export class Problem extends Error {
  /** @param {string} code @param {number} status @param {string} detail @param {{ field: string, code: string, detail?: string }[]} [errors] */
  constructor(code, status, detail, errors) {
    super(detail || code);
    this.code = code;
    this.status = status;
    this.errors = errors ?? [];
  }
}

export class Api {
  /** @param {string} base @param {() => Promise<string>} token */
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  /** @param {string} method @param {string} path @param {any} [body] @returns {Promise<any>} */
  async ask(method, path, body) {
    const token = await this.token();
    /** @type {Record<string, string>} */
    const headers = { Authorization: 'Bearer ' + token };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let answer;
    try {
      answer = await fetch(this.base + path, {
        method, headers, body: body === undefined ? undefined : JSON.stringify(body),
        credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(20000),
      });
    } catch {
      throw new Problem(navigator.onLine === false ? 'offline' : 'unreachable', 0, '');
    }
    const json = await answer.json().catch(() => null);
    if (answer.ok) return json;
    throw new Problem(json?.code ?? 'status_' + answer.status, answer.status, json?.detail ?? '', json?.errors);
  }

  /** @param {string|null} [cursor] */
  inquiries(cursor) { return this.ask('GET', '/inquiries' + (cursor ? '?cursor=' + encodeURIComponent(cursor) : '')); }
  /** @param {string} id */
  inquiry(id) { return this.ask('GET', '/inquiries/' + encodeURIComponent(id)); }
  /** @param {any} post */
  create(post) { return this.ask('POST', '/inquiries', post); }
  /** @param {string} id @param {any} change */
  change(id, change) { return this.ask('PATCH', '/inquiries/' + encodeURIComponent(id), change); }
  /** @param {string} id */
  remove(id) { return this.ask('DELETE', '/inquiries/' + encodeURIComponent(id)); }
  /** @param {string} id @param {string} body */
  comment(id, body) { return this.ask('POST', '/inquiries/' + encodeURIComponent(id) + '/comments', { body }); }
  /** Leaves the inquiry of a waiting or moved call. @param {string} conversation @param {any} post */
  leave(conversation, post) { return this.ask('POST', '/conversations/' + encodeURIComponent(conversation) + '/inquiry', post); }
}
