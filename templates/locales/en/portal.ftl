# The words of the admin portal. Both languages have the same keys.

unit-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
visitor = Visitor
system = Deskbell
us = Us:
you = (you)
yours = Yours
anonymous = Anonymous
verified = Verified
visitor-here = Here now
visitor-away = Not connected
not-connected = not connected
all = All
show-all = Show all
search = Search
nothing-found = Nothing matches
pages = Pages
newest = Newest
older = Older
skip = Skip to content
language = Language
name = Name
email = E-mail
password = Password
title = Title
kind = Kind
save = Save
edit = Edit
delete = Delete
send-again = Send again
copy = Copy
copied = Copied

nav = Main
nav-queue = Calls
nav-waiting = waiting
nav-conversations = Conversations
nav-inquiries = Inquiries
nav-mails = Mails
nav-team = Team
nav-account = My settings
sign-out = Sign out
link-live = Live
link-lost = Reconnecting…
link-offline = Offline
alert-called = is calling
alert-title = New call
alert-said = New message
alerts-on = Alerts are on
alerts-off = Turn on alerts
alerts-blocked = Alerts are blocked by the browser

sign-in-title = Sign in
sign-in-lead = For the people who answer.
sign-in-button = Sign in
sign-in-wrong = That e-mail address and password do not go together.
sign-in-expired = This form was open for too long. Please try again.
sign-in-throttled = { $n ->
    [one] Too many tries. Please wait { $n } minute.
   *[other] Too many tries. Please wait { $n } minutes.
}
welcome-title = Welcome to Deskbell
welcome-lead = Choose a password, and you are in.
welcome-owner-lead = You are the first one here. Tell us who you are and choose a password.
welcome-button = Begin
password-new = New password
password-again = Once more
password-current = Present password
password-hint = At least 10 characters. A few words make a good one.
password-change = Change password
password-text = Changing it signs you out everywhere else.

error-home = To the calls
error-missing-title = There is nothing here
error-missing-text = The page has moved, or it never existed. Check the address, or start from the calls.
error-owners-title = For owners only
error-owners-text = Ask an owner of this desk to do it, or to make you one.
error-csrf-title = This form has expired
error-csrf-text = Nothing was changed. Go back, reload the page and try once more.
error-link-title = This link does not work any more
error-link-text = A link for a password works once, and for so long: 30 minutes after “Forgot your password?”, three days in an invitation, 24 hours otherwise. Have a new one mailed to you, or ask an owner for one.
error-first-title = This link does not work any more
error-first-text = The link for the first owner works once, for 24 hours. Whoever runs this desk gets a new one by starting it again, or by “deskbell admin add” with an address.
error-form-title = This form could not be read
error-form-text = Nothing was changed. Go back and try once more.
error-busy-title = One moment, please
error-busy-text = That was too often in too short a time. Please wait a little and try again.
error-unavailable-title = Something is wrong on our side
error-unavailable-text = Nothing was lost and nothing was changed. Please try again in a moment.

queue-title = Calls
queue-waiting = Waiting
queue-active = In conversation
queue-silent = Has not written anything yet
queue-empty-title = Nobody is waiting
queue-empty-text = When somebody presses the bell, their call appears here at once. You can leave this page open.
queue-duty = On duty: { $v }
queue-nobody = Nobody is on duty. Calls are mailed to the whole team.
queue-board = { $n ->
    [one] { $n } inquiry waits for an answer
   *[other] { $n } inquiries wait for an answer
}
errors-count = { $n ->
    [one] { $n } error
   *[other] { $n } errors
}
told-nobody = Nobody has been mailed
told-sent = { $n ->
    [0] Mail is on its way
    [one] { $n } admin mailed
   *[other] { $n } admins mailed
}
told-opened = opened by { $v }
promised-by = { $v } comes in
moves-in = To the board in
join = Join
join-now = Join and answer

search-conversations = Name, words or number
search-inquiries = Title, text or number
filter-state = State
filter-status = Status
filter-kind = Kind
conversations-empty = No conversations yet
said-nothing = Nothing was written
state-waiting = Waiting
state-active = In conversation
state-moved = On the board
state-closed = Closed
state-cancelled = Cancelled

