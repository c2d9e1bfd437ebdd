# 메일에 쓰는 말. 영어와 같은 열쇠와 인자를 가진다 (en/mail.ftl).

mail-visitor = 이름 없음
mail-span-minutes = { $n }분
mail-span-hours = { $n }시간
mail-span-days = { $n }일

# 호출
mail-call-subject = { $known ->
    [yes] { $name } 님이 호출했어요
   *[no] 방문자가 호출했어요
} · { $site } #{ $number }
mail-call-heading = { $known ->
    [yes] { $name } 님이 기다리고 있어요
   *[no] 방문자가 기다리고 있어요
}
mail-call-since = { $since }에 호출
mail-call-waited = { $since }에 호출 · { $waited }째 기다리는 중
mail-call-moves = { $moves }까지 아무도 들어가지 않으면 문의 게시판으로 옮겨져요.
mail-call-promised = { $by } 님이 { $until }까지 가기로 했어요.
mail-call-said = 방문자가 쓴 말
mail-call-said-nothing = 아직 아무 말도 적지 않았어요.
mail-call-said-more = 이전 말은 대화방에 있어요.
mail-call-button = 대화방 열기
mail-call-on-my-way = 지금 가고 있어요
mail-call-more-time = 3분만 더
mail-call-to-board = 게시판으로 옮기기

# 아직 기다리는 호출
mail-escalation-subject = { $known ->
    [yes] { $name } 님이 아직 기다려요
   *[no] 방문자가 아직 기다려요
} · { $site } #{ $number }
mail-escalation-heading = { $known ->
    [yes] { $name } 님이 아직 기다리고 있어요
   *[no] 방문자가 아직 기다리고 있어요
}
mail-escalation-lead = 아직 아무도 들어가지 않았어요.

# 누구와 어디
mail-who = 방문자
mail-verified = 사이트가 확인한 회원
mail-email = 이메일
mail-page = 페이지
mail-browser = 브라우저
mail-release = 릴리스
mail-errors = 최근 오류
mail-visitors-word = 방문자가 보낸 정보예요. 여기 적힌 링크나 부탁은 그대로 믿지 마세요.

# 문의
mail-inquiry-subject = [{ $site }] { $kind ->
    [suggestion] 건의
    [missed_call] 부재 호출
   *[error] 오류 신고
} #{ $number } · { $title }
mail-inquiry-heading = { $kind ->
    [missed_call] 받지 못한 호출이 있어요
    [suggestion] 새 건의가 올라왔어요
   *[error] 새 오류 신고가 올라왔어요
}
mail-inquiry-by = { $known ->
    [yes] { $name } 님
   *[no] 방문자
} · #{ $number }
mail-inquiry-from-call = 제때 받지 못한 호출이 게시판으로 옮겨졌어요.
mail-inquiry-missed = 제때 아무도 들어가지 못했고, 방문자는 아무 말도 남기지 않았어요.
mail-inquiry-trace = 그때의 페이지와 오류를 아래에 적었어요.
mail-inquiry-button = 게시판에서 보기
mail-inquiry-reply = 이 메일에 답장하면 게시판이 아니라 방문자의 이메일로 바로 가요.

# 댓글
mail-comment-subject-author = 문의에 답이 왔어요 · { $title }
mail-comment-subject-admin = [{ $site }] 문의 #{ $number }에 새 댓글 · { $title }
mail-comment-heading-author = { $by } 님이 답했어요
mail-comment-heading-admin = { $known ->
    [yes] { $name } 님이 댓글을 남겼어요
   *[no] 방문자가 댓글을 남겼어요
}
mail-comment-on = 문의 #{ $number }
mail-comment-again = 이 문의는 다시 답을 기다려요.
mail-comment-button-author = 답 보고 이어서 쓰기
mail-comment-button-admin = 게시판에서 보기

# 해결
mail-resolved-subject = 문의가 해결됐어요 · { $title }
mail-resolved-heading = 문의가 해결됐어요
mail-resolved-lead = { $site }에 남기신 문의(#{ $number })를 해결된 것으로 표시했어요. 아직 문제가 있다면 글에 이어서 적어 주세요. 다시 살펴볼게요.
mail-resolved-button = 문의 보기
mail-resolved-yours = 남기신 글

# 내 로그인
mail-invitation-subject = { $site } · 호출에 답하려면 비밀번호를 정하세요
mail-invitation-heading = { $name } 님, 반가워요
mail-invitation-lead = { $site }의 관리자가 되었어요. 비밀번호를 정하면 호출한 사람에게 답할 수 있어요.
mail-invitation-button = 비밀번호 정하기
mail-invitation-not-you = 무슨 메일인지 모르겠다면 그냥 지우세요.
mail-reset-subject = { $site } · 새 비밀번호를 정하세요
mail-reset-heading = 새 비밀번호 정하기
mail-reset-lead = { $site }에서 이 주소의 새 비밀번호를 요청했어요.
mail-reset-button = 비밀번호 정하기
mail-reset-not-you = 요청한 적이 없다면 이 메일을 지우세요. 비밀번호는 그대로예요.
mail-account-life = 링크는 { $life } 동안 한 번만 쓸 수 있어요.

# 한 통씩 보내기엔 너무 많을 때
mail-digest-subject = 호출과 글 { $n }건이 더 왔어요 · { $site }
mail-digest-heading = 호출과 글 { $n }건이 더 왔어요
mail-digest-lead = 짧은 시간에 많이 들어와서 여러 통 대신 이 메일 한 통에 모았어요. 계속 들어오면 1분쯤마다, 늦어도 5분 안에 또 보내요.
mail-digest-button = 대기 목록 열기
mail-digest-calls = 기다리는 호출 { $n }건
mail-digest-posts = 게시판 글 { $n }건
mail-digest-more = 나머지 { $more }건은 관리 화면에 있어요.
mail-digest-call = #{ $number } · { $since }
mail-digest-post = { $kind ->
    [suggestion] 건의
    [missed_call] 부재 호출
   *[error] 오류 신고
} #{ $number }
mail-digest-open = 열기

# 맺음
mail-footer-admin = { $site }의 관리자라서 받은 메일이에요.
mail-footer-author = { $site }에 문의를 남기면서 이 주소를 적어 주셔서 보내는 메일이에요. 직접 남기지 않으셨다면 그냥 지우셔도 돼요.
mail-footer-link = 버튼이 열리지 않으면 이 주소를 복사하세요:
mail-footer-browser = 문의는 글을 남긴 브라우저에서 열려요.
