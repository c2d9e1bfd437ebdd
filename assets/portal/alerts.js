// Makes sure that a call is noticed: the title, a chime, a notification, and words for a screen reader.

import { isolated } from '../widget/isolated.js';

const KEY = 'deskbell-alerts';
const title = document.title;
const words = document.getElementById('announce')?.dataset ?? {};
/** @type {AudioContext|undefined} */
let audio;
let waiting = 0;
let unread = false;

const wanted = () => localStorage.getItem(KEY) === 'on';

/** Two soft strokes of a bell. */
function chime() {
  if (!wanted()) return;
  audio ??= new AudioContext();
  if (audio.state === 'suspended') void audio.resume();
  const start = audio.currentTime + 0.02;
  for (const [delay, pitch] of [[0, 880], [0.22, 1174.7]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, start + delay);
    volume.gain.exponentialRampToValueAtTime(0.16, start + delay + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + delay + 0.9);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + delay);
    tone.stop(start + delay + 1);
  }
}

function showTitle() {
  document.title = (waiting > 0 ? `(${waiting}) ` : '') + (unread ? '● ' : '') + title;
}

/** @param {number} count how many calls wait */
export function setWaiting(count) {
  waiting = count;
  showTitle();
}

/** @param {string} text */
function announce(text) {
  const place = document.getElementById('announce');
  if (place) place.textContent = text;
}

/** @param {string} text @param {string} [body] @param {string} [link] */
function notify(text, body, link) {
  if (!wanted() || !document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return;
  const note = new Notification(text, { body, tag: link ?? 'deskbell', icon: '/assets/portal/icon.svg' });
  note.onclick = () => {
    focus();
    note.close();
    if (link && location.pathname !== link) location.assign(link);
  };
}

/** Somebody has pressed the bell. @param {string} name @param {string} link */
export function called(name, link) {
  chime();
  announce(name ? `${isolated(name)} ${words.called ?? ''}` : (words.alert ?? ''));
  notify(words.alert ?? '', isolated(name), link);
}

/** Somebody has written in the room that is open here. @param {string} name */
export function said(name) {
  if (!document.hidden) return;
  unread = true;
  showTitle();
  chime();
  notify(words.said ?? '', isolated(name), location.pathname);
}

/** The button that turns alerts on; asking for permission needs a press. */
export function button() {
  const element = document.getElementById('alerts');
  if (!element) return;
  const text = element.querySelector('span');
  const show = () => {
    const blocked = 'Notification' in window && Notification.permission === 'denied';
    element.setAttribute('aria-pressed', String(wanted()));
    if (text) text.textContent = (wanted() ? (blocked ? element.dataset.blocked : element.dataset.on) : element.dataset.off) ?? '';
  };
  element.hidden = false;
  element.addEventListener('click', async () => {
    localStorage.setItem(KEY, wanted() ? 'off' : 'on');
    show();
    if (!wanted()) return;
    chime();
    if ('Notification' in window && Notification.permission === 'default') await Notification.requestPermission();
    show();
  });
  show();
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  unread = false;
  showTitle();
});