back-to-queue = Back to the calls
log = Conversation
show-earlier = Show earlier messages
new-messages = New messages
sending = Sending…
delivered = Delivered
read = Read
not-sent = Not sent.
today = Today
yesterday = Yesterday
typing = is typing
log-called = { $v } pressed the bell
log-escalated = Still waiting: mail went out again
log-escalated-everyone = Still waiting: the whole team was mailed
log-offered = The board was offered to the visitor
log-promised = { $n ->
    [one] { $v } promised to come in { $n } minute
   *[other] { $v } promised to come in { $n } minutes
}
log-joined = { $v } joined
log-left = { $v } left
log-moved = The call moved to the inquiry board
log-closed = { $v } closed the conversation
log-cancelled = { $v } cancelled the call
leave = Leave
leave-hint = The call waits again when the last one leaves
close = Close
close-hint = Ends the conversation for both sides
composer-mode = To whom
reply = Reply
note = Note
enter-hint = Enter sends, Shift+Enter breaks the line
message = Message
message-placeholder = Write a message…
note-placeholder = A note that only the team sees…
send = Send
promise-lead = With you in
moved-here = Nobody came in time, but the visitor is still here. You can answer now.
moved-gone = The visitor has gone. The answer goes to the inquiry board.
others-in = A colleague is in. You can join them.
over-cancelled = The visitor took the call back.
over-closed = Closed by { $v },
answer-on-board = Answer on the board
facts = Details
facts-inquiry = Inquiry
facts-visitor = Visitor
facts-page = Page
facts-errors = Errors on the page
facts-told = Who was told
called = Called
page-title = Title
page-address = Address
page-browser = Browser
page-viewport = Window
page-release = Release
request-id = Request
opened = opened
again-in = again in

board-empty-title = The board is empty
board-empty-text = Calls that nobody could take end up here, and whatever visitors write directly.
all-kinds = All kinds
trash = Trash
trash-empty = The trash is empty
in-trash-since = In the trash since
restore = Restore
from-call = from a call
comments-count = { $n ->
    [one] { $n } comment
   *[other] { $n } comments
}
kind-error = Error report
kind-suggestion = Suggestion
kind-missed_call = Missed call
status-open = Open
status-answered = Answered
status-resolved = Resolved
edited = edited
linked-conversation = From conversation #{ $n }
resolve = Resolve
reopen = Reopen
delete-sure = It goes to the trash for 30 days; an owner can restore it.
delete-later = Can be deleted once answered or resolved
comments = Answers
comments-none = No answer yet.
author = Author
comment-write = Your answer
comment-send = Answer
comment-mailed = The author is mailed and sees it in the widget.
comment-not-mailed = The author left no address and sees it in the widget.

mails-empty-title = Nothing to tell yet
mails-empty-text = Every mail to an admin or a visitor is listed here, with what became of it.
mailbox = Kept mails
mailbox-hint = No mail server is set, so mails are kept here instead of being sent.
mailbox-empty = No mails yet
mail-from = From
mail-to = To
mail-at = At
mail-text = Text
mail-html = As it looks
attempts = { $n ->
    [one] { $n } try
   *[other] { $n } tries
}
notice-kind-call = Call
notice-kind-escalation = Still waiting
notice-kind-inquiry = New inquiry
notice-kind-comment = New comment
notice-kind-resolved = Inquiry resolved
notice-state-queued = Queued
notice-state-sent = Sent
notice-state-retrying = Trying again
notice-state-skipped = Not needed
notice-state-dead = Given up
notice-skipped-answered = { $v } had answered before it left
notice-skipped-waits_anew = The call was answered and waits anew; a newer mail tells of that
notice-skipped-moved = The call had moved to the board before it left
notice-skipped-cancelled = The caller had cancelled before it left
notice-skipped-call_removed = The call has been removed
notice-skipped-inquiry_removed = The inquiry has been removed
notice-skipped-inquiry_deleted = The inquiry was deleted before it left
notice-skipped-inquiry_reopened = The inquiry was reopened before it left
notice-skipped-comment_removed = The comment has been removed
notice-skipped-address_taken_back = The author has taken their address back
notice-skipped-admin_removed = The admin has been removed
notice-skipped-admin_disabled = The admin’s access was switched off
notice-skipped-incomplete = It did not say whom to tell, or about what
in-a-digest = in a digest

