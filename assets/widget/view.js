// The window: opening and closing, its head, its screens, the banner, questions, and what a screen reader is told.

import { h, icon, toggle } from './dom.js';
import { css } from './style.js';
import { conversation } from './view-conversation.js';
import { home } from './view-home.js';
import { inquiries, inquiry, write } from './view-inquiries.js';
import { heads, words } from './words.en.js';
import { duration, fill } from './words.js';

/** @typedef {import('./deskbell.js').Deskbell} Desk */
/** @typedef {{ el: HTMLElement, title: () => any, sub?: () => any, faces?: () => Node[], home?: boolean, menu?: () => [string, () => void][], update?: () => void, focus?: () => void, changed?: (inquiry: import('./types.js').Inquiry) => void }} Screen */

const SCREENS = { home, conversation, inquiries, inquiry, write };

/** @typedef {keyof typeof SCREENS} Name */

export class View {
  /** @param {Desk} desk @param {View} [before] the same window in another language */
  constructor(desk, before) {
    const { adopt, root, frame } = desk.core;
    this.desk = desk;
    desk.view = this;
    const page = this.page = !!desk.settings.page;
    this.isOpen = !!before?.isOpen;
    /** @type {Name} */
    this.name = 'home';
    /** @type {any} */
    this.arg = undefined;
    if (before) ({ name: this.name, arg: this.arg } = before);
    this.said = this.told = '';
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.onTheme = () => this.theme();
    this.dark.addEventListener('change', this.onTheme);
    if (before) before.destroy();
    else adopt(root, css);
    this.backButton = h('button.round', { 'aria-label': words.back, onclick: () => this.back() }, icon('back'));
    this.heading = h('h2.heading', { id: 'heading', tabindex: '-1' });
    this.faces = h('div.faces', { 'aria-hidden': 'true' });
    this.sub = h('p.sub');
    this.menuButton = h('button.round', { 'aria-label': words.menu, 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: () => this.menu() }, icon('more'));
    this.banner = h('div.banner', { role: 'status', hidden: true });
    this.main = h('div.main');
    this.live = h('p.unseen', { role: 'status' });
    this.sheet = h('div.sheet', { hidden: true });
    this.panel = h('section.panel' + (page ? '.page' : ''), { role: page ? 'region' : 'dialog', 'aria-labelledby': 'heading', hidden: !this.isOpen, lang: desk.locale, onkeydown: (/** @type {KeyboardEvent} */ e) => this.key(e) },
      h('div.head', this.backButton, this.faces, h('div.who', this.heading, this.sub), this.menuButton,
        h('button.round', { 'aria-label': words.minimise, hidden: page, onclick: () => this.close() }, icon('down'))),
      this.banner, this.main, this.sheet, this.live);
    frame.append(this.panel);
    this.theme();
    this.mount();
    if (page) this.open();
    else this.label();
  }

  theme() {
    const { settings, core } = this.desk;
    const dark = settings.theme === 'dark' || (settings.theme !== 'light' && this.dark.matches);
    core.frame.dataset.theme = dark ? 'dark' : 'light';
    // Our own colour is in the style; another one has to be made readable first.
    if (settings.accent) core.tint(core.frame, this.panel, settings.accent, dark);
  }

  // ---- screens

  /** @param {Name} name @param {any} [arg] */
  go(name, arg) {
    const again = name === this.name && arg === this.arg;
    this.name = name;
    this.arg = arg;
    this.ask(null);
    if (again) return this.desk.draw();
    this.mount();
    if (this.isOpen) this.focus();
  }

  mount() {
    /** @type {Screen} */
    this.screen = SCREENS[this.name](this.desk, this.arg);
    this.main.replaceChildren(this.screen.el);
    this.render();
    this.desk.draw();
  }

  back() { this.go(this.name === 'inquiry' || (this.name === 'write' && this.arg?.id) ? 'inquiries' : this.name === 'write' && this.arg?.leave ? 'conversation' : 'home'); }

  /** @param {Name} name */
  shows(name) { return this.isOpen && this.name === name; }

  open() {
    if (!this.isOpen) {
      // After a reload the call is known to be there before it has been read.
      if (this.name === 'home' && (this.desk.state.visitor ? this.desk.isLive() : this.desk.goesOn)) { this.name = 'conversation'; this.mount(); }
      this.isOpen = true;
      this.panel.hidden = false;
      this.desk.core.launcher.setAttribute('aria-expanded', 'true');
      this.desk.core.launcher.hidden = true;
      if (!this.page) this.focus();
      this.desk.core.emit('opened');
    }
    this.tick();
    this.desk.draw();
  }

  close() {
    if (!this.isOpen || this.page) return;
    this.isOpen = false;
    this.panel.hidden = true;
    this.desk.core.launcher.setAttribute('aria-expanded', 'false');
    this.desk.core.launcher.hidden = this.desk.settings.launcher === false;
    this.desk.core.launcher.focus({ preventScroll: true });
    this.desk.core.emit('closed');
    this.desk.draw();
  }

