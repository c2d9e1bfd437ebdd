// The window: opening and closing, its head, its screens, the banner, questions, and what a screen reader is told.

import { bones, h, icon } from './dom.js';
import { css } from './style.js';
import { duration } from './words.js';
import { home } from './view-home.js';
import { conversation } from './view-conversation.js';
import { big, button } from './view-status.js';

/** @typedef {import('./deskbell.js').Deskbell} Desk */
/** @typedef {{ el: HTMLElement, title: () => any, sub?: () => any, faces?: () => Node[], home?: boolean, menu?: () => [string, () => void][], update?: () => void, focus?: () => void, changed?: (inquiry: import('./types.js').Inquiry) => void }} Screen */

/** @typedef {'home'|'conversation'|'inquiries'|'inquiry'|'write'} Name */

export class View {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    desk.view = this;
    this.page = !!desk.settings.page;
    this.isOpen = false;
    /** @type {Name} */
    this.name = 'home';
    /** @type {any} */
    this.arg = undefined;
    this.said = '';
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.onTheme = () => this.theme();
    this.dark.addEventListener('change', this.onTheme);
    desk.core.adopt(desk.core.root, css);
    this.build();
    if (this.page) this.open();
    else this.label();
  }

  build() {
    const { t } = this;
    this.backButton = h('button', { css: 'round', 'aria-label': t('back'), onclick: () => this.back() }, icon('back'));
    this.heading = h('h2', { css: 'heading', id: 'heading', tabindex: '-1' });
    this.faces = h('div', { css: 'faces', 'aria-hidden': 'true' });
    this.sub = h('p', { css: 'sub' });
    this.menuButton = h('button', { css: 'round', 'aria-label': t('menu'), 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: () => this.menu() }, icon('more'));
    this.hideButton = h('button', { css: 'round', 'aria-label': t('minimise'), hidden: this.page, onclick: () => this.close() }, icon('down'));
    this.banner = h('div', { css: 'banner', role: 'status', hidden: true });
    this.main = h('div', { css: 'main' });
    this.live = h('p', { css: 'unseen', role: 'status' });
    this.sheet = h('div', { css: 'sheet', hidden: true });
    this.panel = h('section', { css: 'panel' + (this.page ? ' page' : ''), role: this.page ? 'region' : 'dialog', 'aria-labelledby': 'heading', hidden: !this.isOpen, onkeydown: (/** @type {KeyboardEvent} */ e) => this.key(e) },
      h('div', { css: 'head' }, this.backButton, this.faces, h('div', { css: 'who' }, this.heading, this.sub), this.menuButton, this.hideButton),
      this.banner, this.main, this.sheet, this.live);
    this.panel.lang = this.desk.lang.locale;
    this.desk.core.frame.append(this.panel);
    this.theme();
    this.mount();
  }

  /** Not bound once: the language can change. @type {import('./words.js').Language['t']} */
  t = (word, values) => this.desk.lang.t(word, values);

  rebuild() {
    this.panel.remove();
    this.build();
    this.label();
  }

  theme() {
    const { settings, core } = this.desk;
    const dark = settings.theme === 'dark' || (settings.theme !== 'light' && this.dark.matches);
    core.frame.dataset.theme = dark ? 'dark' : 'light';
    // Our own colour is in the style; another one has to be made readable first.
    if (settings.accent) import('./color.js').then(({ tint }) => tint(core.frame, this.panel, settings.accent, dark), () => {});
  }

  // ---- screens

  /** @param {Name} name @param {any} [arg] */
  go(name, arg) {
    const again = name === this.name && arg === this.arg;
    this.name = name;
    this.arg = arg;
    this.ask(null);
    if (again && this.screen) return this.desk.draw();
    this.mount();
    if (this.isOpen) this.focus();
  }

  mount() {
    const { desk, name, arg } = this;
    if (name === 'home') return this.put(home(desk));
    if (name === 'conversation') return this.put(conversation(desk));
    this.put({ el: h('div', { css: 'scroll' }, bones()), title: () => this.t('my_posts') });
    const still = () => this.name === name && this.arg === arg;
    // The board comes when it is asked for: whoever only rings does not wait for it.
    desk.board().then((board) => {
      if (!still()) return;
      this.put(board[name](desk, arg));
      if (this.isOpen) this.focus();
    }, () => still() && this.put({ el: h('div', { css: 'scroll' }, big('warn', this.t('problem_unreachable'), '', button(this.t('retry'), () => this.mount(), true))), title: () => '' }));
  }

  /** @param {Screen} screen */
  put(screen) {
    this.screen = screen;
    this.main.replaceChildren(screen.el);
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
    this.panel.classList.toggle('is-home', !!screen.home);
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
    const { state, memory, lost } = this.desk;
    const seconds = Math.max(1, Math.ceil((state.retryAt - Date.now()) / 1000));
    const text = state.link === 'refused' ? this.t('refused')
      : state.link === 'retrying' ? (seconds > 3 ? this.t('retry_in', { n: seconds }) : this.t('offline'))
        : lost ? this.t('lost') : !memory.kept && this.name === 'conversation' ? this.t('not_kept') : '';
    this.banner.hidden = !text;
    const trouble = state.link === 'retrying' || state.link === 'refused';
    this.banner.classList.toggle('trouble', trouble);
    if (this.banner.dataset.text === text) return;
    this.banner.dataset.text = text;
    this.banner.replaceChildren(h('span', { text }), ...(trouble
      ? [h('button', { css: 'link', text: this.t('retry'), onclick: () => this.retry() })] : []));
  }

  retry() {
    if (this.desk.state.link === 'refused') this.desk.connection.restart();
    else this.desk.connection.wake();
  }

  /** What the closed launcher says while a call is under way. */
  label() {
    const { desk } = this;
    const { launcher, label } = desk.core;
    const now = desk.phase();
    const called = desk.state.conversation?.called_at;
    const text = now === 'calling' ? this.t('head_calling')
      : (now === 'waiting' || now === 'offered') && called ? this.t('head_waiting') + ' ' + duration(desk.now() - Date.parse(called))
        : now === 'active' ? this.t('head_active') : '';
    if (text) label.textContent = text;
    else if (launcher.dataset.busy) desk.core.draw();
    launcher.dataset.busy = text ? '1' : '';
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
    const entries = this.screen?.menu?.() ?? [];
    if (!this.sheet.hidden) return this.ask(null);
    this.ask(h('div', { role: 'menu' }, ...entries.map(([text, act]) => h('button', { css: 'entry', role: 'menuitem', text, onclick: () => { this.ask(null); act(); } })),
      h('button', { css: 'entry dim', role: 'menuitem', text: this.t('cancel'), onclick: () => this.ask(null) })));
    this.menuButton.setAttribute('aria-expanded', 'true');
  }

  /** @param {string} question @param {string} note @param {string} yes @param {() => void} act @param {string} [no] */
  confirm(question, note, yes, act, no = this.t('cancel')) {
    this.ask(h('div', { role: 'alertdialog', 'aria-labelledby': 'question' }, h('h3', { id: 'question', text: question }), note && h('p', { css: 'dim', text: note }),
      h('div', { css: 'pair' }, h('button', { css: 'button', text: no, onclick: () => this.ask(null) }),
        h('button', { css: 'button danger', text: yes, onclick: () => { this.ask(null); act(); } }))));
  }

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
  }
}
