# The words of mails. The same keys and arguments as in Korean (ko/mail.ftl).

mail-visitor = No name given
mail-span-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
mail-span-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
mail-span-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}

# A call
mail-call-subject = { $known ->
    [yes] { $name } is calling
   *[no] A visitor is calling
} · { $site } #{ $number }
mail-call-heading = { $known ->
    [yes] { $name } is waiting for you
   *[no] A visitor is waiting for you
}
mail-call-since = Called at { $since }
mail-call-waited = Called at { $since } · waiting for { $waited }
mail-call-moves = If nobody comes by { $moves }, the call moves to the inquiry board.
mail-call-promised = { $by } has promised to be there by { $until }.
mail-call-said = In the visitor’s words
mail-call-said-nothing = They have not written anything yet.
mail-call-said-more = What they said before is in the room.
mail-call-button = Open the room
mail-call-on-my-way = I’m on my way
mail-call-more-time = 3 more minutes
mail-call-to-board = Move to the board

# A call that still waits
mail-escalation-subject = { $known ->
    [yes] { $name } is still waiting
   *[no] A visitor is still waiting
} · { $site } #{ $number }
mail-escalation-heading = { $known ->
    [yes] { $name } is still waiting
   *[no] A visitor is still waiting
}
mail-escalation-lead = Nobody has come yet.

# Who and where
mail-who = Visitor
mail-verified = known to the site
mail-email = E-mail
mail-page = Page
mail-browser = Browser
mail-release = Release
mail-errors = Last errors
mail-visitors-word = This comes from the visitor. Do not trust links or requests in it.

# A post
mail-inquiry-subject = [{ $site }] { $kind ->
    [suggestion] Suggestion
    [missed_call] Missed call
   *[error] Error report
} #{ $number } · { $title }
mail-inquiry-heading = { $kind ->
    [missed_call] You missed a call
    [suggestion] A new suggestion
   *[error] A new error report
}
mail-inquiry-by = { $known ->
    [yes] { $name }
   *[no] A visitor
} · #{ $number }
mail-inquiry-from-call = Nobody answered the call in time, so it moved to the board.
mail-inquiry-missed = Nobody answered in time, and the visitor left no message.
mail-inquiry-trace = The page they were on and its errors are below.
mail-inquiry-button = Open on the board
mail-inquiry-reply = A reply to this mail goes straight to the visitor’s address, not to the board.

# A comment
mail-comment-subject-author = Your inquiry was answered · { $title }
mail-comment-subject-admin = [{ $site }] New comment on inquiry #{ $number } · { $title }
mail-comment-heading-author = { $by } has answered
mail-comment-heading-admin = { $known ->
    [yes] { $name } has commented
   *[no] A visitor has commented
}
mail-comment-on = Inquiry #{ $number }
mail-comment-again = The inquiry is waiting for an answer again.
mail-comment-button-author = Read and reply
mail-comment-button-admin = Open on the board

# Resolved
mail-resolved-subject = Your inquiry is resolved · { $title }
mail-resolved-heading = Your inquiry is resolved
mail-resolved-lead = We have marked the inquiry #{ $number } that you left with { $site } as resolved. If something is still wrong, add a comment and we will look at it again.
mail-resolved-button = Open the inquiry
mail-resolved-yours = What you wrote

# Your own sign-in
mail-invitation-subject = { $site } · choose a password to help answer calls
mail-invitation-heading = Welcome to the desk, { $name }
mail-invitation-lead = You were made an admin of { $site }. Choose a password, and you can answer the people who call.
mail-invitation-button = Choose a password
mail-invitation-not-you = If you do not know what this is, just delete it.
mail-reset-subject = { $site } · choose a new password
mail-reset-heading = Choose a new password
mail-reset-lead = Somebody, most likely you, has asked for a new password for this address at { $site }.
mail-reset-button = Choose a password
mail-reset-not-you = If that was not you, just delete this mail: your password stays as it is.
mail-account-life = The link works once, for { $life }.

# Too much for single mails
mail-digest-subject = { $n ->
    [one] One more call or post
   *[other] { $n } more calls and posts
} · { $site }
mail-digest-heading = { $n ->
    [one] One more call or post
   *[other] { $n } more calls and posts
}
mail-digest-lead = A lot came in within a short time, so it is in one mail instead of many. While it goes on, another follows about every minute, at the latest after five.
mail-digest-button = Open the queue
mail-digest-calls = Waiting calls: { $n }
mail-digest-posts = On the board: { $n }
mail-digest-more = { $more } more are in the portal.
mail-digest-call = #{ $number } · { $since }
mail-digest-post = { $kind ->
    [suggestion] Suggestion
    [missed_call] Missed call
   *[error] Error report
} #{ $number }
mail-digest-open = Open

# The end
mail-footer-admin = You get this mail because you are an admin of { $site }.
mail-footer-author = You get this mail because you left this address with an inquiry at { $site }. If that was not you, just delete it.
mail-footer-link = If the button does not open, copy this address:
mail-footer-browser = The inquiry opens in the browser in which it was written.
