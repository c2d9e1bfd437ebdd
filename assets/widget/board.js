// The board, which is fetched when it is first looked at.

export { Api } from './api.js';
export { attached } from './view-attached.js';
export { form } from './view-form.js';
export { inquiries, inquiry, write } from './view-inquiries.js';
export { moved } from './view-moved.js';
export { boardCss } from './style-board.js';
