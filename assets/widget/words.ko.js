// 한국어. 영어와 같은 열쇠를 가진다.
export const words = {
  title: '도움', hello: '무엇을 도와드릴까요?', hello_sub: '누르면 관리자에게 바로 알려요. 먼저 적을 것은 없어요.', call_now: '지금 관리자 호출', go_back_to_call: '진행 중인 호출로 돌아가기',
  call_again: '다시 호출하기', write_post: '문의 글 남기기', write_post_sub: '오류 신고나 건의', my_posts: '내 문의', my_posts_sub: '답변 확인하기', attach: '원인을 찾는 데 도움이 되는 정보 함께 보내기',
  attach_page: '이 페이지', attach_browser: '브라우저', attach_errors: '최근 오류 {n}건', attach_show: '보내는 내용 보기', attach_hide: '접기', attach_none: '함께 보내는 정보 없음',
  back: '뒤로', minimise: '창 숨기기', menu: '더 보기', cancel: '취소', send: '보내기', retry: '다시 시도', discard: '버리기', today: '오늘', yesterday: '어제', you: '나',
  an_admin: '관리자', ringing: '벨을 울리고 있어요…', not_rung: '아직 호출되지 않았어요. 연결되는 대로 바로 호출할게요.', rung: '호출했어요', told_sending: '관리자 {n}명에게 메일을 보내고 있어요',
  told_sent: '{time}에 관리자 {n}명에게 메일을 보냈어요', told_none: '지금 근무 중인 관리자가 없어요. 적어 두시면 전달돼요.', opened_by: '{names}님이 확인했어요', promise: '{name}님이 {time}까지 올게요',
  promise_late: '{name}님이 {time}까지 오기로 했어요. 조금 늦어지고 있어요', board_at: '{time}까지 아무도 못 오면 문의 게시판으로 옮겨져요', board_soon: '문의 게시판으로 옮기는 중…',
  keep_writing: '기다리는 동안 무슨 일인지 적어 주세요. 관리자가 먼저 읽어요.', cancel_call: '호출 취소', leave_post: '대신 문의 글로 남기기', offered_title: '아직 아무도 오지 못했어요. 기다리게 해서 죄송해요.',
  offered_body: '문의 글로 남기면 꼭 답을 드려요. 더 기다리셔도 관리자가 올 수 있어요.', nobody_title: '지금은 근무 중인 관리자가 없어요', nobody_body: '문의 글로 남기면 꼭 답을 드려요. 호출은 기록됐으니 더 기다리셔도 돼요.',
  leave_now: '글 남기기', wait_on: '더 기다리기', joined: '{name}님이 들어왔어요', left: '{name}님이 나갔어요', note_called: '호출했어요', note_moved: '문의 게시판으로 옮겨졌어요',
  note_closed_you: '대화를 마쳤어요', note_closed: '{name}님이 대화를 마쳤어요', note_cancelled: '호출을 취소했어요', note_promised: '{name}님이 {time}까지 온다고 했어요', here: '함께 있어요',
  away: '잠시 자리를 비웠어요', typing: '{name}님이 입력하는 중', new_below: '새 메시지', write_here: '메시지를 입력하세요', write_waiting: '무슨 일이 있었나요?', end: '대화 마치기',
  end_sure: '대화를 마칠까요?', cancel_sure: '호출을 취소할까요?', yes_end: '마치기', yes_cancel: '호출 취소', stay: '계속하기', moved_title: '호출을 문의 게시판으로 옮겼어요',
  ended_title: '대화가 끝났어요', cancelled_title: '호출을 취소했어요', ended_body: '더 필요한 것이 있으면 언제든 다시 호출하세요.', cancelled_body: '이 호출에는 관리자가 오지 않아요. 언제든 다시 호출하세요.',
  offline: '연결이 끊겼어요. 적은 내용은 연결되면 보내요.', retry_in: '연결이 끊겼어요. {n}초 뒤 다시 연결해요.', refused: '연결이 허용되지 않았어요. 사이트에 로그인하거나 새로고침해 주세요.',
  barred: '이 페이지에서는 도움을 요청할 수 없어요. 도움 요청 페이지를 이용해 주세요.', open_help: '도움 요청 페이지 열기',
  not_kept: '이 브라우저가 저장을 막고 있어, 새로고침하면 대화를 이어갈 수 없어요.', lost: '이전 대화를 더는 찾을 수 없어요.', remove: '삭제', edit: '수정', save: '저장', form_title: '문의 글 남기기',
  form_edit: '문의 글 수정', kind: '어떤 내용인가요?', field_title: '제목', field_title_hint: '무엇에 관한 것인가요?', field_body: '내용',
  field_body_hint: '무엇을 했고, 어떻게 되기를 바랐고, 실제로는 어땠나요?', field_email: '답변 받을 이메일', optional: '선택', submit: '글 올리기', posted: '올렸어요', posts_none: '아직 남긴 문의가 없어요',
  posts_none_sub: '남긴 글과 답변을 여기에서 볼 수 있어요.', more: '더 보기', comments: '답변', comments_none: '아직 답변이 없어요. 관리자에게 알렸어요.', comment_hint: '덧붙일 말',
  comment_send: '남기기', from_call: '호출에서 옮겨진 글', remove_sure: '이 글을 삭제할까요?', remove_note: '나와 관리자 모두에게 보이지 않게 돼요.', edited: '저장했어요', removed: '삭제했어요',
  comment_count: '답변 {n}개', moved_body: '제때 오지 못해 글로 남겨 두고 관리자에게 알렸어요. 빠진 내용을 더해 주시면 답을 드릴게요.', moved_live: '여기 계시는 동안에는 관리자가 들어올 수도 있어요.',
  moved_done: '고맙습니다. 게시판에 남겼어요.', see_post: '글 보기', later: '이대로 두기', attach_note: '입력한 내용, 비밀번호, 화면 내용은 보내지 않아요.',
};

