// 게시판에서 쓰는 한국어.
export const boardWords = {
  remove: '삭제', edit: '수정', save: '저장', form_title: '문의 글 남기기', form_edit: '문의 글 수정', kind: '어떤 내용인가요?', kind_error: '오류', kind_suggestion: '건의',
  kind_missed_call: '부재 호출', field_title: '제목', field_title_hint: '무엇에 관한 것인가요?', field_body: '내용', field_body_hint: '무엇을 했고, 어떻게 되기를 바랐고, 실제로는 어땠나요?',
  field_email: '답변 받을 이메일', optional: '선택', submit: '글 올리기', posted: '올렸어요', posts_none: '아직 남긴 문의가 없어요', posts_none_sub: '남긴 글과 답변을 여기에서 볼 수 있어요.', more: '더 보기',
  open: '접수됨', answered: '답변됨', resolved: '해결됨', comments: '답변', comments_none: '아직 답변이 없어요. 관리자에게 알렸어요.', comment_hint: '덧붙일 말', comment_send: '남기기',
  from_call: '호출에서 옮겨진 글', remove_sure: '이 글을 삭제할까요?', remove_note: '나와 관리자 모두에게 보이지 않게 돼요.', edited: '저장했어요', removed: '삭제했어요', comment_count: '답변 {n}개',
  comment_count_one: '답변 1개', problem_not_open: '이미 답변된 글이라 수정할 수 없어요. 댓글로 남겨 주세요.', problem_not_an_email: '이메일 주소 형식이 아니에요.', problem_in_trash: '삭제된 글이에요.',
  moved_body: '제때 오지 못해 글로 남겨 두고 관리자에게 알렸어요. 빠진 내용을 더해 주시면 답을 드릴게요.',
  moved_live: '여기 계시는 동안에는 관리자가 들어올 수도 있어요.',
  moved_done: '고맙습니다. 게시판에 남겼어요.',
  see_post: '글 보기',
  later: '이대로 두기',
  problem_offline: '인터넷에 연결되어 있지 않아요. 연결을 확인하고 다시 시도해 주세요.',
  attach_note: '입력한 내용, 비밀번호, 화면 내용은 보내지 않아요.',
};
