// English. `{s}` is the plural's ending: none for exactly one.
export const words = {
  title: 'Help', hello: 'How can we help?', hello_sub: 'Ring, and an admin is told at once. Nothing to fill in first.', call_now: 'Call an admin now',
  go_back_to_call: 'Back to your call', call_again: 'Call again', write_post: 'Write to the board', write_post_sub: 'Report an error or suggest something',
  my_posts: 'My posts', my_posts_sub: 'Read the answers', attach: 'Attach what helps to find the cause', attach_page: 'this page',
  attach_browser: 'your browser', attach_errors: '{n} recent error{s}', attach_show: 'See what is attached', attach_hide: 'Hide',
  attach_none: 'Nothing is attached', back: 'Back', minimise: 'Hide the window', menu: 'More', cancel: 'Cancel', send: 'Send', retry: 'Try again',
  discard: 'Discard', today: 'Today', yesterday: 'Yesterday', you: 'You', an_admin: 'An admin', ringing: 'Ringing the bell…',
  not_rung: 'Not rung yet: there is no connection. It rings as soon as there is one.', rung: 'You rang the bell', told_sending: 'Mailing {n} admin{s}…',
  told_sent: '{n} admin{s} mailed at {time}', told_none: 'No admin is on duty right now. What you write is kept for them.', opened_by: 'Opened by {names}',
  promise: '{name} will be with you by {time}', promise_late: '{name} said by {time}; still on the way',
  board_at: 'If nobody comes by {time}, your call moves to the board', board_soon: 'Moving to the board…',
  keep_writing: 'Write what happened while you wait. The admin reads it first.', cancel_call: 'Cancel the call', leave_post: 'Leave it on the board instead',
  offered_title: 'Nobody has come yet. Sorry for the wait.', offered_body: 'Leave it on the board: every post is answered. Or stay, an admin can still come.',
  nobody_title: 'Nobody is on duty right now',
  nobody_body: 'Leave it on the board and it will be answered. You can also go on waiting: the call has been recorded.', leave_now: 'Leave a post',
  wait_on: 'Keep waiting', joined: '{name} joined', left: '{name} left', note_called: 'You called', note_moved: 'Moved to the board',
  note_closed_you: 'You ended the conversation', note_closed: '{name} ended the conversation', note_cancelled: 'You cancelled the call',
  note_promised: '{name} will be there by {time}', here: 'here', away: 'away for a moment', typing: '{name} is typing', new_below: 'New message',
  write_here: 'Write a message', write_waiting: 'What happened?', end: 'End the conversation', end_sure: 'End this conversation?',
  cancel_sure: 'Cancel this call?', yes_end: 'End it', yes_cancel: 'Cancel it', stay: 'Stay', moved_title: 'Your call is on the board now',
  ended_title: 'The conversation has ended', cancelled_title: 'The call was cancelled', ended_body: 'Anything else? Ring again at any time.',
  cancelled_body: 'No admin will come for this call. Ring again at any time.', offline: 'No connection. What you write is sent when it is back.',
  retry_in: 'No connection. Trying again in {n} s.', refused: 'We could not let this page connect. Sign in to the site, or reload the page.',
  barred: 'You cannot ask for help on this page. Please use the help page.', open_help: 'Open the help page',
  not_kept: 'This browser does not let us remember: after a reload this conversation cannot be continued.',
  lost: 'The former conversation could not be found any more.', remove: 'Delete', edit: 'Edit', save: 'Save', form_title: 'Write to the board',
  form_edit: 'Edit the post', kind: 'What is it?', field_title: 'Title', field_title_hint: 'What is it about?', field_body: 'What happened',
  field_body_hint: 'What did you do, what did you expect, what came instead?', field_email: 'E-mail for the answer', optional: 'optional', submit: 'Post it',
  posted: 'Posted', posts_none: 'No posts yet', posts_none_sub: 'What you write to the board, and the answers, will be here.', more: 'Show more',
  comments: 'Answers', comments_none: 'No answer yet. The admins have been told.', comment_hint: 'Add to it', comment_send: 'Add', from_call: 'From a call',
  remove_sure: 'Delete this post?', remove_note: 'It disappears for you and for the admins.', edited: 'Saved', removed: 'Deleted',
  comment_count: '{n} answer{s}',
  moved_body: 'Nobody could come in time, so we kept it as a post and told the admins. Add what is missing, and they will answer.',
  moved_live: 'While you are here, an admin can still come in.', moved_done: 'Thank you. Your post is on the board.', see_post: 'See the post',
  later: 'Leave it as it is', attach_note: 'Never what you typed, passwords or page contents.',
};

/** The head of the window, by where the call stands. @type {Record<string, string>} */
export const heads = {
  calling: 'Calling', none: 'Connecting…', waiting: 'Waiting for an admin', active: 'Connected', moved: 'On the board', closed: 'Ended',
  cancelled: 'Call cancelled',
};

/** What has become of a message. @type {Record<string, string>} */
export const marks = {
  pending: 'Sending…', delivered: 'Delivered', read: 'Read', failed: 'Not delivered',
};

/** What has become of a post. @type {Record<string, string>} */
export const statuses = {
  open: 'Open', answered: 'Answered', resolved: 'Resolved',
};

/** The kinds of a post. @type {Record<string, string>} */
export const kinds = {
  error: 'Error', suggestion: 'Suggestion', missed_call: 'Missed call',
};

/** By the code of a refusal or failure. @type {Record<string, string>} */
export const problems = {
  unreachable: 'The desk cannot be reached. Try again in a moment.', barred: 'You cannot ask for help on this page. Please use the help page.',
  unavailable: 'The desk has trouble right now. Nothing you wrote is lost: try again in a moment.', unknown: 'That did not work. Please try again.',
  too_large: 'That is too much text. Please shorten it.', not_found: 'It is not there any more.',
  unauthorized: 'Your sign-in is no longer valid. Reload the page.', invalid: 'Please check what is marked.',
  conversation_closed: 'This call has ended already.', conversation_cancelled: 'This call was cancelled.',
  conversation_moved: 'The call has moved to the board: write it in the post.', too_long: 'Too long: please shorten it.', blank: 'Please fill this in.',
  too_many: 'That was a lot at once. Wait a moment and try again.', not_open: 'It has been answered, so it cannot be edited. Add a comment instead.',
  not_an_email: 'This does not look like an e-mail address.', in_trash: 'This post has been deleted.',
  offline: 'There is no network. Check the connection and try again.',
};