role = Role
role-owner = Owner
role-admin = Admin
role-hint = Owners manage the team and the trash.
on-duty = On duty
off-duty = Off duty
duty = On duty
duty-begin = Go on duty
duty-end = Go off duty
duty-give = Put on duty
duty-take = Take off duty
duty-on-text = Every call is mailed to you at once.
duty-off-text = You are mailed only when a call keeps waiting, or when nobody is on duty.
disabled = Disabled
disable = Disable
enable = Enable
manage = Manage
make-admin = Make admin
make-owner = Make owner
new-link = Link for a new password
add-admin = Add admin
add-admin-text = You get a one-time link to pass on. With it they choose their password.
link-made = One-time link
link-made-text = Give this link to { $v }. It works once, within 24 hours, and is shown only now.
profile = Profile
name-hint = Visitors and colleagues see it.
language-hint = For your pages and mails.

flash-saved = Saved.
flash-on-duty = You are on duty: every call is mailed to you at once.
flash-off-duty = You are off duty.
flash-notice-queued = It will be sent again in a moment.
flash-inquiry-comments = Your answer is posted.
flash-inquiry-resolve = Resolved. The author is told.
flash-inquiry-reopen = Open again.
flash-inquiry-delete = Moved to the trash.
flash-inquiry-restore = Restored.
flash-inquiry-edit = Saved.

refusal-no_conversation = There is no such conversation.
refusal-not_allowed = This is not for you to do.
refusal-conversation_closed = This conversation has been closed.
refusal-conversation_cancelled = The caller has cancelled this call.
refusal-conversation_moved = This call has moved to the inquiry board.
refusal-already_answered = An admin has already joined this conversation.
refusal-not_answered_yet = Nobody has joined yet, so there is nothing to close.
refusal-not_joined = Join the conversation first.
refusal-visitor_gone = The visitor has gone. Answer on the inquiry board.
refusal-called_again = The visitor has called again. Answer the newer call.
refusal-promise_out_of_range = A promise is of 1 to 60 minutes.
refusal-id_taken = This id stands for something else here. Send it once more.
refusal-not_open = It can only be edited while it is open.
refusal-not_answered = Answer or resolve this inquiry before you delete it.
refusal-in_trash = This inquiry is in the trash.
refusal-owners_only = Only an owner can restore an inquiry.
refusal-not_dead = This mail is not one that was given up.
refusal-last_owner = Somebody has to stay owner.
fault-blank = Please write something.
fault-too_long = That is too long.
fault-control_character = There is a character in it that cannot be stored.
fault-not_an_email = That is not an e-mail address.
fault-not_an_id = The form is incomplete. Reload the page and try again.
fault-email_taken = Somebody with this address is in the team already.
fault-looks_like_another = { $v } is in the team already, and nobody could tell that name from this one. Add something that tells you apart.
fault-turned = There are marks in that name that turn its letters round.
fault-password_too_short = A password has at least 10 characters.
fault-password_too_long = That password is too long.
fault-password_common = That password is one of those that are tried first, or it is made of your name, your address or the site’s name. A few words make a good one.
fault-password_differs = The two passwords are not the same.
fault-password_wrong = The present password is not right.

figures = Figures
figures-days = { $n ->
    [one] the last day
   *[other] the last { $n } days
}
figures-empty-title = Nothing to show yet
figures-empty-text = Once calls come in, this page gathers how soon they were answered, by whom, and whether the mails left.
figures-calls = Calls
figures-share = Answered
figures-median = Wait, median
figures-slow = Wait, 9 of 10
figures-by-day = Calls by day
figures-answered = Answered
figures-moved = Moved to the board
figures-cancelled = Cancelled
figures-open = Waiting
figures-waits = Wait until answered
figures-waits-hint = The line is the median; nine of ten waited no longer than to the bar's end.
figures-no-waits = No call has been answered yet.
figures-who = Who answered
figures-mails = Mails
figures-delay = Call to mail, 95 of 100
figures-unsent = To be sent
figures-table = As a table
figures-day = Day

