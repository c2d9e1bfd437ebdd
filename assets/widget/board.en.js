// English words of the board, which come with it.
export const boardWords = {
  remove: 'Delete', edit: 'Edit', save: 'Save', form_title: 'Write to the board', form_edit: 'Edit the post', kind: 'What is it?', kind_error: 'Error',
  kind_suggestion: 'Suggestion', kind_missed_call: 'Missed call', field_title: 'Title', field_title_hint: 'What is it about?', field_body: 'What happened',
  field_body_hint: 'What did you do, what did you expect, what came instead?', field_email: 'E-mail for the answer', optional: 'optional', submit: 'Post it',
  posted: 'Posted', posts_none: 'No posts yet', posts_none_sub: 'What you write to the board, and the answers, will be here.', more: 'Show more', open: 'Open',
  answered: 'Answered', resolved: 'Resolved', comments: 'Answers', comments_none: 'No answer yet. The admins have been told.', comment_hint: 'Add to it',
  comment_send: 'Add', from_call: 'From a call', remove_sure: 'Delete this post?', remove_note: 'It disappears for you and for the admins.', edited: 'Saved',
  removed: 'Deleted', comment_count: '{n} answers', comment_count_one: '1 answer',
  problem_not_open: 'It has been answered, so it cannot be edited. Add a comment instead.', problem_not_an_email: 'This does not look like an e-mail address.',
  problem_in_trash: 'This post has been deleted.',
  moved_body: 'Nobody could come in time, so we kept it as a post and told the admins. Add what is missing, and they will answer.',
  moved_live: 'While you are here, an admin can still come in.',
  moved_done: 'Thank you. Your post is on the board.',
  see_post: 'See the post',
  later: 'Leave it as it is',
  problem_offline: 'There is no network. Check the connection and try again.',
  attach_note: 'Never what you typed, passwords or page contents.',
};
