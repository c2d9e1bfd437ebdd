// The look of the board.
export const boardCss = `
.form{display:flex;flex-direction:column;gap:16px}
.form.tight{gap:8px}
.labelled label,.form legend{display:block;font-weight:600;font-size:14px;margin-bottom:6px}
.form input:not([type=radio]),.form textarea{width:100%;border:1px solid var(--edge);border-radius:12px;padding:10px 14px;font-size:16px;line-height:1.5;background:var(--bg)}
.form textarea{resize:vertical;min-height:80px;display:block}
.form [aria-invalid=true]{border-color:var(--bad)}
.choices{display:flex;gap:8px}
.choice{flex:1;display:flex;gap:8px;align-items:center;min-height:44px;padding:0 14px;border:1px solid var(--edge);border-radius:12px;margin:0;cursor:pointer}
.choice:has(:checked){border-color:var(--link);background:var(--soft);box-shadow:0 0 0 1px var(--link)}
.pill{display:inline-block;padding:1px 9px;border-radius:10px;font-size:12px;font-weight:600;background:var(--paper);color:var(--dim);margin-right:7px}
.pill.answered{background:var(--soft);color:var(--link)}.pill.open{background:var(--warm);color:var(--warmtext)}
.list{display:flex;flex-direction:column;gap:10px}
.post small{margin-top:5px}
.post b{overflow:hidden;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical}
.meta{font-size:13px;color:var(--dim);margin-bottom:6px}
.text{white-space:pre-wrap;unicode-bidi:isolate;font-size:15px}
h4{font-size:14px;color:var(--dim);padding-top:6px}
.comment{padding:12px 16px;border-radius:16px;background:var(--paper)}
.comment.admin{background:var(--soft)}
.facts{margin:8px 0 0 29px;padding:10px 12px;border-radius:10px;background:var(--paper);font-size:12.5px;line-height:1.5;color:var(--dim);max-height:170px;overflow:auto}
.facts li{padding:2px 0;list-style:none}.facts :last-child{color:var(--text)}
`;