forgot-title = Forgot your password?
forgot-lead = Tell us the address you sign in with, and we mail you a link with which you choose a new one.
forgot-mails-stay = No mail server is set for this desk, so the mail stays in its own mailbox, where another owner can open it. Whoever runs the desk can make a link for you at once: “deskbell admin reset-password” with your address.
forgot-button = Mail me a link
forgot-asked = If { $v } belongs to an admin here, a mail is on its way. The link in it works once, for 30 minutes.
to-sign-in = Back to the sign-in
start-over = Sign in as somebody else
code = Code
code-title = One more step
code-lead = Type the code that your app shows.
code-hint = No app at hand? A recovery code works, too, once.
code-wrong = That code is not right, or was used already. Your app shows a new one every 30 seconds.
codes = Codes at the sign-in
codes-chip = Codes
codes-are-on = On
codes-text = Besides the password, a code from an app on your phone is asked for. Then a stolen password is worth nothing.
codes-setup = Set up codes
codes-step-scan = Scan this with an app for codes (such as 1Password, Google Authenticator or Aegis).
codes-picture = A picture with the key for the app
codes-step-type = Or type this key:
codes-open-app = Open the app on this device
codes-step-code = Type the code that the app shows now.
codes-switch-on = Switch on
codes-switch-off = Switch off
codes-first-title = Codes first
codes-first-lead = This desk asks everybody for a code at the sign-in. Set yours up now; then you can go on.
codes-required = This desk asks everybody for codes.
codes-take = Switch codes off
recovery-codes = Recovery codes
recovery-text = Each of these signs you in once, should your phone be lost. Print them or keep them in a password manager: they are shown only now.
recovery-kept = I have kept them
recovery-new = New recovery codes
recovery-left = { $n ->
    [0] No recovery code is left. Make new ones.
    [one] One recovery code is left.
   *[other] { $n } recovery codes are left.
}
sessions = Where you are signed in
sessions-text = If one of these is not you, end it and change your password.
sessions-end-all = End all others
session-this = This one
session-unknown = Unknown browser
session-since = since
session-seen = used
session-end = End
record = Record
record-hint = Who did what, and when. What was said in calls is not in it.
invited = Invited
invite-again = Mail the invitation again
mail-link = Mail a link for a new password
add-admin-mail = They get a mail with a link, with which they choose their password.
move = Move to the board
move-hint = Nobody will come: the visitor need not wait any longer
inquiry = inquiry
outside = Outside
answer-on-my-way-lead = Tell the caller that you are on your way? They see your name, and that you come within 2 minutes.
answer-on-my-way-button = I’m on my way
answer-on-my-way = The caller sees that you are on your way.
answer-more-time-lead = Ask the caller for 3 more minutes? They see your name and until when.
answer-more-time-button = 3 more minutes
answer-more-time = The caller sees that you come within 3 minutes.
answer-to-board-lead = Move the call to the board? The caller need not wait any longer, and all admins are mailed.
answer-to-board-button = Move to the board
answer-to-board = The call is on the board now.
answer-open-room = Open the room
error-answer-title = This button does not work any more
error-answer-text = The buttons of a call mail work once, while the call waits. Sign in to see what became of the call.
flash-codes-off = Codes are not asked for any more. You were signed out everywhere else.
flash-sessions-ended = Ended.
flash-invited = An invitation is on its way.
flash-recovery-used = You signed in with a recovery code. It is used up now.
flash-recovery-none = That was your last recovery code. Make new ones in your settings.
fault-codes_required = This desk asks everybody for codes: they stay on.
fault-code_wrong = That code is not right. Your app shows a new one every 30 seconds.
fault-session_gone = That sign-in had ended already.
notice-kind-invitation = Invitation
notice-kind-reset = New password
notice-skipped-password_chosen = The password had been chosen before it left
notice-skipped-too_late = It was asked for too long ago
log-moved-by = { $v } moved the call to the inquiry board
deed-signed_in = signed in
deed-sign_in_failed = failed to sign in as
deed-signed_out = signed out
deed-sessions_ended = ended sign-ins elsewhere
deed-password_changed = changed the password
deed-password_chosen = chose a password by a link
deed-reset_asked = asked for a new password for
deed-link_made = made a link for a new password for
deed-invited = invited
deed-codes_on = switched codes on
deed-codes_off = switched codes off
deed-recovery_codes_made = made new recovery codes
deed-recovery_code_used = used a recovery code
deed-admin_added = added
deed-profile_changed = changed name or language
deed-duty_taken = put on duty
deed-duty_left = took off duty
deed-role_changed = changed the role of
deed-admin_disabled = shut out
deed-admin_enabled = let in again
deed-token_made = made an API token for
deed-token_revoked = revoked an API token
deed-inquiry_edited = edited an
deed-inquiry_commented = answered an
deed-inquiry_resolved = resolved an
deed-inquiry_reopened = reopened an
deed-inquiry_deleted = deleted an
deed-inquiry_restored = restored an
deed-notice_retried = had a mail sent again
deed-call-joined = joined call
deed-call-left = left call
deed-call-promised = promised to come to call
deed-call-moved = moved to the board: call
deed-call-closed = closed call
