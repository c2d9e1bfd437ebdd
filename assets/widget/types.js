// The shapes that pass between the widget and the server, as the contract names them. Types only: no page loads this file.

/** @typedef {{ id: string, name: string|null, verified?: boolean }} Visitor */
/** @typedef {{ id: string, name: string, online?: boolean }} Admin */
/** @typedef {{ type: 'visitor'|'admin'|'system', id?: string, name?: string }} By */
/** @typedef {{ since?: string, offered?: boolean, offer_at?: string|null, move_at?: string|null, promised?: { by: Admin, until: string }|null }} Wait */
/** @typedef {{ mails: number, sent: number, opened_by?: string[], sent_at?: string|null }} Told */
/**
 * @typedef {object} Conversation
 * @property {string} id
 * @property {number} number
 * @property {'waiting'|'active'|'moved'|'closed'|'cancelled'} state
 * @property {number} last_seq
 * @property {string} called_at
 * @property {Wait|null} wait
 * @property {Admin[]} admins
 * @property {string|null} inquiry_id
 * @property {Told|null} told
 * @property {boolean} [visitor_online]
 */
/** @typedef {{ seq: number, at: string, kind: string, by: By, client_id?: string, body?: string, data?: any }} LogEvent */
/** @typedef {{ id: string, at: string, by: By, body: string }} Comment */
/**
 * @typedef {object} Inquiry
 * @property {string} id
 * @property {number} number
 * @property {'error'|'suggestion'|'missed_call'} kind
 * @property {'open'|'answered'|'resolved'} status
 * @property {string} title
 * @property {string} body
 * @property {string|null} [email]
 * @property {string|null} conversation_id
 * @property {string} created_at
 * @property {string} updated_at
 * @property {Comment[]} [comments]
 */
/** @typedef {{ at?: string, kind?: string, message?: string, source?: string, status?: number, request_id?: string }} PageError */
/** @typedef {{ url?: string, title?: string, release?: string, user_agent?: string, viewport?: string, errors?: PageError[] }} Context */

/**
 * A command that the server has not acknowledged yet.
 * @typedef {object} Pending
 * @property {string} id
 * @property {'call'|'say'|'cancel'|'close'} type
 * @property {number} at
 * @property {string} [body]
 * @property {{ id: string, body: string }} [message]
 * @property {Context} [context]
 * @property {string|null} [conversation]   the conversation it was meant for; null while its call is under way
 * @property {'pending'|'acked'|'failed'} status
 * @property {string} [code]                why it failed
 */

/** @typedef {{ type: 'welcome', visitor: Visitor, token?: string, conversation: Conversation|null, recovered: boolean, epoch: any }} Welcome */
/**
 * @typedef {Welcome
 *   | { type: 'event', conversation_id: string, event: LogEvent }
 *   | { type: 'conversation', conversation: Conversation }
 *   | { type: 'inquiry', inquiry: Inquiry }
 *   | { type: 'ack', id: string, seq?: number }
 *   | { type: 'error', id?: string, code: string, message: string }
 *   | { type: 'typing', conversation_id: string, by: By, on: boolean }
 *   | { type: 'read', conversation_id: string, by: By, seq: number }
 *   | { type: 'pong' }} ServerFrame
 */

export {};
