// The way round for networks that let no WebSocket through: hears a stream of events, speaks by POST. It is used as a WebSocket is.

/** What a WebSocket would have been closed with. @type {Record<number, number>} */
const CODES = { 401: 4401, 403: 1008, 429: 4429 };

export class Stream {
  /** @param {string} address of the visitors' REST */
  constructor(address) {
    this.address = address;
    this.token = '';
    this.conversation = '';
    this.readyState = 1;
    /** @type {() => void} */
    this.onopen = () => {};
    /** @type {(message: { data: string }) => void} */
    this.onmessage = () => {};
    /** @type {((event: { code: number }) => void)|null} */
    this.onclose = null;
    this.cut = new AbortController();
    /** What is said goes one after the other, as on a socket. */
    this.turn = Promise.resolve();
    setTimeout(() => this.onopen());
  }

  /** @param {string} text a frame */
  send(text) {
    const frame = JSON.parse(text);
    this.turn = this.turn.then(() => (frame.type === 'hello' ? this.listen(frame) : this.say(frame))).catch(() => this.end(1006));
  }

  close() {
    this.readyState = 3;
    this.cut.abort();
  }

  /** @param {number} code */
  end(code) {
    if (this.readyState > 1) return;
    this.close();
    this.onclose?.({ code });
  }

  /** @param {string} path @param {any} [body] what is posted; nothing is asked for */
  ask(path, body) {
    return fetch(this.address + '/' + path, {
      signal: this.cut.signal,
      method: body ? 'POST' : 'GET',
      headers: { ...(this.token && { authorization: 'Bearer ' + this.token }), ...(body ? { 'content-type': 'application/json' } : { accept: 'text/event-stream' }) },
      body: body && JSON.stringify(body),
    });
  }

  /** @param {any} hello */
  async listen({ type, token, identity, ...from }) {
    let made;
    if (identity || !token) {
      const answer = await this.ask('sessions', { identity });
      if (!answer.ok) return this.end(CODES[answer.status] ?? 1006);
      made = (await answer.json()).token;
    }
    this.token = made ?? token;
    const answer = await this.ask('events?' + new URLSearchParams(from));
    if (answer.ok && answer.body) this.pump(answer.body.pipeThrough(new TextDecoderStream()).getReader(), made).catch(() => this.end(1006));
    else this.end(CODES[answer.status] ?? 1006);
  }

  /** @param {ReadableStreamDefaultReader<string>} reader @param {string|undefined} made the token, when one was made */
  async pump(reader, made) {
    for (let rest = ''; ;) {
      const { value, done } = await reader.read();
      if (done) return this.end(1006);
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const [type, data] = ['event', 'data'].map((name) => RegExp('^' + name + ': ?(.*)', 'm').exec(block)?.[1]);
        // What is said for the sake of the line alone stands for the answer to a ping.
        const frame = { ...JSON.parse(data ?? '{}'), type: type ?? 'pong' };
        if (type === 'close') return this.end(frame.code);
        if (type === 'welcome' && made) frame.token = made;
        this.tell(frame);
      }
    }
  }

  /** @param {any} frame */
  tell(frame) {
    if (frame.conversation) this.conversation = frame.conversation.id;
    if (this.readyState === 1) this.onmessage({ data: JSON.stringify(frame) });
  }

  /** @param {any} frame */
  async say({ type, conversation_id = this.conversation, ...fields }) {
    if (type === 'ping' || this.readyState > 1) return;
    const { id } = fields;
    const answer = await this.ask(type === 'call' ? 'conversations' : 'conversations/' + conversation_id + '/' + (type === 'say' ? 'messages' : type), fields);
    if (answer.status === 401) return this.end(4401);
    if (answer.status === 204) return;
    const { event, conversation, code, detail } = await answer.json();
    if (type === 'call' && conversation) this.conversation = conversation.id;
    if (id) this.tell(answer.ok ? { type: 'ack', id, seq: event?.seq ?? conversation?.last_seq } : { type: 'error', id, code, message: detail });
  }
}