export const heads = {
  calling: '호출하는 중', none: '연결하는 중…', waiting: '관리자를 기다리는 중', active: '연결됨', moved: '문의 게시판', closed: '종료됨', cancelled: '호출 취소됨',
};

export const marks = {
  pending: '보내는 중…', delivered: '전달됨', read: '읽음', failed: '전달되지 않음',
};

export const statuses = {
  open: '접수됨', answered: '답변됨', resolved: '해결됨',
};

export const kinds = {
  error: '오류', suggestion: '건의', missed_call: '부재 호출',
};

export const problems = {
  unreachable: '서버에 닿지 않아요. 잠시 뒤 다시 시도해 주세요.', barred: '이 페이지에서는 도움을 요청할 수 없어요. 도움 요청 페이지를 이용해 주세요.', unavailable: '지금 서버에 문제가 있어요. 적은 내용은 그대로 있으니 잠시 뒤 다시 시도해 주세요.', unknown: '처리하지 못했어요. 다시 시도해 주세요.',
  too_large: '내용이 너무 길어요. 조금 줄여 주세요.', not_found: '더는 찾을 수 없어요.', unauthorized: '로그인 정보가 만료됐어요. 페이지를 새로고침해 주세요.', invalid: '표시된 곳을 확인해 주세요.',
  conversation_closed: '이미 끝난 호출이에요.', conversation_cancelled: '취소한 호출이에요.', conversation_moved: '호출이 문의 게시판으로 옮겨졌어요. 글에 이어서 적어 주세요.',
  too_long: '너무 길어요. 조금 줄여 주세요.', blank: '내용을 적어 주세요.', too_many: '짧은 시간에 너무 많이 보냈어요. 잠시 뒤 다시 시도해 주세요.', not_open: '이미 답변된 글이라 수정할 수 없어요. 댓글로 남겨 주세요.',
  not_an_email: '이메일 주소 형식이 아니에요.', in_trash: '삭제된 글이에요.', offline: '인터넷에 연결되어 있지 않아요. 연결을 확인하고 다시 시도해 주세요.',
};