  focus() {
    if (this.screen?.focus && matchMedia('(pointer: fine)').matches) this.screen.focus();
    else this.heading.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation(); // A host page's shortcuts are not meant for what is typed here.
    if (event.key !== 'Escape' || event.isComposing) return;
    if (!this.sheet.hidden) this.ask(null);
    else this.close();
  }

  // ---- drawing

  render() {
    const { desk, screen } = this;
    if (!screen) return;
    toggle(this.panel, '.is-home', !!screen.home);
    this.backButton.hidden = !!screen.home;
    this.heading.replaceChildren(screen.title());
    this.faces.replaceChildren(...screen.faces?.() ?? []);
    const sub = screen.sub?.() ?? '';
    this.sub.replaceChildren(sub);
    this.sub.hidden = !sub;
    this.menuButton.hidden = !(screen.menu?.().length);
    screen.update?.();
    this.tell();
    this.label();
    if (this.needsTicks() && !this.timer) this.tick();
    desk.core.badge.hidden = !desk.unread || this.isOpen;
    desk.core.badge.textContent = String(desk.unread || '');
  }

  needsTicks() {
    return ['calling', 'waiting', 'offered'].includes(this.desk.phase()) || this.desk.state.link === 'retrying' || Object.keys(this.desk.state.typing).length > 0;
  }

  /** Once a second, but only while something on the page counts. */
  tick() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.needsTicks()) return;
    this.timer = setTimeout(() => { this.timer = undefined; this.render(); }, 1000 - (this.desk.now() % 1000) + 5);
  }

  /** The connection's state as a banner; quiet while all is well or nothing is at stake. */
  tell() {
    const { state: { link, retryAt }, memory, lost, barred, core } = this.desk;
    const n = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
    const trouble = barred || link === 'retrying' || link === 'refused';
    const text = barred ? words.barred : link === 'refused' ? words.refused
      : trouble ? (n > 3 ? fill(words.retry_in, { n }) : words.offline)
        : lost ? words.lost : !memory.kept && this.name === 'conversation' ? words.not_kept : '';
    this.banner.hidden = !text;
    toggle(this.banner, '.trouble', trouble);
    if (this.told === text) return;
    this.told = text;
    this.banner.replaceChildren(h('span', text), barred ? h('a.link', { href: core.server + '/help', target: '_blank' }, words.open_help)
      : trouble ? h('button.link', { onclick: () => this.retry() }, words.retry) : '');
  }

  retry() {
    const { state, connection } = this.desk;
    if (state.link === 'refused') connection.restart();
    else connection.wake();
  }

  /** What the closed launcher says while a call is under way. */
  label() {
    const { desk } = this;
    const { launcher, label } = desk.core;
    const now = desk.phase();
    const called = desk.state.conversation?.called_at;
    const text = now === 'calling' ? heads.calling
      : (now === 'waiting' || now === 'offered') && called ? heads.waiting + ' ' + duration(desk.now() - Date.parse(called))
        : now === 'active' ? heads.active : '';
    if (text) label.textContent = text;
    else if (launcher.dataset.busy) desk.core.draw();
    launcher.dataset.busy = text && '1';
    if (this.isOpen) launcher.hidden = true;
  }

  /** Tells a screen reader, once. @param {string} text */
  announce(text) {
    if (text === this.said) return;
    this.said = text;
    this.live.textContent = text;
  }

  /** @param {import('./types.js').Inquiry} inquiry */
  inquiryChanged(inquiry) { this.screen?.changed?.(inquiry); }

  // ---- the menu and questions, as a sheet at the window's foot

  menu() {
    if (!this.sheet.hidden) return this.ask(null);
    this.ask(h('div', { role: 'menu' }, ...(this.screen?.menu?.() ?? []).map(([text, act]) => this.answer('.entry', text, act, { role: 'menuitem' })),
      this.answer('.entry.dim', words.cancel, () => {}, { role: 'menuitem' })));
    this.menuButton.setAttribute('aria-expanded', 'true');
  }

  /** @param {string} question @param {string} note @param {string} yes @param {() => void} act @param {string} [no] */
  confirm(question, note, yes, act, no = words.cancel) {
    this.ask(h('div', { role: 'alertdialog', 'aria-labelledby': 'question' }, h('h3', { id: 'question' }, question), note && h('p.dim', note),
      h('div.pair', this.answer('.button', no, () => {}), this.answer('.button.danger', yes, act))));
  }

  /** A button that closes the sheet it is on. @param {string} css @param {string} text @param {() => void} act @param {Record<string, any>} [more] */
  answer(css, text, act, more) { return h('button' + css, { ...more, onclick: () => { this.ask(null); act(); } }, text); }

  /** @param {HTMLElement|null} content */
  ask(content) {
    const had = !this.sheet.hidden;
    this.sheet.hidden = !content;
    this.menuButton.setAttribute('aria-expanded', 'false');
    if (content) {
      this.asker = this.desk.core.root.activeElement;
      this.sheet.replaceChildren(content);
      content.querySelector('button')?.focus();
    } else if (had) {
      this.sheet.replaceChildren();
      if (this.asker?.isConnected) this.asker.focus();
    }
  }

  destroy() {
    clearTimeout(this.timer);
    this.dark.removeEventListener('change', this.onTheme);
    this.panel.remove();
  }
}
