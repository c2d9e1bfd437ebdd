// Served as /widget.js: draws the launcher, keeps the evidence, and fetches the rest on first use.
// On the wire a classic script, with what it imports within it, so that one plain script tag is all a host page needs.

import { paint, tint } from './color.js';
import { context } from './context.js';

(() => {
  'use strict';
  /** @typedef {any} Any */
  /** @typedef {(...args: any[]) => any} Fn */
  /** The host's page: nothing about its globals is certain. @type {Any} */
  const host = window;
  const script = /** @type {HTMLScriptElement|null} */ (document.currentScript);
  const early = host.deskbell;
  if (early && !Array.isArray(early)) return; // The tag is on the page twice.

  /** @type {Record<string, any>} */
  const settings = {};
  for (const [key, value] of Object.entries((script && script.dataset) || {})) {
    settings[key] = value === 'false' ? false : value === '' || value === 'true' ? true : value;
  }
  Object.assign(settings, host.deskbellSettings);
  const server = new URL(settings.server || (script && script.src) || location.href).origin;
  const korean = () => /^ko\b/i.test(settings.locale || document.documentElement.lang || navigator.language);

  /** @type {Map<string, Set<Function>>} */
  const listeners = new Map();
  /** @type {Fn} */
  const emit = (name, detail) => {
    for (const fn of listeners.get(name) || []) {
      try { fn(detail); } catch (error) { console.error(error); }
    }
    element.dispatchEvent(new CustomEvent('deskbell:' + name, { detail, bubbles: true, composed: true }));
  };

  // ---- evidence: what went wrong on this page, without query strings, bodies or headers
  /** @type {Record<string, any>[]} */
  const ring = [];
  /** @type {(() => void)[]} */
  const undo = [];
  /** Cut first: a word of 64 kB would keep the page busy for seconds. What is left of a word that was cut is dropped. @type {Fn} */
  const redact = (text, most) => (String(text) + ' ').slice(0, 2000).split(/(?=\s)/).slice(0, -1).join('')
    .replace(/\b(\w{1,20}:\/\/[^\s?#'"]*)[?#][^\s'")]*/g, '$1')
    .replace(/[\w.+-]{1,64}@[\w-]+\.[\w.-]+/g, '[…@…]')
    .replace(/\beyJ[\w-]+\.[\w.-]+|\b[\w+/]{40,}/g, '[…]')
    .slice(0, most);
  /** @type {Fn} */
  const place = (address) => {
    try {
      const url = new URL(address, location.href);
      return redact((url.origin === location.origin ? '' : url.origin) + url.pathname, 300);
    } catch { return ''; }
  };
  /** @type {Fn} */
  const keep = (kind, message, more) => {
    if (settings.evidence === false) return;
    ring.push({ at: new Date().toISOString(), kind, message: redact(message, 500), ...more });
    if (ring.length > 20) ring.shift();
  };
  /** @type {Fn} */
  const where = (error) => {
    const line = /(?:at |@)[^\n]*?((?:\w+:\/\/|\/)[^\s)]+:\d+:\d+)/.exec(String((error && error.stack) || '').replace(error && error.message, '').slice(0, 1000));
    return line ? { source: redact(line[1].replace(/[?#][^:]*/, ''), 300) } : {};
  };
  /** @type {Fn} */
  const said = (error) => (error && error.message ? (error.name || 'Error') + ': ' + error.message : error);
  /** @type {(target: EventTarget, type: string, fn: Fn) => void} */
  const listen = (target, type, fn) => {
    target.addEventListener(type, fn);
    undo.push(() => target.removeEventListener(type, fn));
  };
  /** @type {(object: Any, name: string, make: (original: Function) => Fn) => void} */
  const wrap = (object, name, make) => {
    const original = object && object[name];
    if (typeof original !== 'function') return;
    const mine = make(original);
    try { object[name] = mine; } catch { return; }
    undo.push(() => { if (object[name] === mine) object[name] = original; });
  };
  /** @type {Fn} */
  const request = (method, address, status, id) => {
    if (String(address).startsWith(server)) return;
    keep('request', String(method || 'GET').toUpperCase() + ' ' + (status || 'failed'), {
      source: place(address), ...(status ? { status } : {}), ...(id ? { request_id: redact(id, 64) } : {}),
    });
  };
  if (settings.evidence !== false) {
    listen(window, 'error', (event) => {
      if (event.error || event.message) {
        keep('error', said(event.error) || event.message,
          event.filename ? { source: place(event.filename) + ':' + event.lineno + ':' + event.colno } : where(event.error));
      }
    });
    listen(window, 'unhandledrejection', (event) => keep('rejection', said(event.reason), where(event.reason)));
    wrap(host, 'fetch', (original) => /** @this {Any} */ function (input, init) {
      const answer = original.apply(this, arguments);
      const method = (init && init.method) || (input && input.method);
      const address = (input && input.url) || input;
      answer.then(
        (/** @type {Any} */ r) => { if (r.status >= 400) request(method, address, r.status, r.headers.get('x-request-id')); },
        (/** @type {Any} */ error) => { if (!error || error.name !== 'AbortError') request(method, address, 0, ''); },
      );
      return answer;
    });
    const asked = new WeakMap();
    const xhr = host.XMLHttpRequest && host.XMLHttpRequest.prototype;
    wrap(xhr, 'open', (original) => /** @this {Any} */ function (method, address) {
      asked.set(this, [method, address]);
      return original.apply(this, arguments);
    });
    wrap(xhr, 'send', (original) => /** @this {Any} */ function () {
      const [method, address] = asked.get(this) || [];
      let aborted = false;
      this.addEventListener('abort', () => { aborted = true; });
      this.addEventListener('loadend', () => {
        if (aborted || (this.status > 0 && this.status < 400)) return;
        const id = /^x-request-id: *(.+?)\r?$/im.exec(this.getAllResponseHeaders() || '');
        request(method, address, this.status, id && id[1]);
      });
      return original.apply(this, arguments);
    });
    let path = location.pathname;
    const moved = () => {
      if (location.pathname !== path) keep('route', place(path) + ' → ' + place((path = location.pathname)));
    };
    for (const name of ['pushState', 'replaceState']) {
      wrap(history, name, (original) => /** @this {Any} */ function () {
        const answer = original.apply(this, arguments);
        moved();
        return answer;
      });
    }
    listen(window, 'popstate', moved);
  }

  // ---- the launcher, and what the window's look begins with
  const css = `:host{all:initial}
:host([hidden]),[hidden]{display:none!important}
*{box-sizing:border-box}
.frame{--below:calc(20px + env(safe-area-inset-bottom,0px));--beside:calc(20px + env(safe-area-inset-right,0px));
font:400 15px/1.55 Pretendard,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR",system-ui,sans-serif;word-break:keep-all}
.left{--beside:calc(20px + env(safe-area-inset-left,0px))}
svg{flex:none;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.launcher{--a:#0b6e5f;--on:#fff;position:fixed;z-index:2147483000;bottom:var(--below);right:var(--beside);display:flex;align-items:center;gap:9px;min-height:52px;padding:0 20px 0 16px;
border:0;border-radius:26px;background:var(--a);color:var(--on);cursor:pointer;-webkit-tap-highlight-color:transparent;
font:inherit;font-weight:600;line-height:1.2;
box-shadow:0 1px 2px #0003,0 8px 24px #0000002e;transition:transform .16s}
.left .launcher{right:auto;left:var(--beside)}
.launcher:hover{transform:translateY(-2px)}
.launcher:focus-visible{outline:3px solid var(--a);outline-offset:3px}
.launcher svg{width:22px;height:22px}
.launcher[aria-busy=true] svg{animation:swing .7s infinite alternate}
.badge{position:absolute;top:-5px;right:-3px;min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#d92d20;color:#fff;
font:700 12px/22px system-ui;text-align:center;box-shadow:0 0 0 2px #fff}
@keyframes swing{from{transform:rotate(-12deg)}to{transform:rotate(12deg)}}
@media(prefers-reduced-motion:reduce){*{transition:none!important;animation:none!important}}`;
  /** Adopted, because a strict content security policy of the host would refuse a style tag. @type {Fn} */
  const adopt = (root, text) => {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    } catch {
      root.appendChild(document.createElement('style')).textContent = text;
    }
  };
  const element = document.createElement('deskbell-widget');
  const root = element.attachShadow({ mode: 'open' });
  const frame = document.createElement('div');
  const launcher = document.createElement('button');
  const badge = document.createElement('span');
  const label = document.createElement('span');
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const draw = () => {
    const text = settings.label || (korean() ? '관리자 호출' : 'Call admin');
    label.textContent = text;
    launcher.lang = korean() ? 'ko' : 'en';
    launcher.hidden = settings.launcher === false;
    frame.className = /^(bottom-)?left$/.test(settings.position) ? 'frame left' : 'frame';
    if (settings.accent && CSS.supports('color', settings.accent)) paint(launcher, settings.accent);
  };
  const mount = () => {
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    const path = svg.appendChild(document.createElementNS(svg.namespaceURI || '', 'path'));
    path.setAttribute('d', 'M12 5V3.5M10 3.5h4M4.5 16a7.5 7.5 0 0 1 15 0zM3 19.5h18');
    launcher.className = 'launcher';
    launcher.type = 'button';
    launcher.setAttribute('aria-haspopup', 'dialog');
    launcher.setAttribute('aria-expanded', 'false');
    badge.className = 'badge';
    badge.hidden = true;
    launcher.append(svg, label, badge);
    frame.append(launcher);
    root.append(frame);
    adopt(root, css);
    ((settings.mount && document.querySelector(settings.mount)) || document.body).append(element);
    draw();
    launcher.addEventListener('click', () => run(settings.launcher === 'call' ? 'call' : 'toggle'));
    let remembered = false;
    try { remembered = !!localStorage.getItem('deskbell:' + server + ':live'); } catch { /* Storage is denied: nothing to remember. */ }
    if (remembered) load();
    emit('ready');
  };

  // ---- commands, and the rest of the widget
  /** @type {Any} */
  let rest = null;
  /** @type {Promise<void>|null} */
  let loading = null;
  /** @type {[string, any[]][]} */
  const queue = [];
  let tries = 0;
  const core = { settings, server, element, root, frame, launcher, label, badge, ring, emit, adopt, draw, undo, tint, about: (/** @type {Any} */ more) => context(settings, ring, more) };
  const load = () => {
    if (loading) return;
    launcher.setAttribute('aria-busy', 'true');
    loading = import(server + '/widget/deskbell.' + (korean() ? 'ko' : 'en') + '.js' + (tries ? '?again=' + tries : ''))
      .then((module) => {
        rest = module.start(core, rest);
        for (const [name, args] of queue.splice(0)) rest[name](...args);
      })
      .catch((error) => {
        loading = null; // The next press tries again; a call that is queued stays queued.
        tries += 1;
        label.textContent = korean() ? '연결 안 됨 · 다시 누르기' : 'No connection · try again';
        if (queue.some(([name]) => name === 'call')) setTimeout(load, Math.min(30000, 1000 * 2 ** tries));
        emit('error', { code: 'load_failed', message: String(error) });
      })
      .then(() => launcher.removeAttribute('aria-busy'));
  };
  /** @type {Fn} */
  const run = (name, ...args) => {
    if (name === 'setLocale') {
      settings.locale = args[0];
      draw();
      // Each language is a file of its own, which goes on where the other was.
      Promise.resolve(loading).then(() => { if (rest) { loading = null; load(); } });
    } else if (rest) rest[name](...args);
    else if (name === 'setUser') settings.identity = args[0] && args[0].token;
    else if (name === 'setContext') settings.context = { ...settings.context, ...args[0] };
    else if (name === 'destroy') { undo.splice(0).forEach((fn) => fn()); element.remove(); delete host.deskbell; }
    else {
      // Two presses before the code has come are one call, and do not close what the first one opens.
      if (!queue.some(([queued]) => queued === name)) queue.push([name, args]);
      load();
    }
  };
  /** @type {Record<string, Fn>} */
  const api = {
    on: (name, fn) => { listeners.set(name, (listeners.get(name) || new Set()).add(fn)); },
    off: (name, fn) => { (listeners.get(name) || new Set()).delete(fn); },
    report: (error) => keep('reported', said(error), where(error)),
    push: (/** @type {[string, ...any[]]} */ ...commands) => {
      for (const [name, ...args] of commands) {
        if (name !== 'push' && api[name]) api[name](...args);
      }
    },
  };
  for (const name of ['call', 'open', 'close', 'toggle', 'setUser', 'setContext', 'setLocale', 'logout', 'destroy']) {
    api[name] = (/** @type {any[]} */ ...args) => run(name, ...args);
  }
  listen(document, 'click', (event) => {
    const bell = event.target instanceof Element && event.target.closest('[data-deskbell-call]');
    if (!bell) return;
    event.preventDefault();
    run('call', bell.dataset.deskbellCall ? { message: bell.dataset.deskbellCall } : {});
  });
  listen(window, 'storage', (event) => {
    if (event.key === 'deskbell:' + server + ':live' && event.newValue) load(); // Another tab has rung.
  });
  host.deskbell = api;
  const begin = () => { mount(); api.push(...(early || [])); };
  if (document.body) begin();
  else document.addEventListener('DOMContentLoaded', begin);
})();
