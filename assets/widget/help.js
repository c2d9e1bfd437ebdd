// The page /help: the same widget, filling a page of its own, for when the host site is down.

/** @type {any} */
const page = window;
page.deskbellSettings = { ...page.deskbellSettings, server: location.origin, launcher: false, page: true, mount: '#deskbell-help' };
page.deskbell = page.deskbell || [];
page.deskbell.push(['open']);
const script = document.createElement('script');
script.src = '/widget.js';
document.body.append(script);
